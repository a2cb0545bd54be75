"""Networks of precision float: every float model of the kit as a .qcb, beside onnxruntime, and what goes with it.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import numpy as np
import onnx
import pytest
from harness import Peer, relative_difference
from test_float_execution import MODELS, RANGES, SHAPES, TOLERANCE, shape_options
from test_onnx_execution import CASES, HALF_TOLERANCE
from test_onnx_execution import TOLERANCE as CASE_TOLERANCE
from test_onnx_import import run_peer


def compile_float(qc, model, out, *options):
    return qc("compile", model, "--precision", "float", "-o", out, "--quiet", *options)


@pytest.mark.parametrize("name", MODELS)
def test_outputs_are_those_of_onnxruntime(qc, kit, tmp_path, name):
    compile_float(qc, kit.model(name), tmp_path / "out", *shape_options(name))
    peer = Peer(kit.model(name), shapes=SHAPES.get(name))
    low, high = RANGES.get(name, (-1, 1))
    feeds = peer.samples(low=low, high=high)
    np.savez(tmp_path / "in.npz", **feeds)
    qc("run", tmp_path / "out" / "model.qcb", "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    expected, outputs = peer.run(feeds), dict(np.load(tmp_path / "out.npz"))
    assert outputs, "no output was written"
    worst = {tensor: relative_difference(value, expected[tensor]) for tensor, value in outputs.items()}
    print(f"{name}: {max(worst.values()):.2e}")
    assert max(worst.values()) <= TOLERANCE, worst


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_form_of_every_op(qc, tmp_path, case):
    onnx.save(case.model, tmp_path / "case.onnx")
    np.savez(tmp_path / "in.npz", **case.samples)
    compile_float(qc, tmp_path / "case.onnx", tmp_path, "--emit", "qcb")
    qc("run", tmp_path / "model.qcb", "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    found = dict(np.load(tmp_path / "out.npz"))
    for output, expected in zip(case.model.graph.output, run_peer(case)):
        value = found[output.name].reshape(np.shape(expected))
        tolerance = HALF_TOLERANCE if np.asarray(expected).dtype == np.float16 else CASE_TOLERANCE
        assert relative_difference(value, expected) <= tolerance, output.name


@pytest.fixture(scope="module")
def shapes(qc, example, tmp_path_factory):
    """The example network, compiled without any sample."""
    folder = tmp_path_factory.mktemp("float")
    done = compile_float(qc, example / "shapes.onnx", folder,
                         "--preprocess", "color=rgb mean=127.5 std=127.5")
    return folder, done


def test_stages_and_program_give_the_same_bytes(qc, shapes, example, tmp_path):
    folder, _ = shapes
    data = example / "calib"
    for stage in ("legalize.mlirbc", "schedule.mlirbc", "model.qcb"):
        qc("run", folder / stage, "--data", data, "--samples", 5, "-o", tmp_path / f"{stage}.npz")
    qc("verify", tmp_path / "legalize.mlirbc.npz", tmp_path / "model.qcb.npz")
    qc("verify", tmp_path / "schedule.mlirbc.npz", tmp_path / "model.qcb.npz")


def test_the_program_is_as_accurate_as_the_model(qc, shapes, example):
    folder, _ = shapes
    model = example / "shapes.onnx"
    qc("compare", model, folder / "model.qcb", "--data", example / "calib", "--samples", 5,
       "--preprocess", "color=rgb mean=127.5 std=127.5", "--min-cosine", 0.999999)


def test_report_says_that_nothing_is_quantized(shapes):
    folder, done = shapes
    assert ", float\n" in done.stdout, done.stdout
    assert "the whole network computes in float, on the CPU: nothing is quantized" in done.stdout, done.stdout
    report = json.loads((folder / "report.json").read_text())
    assert report["precision"] == "float"
    assert report["memory"]["constant_bytes"] > 1000


# A softmax in float between integers, and an op behind them that is on the CPU as an integer op.
MIXED = """
!q = !quant.uniform<i8:f32, 0.05>
!p = !quant.uniform<i8:f32, 0.00390625:-128>
module attributes {qc.target = #qc.target<"generic", {}>} {
func.func @main(%x: tensor<2x4xf32> {qc.name = "x"}) -> (tensor<4x2x!p> {qc.name = "y"}) {
  %0 = tpu.quantize %x : (tensor<2x4xf32>) -> tensor<2x4x!q>
  %1 = tpu.clip %0 {clamp = array<i64: -10, 10>} : (tensor<2x4x!q>) -> tensor<2x4x!q> loc("clipped")
  %2 = tpu.dequantize %1 : (tensor<2x4x!q>) -> tensor<2x4xf32>
  %3 = top.softmax %2 {axis = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32> loc("probabilities")
  %4 = top.transpose %3 {perm = array<i64: 1, 0>} : (tensor<2x4xf32>) -> tensor<4x2xf32> loc("turned")
  %5 = tpu.quantize %4 : (tensor<4x2xf32>) -> tensor<4x2x!p>
  %6 = tpu.clip %5 {clamp = array<i64: -100, 100>, qc.placement = "cpu"} : (tensor<4x2x!p>) -> tensor<4x2x!p> loc("y")
  return %6 : tensor<4x2x!p>
}
}
"""


def test_layers_in_float_are_counted(qc, tmp_path):
    (tmp_path / "mixed.mlir").write_text(MIXED)
    done = qc("compile", tmp_path / "mixed.mlir", "-o", tmp_path / "out", "--quiet", exit_code=1)
    assert "cannot run 2 ops" in done.stderr and "'probabilities' (top.softmax): it computes in float" in done.stderr
    done = qc("compile", tmp_path / "mixed.mlir", "-o", tmp_path / "out", "--quiet", "--allow-cpu")
    assert ("on the CPU: 3 ops in 2 subgraphs, 2 subgraphs on the device, "
            "2 conversions between float and integers") in done.stdout, done.stdout
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["cpu"] == {"ops": 3, "subgraphs": 2, "device_subgraphs": 2, "boundary_conversions": 2}
    assert "2 subgraphs" in qc("report", tmp_path / "out").stdout
    qc("run", tmp_path / "mixed.mlir", "--data", "random:3", "-o", tmp_path / "stage.npz")
    qc("run", tmp_path / "out" / "model.qcb", "--data", "random:3", "-o", tmp_path / "program.npz")
    qc("verify", tmp_path / "stage.npz", tmp_path / "program.npz")


def test_fewer_subgraphs_on_the_device(qc, tmp_path):
    """What is between two parts on the CPU joins them, and computes the same."""
    (tmp_path / "mixed.mlir").write_text(MIXED)
    compile_mixed = ["compile", tmp_path / "mixed.mlir", "--allow-cpu"]
    qc(*compile_mixed, "-o", tmp_path / "two")
    done = qc(*compile_mixed, "-o", tmp_path / "one", "--max-subgraphs", 1)
    assert "the subgraph of 1 op that ends in" in done.stderr and "at most 1 on the device" in done.stderr, done.stderr
    report = json.loads((tmp_path / "one" / "report.json").read_text())
    assert report["cpu"] == {"ops": 4, "subgraphs": 1, "device_subgraphs": 1, "boundary_conversions": 2}
    for folder in ["one", "two"]:
        qc("run", tmp_path / folder / "model.qcb", "--data", "random:3", "-o", tmp_path / f"{folder}.npz")
    qc("verify", tmp_path / "one.npz", tmp_path / "two.npz")
    refused = qc(*compile_mixed, "-o", tmp_path / "out", "--max-subgraphs", "-1", exit_code=2)
    assert "--max-subgraphs" in refused.stderr


@pytest.mark.parametrize("target", ["horizon", "mtk", "sigmastar", "tda4", "generic"])
def test_every_target_has_it(qc, example, tmp_path, target):
    compile_float(qc, example / "shapes.onnx", tmp_path, "--target", target)
    listed = qc("inspect", tmp_path / "model.qcb").stdout
    assert "float.conv" in listed and " npu " not in listed, listed


def test_options_that_quantize_are_refused(qc, example, tmp_path):
    done = qc("compile", example / "shapes.onnx", "--precision", "float", "-o", tmp_path,
              "--method", "kl", "--correct", "none", exit_code=1)
    assert "has precision 'float', which quantizes nothing: leave out --method, --correct" in done.stderr


def test_quantizing_such_a_network_is_an_error(qc, qc_opt, shapes, tmp_path):
    folder, _ = shapes
    done = qc_opt("--quantize", folder / "prepare.mlirbc", "-o", tmp_path / "x.mlir", exit_code=1)
    assert "the network stays in float, there is nothing to quantize" in done.stderr


def test_eval_counts_the_same_answers(qc, shapes, example):
    folder, _ = shapes
    done = qc("eval", folder / "model.qcb", "--data", example / "test", "--labels", "folder",
              "--against", example / "shapes.onnx")
    assert "agreement of top-1 100.00 %" in done.stdout, done.stdout


@pytest.mark.parametrize("target, precisions", [
    ("tda4", ["float", "int16", "int8"]),
    ("horizon", ["float", "a16w8", "int8"]),
])
def test_ladder(qc, example, tmp_path, target, precisions):
    """From float down: float passes a tolerance that 8 bits do not, and every rung is coarser than the one above."""
    done = qc("compile", example / "shapes.onnx", "--ladder", "--target", target, "-o", tmp_path, "--quiet", "--json",
              "--data", example / "calib", "--preprocess", "color=rgb mean=127.5 std=127.5", "--report-samples", 8)
    report = json.loads(done.stdout)
    rungs = report["rungs"]
    assert [rung["precision"] for rung in rungs] == precisions and report["samples"] == 8
    assert [rung["sqnr_db"] for rung in rungs] == sorted((rung["sqnr_db"] for rung in rungs), reverse=True)
    assert rungs[0]["outside"] == 0 < rungs[-1]["outside"]
    assert rungs[0]["max_difference"] < 1e-4 < rungs[-1]["max_difference"]
    for precision in precisions:
        assert (tmp_path / precision / "model.qcb").exists()


def test_ladder_and_options_that_contradict_it(qc, example, tmp_path):
    model = example / "shapes.onnx"
    for options, words in ((["--precision", "int8"], "leave out --precision"),
                           (["--stop-after", "quantize"], "leave out --stop-after"),
                           (["--report-samples", 0], "give --report-samples")):
        done = qc("compile", model, "--ladder", "-o", tmp_path, *options, exit_code=2)
        assert words in done.stderr
    done = qc("compile", model, "--ladder", "-o", tmp_path, "--quiet", exit_code=1)
    assert "has no samples to compare precisions on: give --data" in done.stderr
