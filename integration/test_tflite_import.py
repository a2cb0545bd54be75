"""LiteRT models as input: LiteRT computes what the compiled program does.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses
import json

import kitdata
import numpy as np
import onnx
import pytest
from ai_edge_litert import schema_py_generated as schema
from litert import LiteRT
from test_qdq_export import CASES, unary
from test_tflite_export import FLOATS, WIDE, export, name_of
from tflite_cases import ModelBuilder, options

RANDOM = np.random.default_rng(5)
IMAGE = (1, 9, 11, 6)
RELU6 = {"fusedActivationFunction": 3}


def run(qc, model, inputs, folder, *flags, out="out"):
    """Outputs of the compiled model by name."""
    np.savez(folder / "in.npz", **inputs)
    qc("compile", model, "--data", folder / "in.npz", "--emit", "qcb", "--quiet", "-o", folder / out, *flags)
    qc("run", folder / out / "model.qcb", "--data", folder / "in.npz", "-o", folder / "out.npz")
    return dict(np.load(folder / "out.npz"))


def compare(found, peer, inputs, steps=1, rate=1.0):
    """At most `steps` from LiteRT for integers, a share of 1e-4 of the largest for floats."""
    for name, difference in peer.steps(peer.run(inputs), found).items():
        quantized = peer.outputs[name]["quantization"][0]
        assert difference.max(initial=0) <= (steps if quantized else 1e-4), f"{name}: {difference.max()}"
        assert not quantized or (difference > 0).mean() <= rate, f"{name}: {(difference > 0).mean():.2%} differ"


#===- operators, from files that others could have written -----------------===#


@dataclasses.dataclass(frozen=True)
class Kind:
    """How activations and weights are stored."""

    name: str
    activation: str
    weight: str = "float32"
    per_channel: bool = False

    @property
    def is_float(self):
        return self.activation == "float32"


KINDS = [Kind("float", "float32"), Kind("int8", "int8", "int8", True), Kind("uint8", "uint8", "uint8"),
         Kind("int16x8", "int16", "int8", True)]


class Net(ModelBuilder):
    """Tensors of one kind."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.limits = None if kind.is_float else np.iinfo(kind.activation)

    def activation(self, name, shape, low=-2.0, high=2.0):
        if self.kind.is_float:
            return self.tensor(name, shape)
        if self.kind.activation == "int16":
            return self.tensor(name, shape, "int16", scale=max(-low, high) / 32767, zero=0)
        scale = (high - low) / 255
        return self.tensor(name, shape, self.kind.activation, scale=scale,
                           zero=int(round(self.limits.min - low / scale)))

    def weights(self, name, array, axis):
        if self.kind.is_float:
            return self.constant(name, array.astype(np.float32))
        limit = np.abs(array)
        other = tuple(d for d in range(array.ndim) if d != axis)
        limit = limit.max(axis=other, keepdims=True) if self.kind.per_channel else limit.max(keepdims=True)
        if self.kind.weight == "uint8":
            scale = 2 * limit.item() / 255
            return self.constant(name, np.clip(np.round(array / scale) + 121, 0, 255).astype(np.uint8), scale=scale,
                                 zero=121)
        scale = limit / 127
        return self.constant(name, np.round(array / scale).astype(np.int8), scale=scale.ravel(), zero=0, axis=axis)

    def bias(self, name, array, x, w):
        if self.kind.is_float:
            return self.constant(name, array.astype(np.float32))
        scale = np.float32(np.array(self.graph.tensors[w].quantization.scale) * self.graph.tensors[x].quantization.scale[0])
        dtype = np.int64 if self.kind.activation == "int16" else np.int32
        return self.constant(name, np.round(array / scale).astype(dtype), scale=scale, zero=0)

    def samples(self, x, count=1):
        tensor = self.graph.tensors[x]
        real = RANDOM.uniform(-1.9, 1.9, tensor.shape).astype(np.float32)
        return {tensor.name: real}


def conv(net, **fields):
    x, w = net.activation("x", IMAGE), net.weights("w", RANDOM.normal(size=(8, 3, 3, 6)), 0)
    y = net.activation("y", (1, 5, 6, 8), 0, 6)
    net.operator("CONV_2D", [x, w, net.bias("b", RANDOM.normal(size=8), x, w)], [y],
                 options("Conv2DOptions", strideW=2, strideH=2, **RELU6), version=3)
    return [x], [y]


def depthwise(net):
    x, w = net.activation("x", IMAGE), net.weights("w", RANDOM.normal(size=(1, 3, 3, 6)), 3)
    y = net.activation("y", (1, 5, 7, 6), -8, 8)
    net.operator("DEPTHWISE_CONV_2D", [x, w, net.bias("b", RANDOM.normal(size=6), x, w)], [y],
                 options("DepthwiseConv2DOptions", strideW=1, strideH=1, depthMultiplier=1, padding=1,
                         dilationWFactor=2, dilationHFactor=2), version=3)
    return [x], [y]


def transpose_conv(net):
    shape = net.constant("shape", np.array([1, 18, 22, 4], np.int32))
    x, w = net.activation("x", IMAGE), net.weights("w", RANDOM.normal(size=(4, 3, 3, 6)), 0)
    y = net.activation("y", (1, 18, 22, 4), -12, 12)
    net.operator("TRANSPOSE_CONV", [shape, w, x], [y], options("TransposeConvOptions", strideW=2, strideH=2), version=1)
    return [x], [y]


def dense(net):
    x, w = net.activation("x", (2, 3, 10)), net.weights("w", RANDOM.normal(size=(7, 10)), 0)
    y = net.activation("y", (6, 7), -12, 12)
    net.operator("FULLY_CONNECTED", [x, w, net.bias("b", RANDOM.normal(size=7), x, w)], [y],
                 options("FullyConnectedOptions"), version=1)
    return [x], [y]


def block(net):
    """What a residual network has: a sum, a concatenation, a mean, a softmax; images stay as they are."""
    x, w = net.activation("x", IMAGE), net.weights("w", RANDOM.normal(size=(6, 1, 1, 6)), 0)
    shape = IMAGE
    a = net.activation("a", shape, 0, 6)
    net.operator("CONV_2D", [x, w, net.bias("b", RANDOM.normal(size=6), x, w)], [a],
                 options("Conv2DOptions", strideW=1, strideH=1, padding=1, **RELU6), version=3)
    c = net.activation("c", shape, -2, 8)
    net.operator("ADD", [a, x], [c], options("AddOptions", potScaleInt16=False), version=2)
    d = net.activation("d", (1, 9, 11, 12), -2, 8)
    e = net.activation("e", shape, -2, 8)
    net.operator("MAX_POOL_2D", [c], [e], options("Pool2DOptions", strideW=1, strideH=1, filterWidth=3, filterHeight=3),
                 version=2)
    net.operator("CONCATENATION", [c, e], [d], options("ConcatenationOptions", axis=3), version=2)
    f = net.activation("f", (1, 12), -2, 8)
    net.operator("MEAN", [d, net.constant("axes", np.array([1, 2], np.int32))], [f],
                 options("ReducerOptions", keepDims=False), version=2)
    return [x], [f, c]


def movement(net):
    """Slices, pads, transposes."""
    x = net.activation("x", IMAGE)
    a = net.activation("a", (1, 4, 11, 6))
    net.operator("STRIDED_SLICE", [x, *(net.constant(n, np.array(v, np.int32)) for n, v in
                                        (("begin", [0, 1, 0, 0]), ("end", [1, 9, 0, 0]), ("step", [1, 2, 1, 1])))],
                 [a], options("StridedSliceOptions", endMask=12), version=2)
    b = net.activation("b", (1, 6, 11, 6))
    net.operator("PAD", [a, net.constant("pads", np.array([[0, 0], [1, 1], [0, 0], [0, 0]], np.int32))], [b],
                 options("PadOptions"), version=2)
    c = net.activation("c", (1, 11, 6, 6))
    net.operator("TRANSPOSE", [b, net.constant("perm", np.array([0, 2, 1, 3], np.int32))], [c],
                 options("TransposeOptions"), version=2)
    y = net.activation("y", (11, 36))
    net.operator("RESHAPE", [c, net.constant("shape", np.array([11, 36], np.int32))], [y],
                 options("ReshapeOptions", newShape=[11, 36]))
    return [x], [y]


OPERATORS = {"conv": conv, "depthwise": depthwise, "transpose_conv": transpose_conv, "dense": dense, "block": block,
             "movement": movement}
# Multipliers of 16-bit activations have 15 bits in LiteRT, means another rounding: up to so many steps of 16 bits.
STEPS = {("int16x8", "block"): 4}


# LiteRT has no transposed convolution of bytes with other zero points than 0 in its default kernels.
@pytest.mark.parametrize("kind, name", [(kind, name) for kind in KINDS for name in OPERATORS
                                        if (kind.name, name) != ("uint8", "transpose_conv")],
                         ids=lambda value: getattr(value, "name", value))
def test_operators(qc, tmp_path, kind, name):
    net = Net(kind)
    inputs, outputs = OPERATORS[name](net)
    model = net.write(tmp_path / "model.tflite", inputs, outputs)
    samples = net.samples(inputs[0])
    precision = ("--precision", "float") if kind.is_float else ()
    found = run(qc, model, samples, tmp_path, *precision)
    compare(found, LiteRT(model), samples, STEPS.get((kind.name, name), 1))


def pack(net, index, values):
    """Makes a constant one of 4 bits: two numbers a byte, the first in the lower half."""
    values = np.append(values.ravel(), [0] * (values.size % 2)).astype(np.uint8) & 15
    tensor = net.graph.tensors[index]
    tensor.type = schema.TensorType.INT4
    net.model.buffers[tensor.buffer].data = values[::2] | values[1::2] << 4


@pytest.mark.parametrize("name", ["dense", "conv"])
def test_weights_of_4_bits(qc, tmp_path, name):
    """Two of them a byte, of an odd count as well; they are computed with as bytes, as LiteRT does."""
    net = Net(KINDS[1])
    inputs, outputs = OPERATORS[name](net)
    w = next(i for i, tensor in enumerate(net.graph.tensors) if tensor.name == "w")
    tensor = net.graph.tensors[w]
    tensor.quantization.scale = [16 * scale for scale in tensor.quantization.scale]
    tensor.quantization.zeroPoint = [0] * len(tensor.quantization.scale)
    b = next(t for t in net.graph.tensors if t.name == "b")
    b.quantization.scale = [16 * scale for scale in b.quantization.scale]
    pack(net, w, RANDOM.integers(-7, 8, tensor.shape))
    model = net.write(tmp_path / "model.tflite", inputs, outputs)
    samples = net.samples(inputs[0])
    compare(run(qc, model, samples, tmp_path), LiteRT(model), samples, 1)
    net.model.buffers[tensor.buffer].data = net.model.buffers[tensor.buffer].data[:-1]
    done = qc("compile", net.write(model, inputs, outputs), "-o", tmp_path / "o", exit_code=1)
    assert "tensor 'w'" in done.stderr and "is INT4 of shape" in done.stderr


@pytest.mark.parametrize("mode", [0, 1], ids=["reflect", "symmetric"])
@pytest.mark.parametrize("kind", [KINDS[0], KINDS[1]], ids=lambda kind: kind.name)
def test_mirrored_edges(qc, tmp_path, kind, mode):
    net = Net(kind)
    x, y = net.activation("x", (1, 4, 5, 3)), net.activation("y", (1, 7, 8, 3))
    pads = net.constant("pads", np.array([[0, 0], [2, 1], [0, 3], [0, 0]], np.int32))
    net.operator("MIRROR_PAD", [x, pads], [y], options("MirrorPadOptions", mode=mode), version=1)
    model = net.write(tmp_path / "model.tflite", [x], [y])
    samples = net.samples(x)
    precision = ("--precision", "float") if kind.is_float else ()
    compare(run(qc, model, samples, tmp_path, *precision), LiteRT(model), samples, 0)


def test_parameters_are_those_of_the_file(qc, tmp_path):
    """Scales and zero points come exactly, and are fixed."""
    net = Net(KINDS[1])
    inputs, outputs = block(net)
    model = net.write(tmp_path / "model.tflite", inputs, outputs)
    qc("compile", model, "--quiet", "--encodings-out", tmp_path / "e.json", "-o", tmp_path / "out")
    found = {entry["name"]: entry for entry in json.loads((tmp_path / "e.json").read_text())["encodings"]}
    for tensor in net.graph.tensors:
        if tensor.quantization is None or tensor.buffer:
            continue
        entry = found[tensor.name]
        assert entry["fixed"] is True, entry
        assert np.float32(entry["scale"][0]) == np.float32(tensor.quantization.scale[0]), entry
        assert entry["zero_point"][0] == tensor.quantization.zeroPoint[0], entry


def test_images_stay_channels_last(qc, tmp_path):
    """No transpose is left in the program of a network of convolutions."""
    net = Net(KINDS[1])
    inputs, outputs = block(net)
    model = net.write(tmp_path / "model.tflite", inputs, outputs)
    shown = qc("compile", model, "-o", tmp_path / "out").stdout
    assert "transposes: 0 inside, 0 at the boundary" in shown


#===- what qc has written ----------------------------------------------------===#


@pytest.mark.parametrize("case", [case for case in CASES if case.name in (*WIDE, "Branches", "Shuffle", "HardSwish_14")],
                         ids=name_of)
def test_own_bytes(qc, qc_translate, tmp_path, case):
    """An exported program, read back, gives the numbers that it gave."""
    peer = LiteRT(export(qc, qc_translate, case, tmp_path))
    inputs = {name: peer.as_model(name, case.samples[name]) for name in peer.inputs}
    found = run(qc, tmp_path / "model.tflite", inputs, tmp_path, out="back")
    expected = run_program(qc, tmp_path, case)
    for name, detail in peer.outputs.items():
        scale = detail["quantization"][0]
        real = peer.as_model(name, expected[name]).reshape(found[name].shape)
        difference = np.abs(found[name] - real)
        assert difference.max(initial=0) <= (1.01 * scale if scale else 1e-4 * np.abs(real).max(initial=1)), name


def test_own_tables(qc, qc_translate, tmp_path):
    """Functions that are tables in the file read the integers themselves, which no value of the network is."""
    export(qc, qc_translate, unary("Mish", 18), tmp_path)
    shown = refuse(qc, tmp_path / "model.tflite", tmp_path)
    assert "op CAST: computes with the integers of 'x' themselves" in shown


def run_program(qc, folder, case):
    np.savez(folder / "source.npz", **case.samples)
    qc("run", folder / "out" / "model.qcb", "--data", folder / "source.npz", "-o", folder / "y.npz")
    return dict(np.load(folder / "y.npz"))


# What picks by indices that are given has FLOOR_MOD for those below 0.
@pytest.mark.parametrize("case", [case for case in FLOATS if case.name != "Gather_13_runtime"][::3], ids=name_of)
def test_own_floats(qc, qc_translate, tmp_path, case):
    onnx.save(case.model, tmp_path / "case.onnx")
    qc("compile", tmp_path / "case.onnx", "--stop-after", "prepare", "--quiet", "-o", tmp_path)
    qc_translate("--export-tflite", tmp_path / "prepare.mlirbc", "-o", tmp_path / "model.tflite")
    peer = LiteRT(tmp_path / "model.tflite", reference=False)
    inputs = {name: peer.as_model(name, case.samples[name]) for name in peer.inputs}
    found = run(qc, tmp_path / "model.tflite", inputs, tmp_path, "--precision", "float")
    for name, detail in peer.outputs.items():
        stored = peer.run(case.samples)[name]
        assert np.abs(found[name].reshape(stored.shape) - stored).max(initial=0) <= 1e-4 * max(
            np.abs(stored).max(initial=0), 1), name


#===- what is in the way ------------------------------------------------------===#


def layers(net):
    """Two convolutions, something foreign behind them."""
    x, w = net.activation("x", IMAGE), net.weights("w", RANDOM.normal(size=(6, 1, 1, 6)), 0)
    a, b = net.activation("a", IMAGE), net.activation("b", IMAGE)
    net.operator("CONV_2D", [x, w, -1], [a], options("Conv2DOptions", strideW=1, strideH=1), version=3)
    net.operator("CONV_2D", [a, w, -1], [b], options("Conv2DOptions", strideW=1, strideH=1), version=3)
    return x, b


def refuse(qc, model, folder, *flags):
    return qc("compile", model, "--data", "random", "--quiet", *flags, "-o", folder / "no", exit_code=1).stderr


def test_all_operators_are_listed_at_once(qc, tmp_path):
    net = Net(KINDS[0])
    x, b = layers(net)
    c, d, e = (net.activation(name, IMAGE) for name in "cde")
    net.operator(None, [b], [c], custom="TFLite_Detection_PostProcess")
    net.operator("SVDF", [c], [d])
    net.operator("CONV_2D", [d, 1, -1], [e])
    model = net.write(tmp_path / "model.tflite", [x], [e])
    shown = refuse(qc, model, tmp_path)
    assert "cannot import 3 nodes of the model" in shown
    assert "op CUSTOM 'TFLite_Detection_PostProcess': not supported; node of output 'c'" in shown
    assert "op SVDF: not supported; node of output 'd'" in shown
    assert "op CONV_2D: has no options, or not its own; node of output 'e'" in shown
    assert "--cut-at b ends the network before that" in shown
    found = run(qc, model, net.samples(x), tmp_path, "--cut-at", "b", "--precision", "float")
    assert found["b"].shape == (1, *IMAGE[1:])


@pytest.mark.parametrize("change, message", [
    (lambda net: setattr(net.graph.tensors[0], "shapeSignature", [-1, -1, 11, 6]),
     "input 'x': tensor 'x' has a dimension 1 that is only known when the model runs"),
    (lambda net: setattr(net.graph.tensors[0], "shape", [1, 2**30, 2**30, 2**30]), "has the impossible shape"),
    (lambda net: setattr(net.graph.tensors[1], "sparsity", sparsity()), "tensor 'w' leaves out zeros (sparsity)"),
    (lambda net: setattr(net.graph.tensors[2], "isVariable", True), "tensor 'a' is a variable"),
    (lambda net: setattr(net.graph.tensors[1], "shape", [6, 1, 1, 7]), "but has 144 bytes"),
    (lambda net: setattr(net.graph.tensors[1], "buffer", 77), "tensor 'w' (number 1) buffer 77 is not in the file"),
    (lambda net: setattr(net.graph.operators[0], "inputs", [99, 1, -1]), "operator 0 (CONV_2D): an input is tensor 99 of 4"),
    (lambda net: setattr(net.graph.operators[0], "inputs", [3, 1, -1]),
     "op CONV_2D: input 'b' is read before it is made; node of output 'a'"),
    (lambda net: setattr(net.graph.operators[1], "outputs", [2]), "is made by no operator"),
    (lambda net: setattr(net.graph.operators[0].builtinOptions, "strideW", 0), "has a window, stride or dilation of 0"),
    (lambda net: setattr(net.graph.operators[0].builtinOptions, "fusedActivationFunction", 5),
     "its fused activation (number 5) is not supported"),
    (lambda net: setattr(net.graph.operators[0], "opcodeIndex", 9), "operator 0 has code 9 of 2"),
    (lambda net: setattr(net.model, "version", 4), "schema version 4 is not supported; 3 is"),
    (lambda net: setattr(net.graph.tensors[2], "shape", [1, 9, 11, 5]),
     "op CONV_2D: tensor 'a' is FLOAT 1x9x11x5 in the file, but what computes it gives"),
], ids=lambda value: value[:40] if isinstance(value, str) else "")
def test_broken(qc, tmp_path, change, message):
    net = Net(KINDS[0])
    x, b = layers(net)
    change(net)
    assert message in refuse(qc, net.write(tmp_path / "model.tflite", [x], [b]), tmp_path)


def sparsity():
    from ai_edge_litert import schema_py_generated as schema
    table = schema.SparsityParametersT()
    table.traversalOrder = [0, 1, 2, 3]
    return table


def test_not_a_model(qc, tmp_path):
    path = tmp_path / "model.tflite"
    for content, message in ((b"", "the file is empty"), (b"hello, world", "its bytes 4 to 7 are not 'TFL3'"),
                             (b"\x40\x42\0\0TFL3" + bytes(40), "truncated or damaged")):
        path.write_bytes(content)
        assert message in refuse(qc, path, tmp_path)


def test_types_of_the_file_are_not_those_of_every_target(qc, tmp_path):
    """What a chip does not take is an error that names the tensors; --refit chooses anew."""
    net = Net(KINDS[2])
    inputs, outputs = conv(net)
    model = net.write(tmp_path / "model.tflite", inputs, outputs)
    assert "'w'" in refuse(qc, model, tmp_path, "--target", "mtk")
    np.savez(tmp_path / "in.npz", **net.samples(inputs[0]))
    qc("compile", model, "--target", "mtk", "--refit", "--data", tmp_path / "in.npz", "--quiet", "-o", tmp_path / "out")


#===- networks ------------------------------------------------------------------===#


IMAGES = 20


@pytest.mark.parametrize("title, precision", [
    ("resnet20_cifar10", "int8"), ("resnet20_cifar10", "a16w8"), ("resnet20_cifar10", "float"),
    ("mobilenetv1_0.25_224", "int8"), ("kws_dscnn", "int8"), ("kws_dscnn", "float")])
def test_networks(qc, kit, tmp_path, title, precision):
    """A network of the kit, written as .tflite and read again: the bytes of its program stay what they were."""
    data = kitdata.find(title).prepare(kit.path, tmp_path)
    qc("compile", data.path, *data.compile_options(8), "--precision", precision, "--emit", "qcb,tflite", "--quiet", "-o",
       tmp_path / "first")
    samples = np.concatenate([sample for _, sample in zip(range(IMAGES), data.evaluation_samples())])
    model = tmp_path / "first" / "model.tflite"
    peer = LiteRT(model, reference=False)
    (given,), (output,) = peer.inputs, peer.outputs
    np.save(tmp_path / "source.npy", samples)
    np.save(tmp_path / "moved.npy", np.concatenate([peer.as_model(given, x[None]) for x in samples]))
    qc("run", tmp_path / "first" / "model.qcb", "--data", tmp_path / "source.npy", "-o", tmp_path / "first.npz")
    qc("compile", model, *(("--precision", "float") if precision == "float" else ()), "--emit", "qcb", "--quiet", "-o",
       tmp_path / "second")
    qc("run", tmp_path / "second" / "model.qcb", "--data", tmp_path / "moved.npy", "-o", tmp_path / "second.npz")
    first, second = (np.load(tmp_path / name)[output] for name in ("first.npz", "second.npz"))
    if precision == "float":
        assert np.abs(first - second).max() <= 1e-4 * np.abs(first).max()
    else:
        np.testing.assert_array_equal(first, second)
    best = [peer.run({given: sample[None]})[output].argmax() for sample in samples]
    assert (second.reshape(IMAGES, -1).argmax(1) == best).mean() >= 0.99
