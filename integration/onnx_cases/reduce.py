"""Reductions along axes.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

from onnx_cases import ints, op, values

X = ("x", values(2, 3, 4))

CASES = [
    op("ReduceMean", 7, X, axes=[1], expects="axes = array<i64: 1>"),
    op("ReduceMean", 13, X, axes=[-1, 0], keepdims=0, expects=("axes = array<i64: 0, 2>", "tensor<3xf32>")),
    op("ReduceMean", 18, X, ints(-1), expects="axes = array<i64: 2>"),
    op("ReduceMean", 18, X, noop_with_empty_axes=1, label="nothing", expects="return %arg0"),
    op("ReduceMean", 18, X, label="all", expects="tensor<1x1x1xf32>"),
    op("ReduceSum", 11, X, axes=[2], expects="top.reduce_sum"),
    op("ReduceSum", 13, X, ints(1, 2), keepdims=0, expects="top.reduce_sum"),
    op("ReduceMax", 12, X, axes=[0], expects="top.reduce_max"),
    op("ReduceMax", 20, X, ints(1), expects="top.reduce_max"),
    op("ReduceL1", 13, X, axes=[1], expects=("top.abs", "top.reduce_sum")),
    op("ReduceL2", 11, X, axes=[-1], keepdims=0, expects=("top.sqrt", "tensor<2x3xf32>")),
    op("ReduceL2", 18, X, ints(1, 2), expects="tensor<2x1x1xf32>"),
    op("ReduceSumSquare", 18, X, expects="tensor<1x1x1xf32>"),
    op("ReduceMin", 13, X, axes=[1], expects="top.reduce_min"),
]
