"""Convolutions and transposed convolutions.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx_cases import op, values

X = ("x", values(1, 4, 9, 10))
LINE = ("x", values(2, 4, 12))
W = values(6, 4, 3, 3)
B = values(6)


def conv(label, *operands, opset=11, expects="top.conv", **attributes):
    return op("Conv", opset, *operands, label=label, expects=expects, **attributes)


def deconv(label, *operands, opset=11, expects="top.deconv", **attributes):
    return op("ConvTranspose", opset, *operands, label=label, expects=expects, **attributes)


CASES = [
    conv("plain", X, W),
    conv("bias", X, W, B, opset=7),
    conv("newest", X, W, B, opset=22),
    conv("strided", X, W, B, strides=[2, 1], pads=[1, 0, 2, 1],
         expects=("strides = array<i64: 2, 1>", "pads = array<i64: 1, 0, 2, 1>")),
    conv("dilated", X, W, dilations=[2, 3], expects="dilations = array<i64: 2, 3>"),
    conv("grouped", X, values(6, 2, 3, 3), group=2, expects="group = 2"),
    conv("depthwise", X, values(4, 1, 3, 3), values(4), group=4, expects="group = 4"),
    conv("one_dimension", LINE, values(5, 4, 3), values(5), strides=[2], pads=[1, 1]),
    conv("same_upper", X, W, auto_pad="SAME_UPPER", strides=[2, 2], expects="pads = array<i64: 1, 0, 1, 1>"),
    conv("same_lower", X, W, auto_pad="SAME_LOWER", strides=[2, 2], expects="pads = array<i64: 1, 1, 1, 0>"),
    conv("same_dilated", X, W, auto_pad="SAME_UPPER", dilations=[2, 2], reference=True),
    conv("valid", X, W, auto_pad="VALID", strides=[2, 2], expects="pads = array<i64: 0, 0, 0, 0>"),
    conv("half", ("x", X[1].astype(np.float16)), W.astype(np.float16), B.astype(np.float16),
         reference=True, expects="tensor<6x4x3x3xf32>"),
    conv("kernel_shape", X, W, kernel_shape=[3, 3]),
    conv("weight_is_an_input", X, ("w", W)),
    deconv("plain", X, values(4, 3, 3, 3)),
    deconv("bias", X, values(4, 3, 2, 2), values(3), opset=7, strides=[2, 2]),
    deconv("newest", X, values(4, 3, 2, 2), opset=22, strides=[2, 2]),
    deconv("padded", X, values(4, 3, 3, 3), strides=[2, 3], pads=[1, 0, 0, 1], output_padding=[1, 0],
           expects=("output_padding = array<i64: 1, 0>", "pads = array<i64: 1, 0, 0, 1>")),
    deconv("grouped", X, values(4, 2, 3, 3), group=2, dilations=[2, 1]),
    deconv("one_dimension", LINE, values(4, 3, 4), strides=[2], pads=[1, 1]),
    deconv("output_shape", X, values(4, 3, 3, 3), strides=[2, 2], output_shape=[18, 20]),
    deconv("same_upper", X, values(4, 3, 3, 3), strides=[2, 2], auto_pad="SAME_UPPER"),
    deconv("same_lower", X, values(4, 3, 3, 3), strides=[2, 2], auto_pad="SAME_LOWER"),
    deconv("valid", X, values(4, 3, 3, 3), strides=[2, 2], auto_pad="VALID"),
]
