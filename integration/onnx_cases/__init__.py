"""Small ONNX models by op family: what the importer must understand, and what it must refuse.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

Each module lists CASES. A case is a model, samples for its inputs and pieces of the IR that the import must
show; test_onnx_import.py imports each, compares shapes with another implementation and, where they can be executed,
values as well. A new op or a new form of one is a line in one of these tables.
"""

import dataclasses
import importlib
import pkgutil

import numpy as np
import onnx
import onnx.reference
from onnx import TensorProto, helper, numpy_helper


@dataclasses.dataclass
class Case:
    name: str
    model: onnx.ModelProto
    samples: dict
    expects: tuple
    options: tuple = ()
    # Forms that onnxruntime does not have yet go to onnx's reference implementation.
    reference: bool = False
    # False where the result only exists as a constant of integers.
    executes: bool = True


def values(*shape, seed=0, low=-2.0, high=2.0):
    """Seeded floats; every caller with the same arguments gets the same."""
    return np.random.default_rng(seed + sum(shape)).uniform(low, high, shape).astype(np.float32)


def ints(*numbers):
    return np.array(numbers, np.int64)


def model_of(nodes, inputs, constants, outputs, opset, ir_version=8):
    """A model; `inputs` and `constants` are arrays by name, `outputs` names."""
    graph = helper.make_graph(
        nodes, "case",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
         for name, array in inputs.items()],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = max(ir_version, 13 if opset > 23 else 0)
    declare_outputs(model, inputs)
    return model


def declare_outputs(model, inputs):
    """Gives the outputs types and shapes, which the checker asks for: as onnx infers or computes them, else
    anything, for models that are to be refused."""
    try:
        inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
    except onnx.shape_inference.InferenceError:
        inferred = model
    types = {info.name: info.type for info in [*inferred.graph.value_info, *inferred.graph.output]}
    for output in model.graph.output:
        output.type.CopyFrom(types.get(output.name, output.type))
    if all(output.type.tensor_type.HasField("shape") for output in model.graph.output):
        return
    try:
        computed = onnx.reference.ReferenceEvaluator(model).run(None, inputs)
        infos = [(helper.np_dtype_to_tensor_dtype(value.dtype), value.shape) for value in computed]
    except Exception:  # The reference implementation raises whatever comes to it.
        infos = [(TensorProto.FLOAT, ["unknown"])] * len(model.graph.output)
    for output, (elements, shape) in zip(model.graph.output, infos):
        output.CopyFrom(helper.make_tensor_value_info(output.name, elements, shape))


def op(op_type, opset, *operands, expects=(), outputs=1, label="", reference=False, executes=True, **attributes):
    """A case of one node. Operands in order: ("x", array) is an input of the model, an array a constant, None is
    left out."""
    names, inputs, constants = [], {}, {}
    for index, operand in enumerate(operands):
        if operand is None:
            names.append("")
        elif isinstance(operand, tuple):
            names.append(operand[0])
            inputs[operand[0]] = operand[1]
        else:
            names.append(f"c{index}")
            constants[names[-1]] = operand
    results = [f"y{i}" for i in range(outputs)]
    node = helper.make_node(op_type, names, results, name="the_node", **attributes)
    title = f"{op_type}_{opset}" + (f"_{label}" if label else "")
    return Case(title, model_of([node], inputs, constants, results, opset), inputs,
                (expects,) if isinstance(expects, str) else tuple(expects), reference=reference, executes=executes)


def graph(title, opset, nodes, inputs, constants, outputs, expects=(), executes=True):
    """A case of several nodes, each (op, inputs, outputs, attributes)."""
    made = [helper.make_node(kind, ins, outs, name=f"n{i}", **attributes)
            for i, (kind, ins, outs, attributes) in enumerate(nodes)]
    return Case(title, model_of(made, inputs, constants, outputs, opset), inputs,
                (expects,) if isinstance(expects, str) else tuple(expects), executes=executes)


def all_cases():
    """The cases of every module of this folder, in the order of their names."""
    cases = []
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        cases += getattr(importlib.import_module(f"{__name__}.{module}"), "CASES", [])
    return cases
