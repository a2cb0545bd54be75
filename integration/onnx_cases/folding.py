"""What is evaluated at import: shapes, integers and constants of any kind.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx import TensorProto, numpy_helper
from onnx_cases import graph, ints, op, values

X = values(2, 3, 4)


def folds(title, opset, nodes, constants, expects, inputs=None):
    """Nodes whose result "y" must be a constant."""
    return graph(f"fold_{title}", opset, nodes, inputs or {}, constants, ["y"], expects=("top.constant", expects))


def one(kind, opset, constants, expects, label="", **attributes):
    names = [f"c{i}" for i in range(len(constants))]
    return folds(f"{kind}_{opset}{label}", opset, [(kind, names, ["y"], attributes)],
                 dict(zip(names, constants)), expects)


def tensor(array):
    return numpy_helper.from_array(np.asarray(array))


YES, NO = np.array([True, False, True]), np.array([True, True, False])

CASES = [
    graph("reshape_by_shape", 13,
          [("Shape", ["x"], ["s"], {}), ("Gather", ["s", "zero"], ["n"], {}),
           ("Unsqueeze", ["n", "axes"], ["n1"], {}), ("Concat", ["n1", "rest"], ["target"], {"axis": 0}),
           ("Reshape", ["x", "target"], ["y"], {})],
          {"x": X}, {"zero": np.array(0, np.int64), "axes": ints(0), "rest": ints(-1)}, ["y"],
          expects="tensor<2x12xf32>"),
    graph("weights_reshaped", 13, [("Reshape", ["w", "s"], ["w2"], {}), ("MatMul", ["x", "w2"], ["y"], {})],
          {"x": values(3, 4)}, {"w": values(8), "s": ints(4, 2)}, ["y"], expects="tensor<4x2xf32>"),
    folds("shape", 13, [("Shape", ["x"], ["y"], {})], {}, "dense<[2, 3, 4]>", {"x": X}),
    folds("shape_part", 15, [("Shape", ["x"], ["y"], {"start": -2, "end": 5})], {}, "dense<[3, 4]>", {"x": X}),
    folds("size", 13, [("Size", ["x"], ["y"], {})], {}, "dense<24>", {"x": X}),
    folds("constant", 13, [("Constant", [], ["y"], {"value": tensor(ints(5, 6))})], {}, "dense<[5, 6]>"),
    folds("constant_int", 12, [("Constant", [], ["y"], {"value_int": 7})], {}, "dense<7> : tensor<i64>"),
    folds("constant_ints", 12, [("Constant", [], ["y"], {"value_ints": [7, 8]})], {}, "dense<[7, 8]>"),
    folds("constant_float", 12, [("Constant", [], ["y"], {"value_float": 0.5})], {}, "dense<5.000000e-01>"),
    folds("constant_floats", 12, [("Constant", [], ["y"], {"value_floats": [0.5, 1.0]})], {}, "tensor<2xf32>"),
    one("ConstantOfShape", 9, [ints(3)], "dense<0.000000e+00> : tensor<3xf32>"),
    one("ConstantOfShape", 20, [ints(2, 2)], "dense<-1> : tensor<2x2xi64>", value=tensor(ints(-1))),
    one("Range", 11, [np.array(v, np.int64) for v in (5, 0, -2)], "dense<[5, 3, 1]>"),
    one("Add", 13, [ints(1, 2), ints(10)], "dense<[11, 12]>"),
    one("Sub", 13, [ints(1, 2), ints(10)], "dense<[-9, -8]>"),
    one("Mul", 13, [ints(3, 2), ints(-4)], "dense<[-12, -8]>"),
    one("Div", 13, [ints(7, -7), ints(2)], "dense<[3, -3]>"),
    one("Mod", 13, [ints(7, -7), ints(3)], "dense<[1, 2]>"),
    one("Mod", 13, [ints(7, -7), ints(3)], "dense<[1, -1]>", label="_fmod", fmod=1),
    one("Pow", 13, [ints(3, -2), ints(3)], "dense<[27, -8]>"),
    one("Min", 13, [ints(3, 9), ints(5)], "dense<[3, 5]>"),
    one("Max", 13, [ints(3, 9), ints(5)], "dense<[5, 9]>"),
    one("Neg", 13, [ints(3, -9)], "dense<[-3, 9]>"),
    one("Abs", 13, [ints(3, -9)], "dense<[3, 9]>"),
    one("Sign", 13, [ints(3, -9, 0)], "dense<[1, -1, 0]>"),
    one("Floor", 13, [np.float32([1.5, -1.5])], "dense<[1.000000e+00, -2.000000e+00]>"),
    one("Ceil", 13, [np.float32([1.5, -1.5])], "dense<[2.000000e+00, -1.000000e+00]>"),
    one("Sqrt", 13, [np.float32([4.0, 9.0])], "dense<[2.000000e+00, 3.000000e+00]>"),
    one("Cast", 13, [np.float32([1.9, -1.9])], "dense<[1, -1]> : tensor<2xi64>", to=TensorProto.INT64),
    one("Cast", 13, [ints(0, 3)], "dense<[false, true]>", label="_bool", to=TensorProto.BOOL),
    one("Cast", 13, [np.float32([0.5, 2])], "tensor<2xf32>", label="_half", to=TensorProto.FLOAT16),
    one("Equal", 13, [ints(1, 2), ints(2)], "dense<[false, true]>"),
    one("Less", 13, [ints(1, 2), ints(2)], "dense<[true, false]>"),
    one("Greater", 13, [ints(3, 2), ints(2)], "dense<[true, false]>"),
    one("LessOrEqual", 16, [ints(3, 2), ints(2)], "dense<[false, true]>"),
    one("GreaterOrEqual", 16, [ints(1, 2), ints(2)], "dense<[false, true]>"),
    one("And", 7, [YES, NO], "dense<[true, false, false]>"),
    one("Or", 7, [YES, NO], "dense<true>"),
    one("Not", 13, [YES], "dense<[false, true, false]>"),
    one("Where", 16, [YES, ints(1, 2, 3), ints(9)], "dense<[1, 9, 3]>"),
    one("NonZero", 13, [np.array([[0, 4], [5, 0]])], "dense<[[0, 1], [1, 0]]>"),
    one("Gather", 13, [ints(5, 6, 7), ints(-1, 0)], "dense<[7, 5]>"),
    one("GatherND", 13, [ints(5, 6, 7), np.array([[2], [-2]])], "dense<[7, 6]>"),
    one("GatherElements", 13, [ints(5, 6, 7), ints(2, 2)], "dense<7>"),
    one("ScatterND", 13, [ints(5, 6, 7), np.array([[1]]), ints(9)], "dense<[5, 9, 7]>"),
    one("Trilu", 14, [np.array([[1, 2], [3, 4]])], "dense<[[1, 2], [0, 4]]>"),
    one("CumSum", 14, [ints(1, 2, 3), np.array(0)], "dense<[1, 3, 6]>"),
    one("CumSum", 14, [ints(1, 2, 3), np.array(0)], "dense<[5, 3, 0]>", label="_back", exclusive=1, reverse=1),
    one("Sin", 7, [np.float32([0.0, 0.5])], "dense<[0.000000e+00, 0.47942555]>"),
    one("Cos", 7, [np.float32([0.0, 0.5])], "dense<[1.000000e+00, 0.87758255]>"),
    one("Atan", 7, [np.float32([0.0])], "dense<0.000000e+00>"),
    one("Round", 11, [np.float32([0.5, 1.5])], "dense<[0.000000e+00, 2.000000e+00]>"),
    one("Slice", 13, [ints(5, 6, 7), ints(0), ints(2)], "dense<[5, 6]>"),
    one("Slice", 13, [ints(5, 6, 7), ints(2), ints(-9), ints(0), ints(-1)], "dense<[7, 6, 5]>", label="_back"),
    one("Concat", 13, [np.array([[1], [2]]), np.array([[3, 4], [5, 6]])], "dense<[[1, 3, 4], [2, 5, 6]]>", axis=1),
    one("Transpose", 13, [np.array([[1, 2, 3], [4, 5, 6]])], "dense<[[1, 4], [2, 5], [3, 6]]>"),
    one("Expand", 13, [ints(1, 2), ints(2, 2)], "dense<[[1, 2], [1, 2]]>"),
    one("Tile", 13, [ints(1, 2), ints(2)], "dense<[1, 2, 1, 2]>"),
    one("Squeeze", 13, [np.array([[4]])], "dense<4> : tensor<i64>"),
    one("ReduceProd", 13, [ints(2, 3, 4)], "dense<24> : tensor<i64>", keepdims=0),
    one("ReduceSum", 13, [np.array([[1, 2], [3, 4]]), ints(1)], "dense<[[3], [7]]>"),
    one("ReduceMax", 13, [np.array([[1, 2], [3, 4]])], "dense<[3, 4]>", axes=[0], keepdims=0),
    one("ReduceMin", 13, [np.array([[1, 2], [3, 4]])], "dense<[[1], [3]]>", axes=[1]),
    one("ReduceMean", 13, [np.float32([1, 2])], "dense<1.500000e+00>", keepdims=0),
    folds("split", 13, [("Split", ["c", "s"], ["a", "y"], {})], {"c": ints(1, 2, 3), "s": ints(1, 2)}, "dense<[2, 3]>"),
    graph("where_expand", 13,
          [("ConstantOfShape", ["n"], ["ones"], {"value": tensor(ints(1))}), ("Mul", ["ones", "minus"], ["m"], {}),
           ("Equal", ["want", "m"], ["is"], {}), ("Where", ["is", "ones", "want"], ["to"], {}),
           ("Expand", ["x", "to"], ["y"], {})],
          {"x": values(1, 1, 4)}, {"n": ints(3), "minus": ints(-1), "want": ints(2, -1, -1)}, ["y"],
          expects="top.expand"),
    op("Cast", 13, ("x", values(2)), to=TensorProto.INT32, label="runtime", expects="tensor<2xi32>"),
]
