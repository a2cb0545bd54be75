"""Layers that stay in float beside integer ones: --deny by type, by name, by range.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import re

import numpy as np
import pytest

NETWORK = "mlperftiny_resnet8_cifar10_fp32"


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    path = tmp_path_factory.mktemp("samples") / "in.npz"
    pixels = np.random.default_rng(5).random((8, 3, 32, 32)).astype(np.float32) * 255
    np.savez(path, input=pixels)
    return path


def run(qc, stage, samples, path):
    qc("run", stage, "--data", samples, "-o", path)
    return dict(np.load(path))


@pytest.mark.parametrize("deny,ops", [("MatMul", 1), ("Gemm", 1), ("name:t24", 1), ("Conv", 9), ("Add,GlobalAveragePool", 4),
                                      ("t27:t31", 4), ("Conv,Add,MatMul,Reshape,GlobalAveragePool", 15)])
@pytest.mark.parametrize("target", ["generic", "tda4"])
def test_layers_stay_in_float(qc, kit, samples, tmp_path, deny, ops, target):
    qc("compile", kit.model(NETWORK), "--target", target, "--data", samples, "--deny", deny, "-o", tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())
    on_cpu = [layer["name"] for layer in report["layers"] if layer["placement"] == "cpu"]
    assert len(on_cpu) == report["cpu"]["ops"] == ops
    assert all(layer["type"] == "f32" for layer in report["layers"] if layer["name"] in on_cpu)
    assert 1 <= report["cpu"]["subgraphs"] <= ops
    # The integer program and the stage before it, which computes these layers by another library.
    found, staged = (run(qc, tmp_path / stage, samples, tmp_path / "y.npz") for stage in ("model.qcb", "assign.mlirbc"))
    original = run(qc, kit.model(NETWORK), samples, tmp_path / "y.npz")
    for name, expected in staged.items():
        scale = np.abs(original[name]).max()
        # Where a float layer's result is rounded the other way, what is behind it is off by a step, seldom by two; a
        # step is 0.015 of the scale where scales are powers of two.
        assert np.abs(found[name] - expected).max() < 0.04 * scale
        assert np.abs(found[name] - original[name]).max() < 0.3 * scale


def test_all_layers_in_float_lose_nothing(qc, kit, samples, tmp_path):
    qc("compile", kit.model(NETWORK), "--data", samples, "--deny", "Conv,Add,MatMul,Reshape,GlobalAveragePool",
       "-o", tmp_path)
    found = run(qc, tmp_path / "model.qcb", samples, tmp_path / "y.npz")
    expected = run(qc, kit.model(NETWORK), samples, tmp_path / "y.npz")
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=0, atol=1e-5 * np.abs(expected[name]).max())
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["cpu"]["boundary_conversions"] == 0 and report["cpu"]["subgraphs"] == 1


def test_conversions_are_where_integers_end(qc, kit, samples, tmp_path):
    """One layer inside the network: its operand comes as integers, its result goes on as integers."""
    qc("compile", kit.model(NETWORK), "--data", samples, "--deny", "name:t24", "-o", tmp_path)
    cpu = json.loads((tmp_path / "report.json").read_text())["cpu"]
    assert (cpu["ops"], cpu["subgraphs"], cpu["boundary_conversions"]) == (1, 1, 2)


def test_the_stage_says_which(qc, qc_opt, kit, samples, tmp_path):
    qc("compile", kit.model(NETWORK), "--data", samples, "--deny", "t27:t29_act", "--stop-after", "assign", "-o", tmp_path)
    text = qc_opt(tmp_path / "assign.mlirbc").stdout
    denied = [line for line in text.splitlines() if "qc.in_float" in line]
    assert len(denied) == len(re.findall(r"= top\.\w+ .*qc\.in_float", text)) >= 2
    # Its weights stay floats.
    assert "top.constant dense_resource" in text
    # It goes on from there as it would have in one go.
    qc("compile", tmp_path / "assign.mlirbc", "--emit", "qcb", "-o", tmp_path / "on")
    qc("compile", kit.model(NETWORK), "--data", samples, "--deny", "t27:t29_act", "-o", tmp_path / "once")
    assert (tmp_path / "on" / "model.qcb").read_bytes() == (tmp_path / "once" / "model.qcb").read_bytes()


def test_a_quantized_model_may_have_some(qc, kit, samples, tmp_path):
    qc("compile", kit.model("mlperftiny_resnet8_cifar10_qdq"), "--deny", "Add,Conv", "-o", tmp_path)
    found = run(qc, tmp_path / "model.qcb", samples, tmp_path / "y.npz")
    expected = run(qc, kit.model("mlperftiny_resnet8_cifar10_qdq"), samples, tmp_path / "y.npz")
    for name in expected:
        assert np.abs(found[name] - expected[name]).max() < 0.05 * np.abs(expected[name]).max()


@pytest.mark.parametrize("deny,words", [
    ("Sofmax", "no layer of type 'Sofmax'"), ("name:t2", "no layer with the result 't2'"),
    ("t31:t27", "no way from 't31' to 't27'"),
])
def test_what_the_network_lacks(qc, kit, samples, tmp_path, deny, words):
    refused = qc("compile", kit.model(NETWORK), "--data", samples, "--deny", deny, "-o", tmp_path, exit_code=1)
    assert words in refused.stderr
    refused = qc("compile", kit.model(NETWORK), "--precision", "float", "--deny", "Add", "-o", tmp_path, exit_code=1)
    assert "leave out --deny" in refused.stderr


@pytest.mark.parametrize("target", ["generic", "tda4"])
def test_float_layers_stored_in_half_precision(qc, qc_opt, kit, samples, tmp_path, target):
    """--relax-fp32: half the bytes, computed in f32; the stage rounds where the program does."""
    options = ["--target", target, "--data", samples, "--deny", "Conv", "--correct", "none"]
    done = qc("compile", kit.model(NETWORK), *options, "--relax-fp32", "-o", tmp_path / "half")
    assert re.search(r"remark: stores \d+ tensors of layers in float as f16; they are computed in f32", done.stderr)
    qc("compile", kit.model(NETWORK), *options, "-o", tmp_path / "single")
    reports = [json.loads((tmp_path / name / "report.json").read_text()) for name in ("half", "single")]
    types = [{layer["type"] for layer in report["layers"] if layer["placement"] == "cpu"} for report in reports]
    # What integer layers read is rounded to their integers straight from f32.
    assert types[0] == {"f16", "f32"} and types[1] == {"f32"}
    half, single = (report["memory"]["constant_bytes"] for report in reports)
    assert half < 0.6 * single
    assert "xf16>" in qc_opt(tmp_path / "half" / "assign.mlirbc").stdout
    staged, found = (run(qc, tmp_path / "half" / stage, samples, tmp_path / "y.npz") for stage in ("assign.mlirbc", "model.qcb"))
    for name, expected in staged.items():
        assert np.abs(found[name] - expected).max() < 0.04 * np.abs(expected).max()


def test_a_network_in_half_precision(qc, kit, samples, tmp_path):
    """--precision fp16 is float, stored in half the bytes."""
    qc("compile", kit.model(NETWORK), "--precision", "fp16", "-o", tmp_path / "half")
    qc("compile", kit.model(NETWORK), "--precision", "float", "-o", tmp_path / "single")
    sizes = [(tmp_path / name / "model.qcb").stat().st_size for name in ("half", "single")]
    assert sizes[0] < 0.6 * sizes[1]
    half, single = (run(qc, tmp_path / name / "model.qcb", samples, tmp_path / "y.npz") for name in ("half", "single"))
    for name, expected in single.items():
        error = np.abs(half[name] - expected).max() / np.abs(expected).max()
        assert 0 < error < 0.01  # eleven bits a tensor


def test_half_precision_for_nothing_is_told(qc, kit, samples, tmp_path):
    done = qc("compile", kit.model(NETWORK), "--data", samples, "--relax-fp32", "--emit", "qcb", "-o", tmp_path)
    assert "has no layer in float whose values could be stored as f16" in done.stderr
