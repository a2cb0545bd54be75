"""Accuracy with the default command: on no model of the kit below onnxruntime's MinMax, per-channel.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

Compiled for `generic` with 100 calibration samples and no option about quantization, then scored on the samples that the
table of peers was measured on. Loss of top-1 is left out: with so few images it is noise, the output's SQNR is not.

Agreement counts samples, and which samples fall on either side of a close decision is chance: another host rounds the
last bit of a range differently, and a few of 500 change sides. So a shortfall only counts when chance does not explain
it. Only samples on which one of the two quantized networks agrees with the float one and the other does not can make
a difference. If both were equally good, each of these would be a fair coin: among d of them, the shortfall exceeds
1.64 * sqrt(d) in one case of twenty. The table does not say which samples they are, but there are at most as many as
both networks have disagreeing samples together, and so that is the margin. Over all models together the same margin
is much narrower in percent, and is asserted as well.
"""

import json
import math
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


def shortfall_margin(disagreeing):
    """In samples: what chance alone exceeds in one case of twenty (see above)."""
    return 1.64 * math.sqrt(disagreeing)


@pytest.fixture(scope="module")
def counts():
    """By the model's title: samples that agree fewer than with the peer, and samples that either disagrees on."""
    return {}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.file)
def test_not_below_onnxruntime(qc, kit, peers, counts, folder, tmp_path, model):
    data = model.prepare(kit.path, folder)
    qc("compile", data.path, "--target", "generic", *data.compile_options(), "--report-samples", "0", "--quiet",
       "-o", tmp_path / "out")
    done = qc("eval", tmp_path / "out" / "model.qcb", *data.eval_options(), "--against", data.path,
              "--threads", "1", "--json")
    result = json.loads(done.stdout)
    # The table's figures have one decimal: ours are read the same way.
    found = round(100 * result["agreement"], 1), round(result["outputs"][0]["sqnr_db_median"], 1)
    agreement, sqnr = peers[model.title]
    items = result["items"]
    fewer = items * (agreement - found[0]) / 100
    disagreeing = items * (200 - agreement - found[0]) / 100
    counts[model.title] = fewer, disagreeing
    margin = shortfall_margin(disagreeing)
    print(f"{model.title}: agreement {found[0]} % ({agreement}), SQNR {found[1]} dB ({sqnr}), "
          f"{fewer:.0f} samples fewer of {items} (chance: {margin:.1f})")
    assert fewer <= margin and found[1] >= sqnr, \
        f"agreement {found[0]} %, SQNR {found[1]} dB; {COLUMN}: {agreement} %, {sqnr} dB; margin {margin:.1f} samples"


@pytest.mark.after("test_not_below_onnxruntime", len(MODELS))
def test_not_below_onnxruntime_over_all_models(counts):
    assert len(counts) == len(MODELS), "a model has no figures"
    fewer, disagreeing = (sum(column) for column in zip(*counts.values()))
    print(f"{fewer:.0f} samples fewer over all models (chance: {shortfall_margin(disagreeing):.1f})")
    assert fewer <= shortfall_margin(disagreeing)


@pytest.mark.parametrize("name, fewer, more, gain", [
    # Where rounding weights shifts means most, biases are worth several dB.
    ("mobilenetv1_0.25", "none", "inputs,bias", 5),
    # Where channels are unlike, so are factors for them.
    ("mobilenetv2", "inputs,bias", "inputs,equalize,bias", 1),
    ("mcunet", "inputs,bias", "inputs,equalize,rounding,bias", 1)])
def test_corrections_help(qc, kit, folder, tmp_path, name, fewer, more, gain):
    model = next(model for model in MODELS if model.title.startswith(name))
    data = model.prepare(kit.path, folder)
    found = {}
    for correct in (fewer, more):
        out = tmp_path / correct
        qc("compile", data.path, *data.compile_options(), "--correct", correct, "--report-samples", "0", "--quiet",
           "-o", out)
        done = qc("eval", out / "model.qcb", *data.eval_options(), "--samples", "100", "--against", data.path,
                  "--threads", "1", "--json")
        found[correct] = json.loads(done.stdout)["outputs"][0]["sqnr_db_median"]
    print(found)
    assert found[more] >= found[fewer] + gain
