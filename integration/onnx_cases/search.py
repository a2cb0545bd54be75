"""Where elements are, and elements read and written where other tensors say.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx_cases import ints, op, values

X = ("x", values(2, 3, 4))
TIES = ("x", np.round(values(2, 6)))
IMAGE = ("x", values(1, 2, 6, 7))
GRID = ("g", values(1, 3, 5, 2, low=-1.4, high=1.4))
BOXES = ("r", np.array([[0, 0, 5, 4], [1, 2, 6, 6], [2, 1, 3, 2]], np.float32))
COLUMNS = ("x", values(1, 8, 20))


def places(*shape, below, seed=0):
    return ("i", np.random.default_rng(seed).integers(-below, below, shape))


CASES = [
    op("ArgMax", 13, X, axis=1, expects="top.arg_max"),
    op("ArgMax", 11, TIES, axis=-1, keepdims=0, label="ties", expects="top.arg_max"),
    op("ArgMax", 12, TIES, axis=1, select_last_index=1, label="last", expects="last = true"),
    op("ArgMin", 13, X, axis=0, keepdims=0, expects="smallest = true"),
    op("TopK", 11, X, ints(2), outputs=2, expects="top.top_k"),
    op("TopK", 10, TIES, ints(4), outputs=2, axis=1, label="ties", expects="top.top_k"),
    op("TopK", 11, X, ints(2), outputs=2, axis=1, largest=0, label="smallest", expects="largest = false"),
    op("OneHot", 11, ("x", np.array([[1, -1], [3, 7]])), np.array(4), np.array([0.5, 2], np.float32), expects="top.select"),
    op("OneHot", 11, ("x", np.array([1, 0, 2])), np.array(3), np.array([0, 1], np.float32), axis=0, label="axis",
       expects="top.compare"),
    # Nothing is suppressed, since rows of -1 would stand behind the last box: see test_detectors.py.
    op("NonMaxSuppression", 11, ("b", values(1, 6, 4)), ("s", values(1, 2, 6)), ints(3), np.float32([1]),
       np.float32([-9]), expects="top.nms"),
    op("Hardmax", 13, TIES, axis=-1, expects="top.arg_max"),
    op("Hardmax", 11, X, axis=1, label="rows", expects="top.arg_max"),
    op("GatherElements", 13, X, places(2, 3, 5, below=4), axis=2, label="computed", expects=("top.integer", "top.gather")),
    op("GatherElements", 11, X, places(1, 2, 4, below=2), axis=0, label="computed_part", expects="top.gather"),
    op("GatherND", 13, X, places(3, 2, below=2), label="computed", expects=("top.integer", "top.gather")),
    op("GatherND", 13, X, places(2, 1, 1, below=3), batch_dims=1, label="computed_batch", expects="top.gather"),
    op("ScatterElements", 18, X, ("i", np.array([[[0, 3]]])), ("u", values(1, 1, 2, seed=7)), axis=2, label="computed",
       expects="top.scatter"),
    op("ScatterElements", 18, X, places(2, 3, 2, below=4), ("u", values(2, 3, 2, seed=7)), axis=2, reduction="add",
       label="add", expects='reduction = "add"'),
    op("ScatterElements", 18, X, np.array([[[1, 1]]]), ("u", values(1, 1, 2, seed=7)), axis=2, reduction="max",
       label="constant_max", expects='reduction = "max"'),
    op("ScatterND", 18, X, ("i", np.array([[1], [0]])), ("u", values(2, 3, 4, seed=7)), label="computed",
       expects="top.scatter"),
    op("ScatterND", 16, X, np.array([[1, 2], [1, 2]]), ("u", values(2, 4, seed=7)), reduction="mul", label="mul",
       expects='reduction = "mul"'),
    op("ScatterND", 18, X, np.array([[1, 2], [1, 2]]), ("u", values(2, 4, seed=7)), reduction="min", label="min",
       expects='reduction = "min"'),
    op("GridSample", 16, IMAGE, GRID, expects="top.grid_sample"),
    op("GridSample", 20, IMAGE, GRID, padding_mode="border", align_corners=1, label="border", expects='padding = "border"'),
    op("GridSample", 16, IMAGE, GRID, padding_mode="reflection", label="reflection", expects='padding = "reflection"'),
    op("GridSample", 16, IMAGE, GRID, mode="nearest", padding_mode="border", label="nearest", expects='mode = "nearest"'),
    op("GridSample", 16, IMAGE, GRID, mode="bicubic", padding_mode="border", label="cubic", expects='mode = "cubic"'),
    op("GridSample", 16, IMAGE, GRID[1], label="constant", expects="top.grid_sample"),
    op("RoiAlign", 16, IMAGE, BOXES, ints(0, 0, 0), output_height=2, output_width=3, expects="top.roi_align"),
    op("RoiAlign", 10, IMAGE, BOXES, ints(0, 0, 0), output_height=2, output_width=2, sampling_ratio=2, spatial_scale=0.5,
       label="old", expects="half_pixel = false"),
    op("Col2Im", 18, COLUMNS, ints(5, 6), ints(2, 2), label="blocks", expects="top.deconv"),
    op("Col2Im", 18, ("x", values(1, 8, 6)), ints(5, 5), ints(2, 2), pads=[0, 1, 0, 1], strides=[2, 2], label="strides",
       expects="top.deconv"),
    op("Conv", 11, ("x", values(1, 2, 4, 5, 6)), values(3, 2, 2, 3, 3), values(3), pads=[1, 1, 0, 0, 1, 2],
       strides=[2, 1, 2], label="volume", expects=("top.gather", "top.conv")),
    op("Conv", 22, ("x", values(2, 4, 3, 4, 4)), values(4, 2, 2, 2, 2), group=2, dilations=[1, 2, 1], label="volume_groups",
       expects="group = 2"),
    op("MaxPool", 12, ("x", values(1, 2, 4, 5, 6)), kernel_shape=[2, 3, 2], strides=[2, 1, 2], pads=[0, 1, 0, 1, 1, 0],
       label="volume", expects="top.max_pool"),
    op("AveragePool", 19, ("x", values(1, 2, 4, 5, 6)), kernel_shape=[2, 3, 2], strides=[2, 1, 2], pads=[0, 1, 0, 1, 1, 0],
       label="volume", expects="top.avg_pool"),
    op("Pad", 19, X, ints(0, 1, 0, 0, 2, -1), mode="wrap", label="wrap", expects="top.gather"),
    op("Resize", 19, IMAGE, None, np.float32([1, 1, 2, 1.5]), mode="cubic", label="cubic", expects="top.matmul"),
    op("Resize", 19, IMAGE, None, np.float32([1, 1, 0.6, 2]), mode="cubic", cubic_coeff_a=-0.5, exclude_outside=1,
       label="cubic_inside", expects="top.matmul"),
    op("Resize", 13, IMAGE, None, None, ints(1, 2, 4, 9), mode="cubic", coordinate_transformation_mode="align_corners",
       label="cubic_corners", expects="top.matmul"),
    op("Resize", 13, IMAGE, np.float32([0, 0, 0.1, -0.2, 1, 1, 0.8, 1.1]), None, ints(1, 2, 5, 4), mode="linear",
       coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=7.0, label="crop", expects="top.matmul"),
    op("Resize", 18, ("x", values(1, 2, 6, 8)), None, np.float32([1, 1, 0.5, 0.5]), mode="linear", antialias=1, label="antialias",
       expects="top.matmul"),
]
