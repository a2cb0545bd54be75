"""Execution of small ONNX models, one op and form each, against another implementation.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
import onnx
import pytest
from harness import relative_difference
from onnx_cases import all_cases
from test_onnx_import import run_peer

# Only what a sample goes through; constants are compared when they are imported.
CASES = [case for case in all_cases() if case.executes and case.samples]
# Largest difference of any element, as a share of the output's largest magnitude.
TOLERANCE = 1e-5
# The other implementation rounds every result to the type of the model, we compute in f32.
HALF_TOLERANCE = 2e-3


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_executes(qc, tmp_path, case):
    onnx.save(case.model, tmp_path / "case.onnx")
    np.savez(tmp_path / "in.npz", **case.samples)
    qc("run", tmp_path / "case.onnx", "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    found = dict(np.load(tmp_path / "out.npz"))
    for output, expected in zip(case.model.graph.output, run_peer(case)):
        value = found[output.name].reshape(np.shape(expected))
        tolerance = HALF_TOLERANCE if np.asarray(expected).dtype == np.float16 else TOLERANCE
        assert relative_difference(value, expected) <= tolerance, output.name
