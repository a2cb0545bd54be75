"""The stubs of the extension modules, which editors and type checkers read, are those of the modules as they are built.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import ast
import pathlib
import subprocess
import sys

import pytest
import qc


@pytest.mark.parametrize("module", ["_runtime", "_compiler"])
def test_stubs_are_current(module, tmp_path):
    """After a change of python/src: python -m nanobind.stubgen -m qc._runtime -o python/qc/_runtime.pyi (and _compiler)."""
    made = tmp_path / f"{module}.pyi"
    subprocess.run([sys.executable, "-m", "nanobind.stubgen", "-q", "-m", f"qc.{module}", "-o", made], check=True)
    kept = pathlib.Path(qc.__file__).with_name(f"{module}.pyi").read_text()
    assert kept == made.read_text()
    names = {node.name for node in ast.parse(kept).body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    assert names == ({"Program"} if module == "_runtime" else {"options", "Compilation", "Tune", "Model"})
