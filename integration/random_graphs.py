"""Random small ONNX networks, by seed: what qc lists, in odd sizes and forms. See differential.py.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

`build(seed)` gives a Network. It grows node by node: a kind of step is drawn from random_steps.py, its operands from the
tensors that are there. onnxruntime computes each node on all samples as it is added, so that shapes are known and whatever a
float cannot hold well is thrown away: values that overflow, that are noise, that are too many.
"""

import dataclasses

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

OLDEST, NEWEST = 9, 22
SAMPLES = 6
MOST_ELEMENTS = 20000


class Unfit(Exception):
    """A step that cannot be made of what is there, or whose values are of no use."""


@dataclasses.dataclass
class Network:
    model: onnx.ModelProto
    # For each input all samples, one behind the other; each has a leading dimension of 1.
    samples: dict


@dataclasses.dataclass
class Tensor:
    name: str
    # All samples, one behind the other; of a constant its one value.
    samples: np.ndarray
    # Every implementation has the same bits of it: no arithmetic was done.
    exact: bool = False
    constant: bool = False

    @property
    def data(self):
        """Of one sample."""
        return self.samples if self.constant else np.asarray(self.samples[0])

    @property
    def shape(self):
        return list(self.data.shape)

    @property
    def rank(self):
        return self.data.ndim


# Steps after which a tensor is as exact as it was before.
EXACT = {"Relu", "Abs", "Neg", "Max", "Min", "Clip", "Identity", "Dropout", "Reshape", "Flatten", "Squeeze", "Unsqueeze",
         "Transpose", "Slice", "Split", "Concat", "Pad", "Expand", "Tile", "Gather", "MaxPool", "GlobalMaxPool",
         "DepthToSpace", "SpaceToDepth", "ReduceMax", "ReduceMin", "Floor"}


def evaluate(node, operands, opset):
    """What onnxruntime computes for one node: each result of all samples."""
    known = {operand.name: operand for operand in operands if operand is not None}
    graph = helper.make_graph(
        [node], "one",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(operand.data.dtype), operand.shape)
         for name, operand in known.items() if not operand.constant],
        [helper.make_empty_tensor_value_info(name) for name in node.output],
        [numpy_helper.from_array(operand.data, name) for name, operand in known.items() if operand.constant])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        session = onnxruntime.InferenceSession(model_of(graph, opset).SerializeToString(), options,
                                               providers=["CPUExecutionProvider"])
        varying = {name: operand.samples for name, operand in known.items() if not operand.constant}
        runs = [session.run(None, {name: np.asarray(data[i]) for name, data in varying.items()}) for i in range(SAMPLES)]
        return [np.stack(results) for results in zip(*runs)]
    except Exception as error:  # onnxruntime's own types, several of them.
        raise Unfit(f"{node.op_type}: {error}") from error


def model_of(graph, opset):
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8 if opset < 19 else 10
    return model


def check_values(node, results):
    for samples in results:
        size, shape = samples[0].size, samples.shape[1:]
        largest = np.abs(samples).max(initial=0)
        if size == 0 or size > MOST_ELEMENTS or len(shape) > 6:
            raise Unfit(f"{node.op_type}: result of shape {shape}")
        if not np.isfinite(samples).all() or largest > 1e4 or 0 < largest < 1e-3:
            raise Unfit(f"{node.op_type}: results up to {largest}")


class Grower:
    """A network in the making, and the draws that steps make."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.opset = int(self.rng.integers(OLDEST, NEWEST + 1))
        self.nodes, self.constants, self.inputs, self.tensors = [], {}, {}, []
        self.counts, self.shapes = {}, {}

    # Draws.

    def chance(self, probability):
        return bool(self.rng.random() < probability)

    def integer(self, low, high):
        """Both included."""
        return int(self.rng.integers(low, high + 1))

    def integers(self, low, high, count):
        return [self.integer(low, high) for _ in range(count)]

    def one_of(self, choices):
        return choices[self.integer(0, len(choices) - 1)]

    def subset(self, choices, least=1):
        chosen = list(self.rng.permutation(choices)[:self.integer(least, len(choices))])
        return [int(item) for item in chosen]

    def tensor(self, fits=lambda tensor: True):
        """One that is there; late ones more often."""
        found = [tensor for tensor in self.tensors if fits(tensor)]
        if not found:
            raise Unfit("no tensor fits")
        return self.one_of(found[-3:] if self.chance(0.7) else found)

    def of_rank(self, *ranks):
        return self.tensor(lambda tensor: tensor.rank in ranks)

    # Growth.

    def name(self, stem):
        self.counts[stem] = self.counts.get(stem, -1) + 1
        return f"{stem}{self.counts[stem]}"

    def input(self, shape, low=-2.0, high=2.0):
        name = self.name("x")
        self.inputs[name] = self.rng.uniform(low, high, [SAMPLES, *shape[1:]]).astype(np.float32)
        self.tensors.append(Tensor(name, self.inputs[name][:, None], exact=True))
        return self.tensors[-1]

    def constant(self, array):
        tensor = Tensor(self.name("c"), np.asarray(array), exact=True, constant=True)
        self.constants[tensor.name] = tensor.data
        return tensor

    def weights(self, *shape, low=-1.0, high=1.0):
        return self.constant(self.rng.uniform(low, high, shape).astype(np.float32))

    def ints(self, *values):
        return self.constant(np.array(values, np.int64))

    def scalar(self, value):
        return self.constant(np.float32(value))

    def add(self, op, *operands, outputs=1, keep=True, **attributes):
        """A node; None is an operand left out. Its results can be drawn later if they are to be kept."""
        node = helper.make_node(op, ["" if operand is None else operand.name for operand in operands],
                                [self.name("t") for _ in range(outputs)], name=self.name(op.lower()), **attributes)
        results = evaluate(node, operands, self.opset)
        check_values(node, results)
        exact = op in EXACT and all(operand.exact for operand in operands if operand is not None)
        made = [Tensor(name, samples, exact) for name, samples in zip(node.output, results)]
        self.nodes.append(node)
        self.shapes.update((tensor.name, tensor.shape) for tensor in made if tensor.data.dtype == np.float32)
        if keep:
            self.tensors += made
        return made[0] if outputs == 1 else made

    def finish(self):
        """Everything that nothing uses is given out, and now and then something that is used as well."""
        used = {name for node in self.nodes for name in node.input}
        made = [name for node in self.nodes for name in node.output]
        outputs = [name for name in made if name in self.shapes and (name not in used or self.chance(0.1))]
        if not outputs:
            raise Unfit("no node was made")
        inputs = {name: data for name, data in self.inputs.items() if name in used}
        graph = helper.make_graph(
            self.nodes, "random",
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, *data.shape[1:]]) for name, data in inputs.items()],
            [helper.make_empty_tensor_value_info(name) for name in outputs],
            [numpy_helper.from_array(data, name) for name, data in self.constants.items() if name in used])
        for output in graph.output:
            output.CopyFrom(helper.make_tensor_value_info(output.name, TensorProto.FLOAT, self.shapes[output.name]))
        return Network(model_of(graph, self.opset), inputs)


def add_inputs(grower):
    for _ in range(grower.one_of([1, 1, 1, 2, 2, 3])):
        rank = grower.one_of([4, 4, 4, 4, 3, 3, 2, 5])
        if grower.tensors and grower.chance(0.4):
            # One that meets the first at an Add.
            grower.input(list(grower.tensors[0].shape))
            continue
        most = {2: 24, 3: 14, 4: 11, 5: 5}[rank]
        shape = [1, grower.integer(1, 20), *grower.integers(1, most, rank - 2)]
        low, high = grower.one_of([(-2.0, 2.0), (-2.0, 2.0), (0.0, 1.0), (-5.0, 0.5), (0.5, 3.0)])
        grower.input(shape, low, high)


def build(seed, steps=None):
    """The network of a seed; the same for ever, or until the steps change."""
    if steps is None:
        from random_steps import STEPS as steps
    grower = Grower(seed)
    add_inputs(grower)
    wanted = grower.one_of([1, 1, 2, 2, 3, 3, 4, 5, 6, 8])
    names, weights = list(steps), np.array([often for _, often in steps.values()], float)
    made = 0
    for _ in range(20 * wanted):
        step = steps[names[grower.rng.choice(len(names), p=weights / weights.sum())]][0]
        try:
            step(grower)
            made += 1
        except Unfit:
            continue
        if made == wanted:
            break
    return grower.finish()
