"""The commands that help with the others: qc init, qc man (qc completion: test_completions.py).

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import subprocess

import pytest


def answer(qc, text, *arguments):
    return subprocess.run([str(qc.path), "init", *map(str, arguments)], input=text, capture_output=True, text=True, timeout=60)


def test_init_asks_and_writes_a_job_that_compiles(qc, example, tmp_path):
    job = tmp_path / "job.yaml"
    model, out = example / "shapes.onnx", tmp_path / "out"
    done = answer(qc, f"{tmp_path}/no.onnx\n{model}\ntda\ntda4\n{example / 'calib'}\nmaen=1\ncolor=rgb mean=127.5 std=127.5\n{out}\n",
                  job)
    assert done.returncode == 0, done.stderr
    # What was wrong is told, and asked for again.
    assert "no.onnx' does not exist" in done.stderr and "did you mean 'tda4'" in done.stderr and "maen" in done.stderr
    assert f"qc compile --config {job}" in done.stdout
    qc("compile", "--config", job, "--emit", "qcb")
    assert (out / "model.qcb").exists()


def test_init_takes_answers_from_the_line(qc, example, tmp_path):
    job = tmp_path / "job.yaml"
    given = [job, "--model", example / "shapes.onnx", "--target", "generic", "--data", "random:4"]
    done = answer(qc, "\n\n", *given)
    assert done.returncode == 0, done.stderr
    assert "preprocess" not in job.read_text() and "output: out" in job.read_text()
    again = answer(qc, "\n\n", *given)
    assert again.returncode == 2 and "--force" in again.stderr
    assert answer(qc, "\n\n", *given, "--force").returncode == 0


@pytest.mark.parametrize("text,arguments,words", [
    ("", [], "give the model on the line"),
    ("", ["--target", "tda44", "--model", __file__], "did you mean 'tda4'"),
    ("", ["--model", __file__, "--target", "generic"], "give --data on the line")])
def test_init_ends_where_answers_are_missing(qc, tmp_path, text, arguments, words):
    done = answer(qc, text, tmp_path / "job.yaml", *arguments)
    assert done.returncode == 2 and words in done.stderr, done.stderr
    assert not (tmp_path / "job.yaml").exists()


def test_manual_pages(qc, tmp_path):
    qc("man", tmp_path / "man1")
    pages = {path.name for path in (tmp_path / "man1").iterdir()}
    assert {"qc.1", "qc-compile.1", "qc-check.1", "qc-init.1"} <= pages
    text = (tmp_path / "man1" / "qc-compile.1").read_text()
    options = json.loads(qc("compile", "--schema").stdout)["properties"]
    for option in set(options) - {"model"}:
        assert f"--{option}".replace("-", "\\-") in text, option
    # No line that roff would take for a request but those that are.
    known = (".TH", ".SH", ".SS", ".TP", ".B", ".nf", ".fi")
    assert all(line.startswith(known) for line in text.splitlines() if line[:1] in (".", "'"))
