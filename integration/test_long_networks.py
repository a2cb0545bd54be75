"""Networks of very many nodes, names and results: compiled in about linear time, which the time limit of a call tells
from a quadratic one, and with every tensor still known.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import onnx
import pytest
from onnx import TensorProto, helper


def save(path, nodes, inputs, outputs):
    infos = [[helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in group.items()]
             for group in (inputs, outputs)]
    graph = helper.make_graph([helper.make_node(op, ins, outs, **more) for op, ins, outs, more in nodes], "long", *infos)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def chain(path, count):
    """Each sum needs the last but one tensor, too."""
    nodes = [("Sigmoid", ["x"], ["t0"], {})]
    for i in range(1, count):
        nodes.append(("Add", [f"t{i - 1}", f"t{max(i - 2, 0)}"], [f"t{i}"], {}) if i % 2 else
                     ("Sigmoid", [f"t{i - 1}"], [f"t{i}"], {}))
    return save(path, nodes, {"x": [1, 4]}, {f"t{count - 1}": [1, 4]})


def wide(path, count):
    """Many parts, each computed alone, joined; and each given out."""
    nodes = [("Split", ["x"], [f"s{i}" for i in range(count)], {"axis": 1})]
    nodes += [("Sigmoid", [f"s{i}"], [f"r{i}"], {}) for i in range(count)]
    nodes += [("Concat", [f"r{i}" for i in range(count)], ["y"], {"axis": 1})]
    return save(path, nodes, {"x": [1, count]}, {"y": [1, count], **{f"r{i}": [1, 1] for i in range(count)}})


def shared(path, count):
    """One tensor that all others are made with."""
    nodes = [("Sigmoid", ["x"], ["s"], {}), ("Add", ["x", "s"], ["t0"], {})]
    nodes += [("Mul" if i % 2 else "Sub", [f"t{i - 1}", "s"], [f"t{i}"], {}) for i in range(1, count)]
    return save(path, nodes, {"x": [1, 4]}, {f"t{count - 1}": [1, 4]})


@pytest.mark.parametrize("make, count", [(chain, 6000), (wide, 2000), (shared, 6000)])
def test_compiles(qc, tmp_path, make, count):
    qc("compile", make(tmp_path / "m.onnx", count), "--data", "random:1", "--report-samples", 1, "--quiet", "--allow-cpu",
       "-o", tmp_path / "out", timeout=200)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert len(report["layers"]) >= count


def test_names_of_a_long_fusion(qc, qc_opt, tmp_path):
    count = 20000
    model = save(tmp_path / "m.onnx",
                 [("Relu", ["x" if i == 0 else f"t{i - 1}"], [f"t{i}"], {}) for i in range(count)],
                 {"x": [1, 4]}, {f"t{count - 1}": [1, 4]})
    qc("compile", model, "--stop-after", "prepare", "-o", tmp_path / "out", timeout=100)
    text = qc_opt(tmp_path / "out" / "prepare.mlirbc", "--mlir-print-debuginfo").stdout
    assert text.count("top.relu") == 1
    assert all(f'"t{i}"' in text for i in range(count))
