"""Accuracy with the default command: on no model of the kit below onnxruntime's MinMax, per-channel.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

Compiled for `generic` with 100 calibration samples and no option about quantization, then scored on the samples that the
table of peers was measured on. Loss of top-1 is left out: with so few images it is noise, the output's SQNR is not.
Agreement counts samples, and one sample more or less is what a last bit decides: that much is allowed, and printed.
"""

import json
import os
import pathlib

import pytest
from kitdata import MODELS

COLUMN = "ORT MinMax u8"

@pytest.fixture(scope="module")
def peers(kit):
    """Agreement in percent and SQNR in dB of the peer, by the model's title."""
    path = pathlib.Path(os.environ.get("QC_PEERS") or kit.path.parent / "reference" / "kit-peers.md")
    if not path.exists():
        message = f"the table of peers is not at {path}: set QC_PEERS"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    figures, column = {}, None
    for line in path.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0] == "model":
            # A second table, of times, has columns of the same names.
            column = cells.index(COLUMN) if column is None and COLUMN in cells else -1
        elif column is not None and 0 < column < len(cells) and cells[column].count("/") == 2:
            _, agreement, sqnr = map(float, cells[column].split("/"))
            figures[cells[0]] = agreement, sqnr
    assert figures, f"{path} has no column '{COLUMN}'"
    return figures


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kit")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.file)
def test_not_below_onnxruntime(qc, kit, peers, folder, tmp_path, model):
    data = model.prepare(kit.path, folder)
    qc("compile", data.path, "--target", "generic", *data.compile_options(), "--report-samples", "0", "--quiet",
       "-o", tmp_path / "out")
    done = qc("eval", tmp_path / "out" / "model.qcb", *data.eval_options(), "--against", data.path,
              "--threads", "1", "--json")
    result = json.loads(done.stdout)
    # The table's figures have one decimal: ours are read the same way.
    found = round(100 * result["agreement"], 1), round(result["outputs"][0]["sqnr_db_median"], 1)
    agreement, sqnr = peers[model.title]
    print(f"{model.title}: agreement {found[0]} % ({agreement}), SQNR {found[1]} dB ({sqnr})")
    one = 100 / result["items"]
    assert found[0] >= round(agreement - one, 1) and found[1] >= sqnr, \
        f"agreement {found[0]} %, SQNR {found[1]} dB; {COLUMN}: {agreement} %, {sqnr} dB"


def test_corrections_help(qc, kit, folder, tmp_path):
    """Where rounding weights shifts means most, corrections are worth several dB."""
    model = next(model for model in MODELS if model.title.startswith("mobilenetv1_0.25"))
    data = model.prepare(kit.path, folder)
    found = {}
    for correct in ("none", "inputs,bias"):
        out = tmp_path / correct
        qc("compile", data.path, *data.compile_options(), "--correct", correct, "--report-samples", "0", "--quiet",
           "-o", out)
        done = qc("eval", out / "model.qcb", *data.eval_options(), "--samples", "100", "--against", data.path,
                  "--threads", "1", "--json")
        found[correct] = json.loads(done.stdout)["outputs"][0]["sqnr_db_median"]
    print(found)
    assert found["inputs,bias"] >= found["none"] + 5
