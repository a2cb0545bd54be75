"""Float models written by qc: onnxruntime computes what qc computes of the stage, and names are those of the source.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import re
import subprocess
import sys

import numpy as np
import onnx
import pytest
from harness import Peer, check_complete, relative_difference
from onnx_cases import graph, op, values
from test_float_execution import MODELS, RANGES, shape_options
from test_onnx_execution import CASES

# Largest difference of any element, as a share of the tensor's largest magnitude.
TOLERANCE = 1e-5

# Operator sets in which many ops have a form of their own.
OPSETS = [10, 11, 13, 17, 22]

# The newest IR version that readers of operator set 11 take.
OLD_IR_VERSION = 7


def run_stage(qc, stage, feeds, work):
    np.savez(work / "in.npz", **feeds)
    qc("run", stage, "--data", work / "in.npz", "-o", work / "out.npz")
    return dict(np.load(work / "out.npz"))


def compare(found, expected, tolerance=TOLERANCE):
    assert list(found) == list(expected)
    for name, value in expected.items():
        # Files of arrays make a vector of a scalar.
        other = found[name].reshape(np.shape(value))
        if np.issubdtype(np.asarray(value).dtype, np.floating):
            assert relative_difference(other, value) <= tolerance, name
        else:
            np.testing.assert_array_equal(other, value, name)


def node_names(model):
    return {node.name for node in model.graph.node}


def tensor_names(model):
    return ({name for node in model.graph.node for name in [*node.input, *node.output]} |
            {tensor.name for tensor in model.graph.initializer})


#===- networks --------------------------------------------------------------===#


@pytest.mark.parametrize("name", MODELS)
def test_networks(qc, qc_translate, kit, tmp_path, name):
    """The corrected network in the default operator set, and in the one that vendors' older tools ask for."""
    qc("compile", kit.model(name), "--data", "random:8", "--stop-after", "correct", "--emit",
       "float-onnx", "--quiet", *shape_options(name), "-o", tmp_path)
    stage, written = tmp_path / "correct.mlirbc", tmp_path / "model.float.onnx"
    model, source = onnx.load(str(written)), onnx.load(str(kit.model(name)))
    low, high = RANGES.get(name, (-1, 1))
    feeds = Peer(written).samples(low=low, high=high)
    expected = run_stage(qc, stage, feeds, tmp_path)
    assert [output.name for output in model.graph.output] == [output.name for output in source.graph.output]
    for opset in (None, 11):
        path = written
        if opset:
            path = tmp_path / f"{opset}.onnx"
            qc_translate("--export-onnx", f"--opset={opset}", stage, "-o", path)
            assert onnx.load(str(path)).opset_import[0].version == opset
        check_complete(onnx.load(str(path)))
        compare(Peer(path).run(feeds), expected)
    assert onnx.load(str(tmp_path / "11.onnx")).ir_version <= OLD_IR_VERSION


@pytest.mark.parametrize("name", ["resnet20_cifar10_fp32_bn", "yolox_nano_416", "vit_mnist_d64_fp32_op17ln"])
def test_names_are_those_of_the_source(qc, kit, tmp_path, name):
    """Every tensor of the stage has its name in the model, and nodes those of the source."""
    qc("compile", kit.model(name), "--stop-after", "prepare", "--emit", "float-onnx", "--quiet", "-o", tmp_path)
    model, source = onnx.load(str(tmp_path / "model.float.onnx")), onnx.load(str(kit.model(name)))
    qc("run", tmp_path / "prepare.mlirbc", "--data", "random:1", "--dump", tmp_path / "dump")
    dumped = [line.split("\t")[0] for line in (tmp_path / "dump" / "index.tsv").read_text().splitlines()[1:]]
    assert set(dumped) <= tensor_names(model)
    made = {node.output[0]: node.name for node in source.graph.node}
    for node in model.graph.node:
        if made.get(node.output[0]):
            assert node.name == made[node.output[0]]
    assert [node.op_type for node in source.graph.node].count("Conv") == sum(
        node.op_type == "Conv" and node.name in node_names(source) for node in model.graph.node)
    # Weights that nothing was folded into are called and stored as they were.
    weights = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in source.graph.initializer}
    kept = [tensor for tensor in model.graph.initializer if tensor.name in weights]
    assert kept
    for tensor in kept:
        assert tuple(tensor.dims) == weights[tensor.name].shape


#===- ops -------------------------------------------------------------------===#


def examples(root):
    """The documented example of each op of top that computes floats, by the op's name."""
    extract = root / "test" / "Dialect" / "Inputs" / "extract_examples.py"
    text = subprocess.run([sys.executable, extract, root / "include/qc/Dialect/Top/IR", "top"], capture_output=True,
                          text=True, check=True).stdout
    for example in text.split("\n// -----\n"):
        if "quant.uniform" not in example and re.search(r"func\.func @example\(%", example):
            yield re.search(r"%y\S* = top\.(\w+)|= top\.(split)", example)[0].split(".")[1], example


def with_names(example):
    """Names for inputs and outputs."""
    head, body = example.split(" {\n", 1)
    arguments, results = head.split("->")
    numbers = iter(range(20))

    def name(match):
        return f'{match[0]} {{qc.name = "t{next(numbers)}"}}'
    kind = r"tensor<[^>]*>"
    results = ", ".join(re.findall(kind, results))
    return f"{re.sub(kind, name, arguments)} -> ({re.sub(kind, name, results)}) {{\n{body}"


def input_of(kind, shape):
    """Something that the ops take: positive numbers, indices, or the bytes of a picture."""
    rng = np.random.default_rng(len(shape))
    if kind == "tensor(bool)":
        return rng.integers(0, 2, shape).astype(bool)
    if kind == "tensor(uint8)":
        return rng.integers(0, 256, shape).astype(np.uint8)
    if "float" not in kind:
        return rng.integers(0, 3, shape).astype(np.int64)
    return rng.uniform(0.2, 2, shape).astype(np.float32)


def test_every_op(qc, qc_translate, root, tmp_path):
    """The example of each op computes the same in every operator set, or an error names the op, the node and the
    operator set to take."""
    seen, refused = set(), {}
    for name, example in examples(root):
        (tmp_path / "op.mlir").write_text(with_names(example))
        seen.add(name)
        expected = None
        for opset in OPSETS:
            done = qc_translate.attempt("--export-onnx", f"--opset={opset}", tmp_path / "op.mlir", "-o",
                                        tmp_path / "op.onnx")
            if done.returncode:
                refused[name, opset] = done.stderr
                continue
            check_complete(onnx.load(str(tmp_path / "op.onnx")))
            if (name, opset) == ("roi_align", 22):
                continue  # onnxruntime does not have the form of operator set 22
            peer = Peer(tmp_path / "op.onnx")
            feeds = {info.name: input_of(info.type, info.shape) for info in peer.session.get_inputs()}
            expected = expected or run_stage(qc, tmp_path / "op.mlir", feeds, tmp_path)
            compare(peer.run(feeds), expected)
    families = (root / "include/qc/Dialect/Top/IR").glob("*Family.td")
    ops = {name for file in families for name in re.findall(r'^def Top_\w+Op\s*:\s*\w+<"(\w+)"', file.read_text(), re.M)}
    assert {"conv", "layer_norm"} <= ops
    assert ops - seen == {"constant", "quantized_constant", "requantize"}
    newer = {"round": 11, "resize": 11, "scatter": 16, "grid_sample": 16, "roi_align": 16}
    assert sorted(refused) == sorted((name, opset) for name in newer for opset in OPSETS if opset < newer[name])
    for (name, _), words in refused.items():
        assert f"'top.{name}' op at '" in words and re.search(r"it is there from 1[16] on", words)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_form_of_every_op(qc, qc_translate, tmp_path, case):
    """What the importer understands is written again, as it is prepared and as it is imported."""
    onnx.save(case.model, tmp_path / "case.onnx")
    qc("compile", tmp_path / "case.onnx", "--stop-after", "prepare", "--quiet", "-o", tmp_path)
    # Numbers are written as they are computed.
    floats = {name: value.astype(np.float32) if np.issubdtype(value.dtype, np.floating) else value
              for name, value in case.samples.items()}
    for stage, options in (("import.mlirbc", ["--opset=11"]), ("prepare.mlirbc", [])):
        done = qc_translate.attempt("--export-onnx", *options, tmp_path / stage, "-o", tmp_path / "again.onnx")
        if options and done.returncode:
            assert re.search(r"which operator set 11 does not have; it is there from (12|16|18|19) on", done.stderr)
            continue
        assert not done.returncode, done.stderr
        check_complete(onnx.load(str(tmp_path / "again.onnx")))
        peer = Peer(tmp_path / "again.onnx")
        feeds = {info.name: floats[info.name] for info in peer.session.get_inputs()}
        compare(peer.run(feeds), run_stage(qc, tmp_path / stage, case.samples, tmp_path))


#===- structure -------------------------------------------------------------===#


def export(qc, case, folder, *options):
    """The float model of a case, prepared."""
    onnx.save(case.model, folder / "case.onnx")
    qc("compile", folder / "case.onnx", "--stop-after", "prepare", "--quiet", "-o", folder, *options)
    return onnx.load(str(folder / "model.float.onnx"))


def test_an_activation_is_a_node_again(qc, tmp_path):
    case = graph("Block", 13,
                 [("Conv", ["x", "w"], ["c"], {}), ("Clip", ["c", "low", "high"], ["a"], {}),
                  ("Add", ["a", "x"], ["s"], {}), ("Relu", ["s"], ["y"], {})],
                 {"x": values(1, 4, 6, 6)},
                 {"w": values(4, 4, 1, 1), "low": np.float32(0), "high": np.float32(6)}, ["y"])
    model = export(qc, case, tmp_path, "--emit", "float-onnx")
    assert [(node.op_type, node.name, node.output[0]) for node in model.graph.node] == [
        ("Conv", "n0", "a_Conv_output"), ("Clip", "n1", "a"), ("Add", "n2", "y_Add_output"), ("Relu", "n3", "y")]
    assert model.graph.node[0].input == ["x", "w"]


@pytest.mark.parametrize("kind,opset,kinds", [
    ("HardSwish", 10, ["HardSigmoid", "Mul"]), ("HardSwish", 13, ["HardSigmoid", "Mul"]),
    ("HardSwish", 14, ["HardSwish"]), ("Mish", 17, ["Softplus", "Tanh", "Mul"]), ("Mish", 18, ["Mish"]),
    ("Gelu", 17, ["Div", "Erf", "Add", "Mul", "Mul"]), ("Gelu", 20, ["Gelu"]),
])
def test_what_an_operator_set_lacks_is_written_in_parts(qc, tmp_path, kind, opset, kinds):
    case = op(kind, {"HardSwish": 14, "Mish": 18, "Gelu": 20}[kind], ("x", values(1, 8)))
    model = export(qc, case, tmp_path, "--emit", f"float-onnx:opset={opset}")
    assert [node.op_type for node in model.graph.node] == kinds
    assert (model.graph.node[-1].name, model.graph.node[-1].output[0]) == ("the_node", "y0")
    assert model.opset_import[0].version == opset


@pytest.mark.parametrize("opset,ir_version", [(10, 5), (11, 6), (12, 7), (13, 7), (17, 8), (21, 10), (25, 13)])
def test_versions(qc, tmp_path, opset, ir_version):
    model = export(qc, op("Relu", 13, ("x", values(1, 8))), tmp_path, "--emit", f"float-onnx:opset={opset}")
    assert (model.opset_import[0].version, model.ir_version) == (opset, ir_version)


def test_preprocessing_goes_along(qc, example, tmp_path):
    """Once it is part of the network, the model takes pixels."""
    qc("compile", example / "shapes.onnx", "--preprocess", "color=rgb mean=127.5 std=127.5", "--insert-preprocess",
       "--precision", "float", "--emit", "float-onnx", "--quiet", "-o", tmp_path)
    peer = Peer(tmp_path / "model.float.onnx")
    pixels = peer.samples(low=0, high=255)
    (name,) = pixels
    compare(peer.run(pixels), run_stage(qc, tmp_path / "prepare.mlirbc", pixels, tmp_path))
    normalized = {name: (pixels[name] - 127.5) / np.float32(127.5)}
    compare(peer.run(pixels), Peer(example / "shapes.onnx").run(normalized))
    facts = {entry.key: entry.value for entry in onnx.load(str(tmp_path / "model.float.onnx")).metadata_props}
    assert facts["producer"].startswith("qc ") and "preprocess." + name in facts
    assert "onnxruntime.session.x64quantprecision" not in facts


def test_corrections_are_in_the_weights(qc, kit, tmp_path):
    """The float model is the corrected one, whatever is emitted beside it."""
    name = "mlperftiny_resnet8_cifar10_fp32"
    qc("compile", kit.model(name), "--data", "random:8", "--emit", "float-onnx,onnx,qcb", "--quiet", "-o", tmp_path)
    model = onnx.load(str(tmp_path / "model.float.onnx"))
    source = onnx.load(str(kit.model(name)))
    before = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in source.graph.initializer}
    after = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    common = before.keys() & after.keys()
    assert any(not np.array_equal(before[name], after[name]) for name in common)
    feeds = Peer(tmp_path / "model.float.onnx").samples(low=0, high=255)
    compare(Peer(tmp_path / "model.float.onnx").run(feeds),
            run_stage(qc, tmp_path / "correct.mlirbc", feeds, tmp_path))
    assert not [kind for kind in ("QuantizeLinear", "DequantizeLinear")
                if kind in {node.op_type for node in model.graph.node}]


#===- errors ----------------------------------------------------------------===#


def test_the_assigned_stage_says_which_to_give(qc, qc_translate, kit, tmp_path):
    qc("compile", kit.model("mlperftiny_resnet8_cifar10_fp32"), "--data", "random:2", "--correct", "none",
       "--stop-after", "quantize", "--quiet", "-o", tmp_path)
    refused = qc_translate("--export-onnx", tmp_path / "assign.mlirbc", "-o", tmp_path / "m.onnx", exit_code=1)
    assert re.search(r"error: .*'\S+' op at '\S+' has '\S+' in .*quant.uniform", refused.stderr)
    assert "correct.mlirbc" in refused.stderr and "quantize.mlirbc" in refused.stderr
    for stage, kinds in (("calibrate", {"Conv"}), ("quantize", {"Conv", "QuantizeLinear"})):
        qc_translate("--export-onnx", tmp_path / f"{stage}.mlirbc", "-o", tmp_path / "m.onnx")
        assert kinds <= {node.op_type for node in onnx.load(str(tmp_path / "m.onnx")).graph.node}
    refused = qc("compile", tmp_path / "assign.mlirbc", "--emit", "float-onnx", "-o", tmp_path / "on", exit_code=1)
    assert "--emit float-onnx would change nothing; start from an earlier stage" in refused.stderr


def test_quantized_models_have_no_float_stage(qc, kit, tmp_path):
    model = kit.model("mlperftiny_resnet8_cifar10_qdq")
    refused = qc("compile", model, "--emit", "float-onnx", "-o", tmp_path, exit_code=1)
    assert re.search(r"error: .*'\S+' is .*quant.uniform.* already, which leaves no float network to emit as 'float-onnx'; --emit onnx "
                     "writes the types as they are; --refit", refused.stderr)
    assert not (tmp_path / "model.float.onnx").exists()
    qc("compile", model, "--refit", "--data", "random:2", "--stop-after", "correct", "--emit", "float-onnx", "--quiet",
       "-o", tmp_path)
    feeds = Peer(tmp_path / "model.float.onnx").samples(low=0, high=255)
    compare(Peer(tmp_path / "model.float.onnx").run(feeds),
            run_stage(qc, tmp_path / "correct.mlirbc", feeds, tmp_path))


@pytest.mark.parametrize("emit,words", [
    ("float-onnx:opset=9", "ONNX is written in operator sets 10 to 25, not 9"),
    ("float-onnx:version=11", "options of 'float-onnx' are opset (the operator set to write), as in 'float-onnx:opset=...'"),
    ("qcb:opset=11", "'qcb' has no options"), ("float-onx", "did you mean 'float-onnx'"),
    ("float-onnx:opset=11,float-onnx:opset=17", "--emit names 'float-onnx' twice"),
])
def test_wrong_usage(qc, example, tmp_path, emit, words):
    refused = qc("compile", example / "shapes.onnx", "--emit", emit, "-o", tmp_path, exit_code=2)
    assert words in refused.stderr


def test_operator_sets_that_cannot_say_it(qc, tmp_path):
    case = op("AveragePool", 19, ("x", values(1, 2, 9, 9)), kernel_shape=[3, 3], dilations=[2, 2])
    assert export(qc, case, tmp_path, "--emit", "float-onnx").opset_import[0].version == 19
    onnx.save(case.model, tmp_path / "case.onnx")
    refused = qc("compile", tmp_path / "case.onnx", "--stop-after", "prepare", "--emit", "float-onnx:opset=11", "-o",
                 tmp_path, exit_code=1)
    assert ("'top.avg_pool' op at 'y0' is written as AveragePool with dilations, which operator set 11 does not have; "
            "it is there from 19 on") in refused.stderr
    refused = qc("compile", tmp_path / "case.onnx", "--data", "random:2", "--emit", "onnx:opset=11", "-o", tmp_path,
                 exit_code=1)
    assert "has quantized tensors that operator set 11 cannot say" in refused.stderr
