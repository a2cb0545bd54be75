"""What somebody meets who tries qc for the first time: wrong words, folders for files, stages to be read, files of other targets.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import subprocess

import numpy as np
import onnx
import pytest
from harness import read_terminal
from onnx import TensorProto, helper, numpy_helper

PREPROCESS = "color=rgb mean=127.5 std=127.5"


@pytest.fixture(scope="module")
def compile(qc, example, tmp_path_factory):
    """Compiles the example with some options: the folder, and what was said."""
    def run(*options):
        out = tmp_path_factory.mktemp("compiled") / "out"
        done = qc("compile", example / "shapes.onnx", "--data", example / "calib", "--samples", "16",
                  "--preprocess", PREPROCESS, "--quiet", *options, "-o", out)
        return out, done.stdout
    return run


@pytest.mark.parametrize("words, says", [
    (["comple"], "unknown command 'comple'; did you mean 'compile'?"),
    (["compile", "m.onnx", "--dta", "images", "-o", "out"], "unknown option '--dta'; did you mean '--data'?"),
    (["eval", "m.qcb", "--lables=l.txt", "--data", "d"], "unknown option '--lables'; did you mean '--labels'?"),
    (["compile", "m.onnx", "--stages", "txt", "-o", "out"], "--stages: unknown form 'txt'; did you mean 'text'?"),
])
def test_misspelt_words_are_named_first(qc, tmp_path, words, says):
    done = qc(*words, cwd=tmp_path, exit_code=2)
    assert says in done.stderr.splitlines()[0]
    assert "At Most" not in done.stderr


def test_folder_and_size_say_what_was_meant(qc, compile, example, tmp_path):
    out, _ = compile()
    assert f"did you mean '{out / 'model.qcb'}'?" in qc("inspect", out, exit_code=1).stderr
    from PIL import Image
    Image.new("RGB", (60, 50)).save(tmp_path / "big.png")
    assert "give --preprocess with" in qc("eval", example / "shapes.onnx", "--data", tmp_path, "--against",
                                          example / "shapes.onnx", exit_code=1).stderr


def test_stages_as_text_are_the_same_stages(qc, compile, example):
    binary, _ = compile()
    text, _ = compile("--stages", "text")
    assert not list(text.glob("*.mlirbc")) and len(list(text.glob("*.mlir"))) == 8
    assert qc("verify", binary / "model.qcb", text / "model.qcb").returncode == 0
    # Every stage goes on to the same program, and the commands on folders read them.
    for stage in ("calibrate", "correct", "assign"):
        again = text.parent / stage
        qc("compile", text / f"{stage}.mlir", "--quiet", "--emit", "qcb", "-o", again)
        assert qc("verify", again / "model.qcb", text / "model.qcb").returncode == 0
    assert "by itself" in qc("explain", text, "--layer", "logits").stdout
    assert "results: SQNR" in qc("analyze", text, "--samples", "4").stdout
    shown = qc("inspect", text, "--ir", "quantize").stdout
    assert " in all ...," in shown and len(shown) < 0.7 * len(qc("inspect", text, "--ir", "quantize", "--full").stdout)
    # The other form of an earlier compile does not stay beside.
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--samples", "8", "--preprocess", PREPROCESS,
       "--quiet", "--emit", "qcb", "-o", text)
    assert not list(text.glob("*.mlir")) and len(list(text.glob("*.mlirbc"))) == 8


def test_terminals_get_short_lists_and_pipes_all(qc_opt, compile):
    out, _ = compile("--stages", "text", "--emit", "qcb")
    stage = out / "quantize.mlir"

    def on_terminal(*options):
        return read_terminal([qc_opt.path, stage, *options])

    piped = subprocess.run([qc_opt.path, stage], capture_output=True, text=True, check=True).stdout
    shown = on_terminal()
    assert " in all ...," in shown and len(shown) < 0.7 * len(piped)
    assert " in all ...," not in piped
    assert on_terminal("--full") == piped


def test_terminals_get_short_constants_of_what_is_imported(qc_translate, example):
    command = [qc_translate.path, "--import-onnx", example / "shapes.onnx"]
    piped = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    shown = read_terminal(command)
    assert len(shown) < 0.2 * len(piped) and "__elided__" in shown and "__elided__" not in piped
    assert "top.conv" in shown and "logits" in shown
    assert read_terminal([*command, "--full"]) == piped
    assert len(subprocess.run([*command, "--full=false"], capture_output=True, text=True, check=True).stdout) == len(shown)


def test_memory_is_told_without_a_report(compile):
    out, said = compile("--emit", "qcb")
    _, whole = compile()

    def line(text, start):
        return next(line for line in text.splitlines() if line.startswith(start))
    assert "arena 0" not in said and line(said, "memory:") == line(whole, "memory:")
    assert line(said, "cycles:") == line(whole, "cycles:")
    _, stopped = compile("--stop-after", "calibrate")
    assert "memory:" not in stopped


def test_corrections_stand_in_the_order_in_which_they_were_done(qc, compile):
    out, said = compile()
    order = ["inputs", "equalize", "rounding", "bias"]
    assert [item["name"] for item in json.loads((out / "report.json").read_text())["corrections"]] == order
    assert [line.split("'")[1] for line in said.splitlines() if line.startswith("correction")] == order
    assert f"corrections = {', '.join(order)}" in qc("inspect", out / "model.qcb").stdout


def test_files_of_other_targets_name_who_reads_them(qc, compile, example, tmp_path):
    out, _ = compile("--target", "tda4")
    table = next((out / "hand-off").rglob("*.prototxt"))
    base = ["compile", example / "shapes.onnx", "--quiet", "-o", tmp_path / "out", "--encodings-in"]
    said = qc(*base, table, exit_code=1).stderr
    assert "target 'generic' does not read such a file" in said and "tda4 (TIDL quant_params prototxt)" in said
    (tmp_path / "words.txt").write_text("nothing of the kind")
    said = qc(*base, tmp_path / "words.txt", exit_code=1).stderr
    assert "is no file of qc's encodings" in said and "sigmastar (" in said


def test_integers_in_a_float_compile_are_refused_at_once(qc, tmp_path):
    rng = np.random.default_rng(0)
    weight = numpy_helper.from_array(rng.integers(-127, 128, (8, 3, 3, 3)).astype(np.int8), "w")
    scale = numpy_helper.from_array(rng.uniform(0.01, 0.02, 8).astype(np.float32), "s")
    graph = helper.make_graph(
        [helper.make_node("DequantizeLinear", ["w", "s"], ["real"], axis=0), helper.make_node("Conv", ["x", "real"], ["y"])],
        "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 8, 6, 6])], [weight, scale])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, str(tmp_path / "m.onnx"))
    said = qc("compile", tmp_path / "m.onnx", "--precision", "float", "--quiet", "-o", tmp_path / "out", exit_code=1).stderr
    assert "'w' is stored as integers" in said and "--refit" in said
    qc("compile", tmp_path / "m.onnx", "--precision", "float", "--refit", "--quiet", "-o", tmp_path / "out")
