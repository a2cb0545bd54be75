"""Estimates of cost: per layer, with the figures that they are made from, tiles, and advice.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"


def cost_of(qc, example, *options):
    done = qc("check", example / "shapes.onnx", "--json", *options)
    return json.loads(done.stdout)["cost"]


@pytest.mark.parametrize("target", ["generic", "tda4", "horizon", "mtk", "sigmastar"])
def test_layers_and_figures(qc, example, target):
    """Sums are those of the layers, nothing is faster than its bound, and every figure says where it is from."""
    cost = cost_of(qc, example, "--target", target, "--allow-cpu")
    assert cost["is_estimate"]
    layers = [layer for layer in cost["layers"] if layer["placement"] == "npu"]
    assert cost["estimated_cycles"] == pytest.approx(sum(layer["estimated_cycles"] for layer in layers))
    assert cost["ddr_bytes"] == sum(layer["ddr_bytes"] for layer in layers)
    for layer in layers:
        assert layer["bound_cycles"] <= layer["estimated_cycles"] * (1 + 1e-9), layer
        assert 0 <= layer["utilization"] <= 1 + 1e-9, layer
        assert layer["limit"] in ("array", "memory", "on-chip moves")
        if layer["estimated_cycles"] > 1.01 * layer["bound_cycles"]:
            assert layer["reasons"], layer
    assert {figure["provenance"] for figure in cost["figures"]} <= {"documented", "observed", "assumed"}
    assert all(figure["source"] for figure in cost["figures"])
    assert {"macs_per_cycle", "megahertz"} <= {figure["name"] for figure in cost["figures"]}


def test_advice(qc, example):
    """Slow ops are listed with why; the first convolution of three channels leaves most of 64 x 64 idle."""
    cost = cost_of(qc, example, "--target", "tda4", "--advice", "1")
    by_name = {layer["name"]: layer for layer in cost["layers"]}
    slow = [by_name[name] for name in cost["advice"]]
    assert slow == sorted(slow, key=lambda layer: -layer["excess_microseconds"])
    assert all(layer["excess_microseconds"] >= 1 and layer["reasons"] for layer in slow)
    convs = [layer for layer in cost["layers"] if layer["op"] == "conv2d" and layer["limit"] == "array"]
    assert any("array's 64" in reason for layer in convs for reason in layer["reasons"])
    text = qc("check", example / "shapes.onnx", "--target", "tda4", "--advice", "1").stdout
    assert f"advice: {len(slow)} of {len(cost['layers'])} ops take 1 us or more above their bound" in text


def test_memory_on_the_chip(qc, example):
    """Less memory is more traffic; what does not fit is named."""
    before = 0
    for size in (4096, 64, 16, 8):
        cost = cost_of(qc, example, "--target", "tda4", "--l1-size-kb", size)
        assert cost["on_chip_bytes"] == size * 1024
        assert cost["ddr_bytes"] >= before
        before = cost["ddr_bytes"]
        for layer in cost["layers"]:
            if "tile" in layer and layer["tile"]["fits"]:
                assert layer["tile"]["chip_bytes"] <= size * 1024
    text = qc("check", example / "shapes.onnx", "--target", "tda4", "--l1-size-kb", "1").stdout
    assert "does not fit on the chip: '" in text


def test_reports_and_stages_say_the_same(qc, example, tmp_path):
    done = qc("compile", example / "shapes.onnx", "--target", "tda4", "--data", example / "calib", "--samples", "2",
              "--preprocess", PREPROCESS, "--advice", "1", "--correct", "none", "-o", tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())["cost"]
    assert "cost, estimated: " in done.stdout and "advice: " in done.stdout
    stage = json.loads(qc("inspect", tmp_path / "schedule.mlirbc", "--json").stdout)["cost"]
    assert stage["layers"] == report["layers"]
    text = qc("inspect", tmp_path / "schedule.mlirbc").stdout
    assert "megahertz 1000: documented, SPRAD74: 1 GHz" in text
    again = qc("report", tmp_path).stdout
    assert "cost, estimated: " in again
