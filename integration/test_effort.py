"""--effort: what is done for accuracy, and 16 bits where the tool finds that they pay.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import numpy as np
import pytest
import unlike


def decibels(found, expected):
    error = np.sum((found.astype(np.float64) - expected) ** 2)
    return 10 * np.log10(np.sum(expected.astype(np.float64) ** 2) / error)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return unlike.write(tmp_path_factory.mktemp("network"))


def run(qc, model, folder, output):
    qc("run", model, "--data", folder / "test.npy", "-o", output)
    return np.load(output)["v"]


def compile_with(qc, network, out, *options):
    done = qc("compile", network / "model.onnx", "--data", network / "calibration.npy", "--json", "--quiet", "-o", out,
              *options)
    return json.loads(done.stdout)


def test_each_effort_does_more(qc, network, tmp_path):
    expected = run(qc, network / "model.onnx", network, tmp_path / "float.npz")
    found, reports = {}, {}
    for effort in ("low", "default", "high"):
        out = tmp_path / effort
        reports[effort] = compile_with(qc, network, out, "--effort", effort)
        found[effort] = decibels(run(qc, out / "model.qcb", network, tmp_path / f"{effort}.npz"), expected)
    print(found)
    names = {effort: {step["name"] for step in report["corrections"]} for effort, report in reports.items()}
    assert names["low"] == {"inputs", "bias"}
    assert names["default"] == {"inputs", "equalize", "rounding", "bias"}
    assert names["high"] == names["default"] | {"widths"}
    assert found["high"] >= found["default"] + 3

    # The report says what was chosen, what that brings and what it costs.
    widths = reports["high"]["widths"]
    assert 0 < len(widths["tensors"]) <= 3
    assert sum(tensor["gain_db"] for tensor in widths["tensors"]) >= 3
    assert widths["estimated_cycles_before"] < widths["estimated_cycles_after"] \
        <= 1.1 * widths["estimated_cycles_before"]
    chosen = {tensor["name"] for tensor in widths["tensors"]}
    layers = {layer["name"]: layer for layer in reports["high"]["layers"]}
    for name in chosen:
        assert layers[name]["type"] == "i16"
        assert layers[name]["method"].startswith("16 bits by --effort"), layers[name]
    assert "widths" not in reports["default"]
    text = qc("report", tmp_path / "high").stdout
    assert "16 bits for '" in text and "rounded activations make" in text

    # Also the assigned stage, which others read.
    encodings = json.loads(qc("compile", tmp_path / "high" / "correct.mlirbc", "--encodings-out",
                              tmp_path / "encodings.json", "--json", "--quiet", "-o", tmp_path / "again") and
                           (tmp_path / "encodings.json").read_text())
    assert chosen <= set(json.dumps(encodings).split('"'))
    assert np.array_equal(run(qc, tmp_path / "again" / "model.qcb", network, tmp_path / "again.npz"),
                          np.load(tmp_path / "high.npz")["v"])


def test_what_is_named_stays(qc, network, tmp_path):
    report = compile_with(qc, network, tmp_path / "out", "--effort", "high", "--int16-tensors", "c")
    layers = {layer["name"]: layer for layer in report["layers"]}
    assert layers["c"]["type"] == "i16"
    assert "c" not in {tensor["name"] for tensor in report["widths"]["tensors"]}


def test_a_chip_without_16_bits_has_none(qc, network, tmp_path):
    report = compile_with(qc, network, tmp_path / "out", "--effort", "high", "--target", "horizon", "--target-option",
                          "chip=x3", "--allow-cpu")
    assert not report.get("widths", {}).get("tensors")


@pytest.mark.parametrize("options, message", [
    (["--effort", "hihg"], "unknown effort 'hihg'; did you mean 'high'?"),
    (["--effort", "high", "--correct", "bias"], "--correct names the corrections"),
])
def test_usage(qc, network, tmp_path, options, message):
    done = qc("compile", network / "model.onnx", "--data", network / "calibration.npy", "-o", tmp_path / "out", *options,
              exit_code=2)
    assert message in done.stderr
