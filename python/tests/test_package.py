"""The Python package: what it loads and when, how it compiles, runs, reports and fails.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

import qc


def run_alone(code, *arguments):
    """Runs code in an interpreter of its own; what it prints."""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)], capture_output=True,
                          text=True, timeout=300)
    assert done.returncode == 0 and not done.stderr, done.stdout + done.stderr
    return done.stdout


def same(found, expected):
    """Equality without a page of differing bytes."""
    return bool(found == expected)


# ---- loading ---------------------------------------------------------------------------------------------------------

def test_import_loads_nothing():
    assert run_alone("""
        import sys, qc
        print(sorted(name for name in sys.modules if name.startswith("qc") or name == "numpy"))""") == "['qc']\n"


def test_programs_run_without_the_compiler(result, tmp_path, rows):
    """Only the runtime is in the process, and the wheel's own libraries are used where there is more."""
    result.save(tmp_path)
    np.save(tmp_path / "rows.npy", rows[:3])
    run_alone("""
        import sys, numpy, qc
        program = qc.load(sys.argv[1] + "/model.qcb")
        numpy.save(sys.argv[1] + "/found.npy", program.run(numpy.load(sys.argv[1] + "/rows.npy"))["logits"])
        maps = open("/proc/self/maps").read()
        assert "libLLVM" not in maps and "libQC" not in maps and "libMLIR" not in maps""", tmp_path)
    assert np.array_equal(np.load(tmp_path / "found.npy"), result.run(rows[:3])["logits"])


def test_libraries_are_those_of_the_wheel():
    found = run_alone("""
        import os, qc
        qc.options()
        inside = os.path.dirname(qc.__file__)
        for line in open("/proc/self/maps"):
            if any(name in line for name in ("libQC", "libLLVM", "libMLIR", "libdnnl")):
                print(line.split()[-1].startswith(inside))""")
    assert set(found.split()) == {"True"}


# ---- compiling -------------------------------------------------------------------------------------------------------

def test_forms_of_models_give_the_same_program(network, rows, result):
    import onnx
    contents = network.read_bytes()
    for model in (str(network), contents, onnx.load_from_string(contents)):
        assert np.array_equal(qc.compile(model, rows, emit="qcb").run(rows)["logits"], result.run(rows)["logits"])


@pytest.mark.parametrize("form", [list, lambda rows: [rows[:10], rows[10:]], lambda rows: ({"image": x} for x in rows),
                                  lambda rows: [(x[None], 3) for x in rows]])
def test_forms_of_samples_give_the_same_program(network, rows, result, form):
    """Rows, stacks, dictionaries from a generator, and tuples with a label behind the input."""
    assert same(qc.compile(network, form(rows), emit="qcb").artefacts["model.qcb"], result.artefacts["model.qcb"])


def test_options_are_those_of_the_program(network, rows):
    names = {option["name"] for option in qc.options()}
    assert {"target", "precision", "deny", "input-shape", "report-samples"} <= names
    compiled = qc.compile(network, rows, target="tda4", target_option={"chip": "am62a"}, precision="int16",
                          report_samples=0)
    assert (compiled.report.target, compiled.report.precision) == ("tda4", "int16")


def test_nothing_is_written(network, rows, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    qc.compile(network, rows)
    assert not list(tmp_path.iterdir())


def test_a_folder_of_output(network, rows, tmp_path):
    compiled = qc.compile(network, rows, output=tmp_path)
    assert (tmp_path / "assign.mlirbc").exists()
    assert same(compiled.artefacts["model.qcb"], (tmp_path / "model.qcb").read_bytes())


def test_encodings_are_edited_and_compiled_again(result, rows):
    assert {entry["name"] for entry in result.encodings} >= {"image", "logits"}
    for entry in result.encodings:
        if entry["name"] == "image":
            entry.update(scale=[0.0625], zero_point=[0])
    again = {entry["name"]: entry for entry in result.recompile().encodings}
    assert again["image"]["scale"] == [0.0625] and again["image"]["fixed"]
    assert all(again[entry["name"]]["scale"] == pytest.approx(entry["scale"]) for entry in result.encodings
               if entry["role"] == "activation")


# ---- running and reports ---------------------------------------------------------------------------------------------

def test_report(result):
    report = result.report
    assert report.worst_output_db > 20 and report.outputs[0].name == "logits"
    assert report.as_dict()["target"] == "generic"
    worst = result.analyze()
    assert worst[0].isolated_sqnr_db <= worst[-1].isolated_sqnr_db
    assert json.loads(result.artefacts["report.json"])["layers"][0]["name"] == report.layers[0].name


def test_networks_run_in_float(network, rows, result):
    expected = qc.load(network).run({"image": rows})["logits"]
    found = result.run(rows)["logits"]
    noise = np.square(found - expected).sum() / np.square(expected).sum()
    assert expected.shape == (16, 8) and 0 < noise < 0.01


def test_the_face_of_onnxruntime(result, rows, network):
    for source in (result.artefacts["model.qcb"], network):
        session = qc.InferenceSession(source)
        (node,) = session.get_inputs()
        assert (node.name, node.shape, node.type) == ("image", [1, 3, 48, 48], "tensor(float)")
        (logits,) = session.run(["logits"], {"image": rows[:1]})
        assert logits.shape == (1, 8)


def test_planes_apart_are_the_frame(network, rows):
    """Y and UV of nv12 in two buffers with wider rows: the bytes of the whole frame, and only what is theirs is read."""
    compiled = qc.compile(network, "random:4", preprocess="color=rgb mean=127.5 std=127.5", input_type="nv12", emit="qcb")
    program = qc.load(compiled.artefacts["model.qcb"])
    assert program.planes() == [{"input": "image", "rows": 48, "row_bytes": 48}, {"input": "image", "rows": 24, "row_bytes": 48}]
    (info,) = program.inputs()
    frame = np.random.default_rng(1).integers(0, 256, info["shape"]).astype(np.uint8)
    expected = program.run(frame)["logits"]
    whole = frame.reshape(72, 48)
    wide = np.full((72, 64), 7, np.uint8)
    wide[:, :48] = whole
    pairs = whole[48:].reshape(24, 24, 2)
    for y, uv in [(whole[:48], whole[48:]), (wide[:48, :48], wide[48:, :48]), (wide[:48], pairs)]:
        assert np.array_equal(program.run_planes([y, uv])["logits"], expected)
    for planes, words in [([whole[:48]], "expected 2 planes, found 1"), ([whole[:47], pairs], "48 rows of 48 bytes"),
                          ([whole[:48, ::2], pairs], "48 rows of 48 bytes"), ([whole[:48] * 1.0, pairs], "expected uint8")]:
        with pytest.raises(qc.UsageError, match=words):
            program.run_planes(planes)
    plain = qc.load(qc.compile(network, rows, emit="qcb").artefacts["model.qcb"])
    assert np.array_equal(plain.run_planes([rows[0]])["logits"], plain.run(rows[0])["logits"])


def test_what_is_saved_is_as_it_was_made(network, rows, tmp_path):
    """With the folders of a hand-off, and for everybody to read, whether it was in memory or written by the compile."""
    memory = qc.compile(network, rows, target="tda4")
    written = qc.compile(network, rows, target="tda4", output=tmp_path / "out")
    assert {name for name in written.artefacts if name.startswith("hand-off/")}
    assert set(memory.artefacts) == {name for name in written.artefacts if not name.endswith(("mlirbc", ".table"))}
    memory.save(tmp_path / "saved")
    saved = {str(path.relative_to(tmp_path / "saved")) for path in (tmp_path / "saved").rglob("*") if path.is_file()}
    assert saved == set(memory.artefacts)
    mode = (tmp_path / "out/model.qcb").stat().st_mode
    assert (tmp_path / "saved/model.qcb").stat().st_mode == mode
    with pytest.raises(OSError):
        memory.save(tmp_path / "out/model.qcb/inside")


# ---- errors ----------------------------------------------------------------------------------------------------------

def test_errors_say_what_and_where(network, rows):
    with pytest.raises(qc.UsageError, match="did you mean 'target'") as usage:
        qc.compile(network, rows, taget="tda4")
    assert usage.value.code == 2 and isinstance(usage.value, ValueError)
    with pytest.raises(qc.Error, match="does not exist") as missing:
        qc.compile("/no/such/model.onnx", rows)
    assert missing.value.code == 1 and missing.value.messages
    with pytest.raises(qc.Error, match="the sample has only 'picture'"):
        qc.compile(network, [{"picture": rows[0]}])
    with pytest.raises(qc.Error, match="image"):
        qc.compile(network, [rows[0][:, :5]])
    with pytest.raises(qc.UsageError, match="example_inputs"):
        qc.compile(type("Module", (), {"state_dict": 1, "forward": 2})(), rows)
    session = qc.InferenceSession(network)
    with pytest.raises(qc.UsageError, match="no input 'imag'; did you mean 'image'"):
        session.run(None, {"imag": rows[:1]})
    with pytest.raises(qc.UsageError, match="no output 'scores'; it has 'logits'"):
        session.run(["scores"], {"image": rows[:1]})
    with pytest.raises(qc.UsageError, match="there is no 'image': the sample has only 'picture'"):
        qc.load(network).run({"picture": rows[0]})
    for data, words in [(["a"], "a str is no array of numbers"), ([object()], "a object is no array of numbers")]:
        with pytest.raises(qc.Error, match=words):
            qc.compile(network, data)
    with pytest.raises(qc.UsageError, match="a int is no data"):
        qc.compile(network, 5)

    def broken():
        yield rows[0]
        raise LookupError("the disk is gone")
    with pytest.raises(LookupError, match="the disk is gone"):
        qc.compile(network, broken())
    for value, words in [(None, "a NoneType is no array"), ("x", "a str is no array"), ([], "1x3x48x48 f32"),
                         (rows[:0], "holds no samples"), ({}, "the sample has nothing")]:
        with pytest.raises(qc.UsageError, match=words):
            qc.load(network).run(value)
    with pytest.raises(qc.UsageError, match="did you mean 'threads'"):
        qc.load(network, thread=3)
    with pytest.raises(qc.UsageError, match="no option 'thread'"):
        qc.load(b"", thread=3)
    with pytest.raises(qc.UsageError, match="1x3x48x48 f32, got 48x48 f32"):
        qc.load(network.parent / "shapes.onnx").run(rows[0, 0])


def test_an_error_names_the_node(network):
    import onnx
    model = onnx.load(network)
    (pool,) = [node for node in model.graph.node if node.op_type == "GlobalAveragePool"]
    pool.op_type = "GlobalLpPool"
    with pytest.raises(qc.Error, match="GlobalLpPool") as failed:
        qc.compile(model, "random:4")
    assert pool.name in str(failed.value) or pool.output[0] in str(failed.value)


def test_warnings_are_pythons(network):
    with pytest.warns(qc.QCWarning, match="accuracy is meaningless"):
        qc.compile(network, emit="qcb")


def test_messages_go_to_the_function(network, recwarn):
    seen = []
    qc.compile(network, emit="qcb", on_message=seen.append)
    assert any(message["kind"] == "warning" for message in seen) and not recwarn.list


# ---- progress and interruption ---------------------------------------------------------------------------------------

def test_progress(network, rows):
    seen = []
    qc.compile(network, rows, on_progress=lambda *step: seen.append(step))
    assert ("calibrate", 16, 16) in seen and seen[0] == ("calibrate", 0, 16)


def test_what_progress_raises_ends_the_compile(network, rows):
    def stop(*_):
        raise LookupError("enough")
    with pytest.raises(LookupError, match="enough"):
        qc.compile(network, rows, on_progress=stop)


def test_interruption(network, rows):
    """Ctrl-C in the middle of a long compile is a KeyboardInterrupt soon after."""
    threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        qc.compile(network, np.concatenate([rows] * 2000), threads=1)
    assert time.monotonic() - start < 60


def test_two_at_once(network, rows, result):
    found = {}

    def compile(name):
        found[name] = qc.compile(network, rows, emit="qcb").artefacts["model.qcb"]
    threads = [threading.Thread(target=compile, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert same(found[0], result.artefacts["model.qcb"]) and same(found[1], found[0])
