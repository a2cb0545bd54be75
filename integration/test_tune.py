"""qc tune: the cheapest way to reach a goal, and a job file that reaches it again.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import os

import numpy as np
import pytest
import unlike


@pytest.fixture(scope="module")
def network(qc, tmp_path_factory):
    folder = unlike.write(tmp_path_factory.mktemp("network"))
    qc("run", folder / "model.onnx", "--data", folder / "test.npy", "-o", folder / "float.npz")
    labels = np.load(folder / "float.npz")["y"].reshape(-1, unlike.CLASSES).argmax(1)
    np.save(folder / "labels.npy", labels)
    return folder


def tune(qc, network, out, *options, exit_code=0):
    done = qc("tune", network / "model.onnx", "--data", network / "calibration.npy", "--eval-data",
              network / "test.npy", "--json", "--quiet", "-o", out, *options, exit_code=exit_code)
    return json.loads(done.stdout)


def evaluate(qc, network, program):
    done = qc("eval", program, "--data", network / "test.npy", "--against", network / "model.onnx", "--json")
    return min(output["sqnr_db_median"] for output in json.loads(done.stdout)["outputs"])


def test_stops_at_the_goal_and_says_how(qc, network, tmp_path):
    easy = tune(qc, network, tmp_path / "easy", "--min-sqnr", "0.5")
    assert easy["reached"] and [trial["name"] for trial in easy["trials"]] == ["1-low"]
    low = easy["trials"][0]["sqnr_db"]

    goal = low + 3
    hard = tune(qc, network, tmp_path / "hard", "--min-sqnr", f"{goal:.2f}")
    assert hard["reached"] and len(hard["trials"]) > 1
    assert all(not trial["reached"] for trial in hard["trials"][:-1])
    best = hard["trials"][-1]
    assert best["name"] == hard["best"] and best["sqnr_db"] >= goal
    assert best["estimated_cycles"] <= 1.1 * hard["trials"][0]["estimated_cycles"]
    assert best["constant_bytes"] > 0

    # The job makes the program again that was measured.
    before = (tmp_path / "hard" / hard["best"] / "model.qcb").read_bytes()
    qc("compile", "--config", hard["job"], "--quiet", "-o", tmp_path / "again")
    assert (tmp_path / "again" / "model.qcb").read_bytes() == before, "other bytes"
    assert evaluate(qc, network, tmp_path / "again" / "model.qcb") == pytest.approx(best["sqnr_db"])


def test_out_of_reach_is_3_with_the_best(qc, network, tmp_path):
    report = tune(qc, network, tmp_path / "out", "--min-sqnr", "150", "--precision", "int8", exit_code=3)
    assert not report["reached"]
    found = [trial["sqnr_db"] for trial in report["trials"] if "failure" not in trial]
    best = next(trial for trial in report["trials"] if trial["name"] == report["best"])
    assert best["sqnr_db"] == max(found) and os.path.exists(report["job"])
    # Every trial keeps what was asked for.
    assert not [trial for trial in report["trials"] if trial["name"].endswith("a16w8")]


def test_labels_give_a_drop(qc, network, tmp_path):
    report = tune(qc, network, tmp_path / "out", "--max-drop", "5", "--labels", network / "labels.npy")
    assert report["float_top1"] == 1
    assert report["reached"] and report["trials"][-1]["top1"] >= 0.95


def test_a_metric_of_ones_own(qc, network, tmp_path):
    program = tmp_path / "metric.py"
    program.write_text(f"""#!/usr/bin/env {os.environ.get('PYTHON', 'python3')}
import sys, zipfile
assert sorted(zipfile.ZipFile(sys.argv[1]).namelist()) == ["v.npy", "y.npy"]
print(0.5)
""")
    program.chmod(0o755)
    report = tune(qc, network, tmp_path / "out", "--max-drop", "0", "--metric", program)
    assert report["float_metric"] == 0.5 and report["trials"][0]["metric"] == 0.5 and report["reached"]

    program.write_text("#!/bin/sh\necho many\n")
    done = qc("tune", network / "model.onnx", "--data", network / "calibration.npy", "--max-drop", "0", "--metric",
              program, "--quiet", "-o", tmp_path / "bad", exit_code=1)
    assert "printed 'many', expected one number" in done.stderr


@pytest.mark.parametrize("options, message", [
    ([], "no goal: give --max-drop, --min-sqnr or both"),
    (["--max-drop", "1"], "give --labels, or --metric"),
    (["--min-sqnr", "20", "--stop-after", "assign"], "leave out --ladder and --stop-after"),
    (["--max-drop", "1", "--metric", "no-such-program"], "there is no program 'no-such-program'"),
])
def test_usage(qc, network, tmp_path, options, message):
    done = qc("tune", network / "model.onnx", "--data", network / "calibration.npy", "-o", tmp_path / "out", *options,
              exit_code=2)
    assert message in done.stderr
    assert not (tmp_path / "out").exists()
