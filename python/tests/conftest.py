"""What the package's tests share: the example network and samples for it.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import pathlib

import numpy as np
import pytest


@pytest.fixture(scope="session")
def network():
    return pathlib.Path(__file__).resolve().parents[2] / "examples" / "shapes" / "shapes.onnx"


@pytest.fixture(scope="session")
def rows():
    return np.random.default_rng(0).normal(size=(16, 3, 48, 48)).astype(np.float32)


@pytest.fixture(scope="session")
def result(network, rows):
    import qc
    return qc.compile(network, rows)
