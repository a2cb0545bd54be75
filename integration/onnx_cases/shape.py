"""Ops that move, pick and rename elements.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx import TensorProto
from onnx_cases import graph, ints, op, values

X = ("x", values(2, 3, 4))
FLAT = ("x", values(1, 3, 1, 4))
DEPTH = ("x", values(2, 12, 4, 5))
BIG = 9223372036854775807

CASES = [
    op("Reshape", 7, X, ints(4, -1), expects="tensor<4x6xf32>"),
    op("Reshape", 14, X, ints(0, 12), label="copies", expects="tensor<2x12xf32>"),
    op("Reshape", 19, X, ints(2, 3, 4), label="same", expects="return %arg0"),
    op("Reshape", 13, ("x", values(1, 1)), np.zeros(0, np.int64), label="scalar", expects="tensor<f32>"),
    op("Flatten", 13, X, expects="tensor<2x12xf32>"),
    op("Flatten", 13, X, axis=-1, label="negative", expects="tensor<6x4xf32>"),
    op("Flatten", 11, X, axis=3, label="all", expects="tensor<24x1xf32>"),
    op("Squeeze", 11, FLAT, axes=[0, -2], expects="tensor<3x4xf32>"),
    op("Squeeze", 13, FLAT, ints(2), expects="tensor<1x3x4xf32>"),
    op("Squeeze", 13, FLAT, label="all", expects="tensor<3x4xf32>"),
    op("Unsqueeze", 11, X, axes=[0, 2], expects="tensor<1x2x1x3x4xf32>"),
    op("Unsqueeze", 13, X, ints(-1), expects="tensor<2x3x4x1xf32>"),
    op("Transpose", 13, X, perm=[2, 0, 1], expects="perm = array<i64: 2, 0, 1>"),
    op("Transpose", 7, X, label="reversed", expects="perm = array<i64: 2, 1, 0>"),
    op("DepthToSpace", 7, DEPTH, blocksize=2, expects=("top.reshape", "perm = array<i64: 0, 3, 4, 1, 5, 2>")),
    op("DepthToSpace", 13, DEPTH, blocksize=2, mode="CRD", label="crd", expects="tensor<2x3x8x10xf32>"),
    op("DepthToSpace", 28, DEPTH, blocksize=2, expects="perm = array<i64: 0, 3, 4, 1, 5, 2>", reference=True),
    op("SpaceToDepth", 13, ("x", values(2, 3, 4, 6)), blocksize=2, expects="tensor<2x12x2x3xf32>"),
    op("SpaceToDepth", 28, ("x", values(2, 3, 4, 6)), blocksize=2, mode="CRD", label="crd",
       expects="perm = array<i64: 0, 1, 3, 5, 2, 4>", reference=True),
    op("Expand", 13, ("x", values(3, 1)), ints(2, 1, 4), expects="tensor<2x3x4xf32>"),
    op("Tile", 13, ("x", values(3, 1)), ints(1, 5), expects="top.expand"),
    op("Tile", 7, ("x", values(2, 3, 1)), ints(2, 3, 4), label="copies", expects=("top.expand", "top.concat")),
    op("Gather", 13, X, ints(2, 0), axis=1, expects="top.gather"),
    op("Gather", 11, X, ints(-1), label="negative", expects="dense<1> : tensor<1xi64>"),
    op("Gather", 13, X, np.array(1, np.int64), axis=-1, label="scalar", expects="tensor<2x3xf32>"),
    op("Gather", 13, values(10, 4), ("ids", ints(3, 7)), label="embedding", expects="top.gather"),
    op("Identity", 13, X, expects="return %arg0"),
    op("Dropout", 7, X, ratio=0.3, expects="return %arg0"),
    op("Dropout", 13, X, np.array(0.3, np.float32), np.array(False), expects="return %arg0"),
    op("Cast", 13, ("x", ints(3, -4)), to=TensorProto.FLOAT, expects="top.cast"),
    op("Cast", 19, X, to=TensorProto.FLOAT, label="same", expects="return %arg0"),
    op("Concat", 7, X, ("z", values(2, 5, 4)), axis=1, expects="tensor<2x8x4xf32>"),
    op("Concat", 13, X, values(2, 3, 1), axis=-1, expects="axis = 2"),
    op("Split", 7, X, axis=2, split=[1, 3], outputs=2, expects="-> (tensor<2x3x1xf32>, tensor<2x3x3xf32>)"),
    op("Split", 11, X, axis=2, outputs=2, label="equal", expects="-> (tensor<2x3x2xf32>, tensor<2x3x2xf32>)"),
    op("Split", 13, X, ints(1, 2), axis=1, outputs=2, expects="top.split"),
    op("Split", 18, X, axis=1, num_outputs=2, outputs=2, expects="-> (tensor<2x2x4xf32>, tensor<2x1x4xf32>)"),
    op("Slice", 7, X, axes=[2, 1], starts=[1, -2], ends=[BIG, 3], expects="top.slice"),
    op("Slice", 10, X, ints(1), ints(3), ints(1), ints(1), expects="offsets = array<i64: 0, 1, 0>"),
    op("Slice", 13, X, ints(-1), ints(-BIG), ints(2), ints(-1), label="reversed",
       expects=("offsets = array<i64: 0, 0, 3>", "strides = array<i64: 1, 1, -1>")),
    op("Slice", 13, X, ints(3), ints(0), ints(2), ints(-2), label="backwards", expects="sizes = array<i64: 2, 3, 2>"),
    op("Slice", 13, X, ints(0, 0), ints(2, 100), label="no_axes", expects="return %arg0"),
    op("Slice", 13, X, ints(1), ints(4), ints(2), ints(BIG), label="huge_step", expects="tensor<2x3x1xf32>"),
    op("Pad", 7, X, pads=[0, 1, 0, 0, 0, 2], value=1.5, expects=("top.pad", "value = 1.500000e+00")),
    op("Pad", 11, X, ints(0, 0, 1, 0, 0, 1), mode="reflect", label="reflect", expects='"reflect"'),
    op("Pad", 13, X, ints(0, 1, 1, 0, 0, 1), mode="edge", label="edge", expects='"edge"'),
    op("Pad", 18, X, ints(1, 2), np.array(-1, np.float32), ints(-1), label="axes", expects="top.pad"),
    op("Pad", 13, X, ints(0, -1, 1, 0, 0, 0), label="crops", expects=("top.slice", "top.pad")),
    op("Pad", 13, X, ints(0, -1, 0, 0, 0, -1), label="only_crops", expects="top.slice"),
    op("Pad", 13, X, ints(0, 0, 0, 0, 0, 0), label="nothing", expects="return %arg0"),
    graph("split_in_the_middle", 13,
          [("Split", ["x"], ["a", "b"], {"axis": 2}), ("Relu", ["a"], ["c"], {}), ("Add", ["b", "c"], ["y"], {})],
          {"x": X[1]}, {}, ["y"], expects=('loc("a"', 'loc("b"')),
]
