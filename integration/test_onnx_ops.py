"""docs/OnnxOps.md says what holds: all ops and forms that are registered; of every tenth op where it runs.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import re

import onnx_ops

ROW = re.compile(r"^\| ([\w.]+) \| ([\d, ]*) \| (\w+) \|", re.MULTILINE)
HINT = f"write it anew: {onnx_ops.COMMAND}"


def test_all_ops_and_forms_are_listed():
    listed = {name: (sets, kind) for name, sets, kind in ROW.findall(onnx_ops.PAGE.read_text())}
    forms, cases = onnx_ops.read_forms(), onnx_ops.find_cases()
    assert sorted(listed) == sorted({*forms, *cases}), HINT
    for name, (sets, kind) in forms.items():
        assert listed[name] == (", ".join(map(str, sorted(sets))), kind), f"{name}: {HINT}"


def test_places_are_current(qc):
    lines = onnx_ops.PAGE.read_text().splitlines()
    names = sorted({*onnx_ops.read_forms(), *onnx_ops.find_cases()})[::10]
    rows = onnx_ops.make_rows(qc.path, lambda name: name in names)
    assert len(rows) == len(names)
    for row in rows:
        assert row in lines, HINT


def test_the_registry_is_read_whole(root):
    """The page's reader of sources misses no registration."""
    sources = [path.read_text() for path in (root / "lib" / "Import" / "Onnx" / "Families").glob("*.cpp")]
    calls = sum(len(re.findall(r"registry\.add\(", text)) for text in sources)
    found = sum(len(re.findall(r'registry\.add\(\s*"[\w.]+",\s*\{[\d,\s]*\}', text)) for text in sources)
    assert calls == found
