"""Storage types as a stage: it is read, edited, run, compared, and lowered without another choice.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import re

import numpy as np
import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"


@pytest.fixture(scope="module")
def compiled(qc, example, tmp_path_factory):
    out = tmp_path_factory.mktemp("assigned")
    qc("compile", example / "shapes.onnx", "--target", "generic", "--data", example / "calib", "--samples", "16",
       "--preprocess", PREPROCESS, "--encodings-out", out / "encodings.json", "-o", out)
    return out


def test_lowering_chooses_nothing(qc, compiled, tmp_path):
    """Twice from the stage, with options that used to choose, and from its text: the same program."""
    program = (compiled / "model.qcb").read_bytes()
    for i, options in enumerate([["--emit", "qcb"],
                                 ["--emit", "report,qcb", "--threads", "1", "--seed", "3", "--allow-cpu"]]):
        qc("compile", compiled / "assign.mlirbc", *options, "-o", tmp_path / str(i))
        assert (tmp_path / str(i) / "model.qcb").read_bytes() == program


def test_text_round_trip(qc, qc_opt, compiled, tmp_path):
    qc_opt(compiled / "assign.mlirbc", "-o", tmp_path / "assign.mlir", "--mlir-print-debuginfo")
    qc("compile", tmp_path / "assign.mlir", "--emit", "qcb", "-o", tmp_path / "out")
    assert (tmp_path / "out" / "model.qcb").read_bytes() == (compiled / "model.qcb").read_bytes()


def test_every_value_says_who_chose_its_type(qc_opt, compiled, tmp_path):
    qc_opt(compiled / "assign.mlirbc", "-o", tmp_path / "assign.mlir")
    ops = re.findall(r"^ *%\d+.* = top\.(?!constant|quantized_constant).*$",
                     (tmp_path / "assign.mlir").read_text(), re.M)
    assert ops
    for line in ops:
        assert "qc.parameters = [#qc.parameters<" in line and line.count("!quant.uniform<") >= 2, line


def test_it_runs_as_the_integers_do(qc, example, compiled, tmp_path):
    """Rounding to storage types is all that the integer program does to this network."""
    for stage in ["assign.mlirbc", "model.qcb"]:
        qc("run", compiled / stage, "--data", example / "test", "--preprocess", PREPROCESS,
           "-o", tmp_path / (stage + ".npz"))
    rounded, integers = (np.load(tmp_path / (stage + ".npz")) for stage in ["assign.mlirbc", "model.qcb"])
    for name in integers.files:
        np.testing.assert_allclose(rounded[name], integers[name], rtol=0, atol=1e-5 * np.abs(integers[name]).max())


def test_report_tells_types_from_arithmetic(compiled):
    report = json.loads((compiled / "report.json").read_text())
    for output in report["outputs"]:
        assert abs(output["assigned"]["sqnr_db"] - output["accumulated"]["sqnr_db"]) < 0.1
    assert sum("assigned" in layer for layer in report["layers"]) > len(report["layers"]) / 2


def test_edited_scale_is_what_ships(qc, qc_opt, compiled, tmp_path):
    qc_opt(compiled / "assign.mlirbc", "-o", tmp_path / "assign.mlir", "--mlir-print-debuginfo")
    text = (tmp_path / "assign.mlir").read_text()
    # The result of the first layer, wherever it stands.
    old = re.search(r"top\.conv .*-> tensor<[\dx]+(!quant\.uniform<[^>]*>)>", text).group(1)
    new = "!quant.uniform<i8:f32, 1.250000e-01:-100>"
    (tmp_path / "edited.mlir").write_text(text.replace(old, new))
    qc("compile", tmp_path / "edited.mlir", "--emit", "qcb,onnx", "-o", tmp_path / "out", "--encodings-out",
       tmp_path / "edited.json")
    entries = json.loads((tmp_path / "edited.json").read_text())["encodings"]
    assert any(e["scale"] == [0.125] and e["zero_point"] == [-100] for e in entries)
    qc_opt(tmp_path / "out" / "schedule.mlirbc", "-o", tmp_path / "out.mlir")
    assert new in (tmp_path / "out.mlir").read_text()
    assert old not in (tmp_path / "out.mlir").read_text()
    assert (tmp_path / "out" / "model.qcb").read_bytes() != (compiled / "model.qcb").read_bytes()


def test_encodings_take_the_place_of_calibration(qc, example, compiled, tmp_path):
    """Without data: the scales of the file, the weights of the file."""
    qc("compile", example / "shapes.onnx", "--target", "generic", "--encodings-in", compiled / "encodings.json",
       "--encodings-out", tmp_path / "again.json", "-o", tmp_path)
    first = json.loads((compiled / "encodings.json").read_text())["encodings"]
    again = json.loads((tmp_path / "again.json").read_text())["encodings"]
    for entry in first + again:
        entry.pop("fixed", None)
    assert first == again


def test_encodings_that_do_not_fit(qc, example, compiled, tmp_path):
    table = json.loads((compiled / "encodings.json").read_text())
    table["encodings"][0]["name"] = "no such tensor"
    (tmp_path / "wrong.json").write_text(json.dumps(table))
    result = qc("compile", example / "shapes.onnx", "--encodings-in", tmp_path / "wrong.json", "-o", tmp_path / "out",
                exit_code=1)
    assert "the network has no 'no such tensor'" in result.stderr
    assert "1 activations have no encoding" in result.stderr and "--allow-missing" in result.stderr


def test_options_behind_the_stage_are_errors(qc, compiled, tmp_path):
    result = qc("compile", compiled / "assign.mlirbc", "--encodings-in", compiled / "encodings.json", "-o", tmp_path,
                exit_code=1)
    assert "--encodings-in would change nothing" in result.stderr
