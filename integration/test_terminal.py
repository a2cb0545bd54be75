"""What people see on a terminal: tables as wide as it is, colours, names that stay different; and nothing of it in logs.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import os
import re
import subprocess

import numpy as np
import onnx
import pytest
from harness import read_terminal
from onnx import TensorProto, helper, numpy_helper

PREPROCESS = "color=rgb mean=127.5 std=127.5"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def folder(qc, example, tmp_path_factory):
    """A report with a bad layer, and with names of which only middles differ."""
    out = tmp_path_factory.mktemp("terminal")
    done = qc("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", PREPROCESS, "--quiet",
              "-o", out)
    assert not ESCAPE.search(done.stdout + done.stderr)
    report = json.loads((out / "report.json").read_text())
    report["layers"][1]["accumulated"]["sqnr_db"] = 12.5
    for number, layer in enumerate(report["layers"]):
        layer["name"] = f"/model/backbone/stages.{number}/a/very/long/path/of/blocks/Conv_output_0"
    report["layers"][2]["moves"] = True
    (out / "report.json").write_text(json.dumps(report))
    return out


def show(qc, folder, columns, *options, **environment):
    """What `qc report` prints on a terminal of that many columns."""
    return read_terminal([qc.path, "report", folder, *options], stderr=subprocess.DEVNULL,
                         env={**os.environ, "COLUMNS": str(columns), "TERM": "xterm", **environment})


def table(text):
    """The lines of the table, without colours."""
    return ESCAPE.sub("", text).split("\n\n")[1].splitlines()


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_fits_and_names_stay_different(qc, folder, columns):
    lines = table(show(qc, folder, columns))
    layers = json.loads((folder / "report.json").read_text())["layers"]
    moves = sum(layer["moves"] for layer in layers)
    rows = [line for line in lines[1:] if not line.startswith("(")]
    assert all(len(line) <= columns for line in rows), max(rows, key=len)
    names = [row.split()[0] for row in rows]
    assert len(set(names)) == len(rows) == len(layers) - moves, "all are told apart, and movement is not shown"
    assert "SQNR" in lines[0] and "isolated" in lines[0] or columns < 80
    assert any(f"{moves} layer" in line and "only move" in line for line in lines)
    assert len(table(show(qc, folder, columns, "--moves"))) == 1 + len(layers)


@pytest.fixture(scope="module")
def long_names(qc, tmp_path_factory):
    """A compiled network of layers whose names differ in their middles."""
    folder = tmp_path_factory.mktemp("names")
    rng, nodes, weights, last = np.random.default_rng(0), [], [], "x"
    for number in range(6):
        weights.append(numpy_helper.from_array(rng.normal(size=(4, 4, 3, 3)).astype(np.float32), f"w{number}"))
        name = f"/model/backbone/stages.{number}/a/very/long/path/of/blocks/Conv_output_0"
        nodes.append(helper.make_node("Conv", [last, f"w{number}"], [name], pads=[1] * 4))
        nodes.append(helper.make_node("Sigmoid", [name], [f"{name}/activated/by/a/sigmoid"]))
        last = f"{name}/activated/by/a/sigmoid"
    info = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 4, 8, 8]) for name in ("x", last)]
    model = helper.make_model(helper.make_graph(nodes, "g", info[:1], info[1:], weights),
                              opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, str(folder / "m.onnx"))
    qc("compile", folder / "m.onnx", "--data", "random:8", "--quiet", "-o", folder / "out")
    return folder


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_names_of_tables_can_be_pasted(qc, long_names, columns):
    """Cut names fit, are told apart, and are taken by the commands and options that name layers."""
    out = long_names / "out"
    lines = table(show(qc, out, columns))
    rows = [line for line in lines[1:] if not line.startswith("(")]
    cut = [row.split()[0] for row in rows if ".." in row.split()[0]]
    assert len(cut) >= 6 and len(set(cut)) == len(cut) and (columns < 60 or all(len(line) <= columns for line in rows))
    for name in cut[:2]:
        qc("explain", out, "--layer", name)
    qc("compile", long_names / "m.onnx", "--data", "random:2", "--quiet", "--allow-cpu", "--deny", f"name:{cut[0]}",
       "--int16-tensors", f"results:{cut[1]}", "--report-samples", "0", "-o", long_names / f"again{columns}")
    compared = read_terminal([qc.path, "compare", long_names / "m.onnx", out / "model.qcb", "--data", "random:2"],
                             stderr=subprocess.DEVNULL, env={**os.environ, "COLUMNS": str(columns), "TERM": "xterm"})
    rows = compared.splitlines()
    assert (columns < 60 or all(len(row) <= columns for row in rows[:-1])) and "SQNR" in rows[0] and ("RMSE" in rows[0]) == (columns > 80)
    names = [row.split()[0] for row in rows[1:-1]]
    assert len(set(names)) == len(names)


def test_colours_where_they_are_wanted(qc, folder):
    assert "\x1b[31m12.5\x1b[0m" in show(qc, folder, 120)
    assert not ESCAPE.search(show(qc, folder, 120, NO_COLOR="1"))
    assert not ESCAPE.search(show(qc, folder, 120, TERM="dumb"))


def test_logs_are_whole_and_plain(qc, folder):
    text = qc("report", folder).stdout
    layers = json.loads((folder / "report.json").read_text())["layers"]
    assert "\x1b" not in text
    assert all(layer["name"] in text for layer in layers if not layer["moves"]), "names can be pasted"


def test_a_name_cannot_colour(qc, folder, tmp_path):
    report = json.loads((folder / "report.json").read_text())
    report["layers"][1]["name"] = "a\x1b[31mred"
    report["layers"][1]["op"] = "\x1b[2J"
    (tmp_path / "report.json").write_text(json.dumps(report))
    text = show(qc, tmp_path, 160)
    assert "\x1b[31mred" not in text and "\x1b[2J" not in text and "\\x1b[31mred" in text


@pytest.mark.parametrize("tool", ["qc_opt", "qc_translate"])
def test_help_is_ours(request, tool):
    program = request.getfixturevalue(tool)
    text = program("--help").stdout
    assert "aarch64" not in text and "amdgpu" not in text and len(text.splitlines()) < 330
    assert ("--calibrate" if tool == "qc_opt" else "--import-onnx") in text
    assert re.search(r"^qc \d+\.\d+\.\d+, LLVM 22\.", program("--version").stdout)
    assert "aarch64" in program("--help-hidden").stdout


def test_statistics_of_ops(qc, qc_opt, folder):
    done = qc_opt("--print-op-stats", folder / "quantize.mlirbc", "-o", os.devnull)
    counts = {name: int(count) for name, count in re.findall(r"(tpu\.\w+) *, *(\d+)", done.stdout + done.stderr)}
    assert counts["tpu.conv2d"] >= 9 and counts["tpu.add"] == 2
    assert f"tpu.conv2d {counts['tpu.conv2d']}" in qc("inspect", folder / "quantize.mlirbc").stdout


def test_ir_of_a_stage(qc, qc_opt, folder, tmp_path):
    short = qc("inspect", folder, "--ir", "quantize").stdout
    assert "tpu.conv2d" in short and len(short) < 100_000
    (tmp_path / "full.mlir").write_text(qc("inspect", folder, "--ir", "quantize", "--full").stdout)
    qc_opt(tmp_path / "full.mlir", "-o", tmp_path / "again.mlir")
    said = qc("inspect", folder, "--ir", "quantise", exit_code=1).stderr
    assert "quantise" in said and "prepare, calibrate" in said
    assert qc("inspect", folder, "--ir", "quantize", "--json", exit_code=2).stderr
