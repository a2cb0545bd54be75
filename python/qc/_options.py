"""Keyword arguments as options of a compile.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os


def to_texts(options):
    """Pairs of a name and its values as texts; the compiler checks them."""
    return [(name, texts(value)) for name, value in options.items() if value is not None]


def texts(value):
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, dict):
        return [f"{name}={_shape(item)}" for name, item in value.items()]
    if isinstance(value, (list, tuple, set)):
        return [str(item) for item in value]
    if isinstance(value, os.PathLike):
        return [os.fspath(value)]
    return [str(value)]


def _shape(value):
    """1x3x224x224 of a tuple of sizes."""
    return "x".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
