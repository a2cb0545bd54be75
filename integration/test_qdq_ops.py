"""Small graphs through the QDQ exporter, op by op and target by target: onnxruntime stores what the program stores.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

RATES is what docs/Arithmetic.md states. Each graph runs as a whole on the model as it is written and with onnxruntime's
own fusions: what differs anywhere shows in the result.
"""

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper
from onnx_cases import values
from qdq import Difference, session

SAMPLES = 8
CHANNELS, HEIGHT, WIDTH = 4, 12, 10
IMAGE = (1, CHANNELS, HEIGHT, WIDTH)
ROWS = (1, 6, 16)

TARGETS = [("generic", None, "int8"), ("generic", None, "int16"), ("generic", None, "a16w8"),
           ("horizon", "x3", "int8"), ("horizon", "x5", "int8"), ("horizon", "x5", "a16w8"),
           ("mtk", "mdla3", "int8"), ("mtk", "mdla5", "a16w8"),
           ("sigmastar", None, "int8"), ("sigmastar", None, "conv16"), ("sigmastar", None, "int16"),
           ("tda4", "tda4vm", "int8"), ("tda4", "tda4vm", "int16"),
           ("tda4", "am68a", "int8"), ("tda4", "am68a", "int16")]
WIDE = {"int16", "a16w8", "conv16"}
POWERS_OF_TWO = {"tda4vm"}


class Graph:
    """Nodes in order; operands are names or constants."""

    def __init__(self):
        self.nodes, self.constants, self.inputs = [], [], {}

    def input(self, shape=IMAGE, low=-2.0, high=2.0):
        name = f"x{len(self.inputs)}"
        self.inputs[name] = (shape, low, high)
        return name

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def __call__(self, op_type, *operands, results=1, **attributes):
        names = [f"t{len(self.nodes)}_{i}" for i in range(results)]
        operands = [x if isinstance(x, str) else self.constant(x) for x in operands]
        self.nodes.append(helper.make_node(op_type, operands, names, **attributes))
        return names[0] if results == 1 else names

    def conv(self, x, seed=7, kernel=3):
        return self("Conv", x, values(CHANNELS, CHANNELS, kernel, kernel, seed=seed, low=-0.5, high=0.5),
                    values(CHANNELS, seed=seed, low=-0.5, high=0.5), pads=[kernel // 2] * 4)

    def model(self, results, opset):
        graph = helper.make_graph(
            self.nodes, "graph",
            [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
             for name, (shape, _, _) in self.inputs.items()],
            [helper.make_empty_tensor_value_info(name) for name in results], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
        inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
        for output, found in zip(model.graph.output, inferred.graph.output):
            output.CopyFrom(found)
        return model


def scalar(value):
    return np.array(value, np.float32)


def resize(g, x, factors, mode="linear", transformation="half_pixel", **attributes):
    return g("Resize", x, "", np.array([1, 1, *factors], np.float32), mode=mode,
             coordinate_transformation_mode=transformation, **attributes)


def average(g, x, *kernel, **attributes):
    return g("AveragePool", x, kernel_shape=kernel, **attributes)


def halved(g, x):
    return average(g, x, 2, 2, strides=[2, 2])


FACTORS = {"2": (2, 2), "3": (3, 3), "1.5": (1.5, 1.5), "0.5": (0.5, 0.5), "2x1": (2, 1), "2x2.5": (2, 2.5)}
TRANSFORMATIONS = ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")


def resize_cases():
    for transformation in TRANSFORMATIONS:
        for label, factors in FACTORS.items():
            yield f"resize_{transformation}_{label}", lambda g, t=transformation, f=factors: resize(
                g, g.input(), f, transformation=t)
    yield "resize_nearest", lambda g: resize(g, g.input(), (2, 1.5), "nearest", "asymmetric", nearest_mode="floor")
    yield "resize_nearest_concat", lambda g: g(
        "Concat", resize(g, g.input(), (2, 2), "nearest", "asymmetric", nearest_mode="floor"),
        g.input((1, CHANNELS, 24, 20), -1, 1.3), axis=1)
    for transformation in ("half_pixel", "asymmetric"):
        for label, factors in (("2", (2, 2)), ("3", (3, 3)), ("1.5", (1.5, 1.5))):
            larger = (1, CHANNELS, int(HEIGHT * factors[0]), int(WIDTH * factors[1]))

            def up(g, x, t=transformation, f=factors):
                return resize(g, x, f, transformation=t)

            def twice(g, up=up):
                x = up(g, g.input())
                return g("Concat", x, x, axis=1)

            name = f"{transformation}_{label}"
            yield f"resize_concat_{name}", twice
            yield f"resize_concat_other_{name}", lambda g, up=up, s=larger: g(
                "Concat", up(g, g.input()), g.input(s, -1, 1.3), axis=1)
            yield f"resize_add_{name}", lambda g, up=up, s=larger: g("Add", up(g, g.input()), g.input(s, -1, 1.3))
            yield f"concat_resize_{name}", lambda g, up=up: up(
                g, g("Concat", g.input(), g.input(low=-1, high=1.3), axis=1))
            yield f"add_resize_{name}", lambda g, up=up: up(g, g("Add", g.input(), g.input(low=-1, high=1.3)))
            yield f"pool_resize_{name}", lambda g, up=up: up(g, halved(g, g.input()))
            yield f"conv_resize_{name}", lambda g, up=up: up(g, g.conv(g.input()))
            yield f"resize_conv_{name}", lambda g, up=up: g.conv(up(g, g.input()))


def back_into_its_sum(g, join, **attributes):
    """A mean whose result is added to what it is made of: no scale is free."""
    x = g.conv(g.input())
    return g(join, x, resize(g, halved(g, x), (2, 2)), **attributes)


def back_into_its_join(g):
    """The joined image has the same parameters before it is resized."""
    x = g.input()
    return g("Concat", x, resize(g, g("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]), (2, 2)), axis=1)


def pyramid(g):
    fine = g.conv(g.input())
    coarse = g.conv(g("MaxPool", fine, kernel_shape=[2, 2], strides=[2, 2]), seed=11)
    fused = g("Add", fine, resize(g, coarse, (2, 2)))
    return g("Add", coarse, halved(g, fused))


def pool_cases():
    yield "average_1x3", lambda g: average(g, g.input(), 1, 3)
    yield "average_5x1", lambda g: average(g, g.input(), 5, 1)
    yield "average_2x2", lambda g: halved(g, g.input())
    yield "average_2x3", lambda g: average(g, g.input(), 2, 3)
    yield "average_6x6", lambda g: average(g, g.input(), 6, 6)
    yield "average_relu", lambda g: average(g, g("Relu", g.conv(g.input())), 2, 3)
    for counts in (0, 1):
        padded = {"count_include_pad": counts, "pads": [1, 1, 1, 1]}
        yield f"average_3x3_pads_{counts}", lambda g, a=padded: average(g, g.input(), 3, 3, **a)
        yield f"average_2x2_pads_{counts}", lambda g, a=padded: average(g, g.input(), 2, 2, strides=[2, 2], **a)
        yield f"average_ceil_{counts}", lambda g, c=counts: average(
            g, g.input(), 3, 3, strides=[2, 2], ceil_mode=1, count_include_pad=c)
        yield f"average_ceil_pads_{counts}", lambda g, a=padded: average(
            g, g.input(), 3, 3, strides=[2, 2], ceil_mode=1, **a)

    def joined(g, *kernel):
        x = average(g, g.input(), *kernel)
        return g("Concat", x, x, axis=1)

    yield "average_concat_1x3", lambda g: joined(g, 1, 3)
    yield "average_concat_5x1", lambda g: joined(g, 5, 1)
    yield "average_concat_6x6", lambda g: joined(g, 6, 6)
    yield "global_average", lambda g: g("GlobalAveragePool", g.input())
    yield "global_average_relu", lambda g: g("GlobalAveragePool", g("Relu", g.input()))

    def both(g):
        x = g.input()
        return g("Concat", g("GlobalAveragePool", x), g("GlobalMaxPool", x), axis=1)

    yield "global_both", both
    for axes in ([2, 3], [1], [3], [2]):
        label = "".join(map(str, axes))
        yield f"mean_{label}", lambda g, a=axes: g("ReduceMean", g.input(), np.array(a), keepdims=1)
        yield f"sum_{label}", lambda g, a=axes: g("ReduceSum", g.input(), np.array(a), keepdims=1)

        def centred(g, a=axes):
            x = g.input()
            return g("Sub", x, g("ReduceMean", x, np.array(a), keepdims=1))

        yield f"centred_{label}", centred


def binary_cases():
    for kind in ("Add", "Sub", "Mul", "Div", "Min", "Max"):
        low = 0.3 if kind == "Div" else -1
        name = kind.lower()
        yield name, lambda g, k=kind, low=low: g(k, g.input(), g.input(low=low, high=1.3))
        yield f"{name}_channels", lambda g, k=kind, low=low: g(k, g.input(), g.input((1, CHANNELS, 1, 1), low, 1.3))
        yield f"{name}_map", lambda g, k=kind: g(
            k, g.input(), values(1, 1, HEIGHT, WIDTH, seed=5, low=0.3, high=1.4))
        for value in (0.5, 1.5, 1 / 3):
            yield f"{name}_{value:.2f}", lambda g, k=kind, v=value: g(k, g.input(), scalar(v))
        yield f"{name}_from_scalar", lambda g, k=kind: g(k, scalar(1), g.input(low=0.3))

    def square(g):
        x = g.input()
        return g("Mul", x, x)

    def gated(g, residual):
        x = g.conv(g.input())
        gate = g("HardSigmoid", g.conv(g("GlobalAveragePool", x), kernel=1))
        y = g("Mul", x, gate)
        return g("Add", x, y) if residual else y

    yield "square", square
    yield "gated", lambda g: gated(g, False)
    yield "gated_residual", lambda g: gated(g, True)


def other_cases():
    yield "concat", lambda g: g("Concat", g.input(), g.input(low=-0.1, high=0.17), axis=1)
    yield "concat_three", lambda g: g("Concat", g.input(), g("Tanh", g.input(low=-0.1, high=0.17)),
                                      g.conv(g.input()), axis=1)
    yield "back_into_its_sum", lambda g: back_into_its_sum(g, "Add")
    yield "back_into_its_concat", lambda g: back_into_its_sum(g, "Concat", axis=1)
    yield "back_into_its_join", back_into_its_join
    yield "pyramid", pyramid
    yield "matmul", lambda g: g("MatMul", g.input(ROWS), g.input((1, 16, 7)))
    yield "layer_norm", lambda g: g("LayerNormalization", g.input(ROWS), values(16, low=0.5, high=1.5), values(16),
                                    axis=-1)
    yield "softmax", lambda g: g("Softmax", g.input(ROWS, -4, 4), axis=-1)
    for kind in ("Sigmoid", "HardSwish", "HardSigmoid", "Tanh", "LeakyRelu", "Elu", "Exp", "Abs", "Relu", "Softplus",
                 "Sin", "Cos"):
        yield kind.lower(), lambda g, k=kind: g(k, g.input())

    def silu(g):
        x = g.conv(g.input())
        return g("Mul", x, g("Sigmoid", x))

    def mish(g):
        x = g.conv(g.input())
        return g("Mul", x, g("Tanh", g("Softplus", x)))

    def split(g):
        first, second = g("Split", g.input(), results=2, axis=1, num_outputs=2)
        return g("Concat", second, g("Relu", first), axis=1)

    yield "silu", silu
    yield "mish", mish
    yield "split", split
    yield "clip", lambda g: g("Clip", g.input(), scalar(-1), scalar(1))
    yield "clip_add", lambda g: g("Clip", g("Add", g.input(), g.input(low=-1, high=1.3)), scalar(0), scalar(1))
    yield "relu_concat", lambda g: g("Relu", g("Concat", g.input(), g.conv(g.input()), axis=1))
    yield "prelu", lambda g: g("PRelu", g.input(), values(CHANNELS, 1, 1, low=0.05, high=0.5))
    yield "pad", lambda g: g("Pad", g.input(), np.array([0, 0, 1, 2, 0, 0, 1, 1]), scalar(0.5))
    yield "slice", lambda g: g("Slice", g.input(), np.array([1, 0]), np.array([9, 4]), np.array([2, 1]))
    yield "transpose", lambda g: g("Transpose", g.conv(g.input()), perm=[0, 2, 3, 1])


FAMILIES = {"resize": dict(resize_cases()), "pool": dict(pool_cases()), "binary": dict(binary_cases()),
            "other": dict(other_cases())}

# Shares of elements that may differ, by one step unless said otherwise: of 8 bits and of 16.
RATE, WIDE_RATE = 1e-4, 1e-2
# What onnxruntime computes by means of its own when it fuses.
OWN_MEANS = {"softmax": 0.1}
# Weights that float32 does not hold, and scales that cannot be chosen so that no sum of them is a half.
INEXACT_HALVES = 0.05


def has_inexact_halves(name):
    return name.startswith("resize") or "_resize" in name


def allowed_rate(name, chip, precision, fused):
    if fused and name in OWN_MEANS:
        return OWN_MEANS[name]
    if chip in POWERS_OF_TWO and has_inexact_halves(name):
        return INEXACT_HALVES
    return WIDE_RATE if precision in WIDE else RATE


def get_steps(model, results):
    """The scale of each of `results`."""
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    made = {name: node for node in model.graph.node for name in node.output}
    for name in results:
        node = made[name]
        while node.op_type in ("Identity", "Transpose"):
            node = made[node.input[0]]
        yield np.float64(constants[node.input[1]])


def compare(qc, folder, cases, target, chip, precision):
    """For each case, the difference between the program and onnxruntime: on the model as written, and with fusions. All
    cases are one model, of graphs that share nothing."""
    graph = Graph()
    results = [build(graph) for build in cases.values()]
    onnx.save(graph.model(results, 18), folder / "graph.onnx")
    samples = {name: values(SAMPLES * shape[0], *shape[1:], seed=index, low=low, high=high)
               for index, (name, (shape, low, high)) in enumerate(graph.inputs.items())}
    np.savez(folder / "in.npz", **samples)
    option = ["--target-option", f"chip={chip}"] if chip else []
    qc("compile", folder / "graph.onnx", "--data", folder / "in.npz", "--target", target, *option, "--precision",
       precision, "--allow-cpu", "--correct", "none", "--emit", "qcb,onnx", "--quiet", "-o", folder / "out")
    qc("run", folder / "out" / "model.qcb", "--data", folder / "in.npz", "-o", folder / "y.npz")
    ours = dict(np.load(folder / "y.npz"))
    model = onnx.load(str(folder / "out" / "model.qdq.onnx"))
    steps = list(get_steps(model, results))
    for fused in (False, True):
        peer = session(model, fused)
        runs = [peer.run(results, {name: value[i:i + 1] for name, value in samples.items()}) for i in range(SAMPLES)]
        for name, result, step, theirs in zip(cases, results, steps, map(np.concatenate, zip(*runs))):
            difference = Difference()
            difference.add(np.round(theirs / step), np.round(ours[result].reshape(theirs.shape) / step))
            yield name, fused, difference


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("target,chip,precision", TARGETS, ids=lambda part: str(part or ""))
def test_ops(qc, tmp_path, target, chip, precision, family):
    wrong = []
    for name, fused, difference in compare(qc, tmp_path, FAMILIES[family], target, chip, precision):
        rate = allowed_rate(name, chip, precision, fused)
        largest = 2 if precision in WIDE else 1
        if difference.largest > largest or difference.different > max(1, rate * difference.elements):
            wrong.append(f"{name}{' (fused)' if fused else ''}: {100 * difference.rate:.3f} %, "
                         f"{difference.largest} steps")
    assert not wrong, "\n".join(wrong)
