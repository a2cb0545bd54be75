"""A network of which 8 bits lose much at one tensor and little elsewhere.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CLASSES = 6


def write(folder):
    """model.onnx, calibration.npy and test.npy. In a SiLU's product, which no factor for channels passes, channels that
    count are small beside ones that do not: `m`, and the convolution `c` in front of it."""
    draw = np.random.default_rng(3)
    first = draw.standard_normal((8, 64, 3, 3)).astype(np.float32) * 0.05
    first[:2] *= 60
    last = draw.standard_normal((CLASSES, 8, 1, 1)).astype(np.float32)
    last[:, :2] *= 0.002
    weights = {"w0": first, "b0": np.zeros(8, np.float32), "w1": last, "b1": np.zeros(CLASSES, np.float32)}
    nodes = [helper.make_node("Conv", ["x", "w0", "b0"], ["c"], pads=[1, 1, 1, 1]),
             helper.make_node("Sigmoid", ["c"], ["s"]),
             helper.make_node("Mul", ["c", "s"], ["m"]),
             helper.make_node("Conv", ["m", "w1", "b1"], ["v"]),
             helper.make_node("GlobalAveragePool", ["v"], ["p"]),
             helper.make_node("Flatten", ["p"], ["y"])]
    graph = helper.make_graph(
        nodes, "unlike", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 64, 12, 12])],
        [helper.make_tensor_value_info("v", TensorProto.FLOAT, [1, CLASSES, 12, 12]),
         helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, CLASSES])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()])
    graph.output.reverse()
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, folder / "model.onnx")
    for name in ("calibration", "test"):
        levels = draw.standard_normal((24, 1, 64, 1, 1))
        np.save(folder / f"{name}.npy", (levels + draw.standard_normal((24, 1, 64, 12, 12)) / 2).astype(np.float32))
    return folder
