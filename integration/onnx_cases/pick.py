"""Elements and rows picked or replaced at constant indices, triangles and running sums.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx_cases import graph, ints, op, values

X = ("x", values(2, 3, 4))


def indices(*shape, below, seed=0):
    return np.random.default_rng(seed).integers(-below, below, shape)


def scalar(value):
    return np.array(value, np.int64)


CASES = [
    op("GatherElements", 13, X, indices(2, 3, 5, below=4), axis=2, expects="top.gather"),
    op("GatherElements", 11, X, indices(1, 2, 4, below=2), axis=0, label="part", expects="top.gather"),
    op("GatherND", 13, X, np.array([[0, 1], [1, -1]]), expects="top.gather"),
    op("GatherND", 13, X, np.array([[[0, 1]], [[2, 3]]]), batch_dims=1, label="batch", expects="top.gather"),
    op("GatherND", 12, X, np.array([[0, 1, 2], [1, -1, 0]]), label="elements", expects="top.gather"),
    op("ScatterElements", 18, X, indices(2, 3, 2, below=4), ("u", values(2, 3, 2, seed=7)), axis=2, label="last",
       expects="top.gather"),
    op("ScatterElements", 11, X, np.array([[[0, 3]]]), values(1, 1, 2, seed=7), axis=-1, label="few", expects="top.gather"),
    op("ScatterND", 16, X, np.array([[1], [0]]), ("u", values(2, 3, 4, seed=7)), label="all", expects="top.gather"),
    op("ScatterND", 11, X, np.array([[[1, 2], [0, 0]]]), ("u", values(1, 2, 4, seed=7)), label="rows", expects="top.gather"),
    op("ScatterND", 18, values(2, 3, 4), np.array([[1, 2, 3]]), ("u", values(1, seed=7)), label="into_a_constant",
       expects="top.gather"),
    graph("ScatterND_into_boxes", 16,
          [("Slice", ["x", "zero", "two", "last"], ["xy"], {}), ("Sigmoid", ["xy"], ["s"], {}),
           ("ScatterND", ["x", "places", "s"], ["y"], {})], {"x": values(1, 3, 6)},
          {"zero": ints(0), "two": ints(2), "last": ints(-1),
           "places": np.stack(np.meshgrid([0], [0, 1, 2], [0, 1], indexing="ij"), -1)}, ["y"], expects="top.gather"),
    op("Trilu", 14, X, expects="top.mul"),
    op("Trilu", 14, X, scalar(-1), upper=0, label="lower", expects="top.mul"),
    op("CumSum", 14, X, scalar(1), expects="top.matmul"),
    op("CumSum", 11, ("x", values(7)), scalar(0), exclusive=1, reverse=1, label="vector", expects="top.matmul"),
    op("CumSum", 14, ("x", values(2, 5)), scalar(-1), reverse=1, label="reverse", expects="top.matmul"),
    op("LRN", 13, ("x", values(1, 7, 3, 3)), size=5, alpha=0.1, beta=0.6, bias=1.5, expects=("top.conv", "top.pow")),
    op("LRN", 7, ("x", values(1, 4, 3, 3)), size=3, label="defaults", expects="top.conv"),
]
