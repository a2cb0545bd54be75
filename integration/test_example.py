"""The example on every target: compiled, run and checked for what quantization must not break.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import os
import subprocess

import numpy as np
import pytest
from harness import Peer

PREPROCESS = "color=rgb mean=127.5 std=127.5"
TARGETS = ["generic", "tda4", "horizon", "mtk", "sigmastar"]


@pytest.fixture(scope="module", params=TARGETS)
def compiled(request, qc, example, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    qc("compile", example / "shapes.onnx", "--target", request.param, "--data", example / "calib",
       "--preprocess", PREPROCESS, "-o", folder)
    return folder


def evaluate(qc, example, model, *more):
    done = qc("eval", model, "--data", example / "test", "--labels", example / "labels.txt", "--json", *more)
    return json.loads(done.stdout)


def test_accuracy(qc, example, compiled):
    result = evaluate(qc, example, compiled / "model.qcb", "--against", example / "shapes.onnx")
    assert result["top1"] >= 0.95, result


def test_program_and_ir_give_the_same_bytes(qc, example, compiled):
    done = qc("verify", compiled / "quantize.mlirbc", compiled / "model.qcb", "--data", example / "calib")
    assert "Strict check PASSED" in done.stdout + done.stderr


def test_report(compiled):
    report = json.loads((compiled / "report.json").read_text())
    assert report["layers"], "the report has no layers"


def test_float_accuracy_is_that_of_onnxruntime(qc, example):
    found = evaluate(qc, example, example / "shapes.onnx", "--preprocess", PREPROCESS)
    assert found["top1"] == pytest.approx(0.98), "196 of the 200 images, see examples/shapes/train.py"


def test_demo_script(qc, root, tmp_path):
    done = subprocess.run([root / "scripts" / "demo.sh", "generic", tmp_path / "out"], capture_output=True, text=True,
                          env=dict(os.environ, QC_BIN_DIR=str(qc.path.parent)), timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out" / "model.qcb").exists() and "top-1" in done.stdout


def test_float_run_matches_onnxruntime(qc, example, tmp_path):
    peer = Peer(example / "shapes.onnx")
    feeds = peer.samples()
    np.savez(tmp_path / "in.npz", **feeds)
    qc("run", example / "shapes.onnx", "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    np.testing.assert_allclose(np.load(tmp_path / "out.npz")["logits"], peer.run(feeds)["logits"], atol=1e-4)
