"""Same input, same bytes: for any number of threads, any order of samples, one process or several; on any host, from
the stages on that no longer depend on how a host rounds floats.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os

import numpy as np
import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"


def compile_example(qc, example, out, data, *more):
    qc("compile", example / "shapes.onnx", "--target", "generic", "--data", data, "--preprocess", PREPROCESS,
       "-o", out, *more)
    return (out / "model.qcb").read_bytes()


def listing(path, files):
    path.write_text("".join(f"{file}\n" for file in files))
    return path


@pytest.mark.parametrize("method", ["minmax", "percentile=0.9999", "kl", "mse", "auto"])
def test_order_and_threads(qc, example, tmp_path, method):
    files = sorted((example / "calib").glob("*.png"))[:24]
    shuffled = list(files)
    np.random.default_rng(7).shuffle(shuffled)
    forward, backward = tmp_path / "list.txt", tmp_path / "shuffled"
    backward.mkdir()
    one = compile_example(qc, example, tmp_path / "a", listing(forward, files), "--method", method, "--threads", "1")
    # The same name again: the list's own path is provenance and part of the file.
    two = compile_example(qc, example, tmp_path / "b", listing(forward, shuffled), "--method", method, "--threads", "3")
    assert one == two


def test_one_process_or_two(qc_translate, qc_opt, example, tmp_path):
    model, data = tmp_path / "model.mlir", example / "calib"
    qc_translate("--import-onnx", example / "shapes.onnx", "-o", model)
    calibrate, quantize = f"--calibrate=data={data} samples=16", "--quantize=target=generic"
    qc_opt(calibrate, quantize, model, "-o", tmp_path / "once.mlir")
    qc_opt(calibrate, model, "-o", tmp_path / "between.mlir")
    qc_opt(quantize, tmp_path / "between.mlir", "-o", tmp_path / "twice.mlir")
    assert (tmp_path / "once.mlir").read_bytes() == (tmp_path / "twice.mlir").read_bytes()


def test_bytecode_round_trip(qc_translate, qc_opt, example, tmp_path):
    text = tmp_path / "model.mlir"
    qc_translate("--import-onnx", example / "shapes.onnx", "-o", text)
    qc_opt("--emit-bytecode", text, "-o", tmp_path / "model.mlirbc")
    qc_opt(tmp_path / "model.mlirbc", "-o", tmp_path / "again.mlir", "--mlir-print-debuginfo")
    qc_opt(text, "-o", tmp_path / "direct.mlir", "--mlir-print-debuginfo")
    assert (tmp_path / "again.mlir").read_bytes() == (tmp_path / "direct.mlir").read_bytes()


# Narrower paths than a machine's own: of the float library, and of our loops.
LEVELS = [("SSE41", "portable"), ("AVX", "portable"), ("AVX2", "portable")]


def limited(library=None, loops=None):
    limits = {"DNNL_MAX_CPU_ISA": library, "QCRT_ISA": loops}
    kept = {name: value for name, value in os.environ.items() if name not in limits}
    return kept | {name: value for name, value in limits.items() if value}


@pytest.mark.parametrize("last", ["correct", "quantize", "schedule"])
def test_stages_after_correct_on_any_host(qc, example, tmp_path, last):
    """From `correct` on nothing is decided by floats that another instruction set rounds differently."""
    qc("compile", example / "shapes.onnx", "--target", "generic", "--data", example / "calib", "--samples", "16",
       "--preprocess", PREPROCESS, "--stop-after", last, "-o", tmp_path / "stage")
    programs = set()
    for library, loops in [(None, None)] + LEVELS:
        qc("compile", tmp_path / "stage" / f"{last}.mlirbc", "-o", tmp_path / "out", env=limited(library, loops))
        programs.add((tmp_path / "out" / "model.qcb").read_bytes())
    assert len(programs) == 1


def test_ranges_from_a_stage_on_any_host(qc, example, tmp_path):
    """A calibrated stage carries its ranges: without corrections, which run the float network, that is all."""
    qc("compile", example / "shapes.onnx", "--target", "generic", "--data", example / "calib", "--samples", "16",
       "--preprocess", PREPROCESS, "--stop-after", "calibrate", "-o", tmp_path / "stage")
    programs = set()
    for library, loops in [(None, None)] + LEVELS:
        qc("compile", tmp_path / "stage" / "calibrate.mlirbc", "--correct", "none", "-o", tmp_path / "out",
           env=limited(library, loops))
        programs.add((tmp_path / "out" / "model.qcb").read_bytes())
    assert len(programs) == 1


def test_our_own_loops_do_not_show(qc, example, tmp_path):
    """Statistics and integer kernels give the same bytes on every vector path; only the float library does not."""
    programs = set()
    for loops in (None, "portable"):
        qc("compile", example / "shapes.onnx", "--target", "generic", "--data", example / "calib", "--samples", "16",
           "--preprocess", PREPROCESS, "-o", tmp_path / "out", env=limited(os.environ.get("DNNL_MAX_CPU_ISA"), loops))
        programs.add((tmp_path / "out" / "model.qcb").read_bytes())
    assert len(programs) == 1
