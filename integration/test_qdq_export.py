"""QDQ models written by qc: onnxruntime computes what the integer program computes, op by op and as a whole.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import re
from collections import Counter

import numpy as np
import onnx
import pytest
from harness import check_complete, read_dump, relative_difference
from onnx import numpy_helper
from onnx_cases import Case, graph, ints, op, values
from PIL import Image
from qdq import IsolatedOps, compare_ops, compare_outputs, session

# Share of elements that may differ by one step: of 8 bits and of 16 bits.
RATE, WIDE_RATE = 1e-4, 2e-3

IMAGE = ("x", values(1, 8, 24, 24))
ROWS = ("x", values(2, 24, 32))
POSITIVE = ("x", values(1, 8, 24, 24, low=0.2, high=4))


def scalar(value):
    return np.array(value, np.float32)


def weights(*shape):
    return values(*shape, seed=7, low=-0.5, high=0.5)


def unary(kind, opset=13, operand=IMAGE, **attributes):
    return op(kind, opset, operand, **attributes)


def binary(kind, opset=13, second=("y", values(1, 8, 24, 24, seed=3, low=0.3)), first=IMAGE, **attributes):
    return op(kind, opset, first, second, **attributes)


CASES = [
    op("Conv", 13, IMAGE, weights(12, 8, 3, 3), weights(12), label="plain", pads=[1, 1, 1, 1]),
    op("Conv", 13, IMAGE, weights(12, 8, 5, 3), label="odd", pads=[2, 0, 1, 1], strides=[2, 1], dilations=[1, 2]),
    op("Conv", 13, IMAGE, weights(8, 1, 3, 3), label="depthwise", group=8, pads=[1, 1, 1, 1]),
    op("Conv", 13, IMAGE, weights(12, 4, 3, 3), label="grouped", group=2),
    op("Conv", 13, ("x", values(1, 8, 200)), weights(12, 8, 3), label="one_dimension"),
    graph("Conv_relu6", 13,
          [("Conv", ["x", "w"], ["c"], {}), ("Clip", ["c", "low", "high"], ["y"], {})],
          {"x": IMAGE[1]}, {"w": weights(12, 8, 3, 3), "low": scalar(0), "high": scalar(1.5)}, ["y"]),
    op("ConvTranspose", 13, IMAGE, weights(8, 6, 3, 3), label="plain", strides=[2, 2], pads=[1, 1, 1, 1],
       output_padding=[1, 1]),
    op("ConvTranspose", 13, IMAGE, weights(8, 6, 4, 4), label="grouped", strides=[2, 2], group=2, pads=[1, 0, 2, 1]),
    op("ConvTranspose", 13, IMAGE, weights(8, 1, 2, 2), label="depthwise", strides=[2, 2], group=8),
    op("Gemm", 13, ("x", values(40, 32)), weights(48, 32), weights(48), transB=1),
    op("MatMul", 13, ROWS, weights(32, 48), label="constant"),
    op("MatMul", 13, ROWS, ("y", values(2, 32, 24)), label="two"),
    graph("MatMul_transposed", 13,
          [("Transpose", ["y"], ["t"], {"perm": [0, 2, 1]}), ("MatMul", ["x", "t"], ["z"], {})],
          {"x": ROWS[1], "y": values(2, 24, 32, seed=4)}, {}, ["z"]),
    *[binary(kind) for kind in ("Add", "Sub", "Mul", "Div", "Min", "Max")],
    binary("Add", second=("y", values(8, 1, 1, seed=5)), label="broadcast"),
    binary("Mul", second=values(1, 8, 1, 1, seed=6), label="constant"),
    binary("Mul", second=values(1, 1, 24, 24, seed=6), label="map"),
    op("Cast", 13, ("x", ints(*range(-5, 40))), to=1),
    binary("Pow", first=POSITIVE, second=("y", values(1, 8, 24, 24, seed=8, low=0.5, high=1.5))),
    *[binary(kind, second=scalar(1.5), label="scalar") for kind in ("Add", "Sub", "Mul", "Div", "Min", "Max")],
    binary("Pow", first=POSITIVE, second=scalar(1.5), label="scalar"),
    op("Sub", 13, scalar(1), IMAGE, label="from_scalar"),
    *[unary(kind) for kind in ("Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "Elu", "Erf", "Exp", "Abs",
                               "Neg", "Floor")],
    *[unary(kind, operand=POSITIVE) for kind in ("Log", "Sqrt", "Reciprocal")],
    unary("HardSwish", 14),
    unary("Gelu", 20),
    unary("Gelu", 20, label="tanh", approximate="tanh"),
    graph("Silu", 13, [("Sigmoid", ["x"], ["s"], {}), ("Mul", ["x", "s"], ["y"], {})], {"x": IMAGE[1]}, {}, ["y"]),
    op("PRelu", 13, IMAGE, values(8, 1, 1, low=0.05, high=0.5)),
    op("Clip", 13, IMAGE, scalar(-1), scalar(1)),
    op("MaxPool", 13, IMAGE, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
    op("MaxPool", 13, IMAGE, label="ceil", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
    op("AveragePool", 13, IMAGE, kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    op("AveragePool", 13, IMAGE, label="counts_pads", kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1),
    op("AveragePool", 19, IMAGE, label="dilated", kernel_shape=[3, 3], dilations=[2, 2]),
    op("GlobalAveragePool", 13, ("x", values(16, 64, 6, 6))),
    *[op(f"Reduce{kind}", 13, ROWS, label="attribute", axes=[1], keepdims=0) for kind in ("Mean", "Max", "Min")],
    op("ReduceSum", 13, ROWS, ints(1, 2), keepdims=1),
    op("Softmax", 13, ROWS, axis=-1),
    op("LogSoftmax", 13, ROWS, axis=1),
    op("LayerNormalization", 17, ROWS, values(32, low=0.5, high=1.5), values(32), axis=-1),
    op("Concat", 13, IMAGE, ("y", values(1, 4, 24, 24)), axis=1),
    op("Slice", 13, IMAGE, ints(1, 23), ints(7, -25), ints(1, 2), ints(2, -1)),
    op("Pad", 13, IMAGE, ints(0, 1, 2, 0, 0, 0, 1, 3), scalar(0.5)),
    op("Pad", 13, IMAGE, ints(0, 0, 2, 1, 0, 0, 1, 3), label="reflect", mode="reflect"),
    op("Reshape", 13, IMAGE, ints(1, 64, 72)),
    op("Expand", 13, ("x", values(1, 8, 1, 24)), ints(2, 8, 24, 24)),
    op("Gather", 13, IMAGE, ints(3, 0, -1), axis=1),
    op("Gather", 13, IMAGE, ("i", ints(3, 0, -1)), label="runtime", axis=1),
    op("Resize", 13, IMAGE, None, scalar([1, 1, 2, 2]), label="nearest", mode="nearest",
       coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    *[op("Resize", 13, IMAGE, None, scalar([1, 1, *factors]), label=f"linear_{label}", mode="linear",
         coordinate_transformation_mode=transformation)
      for label, factors, transformation in (
          ("doubled", (2, 2), "half_pixel"), ("tripled", (3, 3), "pytorch_half_pixel"),
          ("by_halves", (1.5, 2.5), "half_pixel"), ("corners", (2, 3), "align_corners"),
          ("asymmetric", (2, 4), "asymmetric"), ("halved", (0.5, 0.5), "half_pixel"),
          ("smaller", (0.75, 1 / 3), "asymmetric"), ("smaller_corners", (0.5, 0.4), "align_corners"))],
    op("Resize", 13, IMAGE, None, None, ints(1, 8, 31, 17), label="linear_sizes", mode="linear",
       coordinate_transformation_mode="half_pixel"),
    # Layouts: a branch that needs no channels-last order, a flattened image, a channel shuffle.
    graph("Branches", 13,
          [("Conv", ["x", "w"], ["a"], {"pads": [1, 1, 1, 1]}), ("Add", ["a", "x"], ["b"], {}),
           ("Sigmoid", ["b"], ["c"], {}), ("Mul", ["b", "c"], ["d"], {}), ("Concat", ["d", "x"], ["e"], {"axis": 1}),
           ("Flatten", ["e"], ["f"], {}), ("MatMul", ["f", "m"], ["y"], {})],
          {"x": IMAGE[1]}, {"w": weights(8, 8, 3, 3), "m": weights(16 * 24 * 24, 10)}, ["y"]),
    graph("Shuffle", 13,
          [("Conv", ["x", "w"], ["a"], {}), ("Reshape", ["a", "s"], ["b"], {}),
           ("Transpose", ["b"], ["c"], {"perm": [0, 2, 1, 3, 4]}), ("Reshape", ["c", "t"], ["d"], {}),
           ("Conv", ["d", "w"], ["y"], {})],
          {"x": IMAGE[1]}, {"w": weights(8, 8, 1, 1), "s": ints(1, 2, 4, 24, 24), "t": ints(1, 8, 24, 24)}, ["y"]),
]

# Ops that lowering has no use for, or that stand for values which calibration refuses.
WRITTEN_OUT = {"clip"}
CLIP = """
!q = !quant.uniform<i8:f32, 0.05:3>
func.func @main(%x: tensor<1x8x8x4xf32> {qc.name = "x"}) -> (tensor<1x8x8x4xf32> {qc.name = "y"}) {
  %q = tpu.quantize %x : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4x!q>
  %c = tpu.clip %q {clamp = array<i64: -20, 90>} : (tensor<1x8x8x4x!q>) -> tensor<1x8x8x4x!q>
  %y = tpu.dequantize %c : (tensor<1x8x8x4x!q>) -> tensor<1x8x8x4xf32>
  return %y : tensor<1x8x8x4xf32>
}
"""

SQRT = """
!q = !quant.uniform<i8:f32, 0.05:3>
!r = !quant.uniform<i8:f32, 0.02:-100>
func.func @main(%x: tensor<1x8x8x4xf32> {qc.name = "x"}) -> (tensor<1x8x8x4xf32> {qc.name = "y"}) {
  %t = tpu.constant dense<[TABLE]> : tensor<256xi8> -> tensor<256xi8>
  %q = tpu.quantize %x : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4x!q>
  %c = tpu.lut %q, %t {function = "sqrt", params = array<f64>, frac_bits = 0 : i64}
    : (tensor<1x8x8x4x!q>, tensor<256xi8>) -> tensor<1x8x8x4x!r>
  %y = tpu.dequantize %c : (tensor<1x8x8x4x!r>) -> tensor<1x8x8x4xf32>
  return %y : tensor<1x8x8x4xf32>
}
"""

# An output that is an input, one that is there twice, one that is stored in another order than it is given back.
OUTPUTS = """
!q = !quant.uniform<i8:f32, 0.05:3>
func.func @main(%x: tensor<1x8x8x4xf32> {qc.name = "x"})
    -> (tensor<1x8x8x4xf32> {qc.name = "same"}, tensor<1x8x8x4xf32> {qc.name = "once"},
        tensor<1x8x8x4xf32> {qc.name = "again"}, tensor<1x4x8x8xf32> {qc.name = "turned"}) {
  %q = tpu.quantize %x : (tensor<1x8x8x4xf32>) -> tensor<1x8x8x4x!q>
  %c = tpu.clip %q {clamp = array<i64: -20, 90>} : (tensor<1x8x8x4x!q>) -> tensor<1x8x8x4x!q>
  %y = tpu.dequantize %c : (tensor<1x8x8x4x!q>) -> tensor<1x8x8x4xf32>
  %t = tpu.transpose %c {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x8x8x4x!q>) -> tensor<1x4x8x8x!q>
  %z = tpu.dequantize %t : (tensor<1x4x8x8x!q>) -> tensor<1x4x8x8xf32>
  return %x, %y, %y, %z : tensor<1x8x8x4xf32>, tensor<1x8x8x4xf32>, tensor<1x8x8x4xf32>, tensor<1x4x8x8xf32>
}
"""


def compile_case(qc, case: Case, folder, *options):
    onnx.save(case.model, folder / "case.onnx")
    np.savez(folder / "in.npz", **case.samples)
    qc("compile", folder / "case.onnx", "--data", folder / "in.npz", "--emit", "qcb,onnx", "--quiet",
       "-o", folder / "out", *options)
    return folder / "out"


def compare_case(qc, inputs, folder, work):
    """As compare_ops, on one run."""
    ops, by_op = IsolatedOps(folder / "model.qdq.onnx"), {}
    np.savez(work / "in.npz", **inputs)
    qc("run", folder / "model.qcb", "--data", work / "in.npz", "--dump", work / "dump")
    ops.compare(inputs, read_dump(work / "dump"), by_op)
    return by_op, ops.covered


def check(by_op, rate=RATE, largest=1):
    for kind, difference in by_op.items():
        assert difference.largest <= largest, f"{kind}: {difference}"
        assert difference.different <= max(1, rate * difference.elements), f"{kind}: {difference}"


@pytest.fixture(scope="module")
def seen():
    """Ops of tpu by the cases that ran."""
    return {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_op(qc, qc_opt, tmp_path, seen, case):
    folder = compile_case(qc, case, tmp_path)
    seen[case.name] = set(re.findall(r"= tpu\.(\w+)", qc_opt(folder / "schedule.mlirbc").stdout))
    check_complete(onnx.load(str(folder / "model.qdq.onnx")))
    by_op, covered = compare_case(qc, case.samples, folder, tmp_path)
    assert covered >= 0.5, "most tensors must be comparable"
    check(by_op)


@pytest.mark.after("test_op", len(CASES))
def test_every_op_was_exported(root, seen):
    assert len(seen) == len(CASES), "a case was not compiled"
    families = (root / "include/qc/Dialect/Tpu/IR").glob("*Family.td")
    ops = {name for file in families for name in re.findall(r'^def Tpu_\w+ : \w+<"(\w+)"', file.read_text(), re.M)}
    assert "conv2d" in ops and "lut" in ops, "the pattern must find ops"
    # A picture comes of --input-type; test_pictures.py exports it.
    assert ops - set().union(*seen.values()) - WRITTEN_OUT == {"picture"}


def test_constants_with_several_readers(qc, tmp_path):
    """onnxruntime takes them whatever it rewrites: a constant that two ops read, and two of the same parameters."""
    map_ = values(1, 8, 24, 24, seed=9)
    case = graph("Shared", 13, [("Add", ["x", "c"], ["a"], {}), ("Mul", ["a", "c"], ["b"], {}),
                                ("Sub", ["b", "d"], ["y"], {})],
                 {"x": IMAGE[1]}, {"c": map_, "d": map_[..., ::-1].copy()}, ["y"])
    folder = compile_case(qc, case, tmp_path)
    model = onnx.load(str(folder / "model.qdq.onnx"))
    read = Counter(name for node in model.graph.node if node.op_type == "DequantizeLinear" for name in node.input)
    constants = {tensor.name for tensor in model.graph.initializer}
    lone = [node for node in model.graph.node if node.op_type == "DequantizeLinear" and node.input[0] in constants]
    assert len(lone) == 3 and all(read[name] == 1 for node in lone for name in node.input)
    found = [session(model, fused=True, precise=precise).run(None, case.samples)[0] for precise in (False, True)]
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("precision", ["int16", "a16w8"])
def test_wide(qc, tmp_path, precision):
    """16-bit activations need operator set 21. onnxruntime adds up in float32, whose 24 bits are fewer than the
    products have: one step of 65536 more often, but one step."""
    case = next(case for case in CASES if case.name == "Branches")
    folder = compile_case(qc, case, tmp_path, "--precision", precision)
    model = onnx.load(str(folder / "model.qdq.onnx"))
    assert model.opset_import[0].version == 21
    by_op, _ = compare_case(qc, case.samples, folder, tmp_path)
    check(by_op, rate=WIDE_RATE)


TABLES = ("Sigmoid_13", "Tanh_13", "Elu_13", "Erf_13", "Exp_13", "Floor_13", "Log_13", "Sqrt_13", "Reciprocal_13",
          "HardSwish_14", "Gelu_20", "Pow_13_scalar")


@pytest.mark.parametrize("name", TABLES)
def test_wide_tables(qc, tmp_path, name):
    """Tables of 16 bits are interpolated, but as near to the rounded function as floats are."""
    case = next(case for case in CASES if case.name == name)
    folder = compile_case(qc, case, tmp_path, "--precision", "int16")
    by_op, _ = compare_case(qc, case.samples, folder, tmp_path)
    check(by_op, rate=WIDE_RATE)


@pytest.mark.parametrize("target", ["horizon", "mtk", "sigmastar", "tda4"])
def test_resize_on_targets(qc, tmp_path, target):
    """A resize rounds exact halves as QuantizeLinear does, on every target."""
    case = next(case for case in CASES if case.name == "Resize_13_linear_doubled")
    folder = compile_case(qc, case, tmp_path, "--target", target, "--allow-cpu")
    by_op, _ = compare_case(qc, case.samples, folder, tmp_path)
    check(by_op)


@pytest.mark.parametrize("name", ["Conv_relu6", "Mul_13_map"])
@pytest.mark.parametrize("target", ["horizon", "mtk", "sigmastar", "tda4"])
def test_targets(qc, tmp_path, target, name):
    """Symmetric, unsigned and power-of-two parameters: the last end on exact halves, which both round to even."""
    case = next(case for case in CASES if case.name == name)
    folder = compile_case(qc, case, tmp_path, "--target", target, "--allow-cpu")
    by_op, _ = compare_case(qc, case.samples, folder, tmp_path)
    check(by_op)


def written_out(qc_translate, qc, text, folder):
    """Artefacts of a module of tpu ops."""
    (folder / "module.mlir").write_text(text)
    for flag, file in (("--export-qcb", "model.qcb"), ("--export-onnx", "model.qdq.onnx")):
        qc_translate(flag, folder / "module.mlir", "-o", folder / file)
    x = values(1, 8, 8, 4, low=-8, high=8)
    return compare_case(qc, {"x": x}, folder, folder)[0]


def test_clip_alone(qc, qc_translate, tmp_path):
    check(written_out(qc_translate, qc, CLIP, tmp_path), rate=0)


def test_outputs(qc_translate, tmp_path):
    (tmp_path / "module.mlir").write_text(OUTPUTS)
    qc_translate("--export-onnx", tmp_path / "module.mlir", "-o", tmp_path / "out.onnx")
    x = values(1, 8, 8, 4, low=-8, high=8)
    peer = session(onnx.load(str(tmp_path / "out.onnx")))
    found = dict(zip([info.name for info in peer.get_outputs()], peer.run(None, {"x": x})))
    assert list(found) == ["same", "once", "again", "turned"]
    np.testing.assert_array_equal(found["same"], x)
    expected = (np.clip(np.round(x / np.float32(0.05)) + 3, -20, 90) - 3) * np.float32(0.05)
    np.testing.assert_allclose(found["once"], expected, rtol=1e-6)
    np.testing.assert_array_equal(found["again"], found["once"])
    np.testing.assert_array_equal(found["turned"], found["once"].transpose(0, 3, 1, 2))


def test_no_number_is_zero(qc, qc_translate, tmp_path):
    """Square roots of negative numbers quantize to the zero point on both sides."""
    table = [round(max(0, (q - 3) * 0.05) ** 0.5 / 0.02) - 100 for q in range(-128, 128)]
    text = SQRT.replace("TABLE", ", ".join(str(min(value, 127)) for value in table))
    check(written_out(qc_translate, qc, text, tmp_path), rate=0)


#===- structure -------------------------------------------------------------===#


@pytest.fixture(scope="module")
def resnet(qc, kit, tmp_path_factory):
    folder = tmp_path_factory.mktemp("resnet")
    qc("compile", kit.model("resnet20_cifar10_fp32_bn"), "--data", "random:2", "--emit", "onnx", "--quiet",
       "-o", folder)
    return onnx.load(str(folder / "model.qdq.onnx"))


def test_weights_and_biases_are_integers(resnet):
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in resnet.graph.initializer}
    made = {name: node for node in resnet.graph.node for name in node.output}
    convs = [node for node in resnet.graph.node if node.op_type == "Conv"]
    assert len(convs) == 19
    for conv in convs:
        activation, weight, bias = (made[name] for name in conv.input)
        assert {activation.op_type, weight.op_type, bias.op_type} == {"DequantizeLinear"}
        stored, scale, zero = (constants[name] for name in weight.input)
        assert stored.dtype == np.int8 and not zero.any() and scale.shape == stored.shape[:1]
        assert [attribute.i for attribute in weight.attribute] == [0], "one scale an output channel"
        sums, bias_scale, _ = (constants[name] for name in bias.input)
        assert sums.dtype == np.int32
        np.testing.assert_array_equal(bias_scale, (constants[activation.input[1]].astype(np.float64) * scale)
                                      .astype(np.float32))


def test_channels_first_without_transposes(resnet):
    kinds = Counter(node.op_type for node in resnet.graph.node)
    assert kinds["Transpose"] == 0
    assert kinds["Relu"] == kinds["Clip"] == 0, "saturation at the zero point is the relu"
    assert kinds["GlobalAveragePool"] == 1


def test_names_are_those_of_the_source(resnet, kit):
    source = onnx.load(str(kit.model("resnet20_cifar10_fp32_bn")))
    tensors = {name for node in source.graph.node for name in node.output}
    pairs = [node.output[0] for node in resnet.graph.node
             if node.op_type == "DequantizeLinear" and node.input[0].endswith("_quantized")]
    activations = [name for name in pairs if not name.endswith(("_weight", "_bias"))]
    assert set(activations) <= tensors | {"input_dequantized"}
    assert [info.name for info in resnet.graph.input] == ["input"]
    assert [info.name for info in resnet.graph.output] == ["logits"]


def test_says_where_it_comes_from(qc, example, tmp_path):
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", "unit", "--emit", "onnx",
       "--quiet", "-o", tmp_path)
    model = onnx.load(str(tmp_path / "model.qdq.onnx"))
    facts = {entry.key: entry.value for entry in model.metadata_props}
    assert facts["producer"].startswith("qc ") and facts["target"] == "generic"
    assert [value for key, value in facts.items() if key.startswith("preprocess.")]
    assert model.opset_import[0].version == 13 and model.ir_version == 7


def test_says_what_onnxruntime_needs(resnet):
    facts = {entry.key: entry.value for entry in resnet.metadata_props}
    assert facts["onnxruntime.session.x64quantprecision"] == "1"
    assert "session.x64quantprecision" in resnet.doc_string
    assert "disable_quant_qdq" not in resnet.doc_string + "".join(facts)


@pytest.mark.parametrize("precision", ["int8", "int16"])
@pytest.mark.parametrize("name", ["resnet20_cifar10_fp32_bn", "vit_cifar10_d128_fp32", "shufflenetv2_imagenet_deqfp32",
                                  "mcunet_in3_imagenet_fp32_bn"])
def test_shapes_are_complete(qc, kit, tmp_path, name, precision):
    qc("compile", kit.model(name), "--data", "random:1", "--precision", precision, "--correct", "none", "--emit",
       "onnx", "--quiet", "-o", tmp_path)
    check_complete(onnx.load(str(tmp_path / "model.qdq.onnx")))


def test_translation_writes_the_same_bytes(qc, qc_translate, tmp_path):
    case = next(case for case in CASES if case.name == "Branches")
    folder = compile_case(qc, case, tmp_path)
    qc_translate("--export-onnx", folder / "schedule.mlirbc", "-o", tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == (folder / "model.qdq.onnx").read_bytes()


#===- networks --------------------------------------------------------------===#

IMAGENET = ([123.675, 116.28, 103.53], [58.395, 57.12, 57.375])
NETWORKS = {
    "resnet20_cifar10_fp32_bn": (32, IMAGENET),
    "vit_cifar10_d128_fp32": (32, ([125.307, 122.961, 113.8575], [51.5865, 50.847, 51.255])),
    "mobilenetv2_tv1_imagenet_fp32": (224, IMAGENET),
    "squeezenet1.1_imagenet_fp32": (224, IMAGENET),
    "shufflenetv2_imagenet_deqfp32": (224, IMAGENET),
    "mcunet_in3_imagenet_fp32_bn": (176, ([127.5] * 3, [127.5] * 3)),
}
# Softmax and layer norm are float there; everything else gives the same bytes.
FLOAT_INSIDE = {"vit_cifar10_d128_fp32"}


def images(kit, size, mean, std, first, count):
    """Samples as the network takes them, [count, 3, size, size]."""
    if size == 32:
        pixels = np.load(kit.images("cifar10") / "cifar10_train1000_lossless.npz")["x"][first:first + count]
    else:
        files = sorted(kit.images("imagenet-500").iterdir())[first:first + count]
        pixels = np.stack([read_image(file, size) for file in files])
    return ((pixels - np.float32(mean)) / np.float32(std)).astype(np.float32).transpose(0, 3, 1, 2)


def read_image(file, size):
    image = Image.open(file).convert("RGB")
    scale = size * 8 / 7 / min(image.size)
    width, height = (round(length * scale) for length in image.size)
    left, top = (width - size) // 2, (height - size) // 2
    return np.asarray(image.resize((width, height), Image.BILINEAR).crop((left, top, left + size, top + size)))


def test_saturating_kernels():
    """What the session option is for: a sum of two products that 16 bits do not hold. With it, every processor adds up
    exactly; without it, those without VNNI may not, and nothing here depends on that."""
    x = np.full((1, 64), 255, np.uint8)
    nodes = [onnx.helper.make_node("DequantizeLinear", ["xq", "s", "zx"], ["x"]),
             onnx.helper.make_node("DequantizeLinear", ["wq", "s", "zw"], ["w"]),
             onnx.helper.make_node("MatMul", ["x", "w"], ["m"]),
             onnx.helper.make_node("QuantizeLinear", ["m", "big", "zx"], ["yq"]),
             onnx.helper.make_node("DequantizeLinear", ["yq", "big", "zx"], ["y"])]
    constants = {"s": np.float32(1), "zx": np.uint8(0), "zw": np.int8(0), "big": np.float32(64 * 255 * 127 / 250),
                 "wq": np.full((64, 16), 127, np.int8)}
    graph = onnx.helper.make_graph(
        nodes, "saturating", [onnx.helper.make_tensor_value_info("xq", onnx.TensorProto.UINT8, x.shape)],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, (1, 16))],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8)
    found = session(model, fused=True).run(None, {"xq": x})[0]
    np.testing.assert_array_equal(np.round(found / constants["big"]), 250)


@pytest.mark.parametrize("name", NETWORKS)
def test_network(qc, kit, tmp_path, name):
    """Each op agrees, and whole networks do: the program and onnxruntime, with and without its integer kernels, store the
    same bytes wherever onnxruntime has an integer meaning (docs/Rationale/TieFreeScales.md)."""
    size, (mean, std) = NETWORKS[name]
    count = 100 if size == 32 else 40
    source = onnx.load(str(kit.model(name))).graph.input[0].name
    np.savez(tmp_path / "calib.npz", **{source: images(kit, size, mean, std, 0, 40)})
    qc("compile", kit.model(name), "--data", tmp_path / "calib.npz", "--emit", "qcb,onnx", "--quiet",
       "-o", tmp_path / "out")
    samples = {source: images(kit, size, mean, std, 100, count)}
    by_op, covered = compare_ops(qc, tmp_path / "out", {source: samples[source][:2]}, tmp_path)
    assert covered > 0.7
    check(by_op)
    ours, plain, fused = compare_outputs(qc, tmp_path / "out", samples, tmp_path)
    for peer in (plain, fused):
        if name in FLOAT_INSIDE:
            assert np.mean(ours.argmax(1) == peer.argmax(1)) >= 0.99
        else:
            np.testing.assert_array_equal(ours, peer)


@pytest.mark.parametrize("target", ["horizon", "mtk", "sigmastar", "tda4"])
def test_network_on_targets(qc, kit, tmp_path, target):
    """The same bytes also where scales are symmetric, unsigned or powers of two."""
    name = "mobilenetv2_tv1_imagenet_fp32"
    size, (mean, std) = NETWORKS[name]
    source = onnx.load(str(kit.model(name))).graph.input[0].name
    np.savez(tmp_path / "calib.npz", **{source: images(kit, size, mean, std, 0, 16)})
    qc("compile", kit.model(name), "--target", target, "--allow-cpu", "--data", tmp_path / "calib.npz", "--emit",
       "qcb,onnx", "--quiet", "-o", tmp_path / "out")
    samples = {source: images(kit, size, mean, std, 100, 8)}
    ours, plain, fused = compare_outputs(qc, tmp_path / "out", samples, tmp_path)
    np.testing.assert_array_equal(ours, plain)
    np.testing.assert_array_equal(ours, fused)


#===- layers in float -------------------------------------------------------===#


# Layers, and the share of images whose outputs are the same: sums of float weights end in other last bits, which reaches
# an integer now and then. Whatever sums integers, or last, reaches none.
FLOAT_LAYERS = {"Conv": 0.9, "Conv,MatMul": 0.9, "name:t24": 0.9, "t27:t31": 0.9, "MatMul": 1, "Add": 1,
                "GlobalAveragePool": 1}


@pytest.mark.parametrize("deny", FLOAT_LAYERS)
def test_layers_in_float(qc, kit, tmp_path, deny):
    """Layers that stay in float are float nodes between DequantizeLinear and QuantizeLinear, and the network's outputs
    are those of the program, also where onnxruntime fuses the rest into integer kernels."""
    pixels = np.load(kit.images("cifar10") / "cifar10_train1000_lossless.npz")["x"].transpose(0, 3, 1, 2)
    np.savez(tmp_path / "calib.npz", input=pixels[100:116].astype(np.float32))
    qc("compile", kit.model("mlperftiny_resnet8_cifar10_fp32"), "--data", tmp_path / "calib.npz", "--deny", deny,
       "--emit", "qcb,onnx", "--quiet", "-o", tmp_path / "out")
    model = onnx.load(str(tmp_path / "out" / "model.qdq.onnx"))
    check_complete(model)
    facts = {entry.key: entry.value for entry in model.metadata_props}
    assert facts["onnxruntime.session.disable_quant_qdq"] == "1" and "disable_quant_qdq" in model.doc_string
    ours, *peers = compare_outputs(qc, tmp_path / "out", {"input": pixels[:100].astype(np.float32)}, tmp_path)
    for peer in peers:
        np.testing.assert_array_equal(ours.argmax(1), peer.argmax(1))
        same = np.abs(ours - peer).max(1) <= 1e-5 * np.abs(ours).max()
        assert np.mean(same) >= FLOAT_LAYERS[deny]
        assert relative_difference(peer, ours) <= 0.02


@pytest.mark.parametrize("name,deny,options", [
    ("vit_cifar10_d128_fp32", "Softmax,LayerNormalization", []),
    ("mobilenetv2_tv1_imagenet_fp32", "GlobalAveragePool,Gemm", ["--target", "tda4", "--allow-cpu"]),
    ("shufflenetv2_imagenet_deqfp32", "Concat,Transpose,Reshape", []),
])
def test_networks_with_layers_in_float(qc, kit, tmp_path, name, deny, options):
    """Float layers differ in the last bits of exponentials and roots; where those cross a step, a whole step follows.
    How often that is depends on the scales, so on the processor: in few images, and by no more than a few steps."""
    size, (mean, std) = NETWORKS[name]
    source = onnx.load(str(kit.model(name))).graph.input[0].name
    np.savez(tmp_path / "calib.npz", **{source: images(kit, size, mean, std, 0, 8)})
    qc("compile", kit.model(name), "--data", tmp_path / "calib.npz", "--deny", deny, "--emit", "qcb,onnx", "--quiet",
       "-o", tmp_path / "out", *options)
    check_complete(onnx.load(str(tmp_path / "out" / "model.qdq.onnx")))
    ours, *peers = compare_outputs(qc, tmp_path / "out", {source: images(kit, size, mean, std, 100, 8)}, tmp_path)
    for peer in peers:
        np.testing.assert_array_equal(ours.argmax(1), peer.argmax(1))
        same = np.abs(ours - peer).max(1) <= 1e-5 * np.abs(ours).max()
        assert np.mean(same) >= 0.75 and relative_difference(peer, ours) <= 0.02


def test_names_around_layers_in_float(qc, tmp_path):
    """A layer's result keeps its name; integers are made of it under names that say so."""
    case = graph("Denied", 13, [("Conv", ["x", "w"], ["a"], {}), ("Softmax", ["a"], ["b"], {"axis": 1}),
                                ("Tanh", ["b"], ["y"], {})],
                 {"x": IMAGE[1]}, {"w": weights(8, 8, 1, 1)}, ["y"])
    folder = compile_case(qc, case, tmp_path, "--deny", "Softmax")
    model = onnx.load(str(folder / "model.qdq.onnx"))
    made = {name: node for node in model.graph.node for name in node.output}
    softmax = made["b"]
    assert (softmax.op_type, softmax.name) == ("Softmax", "n1")
    assert made[softmax.input[0]].op_type == "DequantizeLinear" and softmax.input[0] == "a"
    assert made["b_quantized"].op_type == "QuantizeLinear" and made["b_quantized"].input[0] == "b"
    assert made["b_dequantized"].input[0] == "b_quantized"
