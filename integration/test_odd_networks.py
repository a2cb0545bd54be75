"""Small networks with what op tables do not show: masks, integers, halves, dead branches. Float and quantized.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import numpy as np
import onnx
import onnx.reference
import pytest
from harness import relative_difference
from onnx import TensorProto, helper
from onnx_cases import graph, ints, model_of, values

SAMPLES = 16
# Signal over error in dB that rounding to the precision leaves of outputs in one piece.
LEAST = {"int8": 25, "int16": 60}


def scalar(value):
    return np.array(value, np.float32)


def attention(name, mask):
    """Scores with a mask that hides the future, as language models have them."""
    return graph(name, 13,
                 [("MatMul", ["x", "w"], ["scores"], {}), ("Add", ["scores", "mask"], ["masked"], {}),
                  ("Reshape", ["masked", "shape"], ["rows"], {}), ("Softmax", ["rows"], ["p"], {"axis": -1}),
                  ("MatMul", ["p", "v"], ["y"], {})],
                 {"x": values(1, 8, 8)}, {"w": values(8, 8), "v": values(8, 6), "shape": ints(8, 8),
                                          "mask": np.triu(np.full((8, 8), mask, np.float32), 1)}, ["y"])


def masked_attention(name, nodes, inputs, constants, read="masked"):
    """Scores to which `nodes` add 'mask'."""
    return graph(name, 13,
                 [("MatMul", ["x", "w"], ["scores"], {}), *nodes, ("Softmax", [read], ["p"], {"axis": -1}),
                  ("MatMul", ["p", "v"], ["y"], {})],
                 {"x": values(1, 8, 8), **inputs}, {"w": values(8, 8), "v": values(8, 6), **constants}, ["y"])


LOWEST = np.finfo(np.float32).min
KEPT = np.float32([[1, 1, 1, 1, 1, 0, 0, 0]])
ADD_MASK = ("Add", ["scores", "mask"], ["masked"], {})

CONV = ("Conv", ["x", "w"], ["c"], {"pads": [1, 1, 1, 1]})
IMAGE = {"x": values(1, 3, 8, 8)}
WEIGHT = values(8, 3, 3, 3, low=-0.4, high=0.4)

CASES = [
    # Boxes of pixels beside scores: what makes the boxes is not rounded as coarsely as they are.
    graph("boxes_of_a_split", 13,
          [CONV, ("Sigmoid", ["c"], ["s"], {}), ("Split", ["s", "parts"], ["xy", "wh", "score"], {"axis": 1}),
           ("Mul", ["xy", "stride"], ["position"], {}), ("Mul", ["wh", "two"], ["wh2"], {}),
           ("Pow", ["wh2", "two"], ["square"], {}), ("Mul", ["square", "anchor"], ["size"], {}),
           ("Concat", ["position", "size", "score"], ["y"], {"axis": 1})],
          IMAGE, {"w": WEIGHT, "parts": ints(2, 2, 4), "stride": scalar(64), "two": scalar(2), "anchor": scalar(30)},
          ["y"]),
    attention("mask_large", -1e9),
    attention("mask_infinite", -np.inf),
    attention("mask_lowest", np.finfo(np.float32).min),
    # A mask that is an input, in integers.
    graph("mask_input", 13,
          [("Unsqueeze", ["m", "axis"], ["m1"], {}), ("Cast", ["m1"], ["mf"], {"to": TensorProto.FLOAT}),
           ("Sub", ["one", "mf"], ["hidden"], {}), ("Mul", ["hidden", "much"], ["mask"], {}),
           ("MatMul", ["x", "w"], ["scores"], {}), ("Add", ["scores", "mask"], ["masked"], {}),
           ("Softmax", ["masked"], ["y"], {"axis": -1})],
          {"x": values(1, 8, 8), "m": np.array([[1, 1, 1, 1, 1, 0, 0, 0]])},
          {"w": values(8, 8), "axis": ints(1), "one": scalar(1), "much": scalar(-1e4)}, ["y"]),
    # The forms that exports have: the lowest number, in a product, behind a scale, in tensors, out of a logarithm.
    masked_attention("mask_product_lowest", [
        ("Unsqueeze", ["m", "axis"], ["m1"], {}), ("Cast", ["m1"], ["mf"], {"to": TensorProto.FLOAT}),
        ("Sub", ["one", "mf"], ["hidden"], {}), ("Mul", ["hidden", "much"], ["mask"], {}), ADD_MASK],
        {"m": KEPT.astype(np.int64)}, {"axis": ints(1), "one": scalar(1), "much": scalar(LOWEST)}),
    masked_attention("mask_product_of_tensors", [
        ("Sub", ["one", "m"], ["hidden"], {}), ("Mul", ["hidden", "much"], ["mask"], {}), ADD_MASK],
        {"m": KEPT}, {"one": scalar(1), "much": np.full((8, 8), -1e30, np.float32)}),
    masked_attention("mask_before_scale", [
        ("Sub", ["one", "m"], ["hidden"], {}), ("Mul", ["hidden", "much"], ["mask"], {}),
        ("Add", ["scores", "mask"], ["sum"], {}), ("Div", ["sum", "k"], ["masked"], {})],
        {"m": KEPT}, {"one": scalar(1), "much": scalar(LOWEST), "k": scalar(2)}),
    masked_attention("mask_of_two", [
        ("Sub", ["one", "m"], ["hidden"], {}), ("Mul", ["hidden", "much"], ["pad"], {}),
        ("Add", ["pad", "future"], ["mask"], {}), ADD_MASK],
        {"m": KEPT}, {"one": scalar(1), "much": scalar(LOWEST),
                      "future": np.triu(np.full((8, 8), LOWEST, np.float32), 1)}),
    masked_attention("mask_out_of_log", [("Log", ["m"], ["mask"], {}), ADD_MASK], {"m": KEPT}, {}),
    masked_attention("mask_transposed", [
        ADD_MASK, ("Transpose", ["masked"], ["t"], {"perm": [1, 0, 2]}), ("Concat", ["t", "more"], ["rows"], {"axis": 0})],
        {}, {"mask": np.triu(np.full((8, 8), LOWEST, np.float32), 1), "more": values(1, 1, 8)}, read="rows"),
    masked_attention("mask_as_bound", [("Min", ["scores", "mask"], ["masked"], {})], {},
                     {"mask": np.where(np.triu(np.ones((8, 8)), 1), LOWEST, 9).astype(np.float32)}),
    masked_attention("mask_beside_scores", [("Concat", ["scores", "mask"], ["masked"], {"axis": 2})], {},
                     {"mask": np.full((1, 8, 2), -np.inf, np.float32), "v": values(10, 6)}),
    # Values that ops put in: far outside of what they are put beside.
    graph("pad_far_outside", 13, [("Pad", ["x", "p", "far"], ["y"], {})], {"x": values(1, 2, 4, 4)},
          {"p": ints(0, 0, 1, 0, 0, 0, 1, 0), "far": scalar(9)}, ["y"]),
    graph("pad_outside_of_two_readers", 13,
          [("Tanh", ["x"], ["t"], {}), ("Pad", ["t", "p", "far"], ["padded"], {}), ("MaxPool", ["padded"], ["y"], {
              "kernel_shape": [3, 3]}), ("Relu", ["t"], ["z"], {})], {"x": values(1, 2, 4, 4)},
          {"p": ints(0, 0, 1, 1, 0, 0, 1, 1), "far": scalar(-7)}, ["y", "z"]),
    graph("pad_never_wins", 13,
          [("Pad", ["x", "p", "far"], ["padded"], {}), ("MaxPool", ["padded"], ["y"], {"kernel_shape": [2, 2]})],
          {"x": values(1, 2, 4, 4)}, {"p": ints(0, 0, 1, 1, 0, 0, 1, 1), "far": scalar(-np.inf)}, ["y"]),
    graph("concat_constant_outside", 13, [("Concat", ["x", "ones"], ["y"], {"axis": 1})], {"x": values(1, 3, 4, 4)},
          {"ones": np.full((1, 1, 4, 4), 5, np.float32)}, ["y"]),
    # What is infinite and clamped behind.
    graph("log_of_zero", 13,
          [("Relu", ["x"], ["r"], {}), ("Log", ["r"], ["lg"], {}), ("Max", ["lg", "floor"], ["y"], {})],
          {"x": values(1, 8, 8, low=-1, high=9)}, {"floor": scalar(-4)}, ["y"]),
    graph("gate_shut_by_a_mask", 13, [("Add", ["x", "mask"], ["s"], {}), ("Sigmoid", ["s"], ["y"], {})],
          {"x": values(1, 8, 8)}, {"mask": np.triu(np.full((8, 8), LOWEST, np.float32), 1)}, ["y"]),
    # Indices that are moved on their way.
    graph("moved_indices", 13,
          [("Slice", ["i", "from", "to", "axis"], ["s"], {}), ("Reshape", ["s", "shape"], ["r"], {}),
           ("Gather", ["table", "r"], ["y"], {})],
          {"i": np.array([[3, 1, 4, 1, 5]])},
          {"from": ints(1), "to": ints(5), "axis": ints(1), "shape": ints(2, 2), "table": values(9, 6)}, ["y"]),
    graph("integers_pass", 13, [CONV, ("Identity", ["i"], ["j"], {})], {**IMAGE, "i": np.array([[3, -1]])},
          {"w": WEIGHT}, ["c", "j"]),
    # A branch that training has switched off, altogether or nearly.
    graph("dead_branch", 13, [CONV, ("Mul", ["c", "nothing"], ["off"], {}), ("Add", ["off", "c"], ["y"], {})], IMAGE,
          {"w": WEIGHT, "nothing": np.zeros((8, 1, 1), np.float32)}, ["y"]),
    graph("faint_branch", 13, [CONV, ("Mul", ["c", "little"], ["off"], {}), ("Add", ["off", "c"], ["y"], {})], IMAGE,
          {"w": WEIGHT, "little": np.full((8, 8, 8), 1e-14, np.float32)}, ["y"]),
    graph("halves", 13, [CONV, ("Relu", ["c"], ["y"], {})], {"x": IMAGE["x"].astype(np.float16)},
          {"w": WEIGHT.astype(np.float16)}, ["y"]),
    graph("line_resized", 13, [("Resize", ["x", "", "s"], ["y"], {"mode": "linear"})], {"x": values(1, 3, 8)},
          {"s": np.float32([1, 1, 2])}, ["y"]),
    graph("instance_norm", 13, [CONV, ("InstanceNormalization", ["c", "s", "b"], ["y"], {})], IMAGE,
          {"w": WEIGHT, "s": values(8), "b": values(8, seed=1)}, ["y"]),
    graph("depth_to_space", 13, [CONV, ("DepthToSpace", ["c"], ["y"], {"blocksize": 2, "mode": "CRD"})], IMAGE,
          {"w": WEIGHT}, ["y"]),
    graph("name_beyond_ascii", 13, [("Relu", ["x"], ["größe"], {})], IMAGE, {}, ["größe"]),
]


def stacked(case):
    """Seeded samples like those of the case; integers stay, and masks in whole numbers."""
    return {name: np.repeat(array[None], SAMPLES, 0) if np.array_equal(array, np.round(array)) else
            values(SAMPLES, *array.shape).astype(array.dtype) for name, array in case.samples.items()}


def signal_to_error(found, expected):
    error = np.sum((found - expected) ** 2)
    return 10 * np.log10(np.sum(expected ** 2) / error) if error else np.inf


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_float_and_quantized(qc, tmp_path, case):
    samples = stacked(case)
    onnx.save(case.model, tmp_path / "case.onnx")
    np.savez(tmp_path / "in.npz", **samples)
    peer = onnx.reference.ReferenceEvaluator(case.model)
    runs = [peer.run(None, {name: array[i] for name, array in samples.items()}) for i in range(SAMPLES)]
    expected = {output.name: np.stack(results).astype(np.float64)
                for output, results in zip(case.model.graph.output, zip(*runs))}

    def run(model):
        qc("run", model, "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
        return {name: array.reshape(expected[name].shape) for name, array in np.load(tmp_path / "out.npz").items()}

    found = run(tmp_path / "case.onnx")
    assert set(found) == set(expected)
    half = any(array.dtype == np.float16 for array in samples.values())
    for name, value in expected.items():
        assert relative_difference(found[name], value) <= (2e-3 if half else 1e-5), name
    for precision, least in LEAST.items():
        out = tmp_path / precision
        qc("compile", tmp_path / "case.onnx", "--data", tmp_path / "in.npz", "--precision", precision, "--quiet",
           "--method", "minmax", "--emit", "qcb,onnx,report", "-o", out)
        found, stage = run(out / "model.qcb"), run(out / "schedule.mlirbc")
        for name, value in expected.items():
            assert signal_to_error(found[name], value) >= least, f"{name} in {precision}"
            assert found[name].tobytes() == stage[name].tobytes(), name


@pytest.mark.parametrize("case", [case for case in CASES if case.name.startswith("mask_")], ids=lambda case: case.name)
def test_masked_scores_are_not_bad(qc, tmp_path, case):
    """What a softmax cannot see counts neither for the range nor for the error of the scores."""
    onnx.save(case.model, tmp_path / "case.onnx")
    np.savez(tmp_path / "in.npz", **stacked(case))
    qc("compile", tmp_path / "case.onnx", "--data", tmp_path / "in.npz", "--quiet", "-o", tmp_path / "out")
    done = qc("compare", tmp_path / "case.onnx", tmp_path / "out" / "model.qcb", "--data", tmp_path / "in.npz",
              "--json")
    tensors = {tensor["name"]: tensor for tensor in json.loads(done.stdout)["tensors"]}
    assert "masked" in tensors and not [name for name, tensor in tensors.items() if tensor["bad"]]


def test_an_output_listed_twice_is_given_out_once(qc, tmp_path):
    model = model_of([helper.make_node("Relu", ["x"], ["y"])], IMAGE, {}, ["y"], 13)
    model.graph.output.append(model.graph.output[0])
    onnx.save(model, tmp_path / "case.onnx")
    np.savez(tmp_path / "in.npz", **IMAGE)
    done = qc("run", tmp_path / "case.onnx", "--data", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    assert "output 'y' is listed more than once" in done.stderr
    assert np.load(tmp_path / "out.npz").files == ["y"]
