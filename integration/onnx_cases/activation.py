"""Activations and other functions of one operand.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx_cases import op, values

X = ("x", values(2, 3, 5, low=-4, high=4))
POSITIVE = ("x", values(2, 3, 5, low=0.1, high=4))


def scalar(value):
    return np.array(value, np.float32)


CASES = [
    op("Relu", 7, X, expects="top.relu"),
    op("Relu", 14, X, expects="top.relu"),
    op("Relu", 14, ("x", values(2, 3).astype(np.float16)), label="half", expects="tensor<2x3xf32>"),
    op("Sqrt", 13, ("x", values(2, 3, low=1, high=4).astype(np.float64)), label="double", expects="tensor<2x3xf32>"),
    op("LeakyRelu", 7, X, expects="alpha = 0.00999999977"),
    op("LeakyRelu", 16, X, alpha=0.1, expects="top.leaky_relu"),
    op("PRelu", 9, X, values(3, 1), expects="top.prelu"),
    op("PRelu", 16, X, values(1), expects="top.prelu"),
    op("Clip", 7, X, min=0.0, max=6.0, expects=("max = 6.000000e+00", "min = 0.000000e+00")),
    op("Clip", 7, X, label="open", expects="return %arg0"),
    op("Clip", 11, X, scalar(-1), scalar(2), expects=("max = 2.000000e+00", "min = -1.000000e+00")),
    op("Clip", 13, X, None, scalar(2), label="no_min", expects="top.clip"),
    op("Clip", 12, X, scalar(0), label="no_max", expects="top.clip"),
    op("Clip", 13, X, ("low", scalar(-1)), ("high", scalar(1)), label="runtime", expects=("top.max", "top.min")),
    op("Sigmoid", 13, X, expects="top.sigmoid"),
    op("Tanh", 13, X, expects="top.tanh"),
    op("HardSigmoid", 7, X, expects=("alpha = 2.000000e-01", "beta = 5.000000e-01")),
    op("HardSigmoid", 22, X, alpha=0.1, beta=0.4, expects="top.hard_sigmoid"),
    op("HardSwish", 14, X, expects="top.hard_swish"),
    op("Elu", 7, X, expects="alpha = 1.000000e+00"),
    op("Elu", 22, X, alpha=0.5, expects="top.elu"),
    op("Gelu", 20, X, expects="top.gelu"),
    op("Gelu", 20, X, approximate="tanh", label="tanh", expects='"tanh"'),
    op("Swish", 24, X, expects="top.silu", reference=True),
    op("Swish", 24, X, alpha=1.5, label="alpha", expects=("top.mul", "top.sigmoid"), reference=True),
    op("Erf", 13, X, expects="top.erf"),
    op("Exp", 13, X, expects="top.exp"),
    op("Log", 13, POSITIVE, expects="top.log"),
    op("Sqrt", 13, POSITIVE, expects="top.sqrt"),
    op("Abs", 13, X, expects="top.abs"),
    op("Neg", 13, X, expects="top.neg"),
    op("Reciprocal", 13, POSITIVE, expects="top.reciprocal"),
    op("Floor", 13, X, expects="top.floor"),
    op("Ceil", 13, X, expects="top.ceil"),
    op("Round", 11, ("x", np.array([[-2.5, -1.5, -0.5, 0.5, 1.5, 2.4, -0.0]], np.float32)), expects="top.round"),
    op("Sign", 13, ("x", np.array([[-2.5, -0.0, 0.0, 3.0]], np.float32)), expects="top.sign"),
    op("Sin", 7, X, expects="top.sin"),
    op("Cos", 22, ("x", values(2, 3, low=-1000, high=1000)), expects="top.cos"),
    op("Tan", 7, ("x", values(2, 3, low=-1, high=1)), expects=("top.sin", "top.cos", "top.div")),
    op("Softplus", 13, ("x", values(2, 3, low=-30, high=30)), expects="top.softplus"),
    op("Softplus", 22, X, expects="top.softplus"),
    op("Mish", 18, ("x", values(2, 3, low=-30, high=30)), expects="top.mish", reference=True),
    op("Selu", 13, X, expects="top.elu"),
    op("Selu", 22, X, alpha=1.5, gamma=0.9, expects="top.elu"),
    op("Celu", 12, X, expects="top.elu"),
    op("Celu", 12, X, alpha=0.5, label="alpha", expects=("top.mul", "top.elu")),
    op("Softsign", 13, X, expects=("top.abs", "top.div")),
]
