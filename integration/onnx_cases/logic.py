"""Comparisons, logic, choices and integers that the network computes.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx import TensorProto
from onnx_cases import graph, ints, op, values

X, Y = ("x", np.round(values(2, 3, 4))), ("y", np.round(values(3, 1, seed=3)))
IDS = ("x", np.random.default_rng(0).integers(-9, 9, (2, 5)))
OTHER = ("y", np.random.default_rng(1).integers(1, 5, (5,)))
YES, NO = ("x", values(2, 4) > 0), ("y", values(4, seed=2) > 0)


def scalar(value, dtype=np.float32):
    return np.array(value, dtype)


CASES = [
    op("Equal", 19, X, Y, expects="top.compare"),
    op("Equal", 7, IDS, OTHER, label="integers", expects='kind = "equal"'),
    op("Less", 13, X, scalar(0.5), label="constant", expects='kind = "less"'),
    op("Greater", 9, X, Y, expects='kind = "greater"'),
    op("LessOrEqual", 16, X, Y, expects='kind = "less_or_equal"'),
    op("GreaterOrEqual", 12, IDS, OTHER, expects='kind = "greater_or_equal"'),
    op("And", 7, YES, NO, expects='kind = "and"'),
    op("Or", 7, YES, np.array([True, False, True, False]), label="constant", expects='kind = "or"'),
    op("Xor", 7, YES, NO, expects='kind = "xor"'),
    op("Not", 13, YES, expects="top.compare"),
    op("IsNaN", 20, X, expects='kind = "not_equal"'),
    op("IsInf", 20, X, expects="top.abs"),
    op("IsInf", 10, X, detect_negative=0, label="positive", expects='kind = "equal"'),
    op("BitwiseAnd", 18, IDS, OTHER, expects='kind = "and"'),
    op("BitwiseOr", 18, IDS, OTHER, expects='kind = "or"'),
    op("BitwiseXor", 18, IDS, OTHER, expects='kind = "xor"'),
    op("BitwiseNot", 18, IDS, expects='kind = "xor"'),
    op("Cast", 19, X, to=TensorProto.BOOL, label="bool", expects='kind = "not_equal"'),
    op("Cast", 19, YES, to=TensorProto.FLOAT, label="from_bool", expects="top.cast"),
    op("CastLike", 19, X, ints(1), label="integer", expects="top.cast"),
    op("Where", 16, ("c", values(2, 1, 4, seed=4) > 0), X, Y, label="computed", expects="top.select"),
    op("Where", 9, ("c", values(3, 1, seed=4) > 0), IDS[:1] + (np.arange(12).reshape(3, 4),), ints(7), label="integers",
       expects="top.select"),
    op("Where", 16, ("c", values(3, 4, seed=4) > 0), X, scalar(-1e30), label="computed_mask",
       expects=("top.cast", "top.add")),
    op("Where", 16, ("c", values(3, 4, seed=4) > 0), scalar(-1e9), X, label="computed_mask_first", expects="top.add"),
    op("Add", 13, IDS, OTHER, label="integers", expects='kind = "add"'),
    op("Sub", 14, IDS, ints(3), label="integers", expects='kind = "sub"'),
    op("Mul", 13, IDS, OTHER, label="integers", expects='kind = "mul"'),
    op("Div", 13, IDS, OTHER, label="integers", expects='kind = "div"'),
    op("Mod", 13, IDS, OTHER, label="integers", expects='kind = "mod"'),
    op("Mod", 10, IDS, OTHER, fmod=1, label="remainder", expects='kind = "rem"'),
    op("Mod", 13, ("x", values(2, 4)), scalar(0.7), fmod=1, label="floats", expects="top.div"),
    op("Min", 13, IDS, OTHER, ints(0), label="integers", expects='kind = "min"'),
    op("Max", 12, IDS, OTHER, label="integers", expects='kind = "max"'),
    op("Pow", 15, IDS, scalar(2, np.int64), label="integers", expects="top.pow"),
    op("ReduceSum", 13, IDS, ints(1), label="integers", expects="top.reduce_sum"),
    op("ReduceMax", 18, IDS, ints(0), keepdims=0, label="integers", expects="top.reduce_max"),
    op("ReduceProd", 18, ("x", values(2, 3, 4)), ints(1), label="computed", expects="top.mul"),
    op("ReduceLogSum", 18, ("x", values(2, 3, low=0.5)), ints(1), label="own", expects="top.log"),
    op("ReduceLogSumExp", 13, X, axes=[1, 2], keepdims=0, expects=("top.exp", "top.reduce_max")),
    op("CumSum", 14, IDS, scalar(1, np.int64), label="integers", expects="top.matmul"),
    op("Trilu", 14, ("x", np.arange(12).reshape(3, 4)), label="integers", expects='kind = "mul"'),
    op("Equal", 13, YES, NO, label="booleans", expects='kind = "equal"'),
    graph("Tokens_in_a_mask", 13,
          [("Equal", ["x", "pad"], ["is_pad"], {}), ("Not", ["is_pad"], ["kept"], {}),
           ("Cast", ["kept"], ["f"], {"to": TensorProto.FLOAT}), ("ReduceSum", ["f", "last"], ["count"], {"keepdims": 1}),
           ("Div", ["f", "count"], ["y"], {})], {"x": np.array([[3, 0, 2, 0, 1]])}, {"pad": ints(0), "last": ints(1)}, ["y"],
          expects="top.compare"),
]
