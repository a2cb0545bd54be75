"""Calibration tables in tpu-mlir's names: TENSOR_Op, with --allow-missing for what they lack.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"


@pytest.fixture(scope="module")
def table(qc, example, tmp_path_factory):
    """The table of a compile, as lines of words."""
    out = tmp_path_factory.mktemp("table")
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", PREPROCESS, "--correct", "none",
       "--emit", "qcb", "-o", out)
    lines = (out / "calibration.table").read_text().splitlines()
    return out, [line.split() for line in lines if not line.startswith("#")]


def write(path, rows):
    path.write_text("# genetated time\n# op_name    threshold    min    max\n" +
                    "".join(" ".join(row) + "\n" for row in rows))
    return path


def ranges(qc, folder):
    program = json.loads(qc("inspect", folder / "model.qcb", "--json").stdout)
    return {tensor["name"]: (tensor["scale"], tensor["zero_point"])
            for step in program["instructions"] for tensor in step["outputs"] if "scale" in tensor}


def test_names_with_ops(qc, example, table, tmp_path):
    out, rows = table
    path = write(tmp_path / "cali_table", [[row[0] + "_Conv", *row[1:]] for row in rows])
    qc("compile", example / "shapes.onnx", "--table-in", path, "--correct", "none", "--emit", "qcb", "-o",
       tmp_path / "out")
    assert ranges(qc, tmp_path / "out") == ranges(qc, out)


def test_missing_names(qc, example, table, tmp_path):
    out, rows = table
    kept = [[name + "_Relu", str(float(threshold) * 2), str(float(low) * 2), str(float(high) * 2)]
            for name, threshold, low, high in rows[:3]]
    path = write(tmp_path / "cali_table", kept)
    arguments = ("compile", example / "shapes.onnx", "--table-in", path, "--correct", "none", "--emit", "qcb")
    done = qc(*arguments, "-o", tmp_path / "out", exit_code=1)
    assert "without a range: " in done.stderr
    qc(*arguments, "--allow-missing", "--data", example / "calib", "--preprocess", PREPROCESS, "-o", tmp_path / "out")
    again = {line.split()[0]: line.split()[1:] for line in (tmp_path / "out" / "calibration.table").read_text().splitlines()
             if not line.startswith("#")}
    for name, *numbers in rows:
        factor = 2 if name in {row[0] for row in rows[:3]} else 1
        assert [float(x) for x in again[name]] == pytest.approx([factor * float(x) for x in numbers], rel=1e-5)


def test_unknown_names(qc, example, table, tmp_path):
    out, rows = table
    path = write(tmp_path / "cali_table", [*rows, ["nosuch_Conv", "1", "-1", "1"]])
    done = qc("compile", example / "shapes.onnx", "--table-in", path, "--allow-missing", "--data", "random:2", "-o",
              tmp_path / "out", exit_code=1)
    assert "not in the model: 'nosuch_Conv'" in done.stderr
