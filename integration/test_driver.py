"""Every command of qc: its success path, its exit codes, its JSON, and what belongs together across commands.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import os
import re
import shutil
import signal
import subprocess
import time

import numpy as np
import pytest

PREPROCESS = "color=rgb mean=127.5 std=127.5"
COMMANDS = ["compile", "check", "run", "eval", "compare", "verify", "inspect", "stats", "targets", "report",
            "preview"]


@pytest.fixture(scope="module")
def out(qc, example, tmp_path_factory):
    """The folder of a compile of the example."""
    folder = tmp_path_factory.mktemp("out")
    done = qc("compile", example / "shapes.onnx", "--target", "generic", "--data", example / "calib", "--preprocess",
              PREPROCESS, "--samples", "16", "--stats-out", folder / "all.stats", "--emit", "qcb,onnx,report", "-o", folder)
    (folder / "terminal.txt").write_text(done.stdout)
    return folder


def as_json(done):
    return json.loads(done.stdout)


# ---- all commands ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_a_page_with_examples(qc, command):
    page = qc(command, "--help").stdout
    assert "Example" in page and f"qc {command}" in page


def test_version_and_overview(qc):
    assert re.fullmatch(r"qc \d+\.\d+\.\d+\S*\n", qc("--version").stdout)
    overview = qc("--help").stdout
    assert all(command in overview for command in COMMANDS)


@pytest.mark.parametrize("arguments, meant", [
    (["complie", "m.onnx"], "compile"),
    (["compile", "m.onnx", "-o", "x", "--taget", "generic"], "--target"),
    (["run", "m.onnx", "--data", "random:1", "--dmup", "x"], "--dump"),
])
def test_misspelt_words_are_suggested(qc, arguments, meant):
    assert f"'{meant}'" in qc(*arguments, exit_code=2).stderr


@pytest.mark.parametrize("arguments", [
    ["compile"], ["run", "m.onnx"], ["eval"], ["compare", "a.onnx"], ["verify", "a"], ["inspect"], ["report"],
    ["compile", "m.onnx", "-o", "x", "--samples", "many"], ["compile", "m.onnx", "-o", "x", "--threads", "-1"],
    ["compile", "m.onnx", "-o", "x", "--stop-after", "quantise"], ["compile", "m.onnx", "-o", "x", "--emit", "tflight"],
    ["compile", "m.onnx", "-o", "x", "--target-option", "chip"], ["run", "m.onnx", "--data", "x", "--input-shape", "a=b"],
])
def test_wrong_usage(qc, tmp_path, arguments):
    assert qc(*arguments, exit_code=2, cwd=tmp_path).stderr.strip()
    assert not list(tmp_path.iterdir())


# ---- compile ---------------------------------------------------------------------------------------------------------

STAGES = ["import", "prepare", "calibrate", "correct", "quantize", "legalize", "schedule"]


def test_compile_writes_what_it_says(out):
    text = (out / "terminal.txt").read_text()
    written = re.findall(r"^wrote (.*)$", text, re.MULTILINE)
    assert {path.rsplit("/", 1)[1] for path in written} >= {
        "import.mlirbc", "prepare.mlirbc", "calibrate.mlirbc", "quantize.mlirbc", "legalize.mlirbc", "schedule.mlirbc",
        "model.qcb", "model.qdq.onnx", "report.json", "report.html"}
    assert "16 calibration samples" in text and "isolated" in text and "transposes: 0 inside" in text


def test_program_says_where_it_comes_from(qc, example, out):
    program = as_json(qc("inspect", out / "model.qcb", "--json"))
    facts = program["provenance"]
    assert facts["source"] == "shapes.onnx" and re.fullmatch("[0-9a-f]{16}", facts["source_crc64"])
    assert facts["calibration"] == "mse on 16 samples" and facts["precision"] == "int8"
    assert facts["corrections"] == "inputs, equalize, rounding, bias"


def test_report_json(out):
    report = json.loads((out / "report.json").read_text())
    names = [layer["name"] for layer in report["layers"]]
    assert names[-1] == "logits" and len(names) == len(set(names))
    assert all(layer["method"].startswith("mse") for layer in report["layers"] if layer["op"] == "conv2d")
    assert report["wider_precisions"] == ["a16w8", "int16"]
    assert all(0 <= layer["saturation"] <= 1 for layer in report["layers"])
    # Zeros behind a relu are no clipped values.
    assert max(layer["saturation"] for layer in report["layers"]) < 0.1


def test_compile_json_is_the_report(qc, example, tmp_path):
    done = qc("compile", example / "shapes.onnx", "--data", "random:2", "--report-samples", "0", "--json", "--quiet",
              "-o", tmp_path)
    assert as_json(done).keys() == json.loads((tmp_path / "report.json").read_text()).keys()


@pytest.mark.parametrize("phase", STAGES)
def test_stop_after(qc, example, tmp_path, phase):
    qc("compile", example / "shapes.onnx", "--data", "random:2", "--stop-after", phase, "--quiet", "-o", tmp_path)
    assert (tmp_path / f"{phase}.mlirbc").exists() and not (tmp_path / "model.qcb").exists()


@pytest.mark.parametrize("options", [
    ["--data", "calib", "--samples", "5", "--report-samples", "0"],
    ["--data", "calib", "--samples", "5", "--stop-after", "quantize"],
    ["--data", "calib", "--samples", "5", "--report-samples", "1"],
], ids=["no comparison", "stopped", "compared on fewer"])
def test_report_counts_calibration_samples(qc, example, tmp_path, options):
    options = [example / "calib" if option == "calib" else option for option in options]
    found = as_json(qc("compile", example / "shapes.onnx", "--preprocess", PREPROCESS, *options, "--json", "--quiet",
                       "-o", tmp_path))
    assert found["calibration_samples"] == 5
    again = as_json(qc("compile", tmp_path / "calibrate.mlirbc", "--stop-after", "quantize", "--json", "--quiet",
                       "-o", tmp_path / "again"))
    assert again["calibration_samples"] == 5


@pytest.mark.parametrize("source", ["--stats-in", "--table-in"])
def test_samples_behind_statistics_and_tables_are_counted(qc, example, out, tmp_path, source):
    file = out / {"--stats-in": "all.stats", "--table-in": "calibration.table"}[source]
    arguments = ["compile", example / "shapes.onnx", "--preprocess", PREPROCESS, "--stop-after", "quantize", "--quiet",
                 "-o", tmp_path]
    assert ", 16 calibration samples\n" in qc(*arguments, source, file).stdout
    if source == "--table-in":  # another tool's, without a header
        lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
        (tmp_path / "bare.table").write_text("\n".join(lines))
        assert "calibration samples" not in qc(*arguments, source, tmp_path / "bare.table").stdout


@pytest.mark.parametrize("phase", STAGES)
def test_compile_goes_on_from_a_stage(qc, example, out, tmp_path, phase):
    """What a stage has been through is in the file: nothing is done twice, and the bytes are those of one go."""
    qc("compile", out / f"{phase}.mlirbc", "--report-samples", "0", "--quiet", "-o", tmp_path)
    assert "PASSED" in qc("verify", tmp_path / "model.qcb", out / "model.qcb", "--data", example / "test",
                          "--samples", "4").stdout


@pytest.mark.parametrize("phase, options, named", [
    ("calibrate", ["--method", "kl"], "--method"),
    ("calibrate", ["--stop-after", "prepare"], "--stop-after"),
    ("correct", ["--correct", "none"], "--correct"),
    ("calibrate", ["--cut-at", "logits", "--stats-out", "f"], "--cut-at, --stats-out"),
    ("quantize", ["--preprocess", "unit"], "--preprocess"),
    ("quantize", ["--data", "random:2", "--correct", "bias"], "--data, --correct"),
])
def test_options_of_phases_behind(qc, out, tmp_path, phase, options, named):
    done = qc("compile", out / f"{phase}.mlirbc", *options, "-o", tmp_path, exit_code=1)
    assert f"so that {named} would change nothing; start from an earlier stage" in done.stderr
    assert not (tmp_path / "model.qcb").exists()


def test_what_is_corrected_stays(qc, out, tmp_path):
    done = qc("compile", out / "correct.mlirbc", "--target", "tda4", "-o", tmp_path, exit_code=1)
    assert "is corrected already: it cannot change its target or precision" in done.stderr
    assert "such as calibrate.mlirbc" in done.stderr


def read_all(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_compile_that_fails_half_way_leaves_the_last_one(qc, example, tmp_path):
    """It fails at its last sample; in an empty folder, what was done until then stays to go on from."""
    samples = np.zeros((3, 3, 48, 48), np.float32)
    samples[-1, 0, 0, 0] = np.nan
    np.save(tmp_path / "bad.npy", samples)
    out = tmp_path / "out"
    arguments = ["compile", example / "shapes.onnx", "--target", "tda4", "--quiet", "-o", out]
    qc(*arguments, "--data", tmp_path / "bad.npy", exit_code=1)
    assert {path.name for path in out.iterdir()} == {"import.mlirbc", "prepare.mlirbc"}
    qc(*arguments, "--data", "random:8")
    before = read_all(out)
    assert {"model.qcb", "report.json", "calibration.table", "schedule.mlirbc"} <= set(before)
    assert any(name.startswith("hand-off/") for name in before)
    for more in ([], ["--stages", "text", "--emit", "qcb"]):
        qc(*arguments, *more, "--data", tmp_path / "bad.npy", exit_code=1)
        assert read_all(out) == before


def test_an_interrupted_compile_leaves_the_last_one(qc, example, tmp_path):
    out = tmp_path / "out"
    arguments = ["compile", example / "shapes.onnx", "-o", out]
    qc(*arguments, "--quiet", "--data", "random:8")
    before = read_all(out)
    child = subprocess.Popen([qc.path, *arguments, "--data", "random:100000"], stderr=subprocess.PIPE, text=True)
    while not list(out.glob("prepare.mlirbc.tmp-*")):
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    child.stderr.read()
    assert child.wait(timeout=60) in (-signal.SIGINT, 130) and read_all(out) == before


def test_results_of_an_earlier_compile_are_replaced_as_a_whole(qc, example, tmp_path):
    """Nothing stays that the new one does not make, but what is not of a compile."""
    arguments = ["compile", example / "shapes.onnx", "--data", "random:8", "--quiet", "-o", tmp_path]
    qc(*arguments, "--target", "tda4")
    (tmp_path / "notes.txt").write_text("mine")
    first = read_all(tmp_path)
    qc(*arguments, "--stop-after", "calibrate")
    left = read_all(tmp_path)
    assert set(left) == {"import.mlirbc", "prepare.mlirbc", "calibrate.mlirbc", "calibration.table", "notes.txt"}
    assert left["calibrate.mlirbc"] != first["calibrate.mlirbc"] and not (tmp_path / "hand-off").exists()


@pytest.mark.parametrize("options, message", [
    (["--data", "nowhere"], "'nowhere' does not exist"), (["--data", "random:0"], "expected random:N"),
    (["--data", "bad.npy"], "bad.npy"), (["--stats-in", "bad.npy"], "bad.npy"), (["--table-in", "bad.npy"], "bad.npy"),
    (["--data", "random:8", "--encodings-in", "bad.npy"], "bad.npy"),
    (["--data", "nowhere", "--precision", "float"], "'nowhere' does not exist"),
    (["--data", "random:8", "--precision", "int3"], "int3"), (["--data", "random:8", "--int16-tensors", "no"], "'no'"),
    (["--data", "random:8", "--cut-at", "no"], "'no'")], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_early_mistakes_leave_earlier_results_alone(qc, out, example, tmp_path, options, message):
    folder = tmp_path / "out"
    shutil.copytree(out, folder)
    (tmp_path / "bad.npy").write_bytes(b"no array")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = qc("compile", example / "shapes.onnx", *options, "--quiet", "-o", folder, exit_code=1, cwd=tmp_path)
    assert message in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_samples_of_a_stage_are_those_that_it_notes(qc, out, tmp_path):
    """Where they are gone is told before results are taken away, and only where they are needed."""
    folder = tmp_path / "out"
    shutil.copytree(out, folder)
    stage, noted = folder / "calibrate.mlirbc", tmp_path / "x.npy"
    np.save(noted, np.ones((8, 3, 48, 48), np.float32))
    qc("compile", folder / "import.mlirbc", "--data", noted, "--quiet", "-o", folder)
    noted.unlink()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert "does not exist" in qc("compile", stage, "--quiet", "-o", folder, exit_code=1).stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    qc("compile", stage, "--correct", "none", "--report-samples", "0", "--quiet", "-o", folder)


@pytest.mark.parametrize("steps, message", [
    ("bais", "unknown correction 'bais'; did you mean 'bias'?"), ("none,bias", "'none' does not go with others")])
def test_corrections_are_checked_at_once(qc, example, tmp_path, steps, message):
    done = qc("compile", example / "shapes.onnx", "--correct", steps, "-o", tmp_path / "out", exit_code=2)
    assert message in done.stderr and not (tmp_path / "out").exists()


def test_shards_are_counted_once(qc, example, tmp_path):
    for shard in (1, 2):
        qc("compile", example / "shapes.onnx", "--data", f"random:{shard + 1}:{shard}", "--stats-out",
           tmp_path / f"{shard}.stats", "--stop-after", "calibrate", "--quiet", "-o", tmp_path / "out")
    merged = qc("stats", "merge", tmp_path / "1.stats", tmp_path / "2.stats", "-o", tmp_path / "all.stats")
    assert merged.stdout.startswith("5 samples")
    done = qc("stats", "merge", tmp_path / "1.stats", tmp_path / "2.stats", tmp_path / "out/../1.stats", "-o",
              tmp_path / "all.stats", exit_code=1)
    assert "is given twice: its samples would count twice" in done.stderr


def test_models_that_take_other_samples_are_not_compared(qc, example, out, tmp_path):
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--samples", "8", "--preprocess", "unit",
       "--report-samples", "0", "--quiet", "-o", tmp_path)
    for command in ("compare", "verify"):
        done = qc(command, out / "model.qcb", tmp_path / "model.qcb", "--data", example / "test", exit_code=1)
        assert "input 'image' is preprocessed differently: " in done.stderr


def test_what_is_quantized_stays(qc, out, tmp_path):
    for change in (["--target", "tda4"], ["--precision", "int16"]):
        done = qc("compile", out / "quantize.mlirbc", *change, "-o", tmp_path, exit_code=1)
        assert "is quantized already: it cannot change its target or precision" in done.stderr
    assert not (tmp_path / "model.qcb").exists()


# Corrections still take samples.
def test_statistics_stand_for_the_samples(qc, example, out, tmp_path):
    qc("compile", example / "shapes.onnx", "--target", "generic", "--preprocess", PREPROCESS, "--stats-in",
       out / "all.stats", "--data", example / "calib", "--samples", "16", "--report-samples", "0", "--quiet", "-o", tmp_path)
    assert "PASSED" in qc("verify", tmp_path / "model.qcb", out / "model.qcb", "--data", example / "test",
                          "--samples", "4").stdout


def test_table_stands_for_the_samples(qc, example, out, tmp_path):
    qc("compile", example / "shapes.onnx", "--target", "generic", "--preprocess", PREPROCESS, "--table-in",
       out / "calibration.table", "--data", example / "calib", "--samples", "16", "--report-samples", "0", "--quiet", "-o", tmp_path)
    assert "PASSED" in qc("verify", tmp_path / "model.qcb", out / "model.qcb", "--data", example / "test",
                          "--samples", "4").stdout


# ---- job files -------------------------------------------------------------------------------------------------------

def job(path, **options):
    path.write_text("".join(f"{key.replace('_', '-')}: {json.dumps(str(value))}\n" for key, value in options.items()))
    return path


def test_a_job_file_holds_every_option(qc, example, tmp_path):
    file = job(tmp_path / "job.yaml", model=example / "shapes.onnx", target="tda4", data="random:2", samples=2,
               report_samples=0, quiet="true", output=tmp_path / "out")
    assert "shapes.onnx for tda4" in qc("compile", "--config", file).stdout
    assert (tmp_path / "out" / "model.qcb").exists()


def test_an_option_on_the_line_wins(qc, example, tmp_path):
    file = job(tmp_path / "job.yaml", model=example / "nothing.onnx", target="tda4", data="random:2", report_samples=0)
    done = qc("compile", example / "shapes.onnx", f"--config={file}", "--target", "generic", "-o", tmp_path / "out")
    assert "shapes.onnx for generic" in done.stdout


def test_write_config_round_trip(qc, example, tmp_path):
    arguments = ["compile", example / "shapes.onnx", "--target", "generic", "--data", "random:2", "--preprocess",
                 PREPROCESS, "--emit", "qcb,report", "--report-samples", "0", "--quiet", "-o", tmp_path / "a"]
    text = qc(*arguments, "--write-config").stdout
    assert not (tmp_path / "a").exists()
    (tmp_path / "job.yaml").write_text(text)
    assert qc("compile", "--config", tmp_path / "job.yaml", "--write-config").stdout == text
    qc("compile", "--config", tmp_path / "job.yaml")
    qc(*arguments[:-1], tmp_path / "b")
    qc("verify", tmp_path / "a" / "model.qcb", tmp_path / "b" / "model.qcb")


@pytest.mark.parametrize("text, exit_code, says", [
    ("methdo: kl\n", 2, "'methdo'; did you mean 'method'"), ("- a\n- b\n", 1, "not a YAML mapping"),
    ("a: [1\n", 1, "cannot be read as YAML"), (None, 1, "does not exist"),
])
def test_bad_job_files(qc, example, tmp_path, text, exit_code, says):
    file = tmp_path / "job.yaml"
    if text is not None:
        file.write_text(text)
    done = qc("compile", example / "shapes.onnx", "--config", file, "-o", tmp_path / "out", exit_code=exit_code)
    assert says in done.stderr and not (tmp_path / "out").exists()


# ---- run, eval -------------------------------------------------------------------------------------------------------

def test_run_stacks_outputs(qc, example, out, tmp_path):
    done = qc("run", out / "model.qcb", "--data", example / "test", "--samples", "5", "--repeat", "2", "--json",
              "-o", tmp_path / "y.npz")
    assert as_json(done)["runs"] == 15
    assert np.load(tmp_path / "y.npz")["logits"].shape == (5, 8)


@pytest.mark.parametrize("stage", ["import.mlirbc", "prepare.mlirbc", "calibrate.mlirbc", "quantize.mlirbc",
                                   "schedule.mlirbc", "model.qcb"])
def test_every_stage_runs(qc, example, out, stage, tmp_path):
    qc("run", out / stage, "--data", example / "test", "--samples", "2", "-o", tmp_path / "y.npz")
    assert np.isfinite(np.load(tmp_path / "y.npz")["logits"]).all()


def test_eval_against_the_source(qc, example, out):
    result = as_json(qc("eval", out / "model.qcb", "--data", example / "test", "--labels", example / "labels.txt",
                        "--against", example / "shapes.onnx", "--json"))
    assert result["items"] == 200 and result["top1"] >= 0.95 and result["agreement"] >= 0.97
    assert result["top5"] >= result["top1"] and result["outputs"][0]["sqnr_db_median"] > 20


def test_eval_asks_for_something_to_evaluate(qc, example, out):
    assert "--labels" in qc("eval", out / "model.qcb", "--data", example / "test", exit_code=2).stderr


# ---- compare, verify -------------------------------------------------------------------------------------------------

def test_compare_matches_tensors_through_fusion(qc, example, tmp_path):
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--preprocess", PREPROCESS, "--samples", "16",
       "--correct", "inputs,bias", "--report-samples", "0", "-o", tmp_path)
    arguments = ["compare", example / "shapes.onnx", tmp_path / "model.qcb", "--data", example / "test", "--samples", "2"]
    text = json.dumps(as_json(qc(*arguments, "--json")))
    assert "stem_relu6_out" in text and "logits" in text
    qc(*arguments, "--min-cosine", "0.9")
    qc(*arguments, "--min-cosine", "0.9999", exit_code=3)


def test_a_model_is_exactly_itself(qc, example, out):
    """Its inputs as well, which it reads as float and holds as integers under one name."""
    for model in (out / "model.qcb", out / "schedule.mlirbc", example / "shapes.onnx"):
        tensors = as_json(qc("compare", model, model, "--data", example / "test", "--samples", "2", "--json"))["tensors"]
        assert len(tensors) > 15 and all(tensor["max_difference"] == 0 for tensor in tensors), model
    assert "image" in [tensor["name"] for tensor in tensors]


@pytest.mark.parametrize("command, option, value, expected", [
    ("eval", "--max-drop", "-5", "from 0 to 100"), ("eval", "--max-drop", "101", "from 0 to 100"),
    ("eval", "--min-agreement", "101", "from 0 to 100"), ("eval", "--min-agreement", "nan", "from 0 to 100"),
    ("eval", "--min-agreement", "98%", "from 0 to 100"), ("eval", "--samples", "-1", "from 0 on"),
    ("eval", "--label-offset", "2e6", "from -1000000 to 1000000"), ("compile", "--max-cycles", "-1", "from 0 on"),
    ("compile", "--max-subgraphs", "-1", "from 0 on"), ("compile", "--advice", "-3", "from 0 on"),
    ("compile", "--report-samples", "-1", "from 0 on"), ("compile", "--rtol", "inf", "from 0 on"),
    ("tune", "--max-drop", "-5", "from 0 to 100"), ("tune", "--max-drop", "101", "from 0 to 100"),
    ("tune", "--min-sqnr", "nan", "from 0 on"), ("tune", "--max-latency", "-1", "from 0 on"),
    ("tune", "--eval-samples", "-1", "from 0 on"), ("compare", "--min-cosine", "1.5", "from -1 to 1"),
    ("compare", "--max-outside", "2", "from 0 to 1"), ("compare", "--max-relative-rmse", "-1", "from 0 on"),
    ("run", "--repeat", "-1", "from 0 to"), ("run", "--timeout", "0", "from 0.001 to 86400"),
    ("analyze", "--samples", "0", "at least one"), ("analyze", "--threads", "-1", "from 0 to 256"),
])
def test_numbers_have_ranges(qc, tmp_path, command, option, value, expected):
    more = {"eval": ["--data", "d", "--labels", "l", "--against", "b"], "tune": ["--data", "d", "--labels", "l", "-o", "o"],
            "compile": ["-o", "o"], "compare": ["b.onnx", "--data", "d"], "run": ["--data", "d"], "analyze": []}[command]
    said = qc(command, "a.onnx", *more, option, value, exit_code=2, cwd=tmp_path).stderr
    assert option in said and expected in said and not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["samples=-1", "threads=-2", "seed=-3"])
def test_numbers_of_passes_have_ranges(qc_opt, out, option):
    for phase in ("--calibrate", "--correct") if "seed" not in option else ("--calibrate",):
        said = qc_opt(f"{phase}={option}", out / "prepare.mlirbc", exit_code=1).stderr
        assert option.split("=")[1] in said


def test_verify(qc, example, out, tmp_path):
    same, other = tmp_path / "same.qcb", tmp_path / "other.qcb"
    shutil.copy(out / "model.qcb", same)
    content = bytearray(same.read_bytes())
    content[100] ^= 1
    other.write_bytes(content)
    assert qc("verify", out / "model.qcb", same).stdout == "Strict check PASSED\n"
    assert "byte 100" in qc("verify", out / "model.qcb", other, exit_code=3).stdout
    assert "no_such" in qc("verify", same, tmp_path / "no_such", exit_code=1).stderr


def test_verify_names_the_first_difference(qc, example, out, tmp_path):
    x = np.zeros((2, 3), np.float32)
    np.savez(tmp_path / "a.npz", x=x, y=x)
    np.savez(tmp_path / "b.npz", y=x, x=x)
    qc("verify", tmp_path / "a.npz", tmp_path / "b.npz")
    x[1, 1] = 1
    np.savez(tmp_path / "b.npz", y=x, x=np.zeros((2, 3), np.float32))
    assert "array 'y' differs first at element 4" in \
        qc("verify", tmp_path / "a.npz", tmp_path / "b.npz", exit_code=3).stdout
    done = qc("verify", example / "shapes.onnx", out / "model.qcb", "--data", example / "test", "--samples", "2",
              "--preprocess", PREPROCESS, exit_code=3)
    assert "output 'logits' differs first at element" in done.stdout


# ---- inspect, stats, targets, report ---------------------------------------------------------------------------------

@pytest.mark.parametrize("stage", ["import.mlirbc", "quantize.mlirbc", "schedule.mlirbc"])
def test_inspect_json(qc, out, stage):
    found = as_json(qc("inspect", out / stage, "--json"))
    assert "logits" in json.dumps(found)


def test_inspect_json_of_a_program(qc, out):
    """What the text says, and the strides of what a caller hands over."""
    text = qc("inspect", out / "model.qcb").stdout
    found = as_json(qc("inspect", out / "model.qcb", "--json"))
    image, = found["inputs"]
    assert image["name"] == "image" and image["shape"] == [1, 3, 48, 48] and image["type"] == "f32"
    assert image["strides"] == [27648, 9216, 192, 4] and image["bytes"] == 27648 and image["preprocess"]
    assert [output["name"] for output in found["outputs"]] == ["logits"]
    assert found["producer"].startswith("qc ") and found["target"] == "generic" and "provenance" in found
    assert f"{found['constants']['tensors']} tensors, {found['constants']['bytes']} bytes" in text
    assert f"{found['arena_bytes']} bytes, of which {found['live_bytes']} are live" in text
    memory = found["memory"]
    assert memory["static_bytes"] == found["constants"]["bytes"]
    assert memory["temporary_bytes"] >= memory["planned_bytes"] == found["arena_bytes"]
    assert memory["input_bytes"] == sum(tensor["bytes"] for tensor in found["inputs"])
    assert f"static {memory['static_bytes']} bytes, temporary {memory['temporary_bytes']} (of which" in text
    first = found["instructions"][0]
    assert first["moved_bytes"] == sum(t["bytes"] for t in first["inputs"] + first["outputs"] if t["memory"] == "arena")
    layer = next(entry for entry in found["instructions"] if entry["kernel"] == "conv2d")
    assert layer["placement"] == "npu" and layer["sources"]
    data, weight, bias = layer["inputs"]
    assert data["scale"] > 0 and data["memory"] == "arena" and data["offset"] % 64 == 0
    assert weight["memory"] == "constant" and weight["axis"] == 0 and len(weight["scales"]) == weight["shape"][0]
    assert bias["type"] == "i32"


def test_one_form_of_output_at_a_time(qc, out, tmp_path):
    assert "excludes" in qc("targets", "generic", "--json", "--markdown", exit_code=2).stderr
    assert "excludes" in qc("report", out, "--json", "--html", tmp_path / "page.html", exit_code=2).stderr


def test_inspect_names_inputs_outputs_and_memory(qc, example, out):
    assert "1x3x48x48" in qc("inspect", example / "shapes.onnx").stdout
    text = qc("inspect", out / "model.qcb").stdout
    assert all(word in text for word in ("image", "logits", "arena", "generic", "conv2d", "npu"))


def test_shards_of_statistics(qc, example, tmp_path):
    files = sorted((example / "calib").glob("*.png"))[:12]
    parts = {"a": files[:5], "b": files[5:], "all": files}
    for name, part in parts.items():
        (tmp_path / f"{name}.txt").write_text("".join(f"{file}\n" for file in part))
        qc("compile", example / "shapes.onnx", "--data", tmp_path / f"{name}.txt", "--preprocess", PREPROCESS,
           "--stats-out", tmp_path / f"{name}.stats", "--stop-after", "calibrate", "--quiet", "-o", tmp_path / name)
    qc("stats", "merge", tmp_path / "a.stats", tmp_path / "b.stats", "-o", tmp_path / "merged.stats")
    assert "12 samples" in qc("stats", "show", tmp_path / "merged.stats").stdout
    assert "no difference" in qc("stats", "diff", tmp_path / "merged.stats", tmp_path / "merged.stats").stdout
    assert "no difference" not in qc("stats", "diff", tmp_path / "a.stats", tmp_path / "b.stats", exit_code=3).stdout


def test_targets(qc):
    listed = [line.split()[0] for line in qc("targets").stdout.splitlines()]
    assert listed == sorted(listed) and set(listed) >= {"generic", "horizon", "mtk", "sigmastar", "tda4"}
    for name in listed:
        description = as_json(qc("targets", name, "--json"))
        assert description["facts"] and all(fact["provenance"] for fact in description["facts"])
    assert "'generic'" in qc("targets", "genric", exit_code=2).stderr


def test_report_again(qc, out, tmp_path):
    shown = qc("report", out).stdout
    # The list of written files is part of the compile, not of the evidence.
    table = [line for line in (out / "terminal.txt").read_text().splitlines() if "conv2d" in line]
    assert table and all(line in shown for line in table)
    assert as_json(qc("report", out / "report.json", "--json")) == json.loads((out / "report.json").read_text())
    qc("report", out, "--html", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "logits" in page and "http" not in page
    assert page.split("<section id=facts")[0] == (out / "report.html").read_text().split("<section id=facts")[0]


def test_report_is_shown(qc, out, tmp_path):
    """--open hands the page to xdg-open."""
    shutil.copy(out / "report.json", tmp_path)
    without = {**os.environ, "PATH": str(tmp_path)}
    assert "install xdg-utils" in qc("report", tmp_path, "--open", exit_code=1, env=without).stderr
    opener = tmp_path / "xdg-open"
    opener.write_text(f"#!{shutil.which('sh')}\necho shown: \"$1\"\n")
    opener.chmod(0o755)
    assert f"shown: {tmp_path}/report.html" in qc("report", tmp_path, "--open", env=without).stdout
    assert (tmp_path / "report.html").exists()
    opener.write_text(f"#!{shutil.which('sh')}\nexit 4\n")
    assert "cannot show" in qc("report", tmp_path, "--open", exit_code=1, env=without).stderr
    assert "excludes" in qc("report", tmp_path, "--open", "--json", exit_code=2).stderr


def test_options_of_several_values_leave_the_model_alone(qc, example, tmp_path):
    """A list takes one argument a flag: what follows is the model."""
    for options in (["--correct", "none"], ["--emit", "qcb"], ["--int16-tensors", "logits"]):
        qc("compile", *options, example / "shapes.onnx", "--data", "random:2", "--quiet", "-o", tmp_path)


def test_a_model_that_preprocesses_itself(qc, example, tmp_path):
    qc("compile", example / "shapes.onnx", "--data", example / "calib", "--samples", "8", "--preprocess", PREPROCESS,
       "--insert-preprocess", "--quiet", "-o", tmp_path)
    arguments = ["eval", tmp_path / "model.qcb", "--data", example / "test", "--samples", "8"]
    # Each of the two gets the images in its own form; tensor by tensor they must be the same.
    own = as_json(qc(*arguments, "--against", tmp_path / "prepare.mlirbc", "--json"))
    source = as_json(qc(*arguments, "--against", example / "shapes.onnx", "--json"))
    assert source["outputs"][0]["sqnr_db_median"] == pytest.approx(own["outputs"][0]["sqnr_db_median"], abs=0.01)
    done = qc("compare", example / "shapes.onnx", tmp_path / "model.qcb", "--data", example / "test", "--samples", "8",
              exit_code=1)
    assert "does part of the preprocessing itself" in done.stderr


def test_labels_are_those_of_the_network(qc, example, out, tmp_path):
    (tmp_path / "labels.txt").write_text("".join("40\n" for _ in (example / "test").rglob("*.png")))
    done = qc("eval", out / "model.qcb", "--data", example / "test", "--labels", tmp_path / "labels.txt", exit_code=1)
    assert "is 40, the network has classes 0 to 7; --label-offset shifts labels" in done.stderr


def test_a_map_has_no_top_1(qc, kit, tmp_path):
    model = kit.model("ultraface_rfb_320")
    qc("compile", model, "--data", "random:8", "--report-samples", "0", "--quiet", "-o", tmp_path)
    arguments = ["eval", tmp_path / "model.qcb", "--data", "random:2"]
    found = as_json(qc(*arguments, "--against", model, "--json"))
    assert "agreement" not in found and found["outputs"][0]["sqnr_db_median"] > 10
    (tmp_path / "labels.txt").write_text("0\n0\n")
    done = qc(*arguments, "--labels", tmp_path / "labels.txt", exit_code=1)
    assert "--labels needs one score a class, output '" in done.stderr
