"""Import of small ONNX models: every op and form, against another implementation's shapes.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import re

import numpy as np
import onnx
import onnx.reference
import onnxruntime
import pytest
from onnx_cases import all_cases

CASES = all_cases()
ELEMENTS = {"f32": np.float32, "i64": np.int64, "i32": np.int32, "i1": np.bool_}


def run_peer(case):
    """The outputs of the other implementation, in order."""
    if case.reference:
        return onnx.reference.ReferenceEvaluator(case.model).run(None, case.samples)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(case.model.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    return session.run(None, case.samples)


def result_types(text):
    """The types in the signature of @main."""
    signature = re.search(r"func\.func @main\(.*\{$", text, re.MULTILINE).group(0).split("->")[1]
    return re.findall(r"tensor<([0-9x]*)([a-z0-9]+)>", signature)


def imported(dtype):
    """What an element type becomes: floats of every width are computed as f32."""
    return np.dtype(np.float32) if np.issubdtype(dtype, np.floating) else dtype


def test_names_are_unique():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_imports(qc_translate, tmp_path, case):
    path = tmp_path / "case.onnx"
    onnx.save(case.model, path)
    text = qc_translate("--import-onnx", path, *case.options).stdout
    missing = [piece for piece in case.expects if piece not in text]
    assert not missing, f"{missing} not in\n{text}"

    found = [([int(dim) for dim in dims.split("x") if dim], np.dtype(ELEMENTS[element])) for dims, element in result_types(text)]
    expected = [(list(np.shape(value)), imported(np.asarray(value).dtype)) for value in run_peer(case)]
    assert found == expected
    for output in case.model.graph.output:
        assert f'qc.name = "{output.name}"' in text
