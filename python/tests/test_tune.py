"""qc.tune: the cheapest compile by a measure of one's own.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
import pytest

import qc


@pytest.fixture(scope="module")
def wanted(network, rows):
    """What float computes."""
    return qc.load(network).run(rows)["logits"].reshape(len(rows), -1)


def test_a_measure_of_ones_own(network, rows, wanted):
    seen = []

    def near(outputs):
        logits = outputs["logits"].reshape(len(rows), -1)
        seen.append(logits)
        return -float(np.abs(logits - wanted).max() / np.abs(wanted).max())

    tuned = qc.tune(network, rows, metric=near, max_drop=0.25, on_message=lambda message: None)
    assert tuned.reached and tuned.best is tuned.trials[-1] and tuned.best.reached
    assert tuned.float_metric == pytest.approx(0, abs=1e-5) and -0.25 <= tuned.best.metric < 0
    assert np.allclose(seen[0], wanted, atol=1e-4), "the float network comes first"
    assert len(seen) == 1 + len(tuned.trials)
    found = tuned.program().run(rows)["logits"].reshape(len(rows), -1)
    assert np.array_equal(found, seen[-1].reshape(found.shape)), "what was measured is what is handed over"
    assert tuned.report.target == "generic" and tuned.report.layers


def test_options_make_the_best_again(network, rows, tmp_path):
    tuned = qc.tune(network, rows, min_sqnr=1, output=tmp_path / "trials", on_message=lambda message: None)
    assert tuned.reached and tuned.best.name == "1-low" and tuned.options["effort"] == ["low"]
    tuned.save(tmp_path / "best")
    again = qc.compile(network, rows, **tuned.options)
    same = again.artefacts["model.qcb"] == (tmp_path / "best" / "model.qcb").read_bytes()
    assert same, "other bytes"


def test_labels_and_samples_apart(network, rows, wanted):
    tuned = qc.tune(network.read_bytes(), rows[:8], evaluation=rows[8:], labels=wanted[8:].argmax(1), max_drop=50,
                    on_message=lambda message: None)
    assert tuned.reached and tuned.float_top1 == 1 and tuned.best.top1 >= 0.5


def test_out_of_reach(network, rows):
    tuned = qc.tune(network, rows[:4], metric=lambda outputs: float(outputs["logits"].std()), min_sqnr=1e3,
                    precision="int8", effort="low", method="minmax", on_message=lambda message: None)
    assert not tuned.reached and tuned.best is not None and "not reached" in repr(tuned)


def test_faults_of_the_measure_are_told(network, rows):
    def broken(outputs):
        raise ValueError("no boxes")
    with pytest.raises(ValueError, match="^no boxes$"):
        qc.tune(network, rows[:4], metric=broken, max_drop=1)

    def broken_later(outputs, calls=[]):
        calls.append(1)
        assert len(calls) < 3, "the third"
        return 0.0
    with pytest.raises(AssertionError, match="the third"):
        qc.tune(network, rows[:4], metric=broken_later, min_sqnr=1e3, effort="low", method="minmax")
    with pytest.raises(TypeError, match="the metric gave None, expected a number"):
        qc.tune(network, rows[:4], metric=lambda outputs: None, max_drop=1)
    for wrong in ({"max_drop": -1}, {"max_drop": float("nan")}, {"min_sqnr": -1}):
        with pytest.raises(qc.UsageError, match="expected a number from 0"):
            qc.tune(network, rows[:4], metric=lambda outputs: 0.0, **wrong)
    with pytest.raises(qc.Error, match="the metric"):
        qc.tune(network, rows[:4], metric=lambda outputs: float("nan"), max_drop=1)
    with pytest.raises(qc.UsageError, match="no goal"):
        qc.tune(network, rows[:4], metric=lambda outputs: 0.0)
    with pytest.raises(qc.UsageError, match="labels"):
        qc.tune(network, rows[:4], max_drop=1)
