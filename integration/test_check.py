"""qc check: what a target runs, without data.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

PREPROCESS = "color=rgb mean=127.5 std=127.5"


def save(path, nodes, shape, weights=()):
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["a", "b", "c", "d"][:len(shape)])],
                              [numpy_helper.from_array(value, name) for name, value in weights])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    return path


@pytest.fixture
def large_kernel(tmp_path):
    """A convolution with a larger window than the accelerator has, and a table that it has."""
    weight = np.random.default_rng(0).normal(size=(4, 3, 33, 33)).astype(np.float32)
    return save(tmp_path / "large.onnx", [helper.make_node("Conv", ["x", "w"], ["c"], name="conv", pads=[16] * 4),
                                          helper.make_node("Sigmoid", ["c"], ["y"])], [1, 3, 16, 16], [("w", weight)])


def test_a_network_that_runs(qc, example):
    done = qc("check", example / "shapes.onnx", "--target", "tda4")
    assert "0 that the target does not run" in done.stdout
    report = json.loads(qc("check", example / "shapes.onnx", "--json").stdout)
    assert report["target"] == "generic" and report["precision"] == "int8" and report["refused"] == 0
    assert {op["placement"] for op in report["ops"]} == {"npu"}


def test_figures_are_those_of_the_compile(qc, example, tmp_path):
    report = json.loads(qc("check", example / "shapes.onnx", "--json").stdout)
    qc("compile", example / "shapes.onnx", "--data", "random:2", "--preprocess", PREPROCESS, "--quiet", "-o", tmp_path)
    program = json.loads(qc("inspect", tmp_path / "model.qcb", "--json").stdout)
    compiled = json.loads((tmp_path / "report.json").read_text())
    assert report["arena_bytes"] == compiled["memory"]["arena_bytes"]
    assert len(report["ops"]) == len(program["instructions"])
    assert report["macs"] == sum(layer["macs"] for layer in compiled["layers"])


def test_what_the_target_does_not_run_is_a_failed_check(qc, large_kernel):
    done = qc("check", large_kernel, "--target", "horizon", exit_code=3)
    (row,) = [line for line in done.stdout.splitlines() if " cpu " in line]
    assert row.startswith("c ") and "conv2d" in row and "kernel height and width from 1 to 31" in row
    assert "1 of" in done.stderr and "--allow-cpu" in done.stderr
    assert qc("check", large_kernel, "--target", "horizon", "--allow-cpu").stdout == done.stdout
    (refused,) = [op for op in json.loads(qc("check", large_kernel, "--target", "horizon", "--json", exit_code=3).stdout)
                  ["ops"] if op["reasons"]]
    assert refused["name"] == "c" and refused["placement"] == "cpu"


def test_layers_in_float_are_shown_and_no_failure(qc, example):
    done = qc("check", example / "shapes.onnx", "--deny", "name:logits")
    assert "in float" in done.stdout and "1 op in 1 subgraph" in done.stdout


def test_ops_that_cannot_be_imported_are_an_error(qc, tmp_path):
    save(tmp_path / "odd.onnx", [helper.make_node("RandomNormalLike", ["x"], ["y"], name="odd")], [1, 4])
    done = qc("check", tmp_path / "odd.onnx", exit_code=1)
    assert "RandomNormalLike" in done.stderr and "odd" in done.stderr


def test_subgraphs_are_counted_and_capped(qc, kit):
    """A layer in float parts the device's ops; with a cap the smaller part goes to the CPU as well."""
    check = ["check", kit.model("mlperftiny_resnet8_cifar10_fp32"), "--deny", "name:t30_act", "--json"]
    free, capped = (json.loads(qc(*check, *more).stdout)["cpu"] for more in ([], ["--max-subgraphs", 1]))
    assert free["device_subgraphs"] == 2 and capped["device_subgraphs"] == 1
    assert capped["ops"] > free["ops"] == 1
