"""Networks as people export them from torch, small, with seeded random weights: what each is shaped like is its name.

A network is a function in a module of this folder that returns a torch module and its inputs, by name.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses
from collections.abc import Callable

import numpy as np

NETWORKS = []


@dataclasses.dataclass
class Network:
    """`make` returns a module; `inputs` says by name how a sample is drawn."""

    name: str
    make: Callable
    inputs: dict

    def draw(self, seed):
        """One sample, batch dimension first."""
        generator = np.random.default_rng(seed)
        return {name: draw(generator) for name, draw in self.inputs.items()}


def network(**inputs):
    """Registers a function that makes a module with these inputs."""
    def register(make):
        NETWORKS.append(Network(make.__name__, make, inputs))
        return make
    return register


def normal(*shape):
    """Inputs with mean 0 and deviation 1."""
    return lambda generator: generator.standard_normal(shape).astype(np.float32)


def tokens(count, *shape):
    """Indices into a vocabulary of `count`."""
    return lambda generator: generator.integers(0, count, shape)
