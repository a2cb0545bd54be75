"""Batch, layer, instance and group normalization, softmax.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx_cases import op, values

IMAGE = ("x", values(2, 3, 4, 5))
STATISTICS = (values(3), values(3, seed=1), values(3, seed=2), values(3, seed=3, low=0.5, high=2))
X = ("x", values(2, 6, 8))
GROUPS = ("x", values(2, 6, 4, 5))

CASES = [
    op("BatchNormalization", 7, IMAGE, *STATISTICS, expects="top.batch_norm"),
    op("BatchNormalization", 9, IMAGE, *STATISTICS, epsilon=0.01, momentum=0.5, expects="epsilon = 0.00999999977"),
    op("BatchNormalization", 14, IMAGE, *STATISTICS, training_mode=0, expects="top.batch_norm"),
    op("BatchNormalization", 15, ("x", values(4, 3)), *STATISTICS, label="matrix", expects="top.batch_norm"),
    op("LayerNormalization", 17, X, values(8), values(8, seed=1), expects=("top.layer_norm", "axis = 2")),
    op("LayerNormalization", 17, X, values(6, 8), axis=1, epsilon=0.1, label="two_axes", expects="axis = 1"),
    op("LayerNormalization", 17, X, values(1), values(1, seed=1), label="broadcast", expects="top.layer_norm"),
    op("InstanceNormalization", 7, IMAGE, values(3), values(3, seed=1), expects=("top.layer_norm", "top.scale")),
    op("InstanceNormalization", 22, ("x", values(2, 3, 40)), values(3), values(3, seed=1), epsilon=0.1, label="line",
       expects="epsilon = 1.000000e-01"),
    op("InstanceNormalization", 13, IMAGE, np.ones(3, np.float32), np.zeros(3, np.float32), label="plain",
       expects=("top.layer_norm", "tensor<2x3x20xf32>")),
    op("GroupNormalization", 21, GROUPS, values(6), values(6, seed=1), num_groups=2, epsilon=0.01,
       expects=("tensor<2x2x60xf32>", "top.scale")),
    op("Softmax", 13, X, expects="axis = 2"),
    op("Softmax", 13, X, axis=1, label="axis", expects="axis = 1"),
    op("Softmax", 7, X, label="rows", expects=("top.reshape", "top.softmax")),
    op("Softmax", 11, X, axis=-1, label="last", expects="axis = 2"),
    op("Softmax", 11, X, axis=0, label="all", expects="tensor<1x96xf32>"),
    op("Softmax", 11, ("x", values(2, 5, 1, 1)), axis=1, label="image", expects="axis = 1"),
    op("LogSoftmax", 13, X, axis=-2, expects=("top.log_softmax", "axis = 1")),
    op("LogSoftmax", 11, X, label="rows", expects="top.log_softmax"),
]
