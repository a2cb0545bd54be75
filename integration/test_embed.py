"""The C++ interface: an example program, built against an installed qc, compiles from memory in two threads at once.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import re

import numpy as np
import pytest
from harness import Program


@pytest.fixture(scope="module")
def embed(installed, root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("embed")
    installed.build(root / "examples" / "embed", folder)
    return Program(folder / "embed")


def test_compiles_from_memory_in_two_threads(qc, example, embed, tmp_path):
    """Both programs have the bytes that qc compile gives, and nothing is written."""
    rows = np.random.default_rng(1).normal(size=(12, 3, 48, 48)).astype(np.float32)
    np.savez(tmp_path / "rows.npz", rows)
    here = tmp_path / "here"
    here.mkdir()
    done = embed(example / "shapes.onnx", tmp_path / "rows.npz", cwd=here)
    assert not list(here.iterdir())
    sizes = dict(re.findall(r"^(\w+): (\d+) bytes, worst output [\d.]+ dB, [1-9]\d* steps", done.stdout, re.MULTILINE))
    assert sizes.keys() == {"generic", "tda4"}, done.stdout
    assert done.stdout.count("runs the same twice") == 2
    for target, size in sizes.items():
        qc("compile", example / "shapes.onnx", "--data", tmp_path / "rows.npz", "--target", target, "--quiet", "-o",
           tmp_path / target)
        assert (tmp_path / target / "model.qcb").stat().st_size == int(size)


def test_errors_reach_the_listener(qc, embed, tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"no model at all")
    np.savez(tmp_path / "rows.npz", np.zeros((1, 1), np.float32))
    done = embed(tmp_path / "broken.onnx", tmp_path / "rows.npz", exit_code=1)
    assert "error: 'model in memory' is in no format that is known: .onnx, .mlir, .mlirbc or .tflite" in done.stdout
