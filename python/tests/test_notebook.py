"""The example notebook: its cells run in order, and what they say last is there.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_cells(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    notebook = json.loads(path.read_text())
    assert notebook["nbformat"] == 4 and len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"), "kept without outputs"
    names = {}
    for number, source in enumerate(cells):
        exec(compile(source, f"{path.name}, cell {number}", "exec"), names)
    assert names["tuned"].reached and {"model.qcb", "report.html", "report.json"} <= set(names["saved"])
