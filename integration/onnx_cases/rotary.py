"""Pairs of elements turned by an angle for each position.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx_cases import op, values

X = ("x", values(2, 3, 5, 8))
ROWS = ("x", values(2, 5, 24))
IDS = np.random.default_rng(0).integers(0, 12, (2, 5))


def angles(*shape):
    turns = values(*shape)
    return np.cos(turns), np.sin(turns)


CASES = [
    op("RotaryEmbedding", 23, X, *angles(2, 5, 4), expects=("top.slice", "top.concat")),
    op("RotaryEmbedding", 23, X, *angles(12, 4), IDS, label="positions", expects="top.mul"),
    op("RotaryEmbedding", 23, X, *angles(12, 4), ("i", IDS), label="computed_positions", expects="top.gather"),
    op("RotaryEmbedding", 23, X, *angles(12, 2), IDS, rotary_embedding_dim=4, label="part", expects="top.concat"),
    op("RotaryEmbedding", 23, X, *angles(2, 5, 4), interleaved=1, label="interleaved", expects="top.concat"),
    op("RotaryEmbedding", 23, ROWS, *angles(12, 4), IDS, num_heads=3, label="rows", expects="top.reshape"),
    op("RotaryEmbedding", 23, ROWS, *angles(12, 3), IDS, num_heads=3, rotary_embedding_dim=6, interleaved=1,
       label="rows_part", expects="top.concat"),
]
