"""Where: choices by constants.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx_cases import graph, op, values

MASK = np.arange(12).reshape(3, 4) % 3 == 0
X, Z = ("x", values(2, 3, 4)), ("z", values(3, 1))


def scalar(value):
    return np.array(value, np.float32)


CASES = [
    op("Where", 9, MASK, X, scalar(0), label="kept", expects=("top.mul",)),
    op("Where", 16, MASK, scalar(-0.5), X, label="filled", expects=("top.mul", "top.add")),
    op("Where", 16, MASK, X, ("z", values(2, 3, 4, seed=5)), label="two", expects=("top.mul", "top.add")),
    op("Where", 16, np.array([[[True]], [[False]]]), Z, values(4), label="broadcast", expects=("tensor<2x3x4xf32>",)),
    op("Where", 16, np.array([[[True]], [[False]]]), Z, np.zeros(4, np.float32), label="zeros_broadcast",
       expects=("tensor<2x3x4xf32>",)),
    op("Where", 16, MASK, scalar(-1e9), X, label="overwhelming", expects=("top.add",)),
    graph("Where_masks_scores", 13, [("Where", ["mask", "low", "x"], ["m"], {}), ("Softmax", ["m"], ["y"], {"axis": -1})],
          {"x": X[1]}, {"mask": np.triu(np.ones((3, 4), bool), 1), "low": scalar(-np.inf)}, ["y"], expects="top.softmax"),
]
