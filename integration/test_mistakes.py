"""Mistakes that used to pass in silence: preprocessing done twice or not at all, samples that say nothing, corrections
that cut what is rare, outputs of which half is lost.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import numpy as np
import onnx
import pytest
from harness import Peer
from onnx import TensorProto, helper, numpy_helper

SPEC = "color=rgb mean=127.5 std=127.5"


def save(path, nodes, inputs, outputs, **constants):
    """A model of (op, inputs, outputs, attributes); shapes of inputs and outputs by name."""
    def infos(shapes):
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    made = [helper.make_node(op, ins.split(), outs.split(), **more) for op, ins, outs, more in nodes]
    weights = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(made, "g", infos(inputs), infos(outputs), weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, str(path))
    return path


def floats(rng, *shape, scale=1.0):
    return (rng.standard_normal(shape) * scale).astype(np.float32)


def decibels(found, expected):
    """Over all samples together, so that rare strong ones count."""
    error = ((found.astype(np.float64) - expected) ** 2).sum()
    return 10 * np.log10((expected.astype(np.float64) ** 2).sum() / error)


def score(qc, model, program, data, tmp_path):
    """Decibels of each output of a compiled program over the samples of `data`."""
    np.savez(tmp_path / "score.npz", **data)
    qc("run", program, "--data", tmp_path / "score.npz", "-o", tmp_path / "found.npz")
    peer, found = Peer(model), np.load(tmp_path / "found.npz")
    count = len(next(iter(data.values())))
    rows = [peer.run({name: value[i] for name, value in data.items()}) for i in range(count)]
    return {name: decibels(found[name].reshape(expected.shape), expected)
            for name, expected in ((name, np.stack([row[name] for row in rows])) for name in rows[0])}


def compiled(qc, model, out, *options, data=None):
    if data is not None:
        np.savez(out.parent / "samples.npz", **data)
        options = ["--data", out.parent / "samples.npz", *options]
    return qc("compile", model, *options, "--quiet", "-o", out)


def warnings(done, folder):
    """What was warned of: once on the terminal, in report.json and on the page."""
    found = json.loads((folder / "report.json").read_text())["warnings"]
    page = (folder / "report.html").read_text()
    for text in found:
        assert f"warning: {text}" in done.stderr and f"warning: {text}" not in done.stdout
    assert page.count("Warning: ") == len(found)
    assert done.stderr.count("warning: ") == len(found)
    return found


# ---- preprocessing ---------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def stages(qc, example, tmp_path_factory):
    """The example compiled with its preprocessing in front of it, and with it in the graph."""
    folder = tmp_path_factory.mktemp("stages")
    for name, more in (("outside", []), ("inside", ["--insert-preprocess"])):
        qc("compile", example / "shapes.onnx", "--data", example / "calib", "--samples", "8", "--preprocess", SPEC, *more,
           "--quiet", "-o", folder / name)
    return folder


@pytest.mark.parametrize("stage, options, message", [
    ("inside/prepare.mlirbc", ["--preprocess", SPEC, "--insert-preprocess"], "is part of the network already"),
    ("inside/prepare.mlirbc", ["--preprocess", SPEC], "is part of the network already"),
    ("inside/prepare.mlirbc", ["--insert-preprocess"], "would apply it twice"),
    ("inside/calibrate.mlirbc", ["--preprocess", "unit"], "is part of the network already"),
    ("inside/correct.mlirbc", ["--preprocess", SPEC, "--insert-preprocess"], "is part of the network already"),
    ("outside/prepare.mlirbc", ["--preprocess", "unit"], "carries the preprocessing 'mean=127.5 std=127.5' already"),
    ("outside/calibrate.mlirbc", ["--insert-preprocess"], "is calibrated already"),
])
def test_preprocessing_twice_is_refused(qc, example, stages, tmp_path, stage, options, message):
    done = qc("compile", stages / stage, "--data", example / "calib", *options, "-o", tmp_path, exit_code=1)
    assert message in done.stderr and not (tmp_path / "model.qcb").exists()


@pytest.mark.parametrize("stage, options", [
    ("inside/prepare.mlirbc", []), ("inside/prepare.mlirbc", ["--preprocess", "color=rgb"]),
    ("outside/prepare.mlirbc", ["--preprocess", SPEC]),
    ("outside/prepare.mlirbc", ["--preprocess", SPEC, "--insert-preprocess"]),
])
def test_what_a_stage_carries_may_be_said_again(qc, example, stages, tmp_path, stage, options):
    done = qc("compile", stages / stage, "--data", example / "calib", *options, "--quiet", "-o", tmp_path)
    assert warnings(done, tmp_path) == []
    result = json.loads(qc("eval", tmp_path / "model.qcb", "--data", example / "test", "--labels",
                           example / "labels.txt", "--json").stdout)
    assert result["top1"] >= 0.95


@pytest.mark.parametrize("command", ["run", "eval", "compare"])
@pytest.mark.parametrize("stage", ["prepare.mlirbc", "schedule.mlirbc", "model.qcb"])
def test_models_that_preprocess_take_no_other(qc, example, stages, command, stage):
    model = stages / "inside" / stage
    more = {"run": [], "eval": ["--labels", example / "labels.txt"], "compare": [model]}[command]
    arguments = [command, model, *more, "--data", example / "test", "--samples", "2"]
    done = qc(*arguments, "--preprocess", SPEC, exit_code=1)
    assert "is part of the network already" in done.stderr and stage in done.stderr
    assert "warning" not in qc(*arguments).stderr


def test_another_preprocessing_is_told(qc, example, stages):
    done = qc("run", stages / "outside" / "model.qcb", "--data", example / "test", "--samples", "2", "--preprocess", "unit")
    assert "warning: " in done.stderr and "--preprocess replaces it by 'std=255'" in done.stderr


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(0).integers(0, 256, (8, 3, 48, 48)).astype(np.float32)


@pytest.mark.parametrize("stage, make, options, part", [
    ("outside", lambda x: x, [], "holds 0..255"),
    ("outside", lambda x: x / 255, [], "holds 0..1 "),
    ("outside", lambda x: (x - 120) / 58, [], "makes -1..1 of pixels"),
    ("outside", lambda x: (x - 127.5) / 127.5, ["--raw"], "the raw values of input 'image' are -1..1"),
    ("outside", lambda x: x / 255, ["--raw"], "leave --raw out"),
    ("inside", lambda x: (x - 127.5) / 127.5, [], "takes pixels of 0..255"),
    ("outside", lambda x: (x - 127.5) / 127.5, [], None),
    ("outside", lambda x: x, ["--raw"], None),
    ("outside", lambda x: x.astype(np.uint8), ["--raw"], None),
    ("inside", lambda x: x, [], None),
])
def test_ranges_of_samples_are_looked_at(qc, stages, pixels, tmp_path, stage, make, options, part):
    np.save(tmp_path / "x.npy", make(pixels))
    arguments = ["--data", tmp_path / "x.npy", *options]
    done = qc("compile", stages / stage / "prepare.mlirbc", *arguments, "--quiet", "-o", tmp_path / "out")
    found = warnings(done, tmp_path / "out")
    texts = [qc("run", stages / stage / "model.qcb", *arguments).stderr,
             qc("compare", stages / stage / "prepare.mlirbc", stages / stage / "model.qcb", *arguments).stderr]
    if part is None:
        assert found == [] and texts == ["", ""]
    else:
        assert len(found) == 1 and part in found[0]
        assert all(text.startswith("warning: ") and part in text for text in texts)


@pytest.mark.parametrize("spec, part", [
    ("mean=0.485,0.456,0.406 std=0.229,0.224,0.225", "imagenet-torch"), ("mean=0.5 std=0.5", "mean=127.5 std=127.5"),
    (None, "give --preprocess"), (SPEC, None), ("none", "the first batch norm")])
def test_units_of_mean_and_std(qc, example, tmp_path, spec, part):
    done = qc("compile", example / "shapes.onnx", "--data", example / "calib", *(["--preprocess", spec] if spec else []),
              "--report-samples", "0", "--quiet", "-o", tmp_path)
    found = warnings(done, tmp_path)
    assert len(found) == (part is not None) and all(part in text for text in found)


def test_a_std_is_above_zero(qc, example, tmp_path):
    done = qc("compile", example / "shapes.onnx", "--preprocess", "mean=127 std=-58", "-o", tmp_path / "out", exit_code=2)
    assert "expected numbers above zero" in done.stderr


# ---- samples ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("make, part", [
    (lambda x: x * 0, "input 'x' is 0 everywhere in 12 samples"),
    (lambda x: x * 0 + 3, "input 'x' is 3 everywhere"),
    (lambda x: x[:1], "only one sample"),
    (lambda x: np.repeat(x[:1], 12, 0), "all 12 samples are the same"),
    (lambda x: np.concatenate([x[:8], x[:4]]), "4 of 12 samples are copies"),
    (lambda x: x * np.float32([1, 0, 1]).reshape(3, 1, 1), "constant in channel 1 (0)"),
    (lambda x: x * np.float32(1e20), "hardly a network is made for such magnitudes"),
    (lambda x: x * np.float32(1e-12), "hardly a network is made for such magnitudes"),
    (lambda x: x * np.where(np.arange(12) == 5, 1e4, 1).astype(np.float32).reshape(12, 1, 1, 1, 1),
     "samples.npz[5]' reaches"),
    (lambda x: x - 100, "output 'y' does not depend on the inputs: 'r' is 0"),
    (lambda x: x, None),
])
def test_samples_that_say_nothing(qc, tmp_path, make, part):
    rng = np.random.default_rng(0)
    model = save(tmp_path / "m.onnx", [("Conv", "x w", "c", {}), ("Relu", "c", "r", {}), ("Conv", "r v b", "y", {})],
                 {"x": [1, 3, 8, 8]}, {"y": [1, 2, 8, 8]}, w=np.abs(floats(rng, 4, 3, 1, 1)), v=floats(rng, 2, 4, 1, 1),
                 b=floats(rng, 2))
    out = tmp_path / "out"
    found = warnings(compiled(qc, model, out, data={"x": make(floats(rng, 12, 1, 3, 8, 8))}), out)
    assert len(found) == (part is not None) and all(part in text for text in found)


# ---- corrections -----------------------------------------------------------------------------------------------------

def test_rare_strong_samples_are_not_cut(qc, tmp_path):
    """One sample in twenty is fifteen times louder: a mean of decibels gives it up for the others."""
    rng = np.random.default_rng(3)
    model = save(tmp_path / "m.onnx", [("MatMul", "x w", "y", {})], {"x": [1, 20]}, {"y": [1, 6]},
                 w=floats(rng, 20, 6, scale=0.3))

    def windows(count):
        x = floats(rng, count, 1, 20)
        x[rng.random(count) < 0.05] *= 15
        return {"x": x}

    calibration, test = windows(100), windows(300)
    found = {}
    for correct in ("none", "inputs,bias"):
        compiled(qc, model, tmp_path / correct, "--correct", correct, data=calibration)
        found[correct] = score(qc, model, tmp_path / correct / "model.qcb", test, tmp_path)["y"]
    print(found)
    assert found["inputs,bias"] >= found["none"] - 0.1


def test_the_hint_has_been_tried(qc, tmp_path):
    """Parts of mixed units that are joined: weights and activations need 16 bits, and nothing else helps."""
    rng = np.random.default_rng(1)
    units = np.float32([100, 100, 1, 0.01])
    model = save(tmp_path / "m.onnx", [
        ("MatMul", "a p", "h", {}), ("Relu", "h", "r", {}), ("Concat", "r state", "cat", {"axis": 1}),
        ("Gemm", "cat w b", "y", {})],
        {"a": [1, 8], "state": [1, 4]}, {"y": [1, 3]}, p=floats(rng, 8, 6, scale=0.3),
        w=floats(rng, 10, 3) / np.r_[np.ones(6, np.float32), units][:, None].astype(np.float32), b=floats(rng, 3))

    def samples(count):
        return {"a": floats(rng, count, 1, 8), "state": floats(rng, count, 1, 4) * units}

    calibration, test = samples(64), samples(64)
    compiled(qc, model, tmp_path / "out", data=calibration)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    before = score(qc, model, tmp_path / "out" / "model.qcb", test, tmp_path)["y"]
    hint = report["first_bad"]["suggestion"]
    assert "try --precision int16" in hint, hint
    compiled(qc, model, tmp_path / "after", "--precision", "int16", data=calibration)
    after = score(qc, model, tmp_path / "after" / "model.qcb", test, tmp_path)["y"]
    print(hint, before, after)
    assert after >= before + 3


# ---- outputs of unlike channels --------------------------------------------------------------------------------------

def head(path, join):
    """Boxes in pixels and scores of 0..1 that become one output."""
    rng = np.random.default_rng(2)
    nodes = [("Conv", "x w", "c", {"pads": [1, 1, 1, 1]}), ("Relu", "c", "r", {}), ("Conv", "r wb bb", "box", {}),
             ("Relu", "box", "boxr", {}), ("Mul", "boxr px", "boxpx", {}), ("Conv", "r ws bs", "logit", {}),
             ("Sigmoid", "logit", "score", {}), *join]
    constants = dict(w=floats(rng, 8, 3, 3, 3, scale=0.3), wb=floats(rng, 4, 8, 1, 1, scale=0.3),
                     bb=np.full(4, 3, np.float32), px=np.float32(100), ws=floats(rng, 5, 8, 1, 1, scale=0.6),
                     bs=np.full(5, -2, np.float32), shape=np.array([1, 9, -1]))
    return save(path, nodes, {"x": [1, 3, 8, 8]}, {"y": [1, 9, 64] if len(join) > 1 else [1, 9, 8, 8]}, **constants)


@pytest.mark.parametrize("join", [
    [("Concat", "boxpx score", "y", {"axis": 1})],
    [("Concat", "boxpx score", "joined", {"axis": 1}), ("Reshape", "joined shape", "y", {})],
], ids=["joined", "reshaped"])
def test_lost_channels_are_bad(qc, tmp_path, join):
    rng = np.random.default_rng(4)
    data = {"x": floats(rng, 32, 1, 3, 8, 8)}
    model = head(tmp_path / "m.onnx", join)
    done = compiled(qc, model, tmp_path / "out", data=data)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    output = report["outputs"][0]
    assert output["bad"] and output["lost_channels"]["channels"] == [4, 5, 6, 7, 8]
    assert output["accumulated"]["sqnr_db"] > 30 and "but channels 4..8 of 9" in done.stdout
    assert "it takes the scale of" in report["first_bad"]["suggestion"]
    assert "try --cut-at boxpx,score" in report["first_bad"]["suggestion"]
    assert "channels 4..8 of 9 are lost  <-- bad" in \
        qc("compare", model, tmp_path / "out" / "model.qcb", "--data", tmp_path / "samples.npz").stdout
    # What was suggested does it.
    compiled(qc, model, tmp_path / "cut", "--cut-at", "boxpx,score", data=data)
    report = json.loads((tmp_path / "cut" / "report.json").read_text())
    assert "first_bad" not in report and all(not output["bad"] for output in report["outputs"])


def test_channels_scaled_apart_without_a_join(qc, tmp_path):
    rng = np.random.default_rng(5)
    model = save(tmp_path / "m.onnx", [
        ("Conv", "x w", "c", {}), ("Relu", "c", "r", {}), ("Mul", "r s", "y", {})],
        {"x": [1, 3, 8, 8]}, {"y": [1, 4, 8, 8]}, w=floats(rng, 4, 3, 1, 1),
        s=np.float32([200, 200, 1, 0.5]).reshape(1, 4, 1, 1))
    compiled(qc, model, tmp_path / "out", data={"x": floats(rng, 16, 1, 3, 8, 8)})
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["outputs"][0]["lost_channels"]["channels"] == [2, 3] and report["remedies"]


# ---- compare ---------------------------------------------------------------------------------------------------------

def test_a_threshold_is_only_checked_when_given(qc, tmp_path):
    """Networks that give opposite results: a cosine of -1."""
    rng = np.random.default_rng(6)
    w = floats(rng, 4, 4)
    for name, weight in (("a", w), ("b", -w)):
        save(tmp_path / f"{name}.onnx", [("MatMul", "x w", "y", {})], {"x": [1, 4]}, {"y": [1, 4]}, w=weight)
    arguments = ["compare", tmp_path / "a.onnx", tmp_path / "b.onnx", "--data", "random:4"]
    assert "-1.00000" in qc(*arguments).stdout
    qc(*arguments, "--min-cosine", "-1")
    qc(*arguments, "--min-cosine", "0", exit_code=3)
    qc(*arguments, "--min-cosine", "0.9", exit_code=3)
    qc(*arguments, "--min-cosine", "2", exit_code=2)
