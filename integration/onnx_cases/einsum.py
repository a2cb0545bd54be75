"""Einsum by what it is: products of matrices and of elements, sums, transposes.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

from onnx_cases import op, values


def einsum(label, equation, *shapes, expects=(), constant=()):
    operands = [values(*shape, seed=i) if i in constant else (f"x{i}", values(*shape, seed=i))
                for i, shape in enumerate(shapes)]
    return op("Einsum", 12, *operands, equation=equation, label=label, expects=expects)


CASES = [
    einsum("scores", "bhid,bhjd->bhij", (1, 2, 5, 4), (1, 2, 3, 4), expects=("top.matmul", "transpose_rhs = true")),
    einsum("values", "bhij,bhjd->bhid", (1, 2, 5, 3), (1, 2, 3, 4), expects="top.matmul"),
    einsum("projection", "bid, dhk -> bihk", (2, 5, 6), (6, 2, 4), expects="top.matmul", constant=[1]),
    einsum("joined", "bihk,hkd->bid", (2, 5, 2, 4), (2, 4, 6), expects="top.matmul", constant=[1]),
    einsum("batch_behind", "ijb,jkb->ikb", (3, 4, 2), (4, 5, 2), expects=("top.transpose", "top.matmul")),
    einsum("implicit", "ij,jk", (3, 4), (4, 5), expects="top.matmul"),
    einsum("ellipsis", "...ij,...jk->...ik", (2, 3, 4, 5), (2, 3, 5, 6), expects="top.matmul"),
    einsum("outer", "i,j->ij", (3,), (4,), expects="top.mul"),
    einsum("channels", "bchw,c->bchw", (1, 3, 4, 4), (3,), expects="top.mul", constant=[1]),
    einsum("dot", "i,i->", (5,), (5,), expects="top.matmul"),
    einsum("transposed", "abc->cab", (2, 3, 4), expects="top.transpose"),
    einsum("summed", "abc->b", (2, 3, 4), expects="top.reduce_sum"),
    einsum("summed_first", "abc,cd->bd", (2, 3, 4), (4, 5), expects=("top.reduce_sum", "top.matmul")),
    einsum("three", "ab,bc,cd->ad", (2, 3), (3, 4), (4, 5), expects="top.matmul"),
    einsum("same", "ab->ab", (2, 3), expects="return %arg0"),
]
