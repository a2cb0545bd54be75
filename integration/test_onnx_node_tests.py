"""ONNX's node tests: what runs has the right values, what is refused says why, and the page of them is true.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import difflib

import onnx_node_tests
import pytest


@pytest.fixture(scope="module")
def results(qc):
    return onnx_node_tests.run_all(qc.path)


@pytest.fixture
def outcomes(results):
    return results[0]


def test_nothing_is_wrong(outcomes):
    """No other value, no crash, no hang; refusals are located errors with exit code 1."""
    wrong = [f"{outcome.name}: {outcome.end}\n{outcome.text}" for outcome in outcomes
             if outcome.end not in ("passed", "refused")]
    assert not wrong, f"{len(wrong)} tests:\n" + "\n".join(wrong[:20])


def test_refusals_have_a_reason(results):
    outcomes, unlisted = results
    unknown = [f"{outcome.name}: {outcome.text}" for outcome in outcomes
               if outcome.end == "refused" and not outcome.reason(unlisted)]
    assert not unknown, "refused for no reason that onnx_node_tests.py knows:\n" + "\n".join(unknown[:20])


def test_all_of_them_ran(outcomes):
    """The page could be true of nothing."""
    passed = {outcome.name for outcome in outcomes if outcome.end == "passed"}
    assert len(outcomes) > 1500 and len(passed) > 500
    # One of each: a simple op, one whose shape became constant, one by its function's body.
    assert {"test_relu", "test_reshape_negative_dim", "test_hardswish_expanded"} <= passed


def test_page_is_current(results):
    written, seen = onnx_node_tests.PAGE.read_text(), onnx_node_tests.page(*results)
    difference = list(difflib.unified_diff(written.splitlines(), seen.splitlines(), "written", "seen", lineterm="", n=0))
    assert written == seen, (f"{onnx_node_tests.PAGE.name} is out of date: run {onnx_node_tests.COMMAND}\n"
                             + "\n".join(line[:300] for line in difference[:40]))
