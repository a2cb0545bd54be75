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
