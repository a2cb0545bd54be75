"""Samples and inputs in the forms that people have them.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np


def to_array(value):
    """A C-contiguous numpy array of what is an array, a tensor of torch, or a list."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    array = np.ascontiguousarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"a {type(value).__name__} is no array of numbers")
    return array


def pick(sample, position, name):
    """The array of one input: of a dictionary by name, of a tuple by position, or the sample itself.

    What a DataLoader gives behind the inputs (labels) is left out.
    """
    if isinstance(sample, dict):
        if name not in sample:
            has = "only " + ", ".join(map(repr, sample)) if sample else "nothing"
            raise KeyError(f"there is no '{name}': the sample has {has}")
        return to_array(sample[name])
    if isinstance(sample, (tuple, list)) and sample and not np.isscalar(sample[0]):
        if position >= len(sample):
            raise TypeError(f"the sample has {len(sample)} arrays; give one an input, or dictionaries")
        return to_array(sample[position])
    if position > 0:
        raise TypeError("the model has several inputs: give each sample as a dictionary or a tuple")
    return to_array(sample)


def feed(values, inputs):
    """Arrays in the order of `inputs`, from one array, a tuple, a dictionary, or names."""
    return [pick(values, position, info["name"]) for position, info in enumerate(inputs)]


def run_rows(run, arrays, inputs):
    """Runs once, or row by row where every array is a stack of what the model takes."""
    shapes = [tuple(info["shape"]) for info in inputs]
    fitted = [array.reshape(shape) if array.size == _count(shape) else array for array, shape in zip(arrays, shapes)]
    if all(array.shape == shape for array, shape in zip(fitted, shapes)):
        return run(fitted)
    stacks = {array.shape[0] / shape[0] for array, shape in zip(fitted, shapes)
              if shape and array.ndim == len(shape) and array.shape[1:] == shape[1:]}
    if len(stacks) != 1 or not stacks.copy().pop().is_integer():
        return run(fitted)  # whose error says what is wanted
    rows = int(stacks.pop())
    if rows == 0:
        raise ValueError("the stack holds no samples")
    results = []
    for row in range(rows):
        results.append(run([array[row * shape[0]:(row + 1) * shape[0]] for array, shape in zip(fitted, shapes)]))
    return [np.concatenate(parts) for parts in zip(*results)]


def _count(shape):
    count = 1
    for size in shape:
        count *= size
    return count
