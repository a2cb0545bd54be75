"""Pooling over windows and over whole images.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

from onnx_cases import op, values

X = ("x", values(1, 3, 9, 10))


def pool(kind, label, opset, expects=(), **attributes):
    attributes.setdefault("kernel_shape", [3, 3])
    operation = {"MaxPool": "top.max_pool", "AveragePool": "top.avg_pool"}[kind]
    return op(kind, opset, X, label=label, expects=(operation, *expects), **attributes)


CASES = [
    pool("MaxPool", "plain", 7),
    pool("MaxPool", "padded", 8, strides=[2, 2], pads=[1, 1, 1, 1], storage_order=1),
    pool("MaxPool", "ceil", 10, strides=[2, 2], ceil_mode=1, expects=("ceil_mode = true",)),
    pool("MaxPool", "dilated", 11, dilations=[2, 2], expects=("dilations = array<i64: 2, 2>",)),
    pool("MaxPool", "same", 12, strides=[2, 2], auto_pad="SAME_UPPER"),
    pool("MaxPool", "newest", 22, strides=[2, 2]),
    op("MaxPool", 12, ("x", values(1, 3, 11)), label="one_dimension", kernel_shape=[2], strides=[2],
       expects="top.max_pool"),
    pool("AveragePool", "plain", 7),
    pool("AveragePool", "padded", 10, strides=[2, 2], pads=[1, 1, 1, 1]),
    pool("AveragePool", "counts_pads", 11, pads=[1, 1, 1, 1], count_include_pad=1,
         expects=("count_include_pad = true",)),
    pool("AveragePool", "same", 11, strides=[2, 2], auto_pad="SAME_LOWER"),
    pool("AveragePool", "dilated", 19, dilations=[2, 1]),
    pool("AveragePool", "ceil", 22, strides=[2, 2], ceil_mode=1),
    op("GlobalAveragePool", 7, X, expects=("top.reduce_mean", "axes = array<i64: 2, 3>")),
    op("GlobalAveragePool", 22, X, expects="top.reduce_mean"),
    op("GlobalMaxPool", 13, X, expects="top.reduce_max"),
]
