"""The prepare phase on every float model of the kit: same outputs, nothing left to do, functions recognised.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import re
from collections import Counter

import numpy as np
import pytest
from harness import Peer, relative_difference
from test_float_execution import MODELS, RANGES, SHAPES, shape_options

# Largest difference of any output element before and after, as a share of the output's largest magnitude.
TOLERANCE = 1e-5

# How often each function occurs in a file that spells it out in arithmetic.
FUNCTIONS = {
    "kwt1_speechcmd12_fp32": {"layer_norm": 24, "gelu": 12},
    "vit_cifar10_d128_fp32": {"layer_norm": 13},
    "vit_mnist_d64_fp32": {"layer_norm": 12, "gelu": 7},
    "vit_mnist_d64_fp32_op17ln": {"layer_norm": 12, "gelu": 7},
    "yolox_nano_416": {"silu": 104},
}

# What a function is spelled with, and what no network here needs for anything else.
SPELLING = {"layer_norm": ("sqrt", "pow"), "gelu": ("erf", "tanh"), "silu": ()}


def ops(file):
    return Counter(re.findall(r"= top\.(\w+)", file.read_text()))


@pytest.fixture(params=MODELS)
def prepared(request, kit, qc_translate, qc_opt, tmp_path):
    """A model as imported and as prepared."""
    name = request.param
    before, after = tmp_path / "imported.mlir", tmp_path / "prepared.mlir"
    qc_translate("--import-onnx", *shape_options(name), kit.model(name), "-o", before)
    qc_opt("--prepare", "--mlir-print-debuginfo", before, "-o", after)
    return name, before, after


def test_outputs_stay(qc, kit, tmp_path, prepared):
    name, before, after = prepared
    low, high = RANGES.get(name, (-1, 1))
    np.savez(tmp_path / "in.npz", **Peer(kit.model(name), shapes=SHAPES.get(name)).samples(low=low, high=high))
    outputs = []
    for stage in (before, after):
        qc("run", stage, "--data", tmp_path / "in.npz", "-o", stage.with_suffix(".npz"))
        outputs.append(dict(np.load(stage.with_suffix(".npz"))))
    assert outputs[0].keys() == outputs[1].keys()
    for tensor, value in outputs[0].items():
        assert relative_difference(outputs[1][tensor], value) <= TOLERANCE, f"output {tensor}"


def test_second_time_changes_nothing(qc_opt, tmp_path, prepared):
    _, _, once = prepared
    twice = tmp_path / "twice.mlir"
    qc_opt("--prepare", "--mlir-print-debuginfo", once, "-o", twice)
    assert once.read_bytes() == twice.read_bytes()


def test_no_batch_norm_and_no_activation_is_left_alone(prepared):
    _, _, after = prepared
    left = ops(after)
    assert not left["batch_norm"]
    # All networks of the kit have an op in front of each that can end in it.
    assert not left["relu"] and not left["clip"]


def test_functions_are_recognised(prepared):
    name, _, after = prepared
    found = ops(after)
    for function, count in FUNCTIONS.get(name, {}).items():
        assert found[function] == count, function
        assert not any(found[part] for part in SPELLING[function]), f"{function} is left in pieces"
