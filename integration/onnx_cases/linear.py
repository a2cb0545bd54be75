"""Matrix products.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import ml_dtypes
import numpy as np
from onnx import TensorProto
from onnx_cases import graph, op, values

A = ("a", values(3, 5))
B = values(5, 4)


def gemm(label, *operands, opset=13, expects="top.matmul", **attributes):
    return op("Gemm", opset, *operands, label=label, expects=expects, **attributes)


CASES = [
    op("MatMul", 7, A, B, expects="top.matmul"),
    op("MatMul", 9, ("a", values(2, 3, 5)), ("b", values(2, 5, 4)), label="stacked", expects="top.matmul"),
    op("MatMul", 13, ("a", values(2, 1, 3, 5)), values(4, 5, 2), label="broadcast", expects="top.matmul"),
    op("MatMul", 13, ("a", values(5)), B, label="vector_left", expects="top.matmul"),
    op("MatMul", 13, ("a", values(2, 3, 5)), values(5), label="vector_right", expects="top.matmul"),
    gemm("plain", A, B, opset=11),
    gemm("bias", A, B, values(4), opset=7, expects="top.matmul %arg0, %0, %1"),
    gemm("bias_row", A, B, values(1, 4), opset=9, expects="top.matmul %arg0, %0, %1"),
    gemm("bias_scalar", A, B, values(1), expects="top.matmul %arg0, %0, %1"),
    gemm("matrix", A, B, values(3, 4), expects=("top.matmul", "top.add")),
    gemm("column", A, B, values(3, 1), expects=("top.matmul", "top.add")),
    gemm("runtime_c", A, B, ("c", values(4)), beta=0.5, expects=("top.matmul", "top.mul", "top.add")),
    gemm("transposed", ("a", values(5, 3)), values(4, 5), values(4), transA=1, transB=1,
         expects=("transpose_lhs = true", "transpose_rhs = true")),
    gemm("scaled", A, B, values(4), alpha=0.5, beta=-2.0, expects="top.matmul %arg0, %0, %1"),
    gemm("scaled_left", values(3, 5), ("b", B), alpha=0.25),
    gemm("scaled_runtime", A, ("b", B), alpha=0.25, expects=("top.mul", "top.matmul")),
    gemm("half", ("a", values(3, 5).astype(np.float16)), B.astype(np.float16), values(4).astype(np.float16), alpha=0.5,
         expects="tensor<4xf32>"),
    graph("brain_floats", 13, [("Cast", ["w"], ["f"], {"to": TensorProto.FLOAT}), ("MatMul", ["a", "f"], ["y"], {})],
          {"a": A[1]}, {"w": B.astype(ml_dtypes.bfloat16)}, ["y"], expects="top.matmul"),
    graph("doubles", 13, [("Cast", ["a"], ["d"], {"to": TensorProto.DOUBLE}), ("Mul", ["d", "k"], ["m"], {}),
                          ("Cast", ["m"], ["y"], {"to": TensorProto.FLOAT})],
          {"a": A[1]}, {"k": np.array(2.5)}, ["y"], expects="top.mul"),
    gemm("no_beta", A, B, values(4), beta=0.0),
]
