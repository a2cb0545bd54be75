"""Bad input: each case shows its message and its exit code, and leaves nothing behind.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import re
import resource
import shutil
import signal
import subprocess
import time

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

PREPROCESS = "color=rgb mean=127.5 std=127.5"


class Case:
    """A call that has to fail: what to run (given the folder `here` and the example), how it ends, what it says."""

    def __init__(self, name, arguments, says, exit_code=1):
        self.name, self.arguments, self.says, self.exit_code = name, arguments, says, exit_code


def compile_with(here, model, data=None, *more):
    return ["compile", model, "--target", "generic", "--data", data or "random:2", "-o", here / "out", *more]


def write(path, content):
    path.write_bytes(content)
    return path


def save(path, array):
    np.save(path, array)
    return path


def small_model(path, nodes, initializers=()):
    """An ONNX file with input x[1,4] and output y, from the given nodes."""
    graph = helper.make_graph(
        nodes, "small", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4])], list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def unsupported_model(path):
    return small_model(path, [
        helper.make_node("Det", ["x"], ["a"], name="first_det"),
        helper.make_node("Bernoulli", ["a"], ["b"], name="second_bernoulli"),
        helper.make_node("Relu", ["b"], ["y"], name="fine_relu"),
    ])


def escaping_model(path):
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4, 4], data_location=TensorProto.EXTERNAL)
    weight.external_data.add(key="location", value="../secret.bin")
    (path.parent.parent / "secret.bin").write_bytes(bytes(64))
    return small_model(path, [helper.make_node("MatMul", ["x", "w"], ["y"], name="multiply")], [weight])


def missing_external_model(path):
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4, 4], data_location=TensorProto.EXTERNAL)
    weight.external_data.add(key="location", value="weights.bin")
    return small_model(path, [helper.make_node("MatMul", ["x", "w"], ["y"], name="multiply")], [weight])


def open_shape_model(path, example):
    model = onnx.load(example / "shapes.onnx")
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    path.write_bytes(model.SerializeToString())
    return path


CASES = [
    Case("missing model", lambda here, ex: compile_with(here, here / "nothing.onnx"), r"nothing\.onnx' does not exist"),
    Case("directory for a model", lambda here, ex: compile_with(here, ex / "calib"), r"calib' is a folder"),
    Case("model of an unknown kind", lambda here, ex: compile_with(here, ex / "labels.txt"), r"labels\.txt"),
    Case("empty model", lambda here, ex: compile_with(here, write(here / "empty.onnx", b"")), r"empty\.onnx"),
    Case("truncated model",
         lambda here, ex: compile_with(here, write(here / "cut.onnx", (ex / "shapes.onnx").read_bytes()[:100000])),
         r"cut\.onnx"),
    Case("garbage model",
         lambda here, ex: compile_with(here, write(here / "noise.onnx", bytes(range(256)) * 20)), r"noise\.onnx"),
    Case("unsupported nodes, all of them",
         lambda here, ex: compile_with(here, unsupported_model(here / "m.onnx")),
         r"(?=.*first_det)(?=.*second_bernoulli)(?=.*Det)(?=.*Bernoulli)"),
    Case("external data outside the model's folder",
         lambda here, ex: compile_with(here, escaping_model(here / "m.onnx")), r"secret\.bin"),
    Case("external data missing",
         lambda here, ex: compile_with(here, missing_external_model(here / "m.onnx")), r"weights\.bin"),
    Case("open dimension", lambda here, ex: compile_with(here, open_shape_model(here / "m.onnx", ex)),
         r"(?=.*height)(?=.*input-shape)"),
    Case("cut at an unknown tensor", lambda here, ex: compile_with(here, ex / "shapes.onnx", None, "--cut-at", "logist"),
         r"logist"),
    Case("missing data", lambda here, ex: compile_with(here, ex / "shapes.onnx", here / "no_such_data"), r"no_such_data' does not exist"),
    Case("empty data folder",
         lambda here, ex: ((here / "none").mkdir(), compile_with(here, ex / "shapes.onnx", here / "none"))[1],
         r"none.*(no|empty)"),
    Case("sample of another shape",
         lambda here, ex: compile_with(here, ex / "shapes.onnx", save(here / "x.npy", np.zeros((1, 3, 47, 48), "f4"))),
         r"(?=.*x\.npy)(?=.*1x3x48x48)(?=.*1x3x47x48)"),
    Case("sample of another type",
         lambda here, ex: compile_with(here, ex / "shapes.onnx", save(here / "x.npy", np.zeros((1, 3, 48, 48), "c8"))),
         r"x\.npy"),
    Case("sample with NaN",
         lambda here, ex: compile_with(here, ex / "shapes.onnx",
                                       save(here / "x.npy", np.full((1, 3, 48, 48), np.nan, "f4"))),
         r"(?=.*x\.npy)(?=.*nan)"),
    Case("truncated image",
         lambda here, ex: ((here / "d").mkdir(),
                           write(here / "d" / "a.png", (ex / "calib" / "000.png").read_bytes()[:700]),
                           compile_with(here, ex / "shapes.onnx", here / "d", "--preprocess", PREPROCESS))[2],
         r"a\.png"),
    Case("list naming a missing file",
         lambda here, ex: compile_with(here, ex / "shapes.onnx", write(here / "list.txt", b"gone.npy\n")), r"gone\.npy"),
    Case("table that misses tensors",
         lambda here, ex: compile_with(here, ex / "shapes.onnx", None, "--table-in",
                                       write(here / "t.txt", b"nothing 1 -1 1\n")), r"nothing"),
    Case("output below a file",
         lambda here, ex: ["compile", ex / "shapes.onnx", "--target", "generic", "--data", "random:2", "-o",
                           write(here / "file", b"") / "out"], r"file"),
    Case("unknown target", lambda here, ex: ["compile", ex / "shapes.onnx", "--target", "genric", "--data", "random:2",
                                             "-o", here / "out"], r"(?=.*genric)(?=.*generic)", 2),
    Case("unknown option", lambda here, ex: compile_with(here, ex / "shapes.onnx", None, "--smaples", "3"),
         r"--smaples", 2),
    Case("unknown method", lambda here, ex: compile_with(here, ex / "shapes.onnx", None, "--method", "minmix"),
         r"(?=.*minmix)(?=.*minmax)", 2),
    Case("unknown preprocessing",
         lambda here, ex: compile_with(here, ex / "shapes.onnx", None, "--preprocess", "meen=1"), r"meen", 2),
    Case("unknown key in a job file",
         lambda here, ex: ["compile", ex / "shapes.onnx", "-o", here / "out", "--config",
                           write(here / "job.yaml", b"target: generic\nmethdo: minmax\n")],
         r"(?=.*methdo)(?=.*method)", 2),
    Case("no sub-command", lambda here, ex: [], r"compile", 2),
    Case("eval without labels to match",
         lambda here, ex: ["eval", ex / "shapes.onnx", "--data", ex / "test", "--labels", here / "no_labels.txt",
                           "--preprocess", PREPROCESS], r"no_labels\.txt"),
    Case("input name unknown to the model",
         lambda here, ex: (np.savez(here / "x.npz", picture=np.zeros((1, 3, 48, 48), "f4"),
                                    another=np.zeros((1, 3, 48, 48), "f4")),
                           ["run", ex / "shapes.onnx", "--data", here / "x.npz", "-o", here / "out.npz"])[1],
         r"(?=.*image)(?=.*picture)"),
]


WHOLE_STAGES = ("import.mlirbc", "prepare.mlirbc", "calibrate.mlirbc", "quantize.mlirbc")


def left_behind(folder, before):
    """New files, but for the IR of phases that were done before the one that failed: those are whole."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")
                  if path.is_file() and path not in before and path.name not in WHOLE_STAGES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_message_and_exit_code(qc, example, tmp_path, case):
    here = tmp_path / "here"
    here.mkdir()
    arguments = case.arguments(here, example)
    before = {path for path in here.rglob("*") if path.is_file()}
    done = qc(*arguments, exit_code=case.exit_code, timeout=60)
    assert re.search(case.says, done.stderr, re.IGNORECASE | re.DOTALL), f"unexpected message:\n{done.stderr}"
    assert "Stack dump" not in done.stderr and "Aborted" not in done.stderr
    assert not left_behind(here, before)


@pytest.fixture(scope="module")
def compiled(qc, example, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compiled")
    qc("compile", example / "shapes.onnx", "--target", "generic", "--data", example / "calib",
       "--preprocess", PREPROCESS, "--samples", "8", "-o", folder)
    return folder / "model.qcb"


def test_bad_images_can_be_skipped(qc, example, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(example / "calib", data)
    (data / "broken.png").write_bytes(b"no image")
    done = qc("compile", example / "shapes.onnx", "--target", "generic", "--data", data, "--skip-bad",
              "--preprocess", PREPROCESS, "-o", tmp_path / "out")
    assert re.search(r"left out 1 bad sample.*broken\.png", done.stderr + done.stdout), done.stderr


@pytest.mark.parametrize("program", ["qc", "qcrt-run"])
def test_flipped_bytes_in_a_program(qc, qcrt_run, compiled, tmp_path, program):
    good = compiled.read_bytes()
    damaged = tmp_path / "damaged.qcb"
    sample = tmp_path / "x.bin"
    sample.write_bytes(bytes(4 * 3 * 48 * 48))
    positions = [0, 4, 8, 12, 16, 20, 24, 32, 64, *np.linspace(80, len(good) - 1, 12, dtype=int)]
    for position in positions:
        damaged.write_bytes(good[:position] + bytes([good[position] ^ 0x55]) + good[position + 1:])
        if program == "qc":
            done = qc("run", damaged, "--data", "random:1", "-o", tmp_path / "out.npz", exit_code=1)
        else:
            done = qcrt_run(damaged, "--in", sample, "--out", tmp_path / "out.bin", exit_code=1)
        assert done.stderr.strip(), f"no message for a flipped byte at {position}"
    for size in (0, 3, 40, len(good) // 2, len(good) - 1):
        damaged.write_bytes(good[:size])
        done = qc("run", damaged, "--data", "random:1", "-o", tmp_path / "out.npz", exit_code=1)
        assert "damaged.qcb" in done.stderr
    assert not (tmp_path / "out.npz").exists() and not (tmp_path / "out.bin").exists()


def limit_file_size():
    """Stands in for a full disk: writing past 4 KiB of any file fails."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def test_full_disk(qc, example, tmp_path):
    done = qc(*compile_with(tmp_path, example / "shapes.onnx"), exit_code=1, preexec_fn=limit_file_size)
    assert "out" in done.stderr
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.stat().st_size == 4096], \
        "a half-written file is left"


def test_interrupted(qc, example, tmp_path):
    arguments = ["compile", example / "shapes.onnx", "--target", "generic", "--data", "random:200000",
                 "--stats-out", tmp_path / "stats", "-o", tmp_path / "out"]
    running = subprocess.Popen([qc.path, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(3)
    assert running.poll() is None, running.stderr.read()
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=20) != 0
    assert not (tmp_path / "stats").exists()
    assert not list((tmp_path / "out").glob("*.qcb*")) and not list(tmp_path.rglob("*.tmp*"))
