"""LiteRT models written by qc: LiteRT stores what the program stores, op by op and in whole networks, and a compiler of
others takes them.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

RATES is what docs/TfliteExport.md states: the share of elements that may differ in LiteRT's reference kernels and in
those that it takes by default, and by how many steps.
"""

import dataclasses
import subprocess
import sys

import kitdata
import numpy as np
import onnx
import pytest
from ai_edge_litert import schema_py_generated as schema
from litert import LiteRT
from onnx_cases import graph, ints, op, values
from test_qdq_export import CASES, IMAGE, POSITIVE, ROWS, scalar, unary, weights


@dataclasses.dataclass(frozen=True)
class Bound:
    """Share of elements that may differ, and by how many steps."""

    rate: float
    steps: int = 1


EXACT = Bound(0)
# LiteRT's reference kernels round twice.
TWICE = Bound(0.006)

# 8 bits: in the reference kernels, and in the default ones. What is not listed: TWICE and EXACT.
RATES = {
    "MatMul_13_two": (TWICE, TWICE), "MatMul_transposed": (TWICE, TWICE),
    "Min_13": (EXACT, Bound(0.25)), "Max_13": (EXACT, Bound(0.25)), "Concat_13": (EXACT, Bound(0.01)),
    "LeakyRelu_13": (Bound(0.03), Bound(0.03)), "PRelu_13": (Bound(0.01), Bound(0.01)),
    "Sigmoid_13": (Bound(0.4), Bound(0.4)), "Tanh_13": (Bound(0.4), Bound(0.4)), "Silu": (Bound(0.25), Bound(0.25)),
    "AveragePool_13": (Bound(0.5), Bound(0.5)), "GlobalAveragePool_13": (Bound(0.1), EXACT),
    "ReduceMean_13_attribute": (Bound(0.25), EXACT),
    "Softmax_13": (Bound(0.05), Bound(0.05)),
    "Branches": (Bound(0.8, 2), Bound(0.8, 2)), "Shuffle": (Bound(0.03), EXACT),
    # The reference kernel does not scale sums of bytes.
    "ReduceSum_13": (None, EXACT),
}
# Positions of resizes have ten fractional bits in the reference kernels.
RESIZES = (Bound(1, 10), Bound(0.5))

NO_FORM = {"Resize_13_linear_smaller_corners":
           "'y0' (tpu.resize_linear: LiteRT takes no positions as align_corners does"}

WIDE = ["Conv_13_plain", "Conv_13_depthwise", "ConvTranspose_13_plain", "Gemm_13", "MatMul_13_two", "Add_13", "Mul_13",
        "Exp_13", "LeakyRelu_13", "MaxPool_13", "AveragePool_13_counts_pads", "ReduceSum_13", "LayerNormalization_17",
        "Concat_13", "Pad_13", "Resize_13_linear_tripled"]
# Multipliers of 16-bit activations have 15 bits.
WIDE_RATE = Bound(0.2)


def name_of(case):
    return case.name


def export(qc, qc_translate, case, folder, *options, flags=(), stage="schedule"):
    """The case as a program and as bytes of a .tflite file."""
    onnx.save(case.model, folder / "case.onnx")
    np.savez(folder / "in.npz", **case.samples)
    qc("compile", folder / "case.onnx", "--data", folder / "in.npz", "--emit", "qcb", "--quiet", "-o", folder / "out",
       *options)
    qc_translate("--export-tflite", *flags, folder / "out" / f"{stage}.mlirbc", "-o", folder / "model.tflite")
    return (folder / "model.tflite").read_bytes()


def run(qc, model, inputs, folder):
    np.savez(folder / "in.npz", **inputs)
    qc("run", model, "--data", folder / "in.npz", "-o", folder / "out.npz")
    return dict(np.load(folder / "out.npz"))


def check(model, case, expected, bound, reference):
    if bound is None:
        return
    peer = LiteRT(model, reference)
    for name, steps in peer.steps(peer.run(case.samples), expected).items():
        assert steps.max(initial=0) <= bound.steps, f"{name}: {steps.max()} steps"
        share = (steps > 0).mean()
        assert share <= bound.rate, f"{name}: {share:.2%} of {steps.size} differ, at most {bound.rate:.2%} may"


#===- op by op --------------------------------------------------------------===#


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in NO_FORM], ids=name_of)
def test_bytes(qc, qc_translate, tmp_path, case):
    model = export(qc, qc_translate, case, tmp_path)
    expected = run(qc, tmp_path / "out" / "model.qcb", case.samples, tmp_path)
    linear = case.name.startswith("Resize_13_linear")
    reference, default = RESIZES if linear else RATES.get(case.name, (TWICE, EXACT))
    check(model, case, expected, reference, reference=True)
    check(model, case, expected, default, reference=False)


@pytest.mark.parametrize("name", NO_FORM)
def test_refused(qc, tmp_path, name):
    case = next(case for case in CASES if case.name == name)
    onnx.save(case.model, tmp_path / "case.onnx")
    np.savez(tmp_path / "in.npz", **case.samples)
    refused = qc("compile", tmp_path / "case.onnx", "--data", tmp_path / "in.npz", "--emit", "tflite", "--quiet", "-o",
                 tmp_path / "out", exit_code=1)
    assert "1 op has no form in LiteRT: " + NO_FORM[name] in refused.stderr


@pytest.mark.parametrize("name", WIDE)
def test_words(qc, qc_translate, tmp_path, name):
    """16-bit activations with 8-bit weights and 64-bit biases."""
    case = next(case for case in CASES if case.name == name)
    model = export(qc, qc_translate, case, tmp_path, "--precision", "a16w8")
    expected = run(qc, tmp_path / "out" / "model.qcb", case.samples, tmp_path)
    check(model, case, expected, WIDE_RATE, reference=True)


# What decomposes or moves dimensions: other cases of floats are an operator each.
FLOATS = [case for case in CASES if case.name.startswith(
    ("Conv", "Gemm", "MatMul", "Elu", "HardS", "Silu", "Gelu", "PRelu", "Clip", "MaxPool", "Average", "Global",
     "Reduce", "Softmax", "LogSoftmax", "Layer", "Concat", "Slice", "Pad", "Expand", "Gather", "Resize_13_nearest",
     "Resize_13_linear_tripled", "Branches", "Shuffle"))] + [
    unary("Softplus"), unary("Mish", 18), unary("Round", operand=IMAGE), unary("Sign"), unary("Cos"),
    unary("Elu", alpha=0.5), op("BatchNormalization", 13, IMAGE, weights(8), weights(8), weights(8),
                                values(8, seed=5, low=0.5, high=2)),
    op("Split", 13, IMAGE, ints(3, 5), outputs=2, axis=1), op("Pow", 13, POSITIVE, scalar(1.5)),
]


@pytest.mark.parametrize("case", FLOATS, ids=name_of)
def test_floats(qc, qc_translate, tmp_path, case):
    onnx.save(case.model, tmp_path / "case.onnx")
    qc("compile", tmp_path / "case.onnx", "--stop-after", "prepare", "--quiet", "-o", tmp_path)
    qc_translate("--export-tflite", tmp_path / "prepare.mlirbc", "-o", tmp_path / "model.tflite")
    peer = LiteRT((tmp_path / "model.tflite").read_bytes(), reference=False)
    expected = run(qc, tmp_path / "prepare.mlirbc", case.samples, tmp_path)
    for name, difference in peer.steps(peer.run(case.samples), expected).items():
        assert difference.max(initial=0) <= 1e-5, name


def test_half_weights(qc, qc_translate, tmp_path):
    case = next(case for case in CASES if case.name == "Branches")
    onnx.save(case.model, tmp_path / "case.onnx")
    qc("compile", tmp_path / "case.onnx", "--stop-after", "prepare", "--quiet", "-o", tmp_path)
    sizes = {}
    for flags in ((), ("--half-weights",)):
        qc_translate("--export-tflite", *flags, tmp_path / "prepare.mlirbc", "-o", tmp_path / "model.tflite")
        sizes[flags] = (tmp_path / "model.tflite").stat().st_size
    assert sizes[("--half-weights",)] < 0.6 * sizes[()]
    peer = LiteRT(tmp_path / "model.tflite", reference=False)
    expected = run(qc, tmp_path / "prepare.mlirbc", case.samples, tmp_path)
    for name, difference in peer.steps(peer.run(case.samples), expected).items():
        assert 0 < difference.max() <= 2e-3, name


#===- structure -------------------------------------------------------------===#


NETWORK = graph("Network", 13,
                [("Conv", ["x", "w"], ["a"], {"pads": [1, 1, 1, 1]}), ("Relu", ["a"], ["b"], {}),
                 ("Conv", ["b", "d"], ["c"], {"group": 8, "pads": [1, 1, 1, 1]}), ("Add", ["c", "b"], ["y"], {})],
                {"x": IMAGE[1]}, {"w": weights(8, 8, 3, 3), "d": weights(8, 1, 3, 3)}, ["y"])


def read(content):
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    return model, model.subgraphs[0]


def operators(model):
    names = {value: key for key, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    return [names[model.operatorCodes[o.opcodeIndex].builtinCode] for o in model.subgraphs[0].operators]


def test_form(qc, qc_translate, tmp_path):
    """Names of the source, types as the format's specification has them, images channels last, no transposes."""
    content = export(qc, qc_translate, NETWORK, tmp_path)
    model, subgraph = read(content)
    assert content[4:8] == b"TFL3" and model.version == 3 and model.description.startswith(b"qc ")
    assert operators(model) == ["CONV_2D", "DEPTHWISE_CONV_2D", "ADD"]
    assert [subgraph.tensors[i].name for i in subgraph.inputs] == [b"x"]
    assert [subgraph.tensors[i].name for i in subgraph.outputs] == [b"y"]
    assert list(subgraph.tensors[subgraph.inputs[0]].shape) == [1, 24, 24, 8]
    signature, = model.signatureDefs
    assert [entry.name for entry in signature.inputs + signature.outputs] == [b"x", b"y"]
    conv, depthwise, _ = subgraph.operators
    for layer, axis, shape in ((conv, 0, [8, 3, 3, 8]), (depthwise, 3, [1, 3, 3, 8])):
        x, w, b = (subgraph.tensors[i] for i in layer.inputs)
        assert list(w.shape) == shape and w.quantization.quantizedDimension == axis
        assert w.type == schema.TensorType.INT8 and not w.quantization.zeroPoint.any()
        assert b.type == schema.TensorType.INT32 and len(w.quantization.scale) == len(b.quantization.scale) == 8
        np.testing.assert_array_equal(
            b.quantization.scale, (w.quantization.scale.astype(np.float64) * x.quantization.scale[0]).astype(np.float32))
    assert {b"x", b"b", b"c", b"y"} <= {tensor.name for tensor in subgraph.tensors}


def test_wide_biases(qc, qc_translate, tmp_path):
    _, subgraph = read(export(qc, qc_translate, NETWORK, tmp_path, "--precision", "a16w8"))
    x, w, b = (subgraph.tensors[i] for i in subgraph.operators[0].inputs)
    assert (x.type, w.type, b.type) == (schema.TensorType.INT16, schema.TensorType.INT8, schema.TensorType.INT64)
    assert list(x.quantization.zeroPoint) == [0]


@pytest.mark.parametrize("wide, steps", [("a", 1), ("b", 1), ("c", 1), ("b,y", 140)])
def test_mixed_widths(qc, qc_translate, tmp_path, wide, steps):
    """Operators have one width: bytes that meet 16 bits are made wide, which changes no number. Bytes made of 16 bits
    are rounded twice, and one of their steps is many of a sum of 16 bits."""
    content = export(qc, qc_translate, NETWORK, tmp_path, "--int16-tensors", wide)
    expected = run(qc, tmp_path / "out" / "model.qcb", NETWORK.samples, tmp_path)
    check(content, NETWORK, expected, Bound(WIDE_RATE.rate, steps), reference=True)


@pytest.mark.parametrize("target, precision", [("mtk", "int8"), ("mtk", "a16w8"), ("sigmastar", "int8"),
                                               ("horizon", "int8"), ("tda4", "int8")])
def test_targets(qc, qc_translate, tmp_path, target, precision):
    """Unsigned activations become signed ones; scales that are powers of two leave halves, which round to even or not."""
    content = export(qc, qc_translate, NETWORK, tmp_path, "--target", target, "--precision", precision, "--allow-cpu")
    expected = run(qc, tmp_path / "out" / "model.qcb", NETWORK.samples, tmp_path)
    check(content, NETWORK, expected, Bound(0.3, 2), reference=False)
    _, subgraph = read(content)
    assert schema.TensorType.UINT8 not in {tensor.type for tensor in subgraph.tensors}


def test_boundary(qc, qc_translate, tmp_path):
    """Floats in and out, in the order of the source."""
    content = export(qc, qc_translate, NETWORK, tmp_path, flags=("--float-boundary", "--source-layout"))
    model, subgraph = read(content)
    assert operators(model) == ["QUANTIZE", "TRANSPOSE", "CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "DEQUANTIZE",
                                "TRANSPOSE"]
    for index in (*subgraph.inputs, *subgraph.outputs):
        assert list(subgraph.tensors[index].shape) == [1, 8, 24, 24]
        assert subgraph.tensors[index].type == schema.TensorType.FLOAT32
    expected = run(qc, tmp_path / "out" / "model.qcb", NETWORK.samples, tmp_path)
    np.testing.assert_array_equal(LiteRT(content, reference=False).run(NETWORK.samples)["y"], expected["y"])


def test_emit(qc, tmp_path):
    onnx.save(NETWORK.model, tmp_path / "case.onnx")
    np.savez(tmp_path / "in.npz", **NETWORK.samples)
    qc("compile", tmp_path / "case.onnx", "--data", tmp_path / "in.npz", "--emit", "tflite:boundary=float,qcb",
       "--quiet", "-o", tmp_path)
    _, subgraph = read((tmp_path / "model.tflite").read_bytes())
    assert subgraph.tensors[subgraph.inputs[0]].type == schema.TensorType.FLOAT32
    refused = qc("compile", tmp_path / "case.onnx", "--data", "random", "--emit", "tflite:weights=quarter", "-o",
                 tmp_path / "no", exit_code=2)
    assert "expected single or half, found 'quarter'" in refused.stderr


def test_weights_that_litert_does_not_take(qc, qc_translate, tmp_path):
    case = next(case for case in CASES if case.name == "Gemm_13")
    onnx.save(case.model, tmp_path / "case.onnx")
    np.savez(tmp_path / "in.npz", **case.samples)
    qc("compile", tmp_path / "case.onnx", "--data", tmp_path / "in.npz", "--precision", "int16", "--emit", "qcb",
       "--quiet", "-o", tmp_path)
    refused = qc_translate("--export-tflite", tmp_path / "quantize.mlirbc", "-o", tmp_path / "no.tflite", exit_code=1)
    assert "has weights 'y0_weight' of 16 bits, but LiteRT takes weights of 8 bits; choose a precision" in refused.stderr
    refused = qc_translate("--export-tflite", tmp_path / "assign.mlirbc", "-o", tmp_path / "no.tflite", exit_code=1)
    assert "give the stage in front of the assignment of types" in refused.stderr


#===- networks --------------------------------------------------------------===#


@dataclasses.dataclass(frozen=True)
class Network:
    """A network of the kit, and what its logits may differ by from the program's: in LiteRT's default kernels and in
    its reference ones."""

    title: str
    default: Bound
    reference: Bound
    on_npu: bool = True


IMAGES = 10
NETWORKS = [
    Network("resnet20_cifar10", EXACT, Bound(1, 4)),
    Network("mobilenetv1_0.25_224", EXACT, Bound(1, 6)),
    Network("shufflenetv2", EXACT, Bound(1, 8)),
    Network("kws_dscnn", EXACT, Bound(1, 4)),
    Network("vit_cifar10", Bound(1, 8), Bound(1, 8), on_npu=False),
]


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda network: network.title)
def network(request, qc, kit, tmp_path_factory):
    """A network, its folder with model.qcb and model.tflite, samples and the program's logits."""
    folder = tmp_path_factory.mktemp(request.param.title)
    data = kitdata.find(request.param.title).prepare(kit.path, folder)
    qc("compile", data.path, *data.compile_options(8), "--emit", "qcb,tflite", "--quiet", "-o", folder)
    samples = data.evaluation_samples()
    samples = [sample for _, sample in zip(range(IMAGES), samples)]
    np.save(folder / "x.npy", np.concatenate(samples))
    qc("run", folder / "model.qcb", "--data", folder / "x.npy", "-o", folder / "y.npz")
    return request.param, folder, samples, dict(np.load(folder / "y.npz"))


@pytest.mark.parametrize("reference", [False, True], ids=["default", "reference"])
def test_networks(network, reference):
    which, folder, samples, logits = network
    bound = which.reference if reference else which.default
    peer = LiteRT(folder / "model.tflite", reference)
    (output,), (given,) = peer.outputs, peer.inputs
    for sample, expected in zip(samples, logits[output]):
        found = peer.run({given: sample})
        steps = peer.steps(found, {output: expected[None]})[output]
        assert steps.max() <= bound.steps and (steps > 0).mean() <= bound.rate
        if bound == EXACT:
            assert found[output].argmax() == expected.argmax()


def test_vela(network):
    """The compiler of another NPU takes every network, and puts all of a convolutional one on the NPU."""
    which, folder, _, _ = network
    done = subprocess.run([sys.executable, "-m", "ethosu.vela", folder / "model.tflite", "--output-dir",
                           folder / "vela"], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    if which.on_npu:
        assert "CPU operators = 0" in done.stdout, done.stdout
