"""What a compile decides or refuses before and beside the calibration: errors in the first second with a way out, and
options that come after a decision was taken.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx_cases import ints, model_of, values

IMAGE = {"x": values(1, 3, 12, 12)}


def save(path, nodes, constants, outputs, inputs=IMAGE):
    onnx.save(model_of([helper.make_node(op, ins, outs, name=name, **attributes)
                        for name, op, ins, outs, attributes in nodes], inputs, constants, outputs, 13), path)


def samples(path, count=16):
    np.savez(path, x=values(count, 1, 3, 12, 12, low=-1, high=1))


CONV = ("first", "Conv", ["x", "w"], ["c"], {"pads": [1, 1, 1, 1]})
WEIGHTS = {"w": values(8, 3, 3, 3, low=-0.4, high=0.4), "w2": values(5, 8, 1, 1, low=-0.5, high=0.5)}
NODES = [CONV, ("gate", "Sigmoid", ["c"], ["s"], {}), ("mix", "Mul", ["c", "s"], ["m"], {}),
         ("second", "Conv", ["m", "w2"], ["y"], {})]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    folder = tmp_path_factory.mktemp("network")
    save(folder / "net.onnx", NODES, WEIGHTS, ["y"])
    samples(folder / "cal.npz")
    return folder


def layers(folder):
    return {layer["name"]: layer for layer in json.loads((folder / "report.json").read_text())["layers"]}


# ---- going on with other widths --------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def calibrated(qc, network):
    """A stage with ranges for 8 bits, and the statistics behind them."""
    qc("compile", network / "net.onnx", "--data", network / "cal.npz", "--method", "percentile=0.99", "--quiet",
       "--stats-out", network / "all.stats", "--stop-after", "calibrate", "-o", network / "eight")
    return network / "eight" / "calibrate.mlirbc"


@pytest.mark.parametrize("options", [["--precision", "a16w8"], ["--precision", "int16"], ["--int16-tensors", "m"],
                                     ["--target", "tda4"]], ids=" ".join)
def test_ranges_are_chosen_again_for_other_widths(qc, network, calibrated, tmp_path, options):
    """The bytes are those of a compile that was told at once; the method stays."""
    done = qc("compile", calibrated, *options, "--quiet", "-o", tmp_path / "on")
    assert "they are chosen again on" in done.stderr
    qc("compile", network / "net.onnx", "--data", network / "cal.npz", "--method", "percentile=0.99", "--quiet",
       *options, "-o", tmp_path / "whole")
    for name in ("calibration.table", "model.qcb"):
        assert (tmp_path / "on" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert json.loads((tmp_path / "on/report.json").read_text())["method"] == "percentile=0.99"


@pytest.mark.parametrize("options", [[], ["--precision", "int8"], ["--target", "generic"]], ids=" ".join)
def test_ranges_stay_for_the_same_widths(qc, calibrated, tmp_path, options):
    assert "chosen again" not in qc("compile", calibrated, *options, "--quiet", "-o", tmp_path).stderr


def test_samples_are_read_as_they_were(qc, tmp_path):
    """A stage notes --raw and --skip-bad: the bytes are those of one go."""
    save(tmp_path / "net.onnx", NODES, WEIGHTS, ["y"])
    (tmp_path / "data").mkdir()
    for i in range(10):
        np.save(tmp_path / "data" / f"{i}.npy", np.random.default_rng(i).integers(0, 256, (12, 12, 3)).astype(np.uint8))
    (tmp_path / "data" / "3.npy").write_bytes(b"no array")
    reading = ["--raw", "--skip-bad", "--samples", "9"]
    arguments = ["--data", tmp_path / "data", "--preprocess", "mean=127.5 std=127.5", *reading, "--quiet"]
    qc("compile", tmp_path / "net.onnx", *arguments, "--stop-after", "calibrate", "-o", tmp_path / "eight")
    for options in ([], ["--precision", "int16"]):
        qc("compile", tmp_path / "eight/calibrate.mlirbc", *options, "--quiet", "-o", tmp_path / "on")
        qc("compile", tmp_path / "net.onnx", *arguments, *options, "-o", tmp_path / "whole")
        names = ["model.qcb"] + (["calibration.table"] if options else [])
        for name in names:
            assert (tmp_path / "on" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    # A stage of elsewhere says nothing: the options do.
    qc("compile", tmp_path / "net.onnx", "--preprocess", "mean=127.5 std=127.5", "--data", tmp_path / "data", "--quiet",
       "--stop-after", "prepare", "-o", tmp_path / "plain")
    qc("compile", tmp_path / "plain/prepare.mlirbc", *reading, "--quiet", "-o", tmp_path / "on")
    qc("compile", tmp_path / "net.onnx", *arguments, "-o", tmp_path / "whole")
    assert (tmp_path / "on/model.qcb").read_bytes() == (tmp_path / "whole/model.qcb").read_bytes()


def test_without_samples_the_way_is_told(qc, network, calibrated, tmp_path):
    qc("compile", network / "net.onnx", "--stats-in", network / "all.stats", "--quiet", "--stop-after", "calibrate",
       "-o", tmp_path / "eight")
    stage = tmp_path / "eight/calibrate.mlirbc"
    done = qc("compile", stage, "--precision", "a16w8", "--quiet", "-o", tmp_path / "on", exit_code=1)
    assert "give --data or --stats-in to choose them again, or --table-in" in done.stderr
    qc("compile", stage, "--precision", "a16w8", "--stats-in", network / "all.stats", "--quiet", "-o", tmp_path / "on")
    qc("compile", stage, "--precision", "a16w8", "--table-in", tmp_path / "eight/calibration.table", "--quiet",
       "-o", tmp_path / "kept")


def test_what_is_corrected_takes_no_other_widths(qc, network, tmp_path):
    qc("compile", network / "net.onnx", "--data", network / "cal.npz", "--quiet", "-o", tmp_path / "out")
    done = qc("compile", tmp_path / "out/correct.mlirbc", "--int16-tensors", "m", "--quiet", "-o", tmp_path / "on",
              exit_code=1)
    assert "is corrected already: its tensors cannot change to 16 bits" in done.stderr


def test_quantizing_for_other_widths_warns(qc_opt, calibrated, tmp_path):
    done = qc_opt(calibrated, "--quantize=precision=int16", "-o", tmp_path / "q.mlir")
    assert "warning: has ranges that were chosen for activations of other bits or symmetry" in done.stderr
    assert "warning" not in qc_opt(calibrated, "--quantize=precision=int8", "-o", tmp_path / "q.mlir").stderr


# ---- before the samples run ------------------------------------------------------------------------------------------

def test_refusals_come_before_the_calibration(qc, tmp_path):
    """All ops at once, in the words of legalization, and no sample is read."""
    save(tmp_path / "net.onnx",
         [("far", "Conv", ["x", "w"], ["c"], {"pads": [4, 4, 4, 4], "strides": [2, 2]}),
          ("wide", "MaxPool", ["c"], ["y"], {"kernel_shape": [5, 5]})], {"w": values(8, 3, 9, 9)}, ["y"])
    arguments = ["compile", tmp_path / "net.onnx", "--target", "tda4", "--quiet", "-o", tmp_path / "out"]
    done = qc(*arguments, "--data", tmp_path / "nowhere.npz", exit_code=1)
    assert "target 'tda4' cannot run 2 ops; --allow-cpu places what it cannot run on the CPU" in done.stderr
    assert "conv-large-kernel" in done.stderr and "pool-window" in done.stderr and "nowhere" not in done.stderr
    assert not (tmp_path / "out/calibrate.mlirbc").exists()
    samples(tmp_path / "cal.npz")
    late = qc(*arguments, "--data", tmp_path / "cal.npz", "--stop-after", "quantize")
    assert late.returncode == 0
    stage = qc("compile", tmp_path / "out/quantize.mlirbc", "--quiet", "-o", tmp_path / "on", exit_code=1)
    notes = [[line for line in text.splitlines() if "note:" in line] for text in (done.stderr, stage.stderr)]
    assert notes[0] == notes[1]
    allowed = qc(*arguments, "--data", tmp_path / "cal.npz", "--allow-cpu")
    assert allowed.stderr.count("runs on the CPU") == 2


def test_huge_weights_are_no_reason_to_refuse(qc, tmp_path):
    """Placeholders for ranges say nothing about scales."""
    save(tmp_path / "net.onnx", [("first", "Conv", ["x", "w"], ["y"], {})], {"w": values(8, 3, 3, 3) * 1e12}, ["y"])
    samples(tmp_path / "cal.npz")
    qc("compile", tmp_path / "net.onnx", "--data", tmp_path / "cal.npz", "--quiet", "-o", tmp_path / "out")


def test_weights_that_are_no_numbers(qc, tmp_path):
    weight, bias = values(8, 3, 3, 3), values(8)
    weight[2, 1, 0, 0], bias[3] = np.nan, -np.inf
    save(tmp_path / "net.onnx", [("conv1", "Conv", ["x", "stem.weight", "stem.bias"], ["c"], {}),
                                 ("act", "Relu", ["c"], ["y"], {})], {"stem.weight": weight, "stem.bias": bias}, ["y"])
    done = qc("compile", tmp_path / "net.onnx", "--data", tmp_path / "nowhere.npz", "--quiet", "-o", tmp_path / "out",
              exit_code=1)
    assert "weight 'stem.weight' of 'y' (top.conv) holds NaN at [2, 1, 0, 0], 1 of 216 values" in done.stderr
    assert "bias 'stem.bias' of 'y' (top.conv) holds infinity at [3], 1 of 8 values" in done.stderr
    assert "'conv1'" in done.stderr


# ---- tails -----------------------------------------------------------------------------------------------------------

TAIL = [("arg", "Unique", ["y"], ["class"], {"axis": 1})]


def test_a_tail_is_cut_off_where_the_error_says(qc, network, tmp_path):
    save(tmp_path / "net.onnx", [*NODES, *TAIL], WEIGHTS, ["class"])
    arguments = ["compile", tmp_path / "net.onnx", "--data", network / "cal.npz", "--quiet", "-o", tmp_path / "out"]
    done = qc(*arguments, exit_code=1)
    assert "op Unique: not supported; node 'arg'" in done.stderr
    assert "--cut-at y ends the network before that and leaves the last 1 node to the application" in done.stderr
    qc(*arguments, "--cut-at", "y")


def test_other_outputs_stay_with_the_cut(qc, tmp_path):
    save(tmp_path / "net.onnx", [*NODES, *TAIL, ("same", "Unique", ["m"], ["other"], {"axis": 1})], WEIGHTS,
         ["class", "s", "other"])
    done = qc("compile", tmp_path / "net.onnx", "--quiet", "-o", tmp_path / "out", exit_code=1)
    assert "--cut-at y,m,s ends the network before that and leaves the last 2 nodes" in done.stderr
    qc("compile", tmp_path / "net.onnx", "--quiet", "--data", "random:2", "--cut-at", "y,m,s", "-o", tmp_path / "out")


@pytest.mark.parametrize("nodes", [
    [("arg", "RandomNormalLike", ["x"], ["p"], {}), ("first", "Conv", ["p", "w"], ["y"], {})],
    [CONV, ("arg", "RandomNormalLike", ["c"], ["p"], {}), *[(f"n{i}", "Conv", ["p" if i == 0 else f"t{i}", "w8"], [
        "y" if i == 2 else f"t{i + 1}"], {}) for i in range(3)]],
], ids=["at the input", "in the middle"])
def test_what_is_no_tail_is_not_offered(qc, tmp_path, nodes):
    save(tmp_path / "net.onnx", nodes, {**WEIGHTS, "w8": values(8, 8, 3, 3)}, ["y"])
    done = qc("compile", tmp_path / "net.onnx", "--quiet", "-o", tmp_path / "out", exit_code=1)
    assert "op RandomNormalLike: not supported" in done.stderr and "--cut-at" not in done.stderr


# ---- what becomes something else on the way --------------------------------------------------------------------------

def test_a_batch_norm_of_its_own_runs_on_tda4(qc, network, tmp_path):
    """No convolution precedes it that it could be folded into: it is a layer, which the vendor lists."""
    norm = {"g": values(8, low=0.5, high=1.5), "b": values(8), "m": values(8, low=-0.2, high=0.2),
            "v": values(8, low=0.3, high=2)}
    save(tmp_path / "net.onnx", [
        CONV, ("act", "Relu", ["c"], ["r"], {}), ("sum", "Add", ["c", "r"], ["a"], {}),
        ("bn", "BatchNormalization", ["a", *norm], ["n"], {}), ("act2", "Relu", ["n"], ["r2"], {}),
        ("last", "Conv", ["r2", "w2"], ["y"], {})], {**WEIGHTS, **norm}, ["y"])
    qc("compile", tmp_path / "net.onnx", "--data", network / "cal.npz", "--target", "tda4", "--quiet", "-o",
       tmp_path / "out")
    assert layers(tmp_path / "out")["y"]["accumulated"]["sqnr_db"] > 20
