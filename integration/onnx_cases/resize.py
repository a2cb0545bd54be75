"""Resampling.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx_cases import ints, op, values

X = ("x", values(1, 2, 4, 5))
NONE = np.zeros(0, np.float32)


def scales(*factors):
    return np.array(factors, np.float32)


def by_scales(label, factors, opset=13, **attributes):
    return op("Resize", opset, X, NONE, scales(*factors), label=label, expects="top.resize", **attributes)


def by_sizes(label, sizes, opset=13, expects="top.resize", **attributes):
    return op("Resize", opset, X, None, None, ints(*sizes), label=label, expects=expects, **attributes)


CASES = [
    op("Upsample", 7, X, scales=[1.0, 1.0, 2.0, 3.0], mode="nearest", expects=('"asymmetric"', '"floor"')),
    op("Upsample", 9, X, scales(1, 1, 2, 2), mode="linear", expects='"linear"'),
    op("Resize", 10, X, scales(1, 1, 2, 2), mode="nearest", expects='"floor"'),
    op("Resize", 10, X, scales(1, 1, 0.5, 0.5), mode="nearest", label="smaller", expects='"ceil"'),
    op("Resize", 10, X, scales(1, 1, 2, 1.5), mode="linear", label="linear", expects='"asymmetric"'),
    by_scales("nearest", (1, 1, 2, 2)),
    by_scales("asymmetric", (1, 1, 2, 2), mode="nearest", coordinate_transformation_mode="asymmetric",
              nearest_mode="floor"),
    by_scales("ceil", (1, 1, 1.5, 2), opset=11, mode="nearest", coordinate_transformation_mode="asymmetric",
              nearest_mode="ceil"),
    by_scales("prefer_ceil", (1, 1, 0.6, 2), nearest_mode="round_prefer_ceil"),
    by_scales("linear", (1, 1, 2, 2), mode="linear"),
    by_scales("align_corners", (1, 1, 2, 3), mode="linear", coordinate_transformation_mode="align_corners"),
    # A size that is not whole: onnxruntime rounds it before it divides by it, ONNX does not.
    by_scales("open_corners", (1, 1, 0.6, 1.5), mode="linear", coordinate_transformation_mode="align_corners",
              reference=True),
    by_scales("open_corners_nearest", (1, 1, 0.9, 1.3), mode="nearest", nearest_mode="floor",
              coordinate_transformation_mode="align_corners", reference=True),
    by_scales("fraction", (1, 1, 1.3, 0.7), mode="linear", coordinate_transformation_mode="pytorch_half_pixel"),
    by_sizes("sizes", (1, 2, 7, 9), mode="linear", expects="tensor<1x2x7x9xf32>"),
    by_sizes("to_one", (1, 2, 1, 1), mode="linear", coordinate_transformation_mode="pytorch_half_pixel"),
    by_sizes("axes", (8, 10), opset=18, axes=[2, 3], expects="tensor<1x2x8x10xf32>"),
    by_sizes("not_larger", (9, 10), opset=19, axes=[2, 3], keep_aspect_ratio_policy="not_larger",
             expects="tensor<1x2x8x10xf32>"),
    by_sizes("not_smaller", (9, 10), opset=18, axes=[2, 3], keep_aspect_ratio_policy="not_smaller",
             expects="tensor<1x2x9x11xf32>"),
    by_sizes("same", (1, 2, 4, 5), expects="return %arg0"),
]
