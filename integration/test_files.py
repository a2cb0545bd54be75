"""Files: results are whole or absent, damage is noticed, only regular files are read, names of any bytes survive.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import fcntl
import json
import os
import re
import resource
import struct
import subprocess
import zipfile
import zlib

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from harness import read_dump


def save_model(path, nodes, shape=(1, 3, 8, 8), outputs=("y",), initializers=()):
    """An ONNX file with the float input x and the given outputs, all of one shape."""
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in outputs], list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """x -> Relu -> h -> Sigmoid -> y."""
    return save_model(tmp_path_factory.mktemp("small") / "small.onnx",
                      [helper.make_node("Relu", ["x"], ["h"]), helper.make_node("Sigmoid", ["h"], ["y"])])


@pytest.fixture(scope="module")
def compiled(qc, small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compiled") / "out"
    qc("compile", small, "--data", "random:4", "-o", folder, "--stats-out", folder.parent / "x.stats", "--quiet")
    return folder


# Whole or absent


def limit_files(size):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


@pytest.mark.parametrize("program", ["qc-opt", "qc-translate"])
def test_a_result_is_written_beside_and_renamed(qc_opt, qc_translate, compiled, small, tmp_path, program):
    out = tmp_path / "out.mlirbc"
    if program == "qc-opt":
        tool, arguments = qc_opt, [compiled / "import.mlirbc", "--emit-bytecode", "-o", out]
    else:
        tool, arguments = qc_translate, ["--import-onnx", small, "-o", out]
    out.write_text("old")
    before = out.stat().st_ino
    # A limit on the size of files stands for a full disk. The signal that comes with it is not set to be ignored.
    done = tool(*arguments, exit_code=1, preexec_fn=limit_files(16))
    assert "File too large" in done.stderr and out.read_text() == "old"
    tool(*arguments)
    assert out.stat().st_ino != before and len(out.read_bytes()) > 100
    # An input at fault leaves the old file as well.
    bad = tmp_path / "bad.mlir"
    bad.write_text("no IR")
    tool(bad if program == "qc-opt" else "--export-qcb", *([] if program == "qc-opt" else [bad]), "-o", out, exit_code=1)
    assert len(out.read_bytes()) > 100
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.mlir", "out.mlirbc"]


def test_a_file_size_limit_is_an_error_everywhere(qc, qcrt_run, compiled, small, tmp_path):
    done = qc("compile", small, "--data", "random:2", "-o", tmp_path / "out", exit_code=1, preexec_fn=limit_files(1024))
    assert "File too large" in done.stderr
    sample = tmp_path / "x.bin"
    sample.write_bytes(bytes(4 * 3 * 64))
    done = qcrt_run(compiled / "model.qcb", "--in", sample, "--out", tmp_path / "y.bin", exit_code=1,
                    preexec_fn=limit_files(16))
    assert "File too large" in done.stderr
    assert not [path for path in tmp_path.rglob("*") if "tmp" in path.name.removeprefix("out")]


@pytest.mark.parametrize("command", ["compile", "dump"])
def test_a_folder_is_written_by_one_process(qc, small, tmp_path, command):
    folder = tmp_path / "out"
    folder.mkdir()
    arguments = (["compile", small, "--data", "random:2", "-o", folder, "--quiet"] if command == "compile" else
                 ["run", small, "--data", "random:1", "--dump", folder])
    holder = os.open(folder, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    done = qc(*arguments, exit_code=1)
    assert re.search(r"another process is writing into the folder '.*out'", done.stderr) and not list(folder.iterdir())
    os.close(holder)  # also what the end of a process does
    qc(*arguments)
    assert list(folder.iterdir())


# Checksums


def tools_that_read(qc, qc_opt, qc_translate, stage):
    yield lambda code: qc("run", stage, "--data", "random:1", exit_code=code)
    yield lambda code: qc("inspect", stage, exit_code=code)
    yield lambda code: qc_opt(stage, "-o", "/dev/null", exit_code=code)


def test_every_damage_of_a_stage_is_noticed(qc, qc_opt, qc_translate, compiled, tmp_path):
    for name in ("import", "calibrate", "schedule"):
        good = (compiled / f"{name}.mlirbc").read_bytes()
        stage = tmp_path / "stage.mlirbc"
        where = range(len(good)) if name == "schedule" else range(0, len(good), 97)
        rng = np.random.default_rng(3)
        for position in sorted(rng.choice(where, min(len(where), 15), replace=False)) + list(range(0, 48, 6)):
            stage.write_bytes(good[:position] + bytes([good[position] ^ 1 << position % 8]) + good[position + 1:])
            done = qc("inspect", stage, exit_code=1)
            assert "stage.mlirbc" in done.stderr, f"a flipped bit in byte {position}"
        for damaged in (good[:-1], good[:len(good) // 2], good + b"\0", good[:len(good) // 2] + good[len(good) // 2 + 1:]):
            stage.write_bytes(damaged)
            for tool in tools_that_read(qc, qc_opt, qc_translate, stage):
                assert re.search("stage.mlirbc.*damaged", tool(1).stderr)
        stage.write_bytes(good)
        for tool in tools_that_read(qc, qc_opt, qc_translate, stage):
            tool(0)
    stage.write_bytes(good[:-1])
    assert "damaged" in qc_translate("--export-qcb", stage, "-o", tmp_path / "x.qcb", exit_code=1).stderr


def test_bytecode_of_qc_opt_has_a_checksum_and_text_may_be_edited(qc, qc_opt, compiled, tmp_path):
    again, text = tmp_path / "again.mlirbc", tmp_path / "text.mlir"
    qc_opt(compiled / "calibrate.mlirbc", "--emit-bytecode", "-o", again)
    qc("run", again, "--data", "random:1")
    bytes_ = bytearray(again.read_bytes())
    assert b"crc64:" in bytes_[:64]
    bytes_[len(bytes_) // 2] ^= 4
    again.write_bytes(bytes_)
    assert "damaged" in qc("run", again, "--data", "random:1", exit_code=1).stderr
    qc_opt(compiled / "calibrate.mlirbc", "-o", text)
    text.write_text(text.read_text().replace("top.relu", "top.sigmoid") + "// by hand: größer\n")
    qc("run", text, "--data", "random:1")
    text.write_bytes(text.read_bytes() + b"\n// \x1b[2J\n")
    for done in (qc("run", text, "--data", "random:1", exit_code=1), qc_opt(text, exit_code=1)):
        assert re.search(r"text\.mlir:\d+:4: the byte 0x1b is no text", done.stderr) and "\x1b" not in done.stderr


def test_constants_keep_their_alignment(qc, qc_opt, tmp_path):
    """Whatever the length of what stands before them, stages and their copies read back."""
    weights = onnx.numpy_helper.from_array(np.random.default_rng(0).normal(size=(8, 8, 3, 3)).astype("f4"), "w")
    for extra in range(16):
        model = save_model(tmp_path / "m.onnx", [helper.make_node("Conv", ["x", "w"], ["h" * (extra + 1)], pads=[1] * 4),
                                                 helper.make_node("Tanh", ["h" * (extra + 1)], ["y"])],
                           shape=(1, 8, 8, 8), initializers=[weights])
        qc("compile", model, "--stop-after", "import", "-o", tmp_path, "--quiet")
        qc_opt(tmp_path / "import.mlirbc", "--emit-bytecode", "-o", tmp_path / "copy.mlirbc")
        qc("inspect", tmp_path / "copy.mlirbc")


# Only regular files


def test_a_pipe_is_refused_everywhere(qc, qc_opt, qc_translate, qcrt_run, compiled, small, tmp_path):
    def pipe(name):
        path = tmp_path / name
        os.mkfifo(path)
        return path

    data = np.zeros((1, 3, 8, 8), "f4")
    np.save(tmp_path / "x.npy", data)
    (tmp_path / "m").mkdir()
    external = tmp_path / "m" / "external.onnx"
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[8, 8], data_location=TensorProto.EXTERNAL)
    weight.external_data.add(key="location", value="w.bin")
    save_model(external, [helper.make_node("MatMul", ["x", "w"], ["y"])], initializers=[weight])
    os.mkfifo(tmp_path / "m" / "w.bin")
    images = tmp_path / "images"
    images.mkdir()
    os.mkfifo(images / "a.png")
    listed = tmp_path / "list.txt"
    listed.write_text("in_list.npy\n")
    pipe("in_list.npy")
    compile_ = ["compile", small, "-o", tmp_path / "out", "--data", "random:1"]
    run = ["run", small, "--data"]
    for name in ("p.onnx", "p.mlir", "p.mlirbc", "p.qcb"):
        pipe(name)
        qc("run", tmp_path / name, "--data", "random:1", exit_code=1, timeout=60)
        qc("inspect", tmp_path / name, exit_code=1, timeout=60)
        qc("compile", tmp_path / name, "--data", "random:1", "-o", tmp_path / "out", exit_code=1, timeout=60)
    for name in ("p.npy", "p.npz", "p.jpg", "p.list"):
        assert name in qc(*run, pipe(name), exit_code=1, timeout=60).stderr
    assert "in_list.npy" in qc(*run, listed, exit_code=1, timeout=60).stderr
    qc(*run, images, exit_code=1, timeout=60)
    for option in ("--table-in", "--stats-in", "--config", "--load-target-plugin"):
        done = qc(*compile_, option, pipe("p" + option), exit_code=1, timeout=60)
        assert "pipe" in done.stderr and option in done.stderr
    assert "w.bin" in qc("run", external, "--data", "random:1", exit_code=1, timeout=60).stderr
    eval_ = ["eval", small, "--data", tmp_path / "x.npy", "--labels"]
    for name in ("labels.txt", "labels.npy"):
        assert name in qc(*eval_, pipe(name), exit_code=1, timeout=60).stderr
    assert "pipe" in qc("verify", tmp_path / "p.qcb", small, exit_code=1, timeout=60).stderr
    assert "pipe" in qc("report", tmp_path / "p.qcb", exit_code=1, timeout=60).stderr
    assert "pipe" in qc("stats", "show", tmp_path / "p.qcb", exit_code=1, timeout=60).stderr
    assert "pipe" in qc_opt(tmp_path / "p.mlir", exit_code=1, timeout=60).stderr
    assert "pipe" in qc_translate("--import-onnx", tmp_path / "p.onnx", exit_code=1, timeout=60).stderr
    assert "regular" in qcrt_run(tmp_path / "p.qcb", "--info", exit_code=1, timeout=60).stderr
    assert "regular" in qcrt_run(compiled / "model.qcb", "--in", tmp_path / "p.qcb", exit_code=1, timeout=60).stderr


# Names


HOSTILE = ["#h", "a\nb 1 2 3", "\x1b[31mred", "größe", "\"q\"", " blank ", "back\\slash", "tab\there", "\u202egnol"]


def hostile_model(path, names=HOSTILE):
    tensors = ["x", *names, "y"]
    return save_model(path, [helper.make_node("Sigmoid", [a], [b], name=f"node {b}")
                             for a, b in zip(tensors, tensors[1:])])


def assert_printable(text):
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text), text


def test_names_of_any_characters(qc, tmp_path):
    model = hostile_model(tmp_path / "m.onnx")
    first, again, shards = tmp_path / "first", tmp_path / "again", tmp_path / "shards"
    stats = tmp_path / "m.stats"
    assert_printable(qc("compile", model, "--data", "random:8", "-o", first, "--stats-out", stats, "--correct",
                        "none").stdout)
    table = first / "calibration.table"
    qc("compile", model, "--data", "random:8", "-o", again, "--table-in", table, "--correct", "none", "--quiet")
    assert (again / "calibration.table").read_bytes() == table.read_bytes()
    assert (again / "model.qcb").read_bytes() == (first / "model.qcb").read_bytes()
    qc("compile", model, "--stats-in", stats, "-o", shards, "--correct", "none", "--quiet")
    assert (shards / "calibration.table").read_text().splitlines()[3:] == table.read_text().splitlines()[3:]
    qc("run", model, "--data", "random:1", "--dump", tmp_path / "dump", "-o", tmp_path / "y.npz")
    rows = (tmp_path / "dump" / "index.tsv").read_text().splitlines()[1:]
    assert len(rows) == len(HOSTILE) + 2 and len(read_dump(tmp_path / "dump")) == len(rows)
    layers = json.loads((first / "report.json").read_text())["layers"]
    assert set(HOSTILE) & {layer["name"] for layer in layers}
    assert_printable((first / "report.html").read_text())
    for arguments in (["inspect", first / "model.qcb"], ["report", first], ["stats", "show", stats],
                      ["compare", model, first / "model.qcb", "--data", "random:1"]):
        assert_printable(qc(*arguments).stdout)


def with_bytes(path, name, raw):
    """Replaces a name, which Python's protobuf keeps UTF-8, by as many raw bytes."""
    content = path.read_bytes()
    assert name in content and len(name) == len(raw)
    path.write_bytes(content.replace(name, raw))
    return path


def test_names_that_are_no_utf8(qc, qc_opt, qc_translate, tmp_path):
    model = with_bytes(hostile_model(tmp_path / "m.onnx", ["h_name"]), b"h_name", b"h\xff\xfe\x1b[m")
    qc("compile", model, "--data", "random:4", "-o", tmp_path / "out", "--quiet")
    for name in ("report.html", "report.json", "calibration.table"):
        assert "\\xff\\xfe" in (tmp_path / "out" / name).read_bytes().decode().replace("\\\\", "\\")
    qc("compile", model, "--data", "random:4", "-o", tmp_path / "again", "--table-in",
       tmp_path / "out" / "calibration.table", "--quiet")
    bad = with_bytes(save_model(tmp_path / "bad.onnx", [
        helper.make_node("Det", ["x"], ["h_name"], name="h_name"), helper.make_node("Relu", ["h_name"], ["y"])]),
        b"h_name", b"h\xff\xfe\x1b[m")
    for done in (qc("compile", bad, "--data", "random:1", "-o", tmp_path / "bad", exit_code=1),
                 qc_translate("--import-onnx", bad, exit_code=1)):
        assert "Det" in done.stderr
        assert_printable(done.stderr)
    missing = tmp_path / "\x1b[31m.onnx"
    assert_printable(qc("inspect", missing, exit_code=1).stderr)
    assert_printable(qc_opt(missing, exit_code=1).stderr)


# Options and messages


def test_the_suffix_says_how_outputs_are_written(qc, small, tmp_path):
    for name in ("y.bin", "y", "y.txt"):
        done = qc("run", small, "--data", "random:1", "-o", tmp_path / name, exit_code=2)
        assert ".npz" in done.stderr and ".npy" in done.stderr and name in done.stderr
    qc("run", small, "--data", "random:2", "-o", tmp_path / "y.npz")
    qc("run", small, "--data", "random:2", "-o", tmp_path / "y.npy")
    assert np.array_equal(np.load(tmp_path / "y.npy"), np.load(tmp_path / "y.npz")["y"])
    two = save_model(tmp_path / "two.onnx", [helper.make_node("Relu", ["x"], ["h"]),
                                             helper.make_node("Sigmoid", ["h"], ["y"])], outputs=("h", "y"))
    done = qc("run", two, "--data", "random:1", "-o", tmp_path / "two.npy", exit_code=1)
    assert "2 outputs" in done.stderr and not (tmp_path / "two.npy").exists()


def test_an_error_of_an_export_does_not_repeat_the_module(qc_translate, compiled):
    done = qc_translate("--export-onnx", compiled / "assign.mlirbc", "-o", "/dev/null", exit_code=1)
    assert "error" in done.stderr and len(done.stderr) < 1000 and "func.func" not in done.stderr


def test_numbers_of_options(qc, small, tmp_path):
    arguments = ["compile", small, "--data", "random:1", "-o", tmp_path / "out"]
    for option, value in (("--threads", "100000"), ("--threads", "-1"), ("--threads", "2x"), ("--samples", "-3"),
                          ("--report-samples", "1.5")):
        done = qc(*arguments, f"{option}={value}", exit_code=2)
        assert f"found '{value}'" in done.stderr and not re.search(r"\d{20}", done.stderr)
    qc(*arguments, "--threads", "256", "--quiet")


@pytest.mark.parametrize("options, parts", [
    (["--table-in", "a.table", "--method", "kl"], ["--method would change nothing", "--table-in"]),
    (["--table-in", "a.table", "--stats-in", "a.stats"], ["--stats-in would change nothing", "--table-in"]),
    (["--table-in", "a.table", "--stats-out", "b.stats"], ["--stats-out would change nothing", "--table-in"]),
    (["--stats-in", "a.stats", "--stats-out", "b.stats"], ["--stats-out would change nothing", "--stats-in"]),
    (["--encodings-in", "a.json", "--stats-out", "b.stats"], ["--stats-out would change nothing", "--encodings-in"]),
    (["--stats-out", "b.stats", "--stop-after", "prepare"], ["--stats-out would change nothing", "--stop-after"]),
    (["--encodings-out", "b.json", "--stop-after", "correct"], ["--encodings-out would change nothing", "--stop-after"]),
    (["--allow-missing"], ["--allow-missing would change nothing", "--encodings-in"]),
    (["--stats-out", "out/model.qcb"], ["--stats-out 'out/model.qcb' is also an artefact"]),
    (["--encodings-out", "./out/../out/report.json"], ["report.json' is also an artefact"]),
    (["--stats-out", "small.onnx"], ["'small.onnx' is also the model"]),
    (["--encodings-out", "x.npy"], ["'x.npy' is also the data"]),
    (["--stats-out", "one", "--encodings-out", "one"], ["--encodings-out 'one' is also what --stats-out writes"]),
    (["--preprocess", "mean=1 mean=2"], ["'mean' comes twice"]),
    (["--preprocess", "crop=4 unit"], ["presets come first"]),
])
def test_options_that_do_not_go_together(qc, small, tmp_path, options, parts):
    """Before anything is read: the files that are named need not be there."""
    (tmp_path / "small.onnx").write_bytes(small.read_bytes())
    done = qc("compile", "small.onnx", "--data", "x.npy", "-o", "out", *options, exit_code=2, cwd=tmp_path)
    assert all(part in done.stderr for part in parts), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["small.onnx"]


def test_no_number_is_no_bound(qc, small):
    assert "nan" in qc("compare", small, small, "--data", "random:1", "--min-cosine", "nan", exit_code=2).stderr


def test_a_job_file_holds_one_document(qc, small, tmp_path):
    job = tmp_path / "job.yaml"
    for text, code in (("data: random:1\n---\nmethod: minmax\n", 1), ("---\ndata: random:1\n", 0), ("", 0),
                       ("data: random:1\n...\n", 0)):
        job.write_text(text)
        done = qc("compile", small, "--config", job, "-o", tmp_path / "out", "--stop-after", "prepare", exit_code=code)
        assert code == 0 or "2 YAML documents" in done.stderr


# Memory


def test_impossible_sizes_are_refused_before_memory_is_taken(qc, tmp_path):
    for shape, says in (((2**26, 2**10), "memory"), ((2**31, 16), "2147483648x16")):
        huge = save_model(tmp_path / "huge.onnx", [helper.make_node("Relu", ["x"], ["y"])], shape=shape)
        for arguments in (["run", huge, "--data", "random:1"],
                          ["compile", huge, "--data", "random:1", "-o", tmp_path / "o"]):
            assert says in qc(*arguments, exit_code=1, timeout=60).stderr


# Below some 300 MB of addresses the libraries themselves cannot be loaded.
@pytest.mark.parametrize("megabytes", [400, 440, 480, 520])
def test_running_out_of_memory_is_an_error(qc, qc_opt, tmp_path, megabytes):
    weights = onnx.numpy_helper.from_array(np.ones((64, 64, 3, 3), "f4"), "w")
    model = save_model(tmp_path / "m.onnx", [helper.make_node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1])],
                       shape=(1, 64, 128, 128), initializers=[weights])

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    for arguments in (["compile", model, "--data", "random:2", "-o", tmp_path / "out", "--threads", "2", "--quiet"],
                      ["run", model, "--data", "random:2", "--threads", "2"]):
        done = qc.attempt(*arguments, preexec_fn=limit)
        assert done.returncode in (0, 1), done.stderr
        assert "terminate" not in done.stderr and "Stack dump" not in done.stderr
        assert done.returncode == 0 or done.stderr.strip()
    assert not [path for path in (tmp_path / "out").glob("*") if ".tmp-" in path.name]


def test_results_that_no_memory_can_hold(qc, small, tmp_path):
    """Told at the first sample, of all at once; the samples themselves take none."""
    done = qc("run", small, "--data", "random:100000000", "--threads", "1", "-o", tmp_path / "y.npz", exit_code=1,
              timeout=60, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20)))
    assert re.search(r"keeping the results of 100000000 samples takes \d+ bytes, more than the \d+ bytes of memory", done.stderr)
    assert not (tmp_path / "y.npz").exists()


def test_many_samples_of_which_few_are_taken(qc, small, tmp_path):
    qc("run", small, "--data", "random:100000000", "--samples", "3", "--threads", "1", "-o", tmp_path / "y.npz",
       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20)))
    assert np.load(tmp_path / "y.npz")["y"].shape[0] == 3


def test_where_memory_ran_out_is_told(qc, small, tmp_path):
    """A packed array of 600 MB, and half as many addresses."""
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": (600 << 20 >> 4, 4)})
        for _ in range(600):
            file.write(bytes(1 << 20))
    done = qc("run", small, "--data", tmp_path / "x.npz", "--threads", "1", exit_code=1,
              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20)))
    assert "x.npz" in done.stderr and "memory" in done.stderr and "terminate" not in done.stderr


def shared_stream(path, members, size=20 << 20):
    """A .npz whose members are all the same few deflated bytes."""
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }" % (size // 4)
    header += " " * (117 - len(header)) + "\n"
    body = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + bytes(size)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(body) + deflate.flush()
    sizes = struct.pack("<III", zlib.crc32(body), len(packed), len(body))
    local = struct.pack("<IHHHHH", 0x04034b50, 20, 0, 8, 0, 33) + sizes + struct.pack("<HH", 5, 0) + b"a.npy" + packed
    central = b"".join(struct.pack("<IHHHHHH", 0x02014b50, 20, 20, 0, 8, 0, 33) + sizes +
                       struct.pack("<HHHHHII", 9, 0, 0, 0, 0, 0, 0) + b"a%04d.npy" % i for i in range(members))
    path.write_bytes(local + central + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, members, members, len(central),
                                                   len(local), 0))
    return path


def test_arrays_that_share_their_bytes(qc, small, tmp_path):
    done = qc("run", small, "--data", shared_stream(tmp_path / "z.npz", 100), exit_code=1)
    assert "take the same bytes" in done.stderr


def test_a_program_with_a_huge_arena(qc, compiled, tmp_path):
    """The checksum is right, the claim is not one that a machine can meet."""
    good = bytearray((compiled / "model.qcb").read_bytes())
    size = json.loads(qc("inspect", compiled / "model.qcb", "--json").stdout)["arena_bytes"]
    found = False
    for at in range(64, len(good) - 8, 4):
        if struct.unpack_from("<Q", good, at)[0] != size:
            continue
        changed = bytearray(good)
        struct.pack_into("<Q", changed, at, 1 << 38)
        changed[56:64] = struct.pack("<Q", crc64(changed[64:], crc64(changed[:56])))
        huge = tmp_path / "huge.qcb"
        huge.write_bytes(changed)
        if qc.attempt("inspect", huge).returncode == 0:
            found = True
            assert "memory" in qc("run", huge, "--data", "random:1", exit_code=1).stderr
    assert found


def crc64(data, value=0):
    value ^= (1 << 64) - 1
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0xC96C5795D7870F42 if value & 1 else 0)
    return value ^ ((1 << 64) - 1)


def test_samples_that_are_truncated_while_it_is_used(qc, tmp_path):
    """Samples stay mapped: cutting their file under the program is an error, no signal."""
    samples = tmp_path / "x.npy"
    np.save(samples, np.zeros((64, 3, 64, 64), "f4"))
    model = save_model(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["y"])], shape=(1, 3, 64, 64))
    running = subprocess.Popen([qc.path, "run", model, "--data", samples, "--repeat", "20000"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.truncate(samples, 4096)
    assert running.wait(timeout=250) in (0, 1), "ended by a signal"
