"""Arithmetic of two and more operands.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

from onnx_cases import graph, ints, op, values

X = ("x", values(2, 3, 4))
POSITIVE = ("x", values(2, 3, 4, low=0.5, high=3.0))

CASES = [
    op("Add", 7, X, ("z", values(3, 1)), expects="top.add"),
    op("Add", 14, X, values(4), expects="top.add"),
    op("Sub", 13, X, values(2, 1, 4), expects="top.sub"),
    op("Mul", 14, X, values(1), expects="top.mul"),
    op("Div", 14, X, values(4, low=1, high=2), expects="top.div"),
    op("Pow", 7, POSITIVE, values(1), expects="top.pow"),
    op("Pow", 15, POSITIVE, ints(2), label="integer_exponent", expects="top.pow"),
    op("Min", 8, X, values(4), expects="top.min"),
    op("Min", 13, X, ("z", values(4)), ("w", values(3, 1)), label="three", expects="top.min"),
    op("Max", 13, X, expects="return %arg0", label="one"),
    op("Max", 12, X, values(4), expects="top.max"),
    op("Sum", 8, X, ("z", values(4)), values(3, 4), label="three", expects="top.add"),
    op("Mean", 13, X, ("z", values(4)), values(3, 4), label="three", expects=("top.add", "top.mul")),
    graph("constants_fold", 13, [("Add", ["a", "b"], ["c"], {}), ("Mul", ["x", "c"], ["y"], {})],
          {"x": values(3)}, {"a": values(3), "b": values(1)}, ["y"], expects="top.mul"),
]
