"""qc analyze and qc explain: which layer costs the results most, and who chose what.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import pytest
import unlike


@pytest.fixture(scope="module")
def compiled(qc, tmp_path_factory):
    folder = unlike.write(tmp_path_factory.mktemp("network"))
    qc("compile", folder / "model.onnx", "--data", folder / "calibration.npy", "--quiet", "-o", folder / "out")
    return folder


def analyze(qc, out, *options):
    return json.loads(qc("analyze", out, "--json", "--quiet", *options).stdout)


def test_the_culprit_comes_first(qc, compiled):
    report = analyze(qc, compiled / "out")
    layers = {layer["name"]: layer for layer in report["layers"]}
    assert report["samples"] == 16
    # What the product loses is what the results lose.
    worst = report["layers"][0]
    assert worst["name"] in ("c", "m"), worst
    assert worst["output_sqnr_db_activation"] < layers["y"]["output_sqnr_db_activation"] - 10
    # Rounding less never costs more, and rounding all costs about what the assigned network does.
    for layer in report["layers"]:
        assert layer["output_sqnr_db_up_to"] <= layer.get("output_sqnr_db_activation", 200) + 1, layer
    assert abs(layers["y"]["output_sqnr_db_up_to"] - report["output_sqnr_db_activations_alone"]) < 1e-6
    assert 0.5 < report["activation_share"] <= 1
    # Convolutions have weights.
    for name in ("c", "v"):
        assert "output_sqnr_db_weights" in layers[name] and "output_sqnr_db_both" in layers[name]
    assert "output_sqnr_db_weights" not in layers["m"]
    # Channels of `c` differ by sixty, inputs do not.
    assert layers["c"]["channel_spread"] > 10 > layers["x"]["channel_spread"]
    assert layers["x"]["kurtosis"] == pytest.approx(3, abs=1)


def test_a_suggestion_brings_what_it_says(qc, compiled, tmp_path):
    report = analyze(qc, compiled / "out")
    best = max(report["suggestions"], key=lambda one: one["gain_db"])
    assert best["option"].startswith("--int16-tensors ") and best["gain_db"] > 1
    qc("compile", compiled / "model.onnx", "--data", compiled / "calibration.npy", "--quiet", "-o", tmp_path / "out",
       *best["option"].split())
    after = analyze(qc, tmp_path / "out")
    assert after["output_sqnr_db"] >= report["output_sqnr_db"] + best["gain_db"] - 1.5


def test_threads_do_not_show(qc, compiled):
    assert analyze(qc, compiled / "out", "--threads", "1", "--samples", "6") == \
        analyze(qc, compiled / "out", "--threads", "3", "--samples", "6")


def test_for_people(qc, compiled):
    text = qc("analyze", compiled / "out", "--quiet").stdout
    assert "with only activations rounded" in text and "--int16-tensors " in text


def test_explain(qc, compiled, tmp_path):
    found = json.loads(qc("explain", compiled / "out", "--layer", "c", "--json").stdout)
    assert found["op"] == "conv" and found["reads"] == ["x"]
    stages = {stage["stage"]: stage for stage in found["stages"]}
    assert list(stages) == ["calibrate", "correct", "assign"]
    low, high = stages["calibrate"]["range"]
    assert low < 0 < high and stages["calibrate"]["chosen_by"] == "method"
    assert "i8" in stages["assign"]["type"]
    assert found["weights"]["type"] == "i8, 8 scales"
    assert found["errors"]["accumulated_sqnr_db"] > 0
    text = qc("explain", compiled / "out", "--layer", "v").stdout
    assert "by method" in text and "errors     SQNR" in text

    qc("compile", compiled / "model.onnx", "--data", compiled / "calibration.npy", "--effort", "high", "--quiet", "-o",
       tmp_path / "high")
    report = json.loads((tmp_path / "high" / "report.json").read_text())
    name = report["widths"]["tensors"][0]["name"]
    chosen = json.loads(qc("explain", tmp_path / "high", "--layer", name, "--json").stdout)
    assigned = chosen["stages"][-1]
    assert "i16" in assigned["type"] and assigned["why"].startswith("16 bits by --effort")
    assert assigned["chosen_by"] == "correction"


def test_errors(qc, compiled, tmp_path):
    done = qc("explain", compiled / "out", "--layer", "mm", exit_code=1)
    assert "no layer 'mm'" in done.stderr and "m" in done.stderr
    done = qc("analyze", tmp_path, exit_code=1)
    assert "report.json" in done.stderr
    done = qc("explain", tmp_path, "--layer", "x", exit_code=1)
    assert "give the folder of a qc compile" in done.stderr
