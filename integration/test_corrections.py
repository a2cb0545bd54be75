"""Networks that lose much in integers without corrections, and next to nothing with them.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

CHANNELS = 12
SAMPLES = 24


def decibels(found, expected):
    error = np.sum((found.astype(np.float64) - expected) ** 2)
    return 10 * np.log10(np.sum(expected.astype(np.float64) ** 2) / error)


def spread(clip, residual):
    """Depthwise channels that differ by 200 in range, which the next layer makes up for: folded batch norms leave
    such weights. `clip` bounds the activations, as relu6 does; with `residual` a linear tensor is added to another."""
    draw = np.random.default_rng(7)
    factors = np.exp(np.linspace(0, np.log(200), CHANNELS)).astype(np.float32)
    draw.shuffle(factors)
    if clip:
        factors *= np.float32(5.0 / 200)
    weights = {
        "w0": draw.standard_normal((CHANNELS, 3, 3, 3)) * 0.2,
        "b0": draw.standard_normal(CHANNELS) * 0.1,
        "w1": draw.standard_normal((CHANNELS, 1, 3, 3)) * 0.1 * factors[:, None, None, None],
        "b1": np.abs(draw.standard_normal(CHANNELS)) * 0.1 * factors,
        "w2": draw.standard_normal((6, CHANNELS, 1, 1)) * 2 / factors[None, :, None, None],
        "w3": draw.standard_normal((CHANNELS, CHANNELS, 1, 1)) * 0.1 * factors[:, None, None, None] /
              factors[None, :, None, None],
    }
    nodes, same = [], {"pads": [1, 1, 1, 1]}

    def activate(source, result):
        if clip:
            nodes.append(helper.make_node("Clip", [source, "zero", "bound"], [result]))
        else:
            nodes.append(helper.make_node("Relu", [source], [result]))

    nodes.append(helper.make_node("Conv", ["x", "w0", "b0"], ["c0"], **same))
    activate("c0", "r0")
    nodes.append(helper.make_node("Conv", ["r0", "w1", "b1"], ["c1"], group=CHANNELS, **same))
    last = "c1"
    if residual:
        nodes.append(helper.make_node("Conv", ["c1", "w3"], ["c3"]))
        nodes.append(helper.make_node("Add", ["c1", "c3"], ["s"]))
        last = "s"
    activate(last, "r1")
    nodes.append(helper.make_node("Conv", ["r1", "w2"], ["y"]))
    weights["zero"], weights["bound"] = np.float32(0), np.float32(6)
    read = {name for node in nodes for name in node.input}
    constants = [numpy_helper.from_array(np.asarray(value, np.float32), name)
                 for name, value in weights.items() if name in read]
    made = helper.make_graph(nodes, "spread", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 12, 12])],
                             [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 6, 12, 12])], constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return model


@pytest.fixture(params=["relu", "clip", "residual"])
def network(request, tmp_path):
    onnx.save(spread(clip=request.param == "clip", residual=request.param == "residual"), tmp_path / "model.onnx")
    draw = np.random.default_rng(11)
    for name in ("calibration", "test"):
        np.save(tmp_path / f"{name}.npy", draw.standard_normal((SAMPLES, 1, 3, 12, 12)).astype(np.float32))
    return tmp_path


def run(qc, model, data, output):
    qc("run", model, "--data", data, "-o", output)
    return np.load(output)["y"]


@pytest.mark.parametrize("target, gain", [("generic", 8), ("tda4", 8)])
def test_unlike_channels(qc, network, target, gain):
    """Scaling channels across layers gives nearly all back, and the float network stays the same."""
    test = network / "test.npy"
    expected = run(qc, network / "model.onnx", test, network / "float.npz")
    found = {}
    for correct in ("none", "bias", "equalize,bias"):
        out = network / correct
        qc("compile", network / "model.onnx", "--target", target, "--data", network / "calibration.npy",
           "--correct", correct, "--quiet", "-o", out)
        found[correct] = decibels(run(qc, out / "model.qcb", test, out / "found.npz"), expected)
    print(found)
    assert found["equalize,bias"] >= max(found["none"], found["bias"]) + gain
    stage = run(qc, network / "equalize,bias" / "correct.mlirbc", test, network / "stage.npz")
    corrections = {item["name"]: item for item in
                   json.loads((network / "equalize,bias" / "report.json").read_text())["corrections"]}
    assert corrections["equalize"]["changed"]["channels"] > 0
    assert corrections["equalize"]["seconds"] >= 0
    # Biases are corrected as well, by less than a step.
    assert decibels(stage, expected) > found["equalize,bias"] - 1


def test_equalized_float_is_the_same(qc, network):
    qc("compile", network / "model.onnx", "--target", "generic", "--data", network / "calibration.npy",
       "--correct", "equalize", "--stop-after", "correct", "--quiet", "-o", network / "out")
    calibration = network / "calibration.npy"
    before = run(qc, network / "out" / "calibrate.mlirbc", calibration, network / "before.npz")
    after = run(qc, network / "out" / "correct.mlirbc", calibration, network / "after.npz")
    assert decibels(after, before) > 80


def test_scaled_tensors_have_other_names(qc, network):
    """What is no longer the model's tensor must not be compared with it."""
    out = network / "out"
    qc("compile", network / "model.onnx", "--target", "generic", "--data", network / "calibration.npy",
       "--correct", "equalize", "--quiet", "-o", out)
    done = qc("compare", network / "model.onnx", out / "model.qcb", "--data", network / "test.npy", "--json")
    names = {tensor["name"] for tensor in json.loads(done.stdout)["tensors"]}
    assert "y" in names and "r1" not in names


# ---- rounding --------------------------------------------------------------------------------------------------------

@pytest.fixture
def related(tmp_path):
    """Layers whose inputs vary together: thirty-two channels made of four, then a window over them, then groups."""
    draw = np.random.default_rng(3)
    weights = {
        "w0": draw.standard_normal((32, 4, 1, 1)), "b0": draw.standard_normal(32) + 1,
        "w1": draw.standard_normal((32, 32, 3, 3)) * 0.1, "b1": draw.standard_normal(32),
        "w2": draw.standard_normal((16, 8, 3, 3)) * 0.1,
        "w3": draw.standard_normal((16, 10)) * 0.3,
    }
    nodes = [helper.make_node("Conv", ["x", "w0", "b0"], ["c0"]), helper.make_node("Relu", ["c0"], ["r0"]),
             helper.make_node("Conv", ["r0", "w1", "b1"], ["c1"], pads=[1, 1, 1, 1], strides=[2, 2]),
             helper.make_node("Relu", ["c1"], ["r1"]),
             helper.make_node("Conv", ["r1", "w2"], ["c2"], group=4, dilations=[2, 2], pads=[2, 2, 2, 2]),
             helper.make_node("Relu", ["c2"], ["r2"]),
             helper.make_node("Transpose", ["r2"], ["t"], perm=[0, 2, 3, 1]),
             helper.make_node("MatMul", ["t", "w3"], ["y"])]
    made = helper.make_graph(nodes, "related", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4, 12, 12])],
                             [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 6, 6, 10])],
                             [numpy_helper.from_array(np.asarray(value, np.float32), name)
                              for name, value in weights.items()])
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, tmp_path / "model.onnx")
    for name in ("calibration", "test"):
        np.save(tmp_path / f"{name}.npy", draw.standard_normal((40, 1, 4, 12, 12)).astype(np.float32))
    return tmp_path


def test_rounding_for_sums(qc, related):
    expected = run(qc, related / "model.onnx", related / "test.npy", related / "float.npz")
    # With activations of 16 bits nothing but the weights is off.
    for precision, gain in (("int8", 0.4), ("a16w8", 1.5)):
        found = {}
        for correct in ("none", "rounding"):
            out = related / precision / correct
            qc("compile", related / "model.onnx", "--data", related / "calibration.npy", "--correct", correct,
               "--precision", precision, "--quiet", "--emit", "qcb", "-o", out)
            found[correct] = decibels(run(qc, out / "model.qcb", related / "test.npy", out / "found.npz"), expected)
        print(precision, found)
        assert found["rounding"] > found["none"] + gain


def test_rounded_integers_reach_every_artefact(qc, related):
    """The stages, the program and the QDQ model hold the same integers; going on from a stage changes nothing."""
    out, again, read = (related / name for name in ("out", "again", "read"))
    qc("compile", related / "model.onnx", "--data", related / "calibration.npy", "--emit", "qcb,onnx", "--quiet",
       "-o", out)
    qc("compile", out / "correct.mlirbc", "--emit", "qcb,onnx", "--quiet", "-o", again)
    for name in ("model.qcb", "model.qdq.onnx"):
        assert (out / name).read_bytes() == (again / name).read_bytes()
    qc("compile", out / "model.qdq.onnx", "--emit", "qcb", "--quiet", "-o", read)
    expected = run(qc, out / "model.qcb", related / "test.npy", related / "a.npz")
    assert np.array_equal(run(qc, read / "model.qcb", related / "test.npy", related / "b.npz"), expected)
    stored = {tuple(numpy_helper.to_array(item).shape) for item in onnx.load(out / "model.qdq.onnx").graph.initializer
              if item.data_type == TensorProto.INT8}
    assert (32, 32, 3, 3) in stored


def test_rounding_is_the_same_for_threads_and_order(qc, related):
    data = np.load(related / "calibration.npy")
    np.save(related / "turned.npy", data[::-1])
    programs = []
    for name, samples, threads in (("one", "calibration", 1), ("three", "calibration", 3), ("turned", "turned", 2)):
        qc("compile", related / "model.onnx", "--data", related / f"{samples}.npy", "--threads", threads, "--quiet",
           "--emit", "qcb", "-o", related / name)
        programs.append((related / name / "model.qcb").read_bytes())
    assert programs[0] == programs[1]
    # The name of the data is in the file: results are compared.
    first, last = (run(qc, related / name / "model.qcb", related / "test.npy", related / f"{name}.npz")
                   for name in ("one", "turned"))
    assert np.array_equal(first, last)


def test_float_models_hold_rounded_numbers(qc, related):
    """A float ONNX model has the weights that the float stage computes with."""
    out = related / "out"
    qc("compile", related / "model.onnx", "--data", related / "calibration.npy", "--emit", "float-onnx", "--quiet",
       "-o", out)
    graph = onnx.load(out / "model.float.onnx").graph
    assert all(item.data_type != TensorProto.INT8 for item in graph.initializer)
    stage, model = (run(qc, out / name, related / "test.npy", related / "z.npz")
                    for name in ("correct.mlirbc", "model.float.onnx"))
    assert decibels(model, stage) > 100
