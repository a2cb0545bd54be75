"""A quantized network twice: as the program that qc runs and as the QDQ model that onnxruntime runs.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses

import numpy as np
import onnx
import onnxruntime
from harness import read_dump
from onnx import helper, numpy_helper


def session(model, fused=False, precise=True):
    """onnxruntime on the model as it is written, or with Q, DQ and what is between fused into integer kernels, with the
    options that the model names. Without `precise`, those saturate sums of two products at 16 bits where the processor has no VNNI."""
    options = onnxruntime.SessionOptions()
    if precise:
        named = {entry.key.removeprefix("onnxruntime."): entry.value for entry in model.metadata_props
                 if entry.key.startswith("onnxruntime.")}
        for key, value in {"session.x64quantprecision": "1", **named}.items():
            options.add_session_config_entry(key, value)
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    if not fused:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


@dataclasses.dataclass
class Difference:
    """Elements of quantized tensors that differ between two executions, in steps."""

    elements: int = 0
    different: int = 0
    largest: int = 0
    beyond_one: int = 0

    def add(self, found, expected):
        steps = np.abs(found.astype(np.int64) - expected.astype(np.int64))
        self.merge(Difference(steps.size, int((steps > 0).sum()), int(steps.max(initial=0)), int((steps > 1).sum())))

    def merge(self, other):
        self.elements += other.elements
        self.different += other.different
        self.largest = max(self.largest, other.largest)
        self.beyond_one += other.beyond_one

    @property
    def rate(self):
        return self.different / max(self.elements, 1)


class IsolatedOps:
    """The QDQ model cut behind every QuantizeLinear: each op reads integers that it is given, instead of what
    onnxruntime computed before it, so that differences do not add up."""

    def __init__(self, path):
        self.model = onnx.load(str(path))
        graph = self.model.graph
        self.constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self.readers = {}
        for node in graph.node:
            if node.op_type == "DequantizeLinear" and node.input[0] not in self.constants:
                self.readers[node.input[0]] = node
        self.inputs = [info.name for info in graph.input]
        self.pairs = {node.output[0]: node for node in graph.node
                      if node.op_type == "QuantizeLinear" and node.output[0] in self.readers
                      and node.input[0] not in self.constants}
        self.session = None

    def stored(self, pair, real):
        """The integers that stand for `real` at this pair."""
        scale, zero = (self.constants[name] for name in pair.input[1:3])
        return np.round(real.astype(np.float64) / scale.item() + zero.item()).astype(zero.dtype)

    def producer(self, tensor):
        """The op whose result this pair rounds: behind Relu, Clip and reordered weights it is the one that has a
        kernel of its own in qc."""
        made = {name: node for node in self.model.graph.node for name in node.output}
        node = made.get(self.pairs[tensor].input[0])
        while node and node.op_type in ("Relu", "Clip") and node.input[0] in made:
            node = made[node.input[0]]
        return node.op_type if node else "QuantizeLinear"

    def cut(self, dump):
        """Makes every pair that `dump` knows in the stored order an output and an input of its own."""
        shapes = {info.name: tuple(d.dim_value for d in info.type.tensor_type.shape.dim)
                  for info in self.model.graph.value_info}
        shapes = {name: shape for name, shape in shapes.items() if all(shape)}
        self.known, outputs = {}, []
        for tensor, pair in self.pairs.items():
            reader = self.readers[tensor]
            # By the name of the source where qc made the pair, else as it is called itself.
            names = [reader.output[0].removesuffix("_dequantized"), tensor]
            name = next((name for name in names if name in dump), None)
            if name is None or dump[name].shape != shapes.get(tensor, shapes.get(reader.output[0], dump[name].shape)):
                continue
            kind = helper.np_dtype_to_tensor_dtype(self.constants[pair.input[2]].dtype)
            given = tensor + "_given"
            for node in self.model.graph.node:
                node.input[:] = [given if x == tensor else x for x in node.input]
            self.model.graph.input.append(helper.make_tensor_value_info(given, kind, dump[name].shape))
            outputs.append(helper.make_tensor_value_info(tensor, kind, dump[name].shape))
            self.known[tensor] = name
        del self.model.graph.output[:]
        self.model.graph.output.extend(outputs)
        self.covered = len(self.known) / max(len(self.pairs), 1)
        self.session = session(self.model)

    def compare(self, inputs, dump, by_op):
        """Adds the difference of every known pair to `by_op`, by the type of the op before it."""
        if self.session is None:
            self.cut(dump)
        feeds = {name: inputs[name] for name in self.inputs}
        expected = {tensor: self.stored(self.pairs[tensor], dump[name]) for tensor, name in self.known.items()}
        feeds.update({tensor + "_given": value for tensor, value in expected.items()})
        names = list(self.known)
        wanted = {info.name for info in self.session.get_inputs()}
        found = self.session.run(names, {name: value for name, value in feeds.items() if name in wanted})
        for name, value in zip(names, found):
            by_op.setdefault(self.producer(name), Difference()).add(value, expected[name])


def compare_ops(qc, folder, samples, work):
    """By op type, how onnxruntime and qc differ on `samples` (arrays by input name, stacked) in the isolated ops of
    the artefacts in `folder`; and the share of Q/DQ pairs that was compared."""
    ops = IsolatedOps(folder / "model.qdq.onnx")
    by_op = {}
    count = min(len(value) for value in samples.values())
    for index in range(count):
        one = {name: value[index:index + 1] for name, value in samples.items()}
        np.savez(work / "one.npz", **one)
        dumped = work / f"dump{index}"
        qc("run", folder / "model.qcb", "--data", work / "one.npz", "--dump", dumped)
        ops.compare(one, read_dump(dumped), by_op)
    return by_op, ops.covered


def compare_outputs(qc, folder, samples, work):
    """First output for all samples, [samples, ...]: of qc, of onnxruntime on the model as written, and of
    onnxruntime with its integer kernels."""
    np.savez(work / "all.npz", **samples)
    qc("run", folder / "model.qcb", "--data", work / "all.npz", "-o", work / "out.npz", timeout=600)
    model = onnx.load(str(folder / "model.qdq.onnx"))
    name = model.graph.output[0].name
    count = min(len(value) for value in samples.values())
    results = [dict(np.load(work / "out.npz"))[name]]
    for fused in (False, True):
        peer = session(model, fused)
        results.append(np.concatenate([
            peer.run([name], {key: value[i:i + 1] for key, value in samples.items()})[0] for i in range(count)]))
    return results


def without_integer_ops(model):
    """`model` with each QLinear op written as DequantizeLinear, the float op, QuantizeLinear: what it stands for.
    onnxruntime's own integer kernels saturate sums of two products at 16 bits where the processor has no VNNI."""
    nodes, floats, made = [], [], iter(range(10**9))
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}

    def add(op, inputs, outputs=None, **attributes):
        outputs = outputs or [f"{op}_{next(made)}_made"]
        nodes.append(helper.make_node(op, inputs, outputs, name=f"node_{next(made)}_made", **attributes))
        return outputs[0]

    def real(node, first, axis=0):
        if node.input[first] not in constants:
            return add("DequantizeLinear", list(node.input[first:first + 3]))
        # A scale a channel is beyond the DequantizeLinear of early operator sets.
        stored, scale, zero = (constants[name] for name in node.input[first:first + 3])
        shape = [1] * stored.ndim
        shape[axis] = scale.size
        value = (stored.astype(np.float32) - zero.astype(np.float32).reshape(shape)) * scale.reshape(shape)
        floats.append(numpy_helper.from_array(value.astype(np.float32), f"constant_{next(made)}_made"))
        return floats[-1].name

    for node in model.graph.node:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "QLinearConv":
            inputs = [real(node, 0), real(node, 3)]
            if len(node.input) > 8:
                scale = add("Mul", [node.input[1], node.input[4]])
                bias = add("Cast", [node.input[8]], to=onnx.TensorProto.FLOAT)
                inputs.append(add("Mul", [bias, scale]))
            result, scale = add("Conv", inputs, **attributes), 6
        elif node.op_type == "QLinearMatMul":
            result, scale = add("MatMul", [real(node, 0), real(node, 3, axis=1)]), 6
        elif node.op_type in ("QLinearAdd", "QLinearMul"):
            result, scale = add(node.op_type.removeprefix("QLinear"), [real(node, 0), real(node, 3)]), 6
        elif node.op_type == "QLinearGlobalAveragePool":
            result, scale = add("GlobalAveragePool", [real(node, 0)]), 3
        elif node.op_type in ("QLinearSigmoid", "QLinearLeakyRelu"):
            result, scale = add(node.op_type.removeprefix("QLinear"), [real(node, 0)], **attributes), 3
        elif node.op_type == "QLinearConcat":
            parts = [real(node, i) for i in range(2, len(node.input), 3)]
            result, scale = add("Concat", parts, **attributes), 0
        else:
            nodes.append(node)
            continue
        add("QuantizeLinear", [result, *node.input[scale:scale + 2]], list(node.output))
    result = onnx.ModelProto()
    result.CopyFrom(model)
    del result.graph.node[:]
    result.graph.node.extend(nodes)
    result.graph.initializer.extend(floats)
    return result
