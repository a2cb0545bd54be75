"""A plugin without a target: a correction and a memory planner, built against an installed qc, found by their names.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import re

import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"


@pytest.fixture(scope="module")
def plugin(installed, root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("algorithms")
    installed.build(root / "examples" / "algorithms", folder)
    return folder / "QCTargetAlgorithms.so"


def test_correction(qc, qc_opt, example, plugin, tmp_path):
    """The plugin's correction is done at its place in the order; without the plugin nobody knows it."""
    common = ("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", PREPROCESS, "--correct",
              "bias,tighten", "-o", tmp_path / "out")
    qc(*common, "--load-target-plugin", plugin)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    steps = {entry["name"]: entry for entry in report["corrections"]}
    assert steps.keys() == {"tighten", "bias"}
    tighten = steps["tighten"]
    # What does not help on held-out samples changes nothing.
    helps = tighten["sqnr_db_after"] > tighten["sqnr_db_before"]
    assert (tighten["changed"]["tensors"] > 3) == helps
    assert steps["bias"]["sqnr_db_before"] == steps["tighten"]["sqnr_db_after"]
    assert "unknown correction 'tighten'" in qc(*common, exit_code=2).stderr


def test_planner(qc, qc_opt, example, plugin, tmp_path):
    """Its plan is one that the verifier takes, and no smaller than the bound."""
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", PREPROCESS, "--stop-after",
       "legalize", "-o", tmp_path)
    done = qc_opt(f"--load-target-plugin={plugin}", "--schedule-memory=planner=in-order", "--verify-memory-plan",
                  tmp_path / "legalize.mlirbc")
    size, bound = (int(re.search(rf"qc\.arena_{name} = (\d+)", done.stdout).group(1))
                   for name in ("size", "lower_bound"))
    assert size >= bound > 0
    unknown = qc_opt("--schedule-memory=planner=in-order", tmp_path / "legalize.mlirbc", exit_code=1)
    assert "unknown memory planner 'in-order'" in unknown.stderr
