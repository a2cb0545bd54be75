"""Writes the models of the tests in this folder: make_models.py OUT_FOLDER.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def save(folder, name, opset, nodes, inputs, outputs, constants):
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info(key, TensorProto.FLOAT, dims) for key, dims in inputs.items()],
        [helper.make_tensor_value_info(key, TensorProto.FLOAT, dims) for key, dims in outputs.items()],
        [numpy_helper.from_array(array, key) for key, array in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    onnx.save(model, folder / f"{name}.onnx")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    node = helper.make_node
    save(folder, "small", 13, [
        node("Conv", ["image", "w", "b"], ["conv_out"], name="conv", auto_pad="SAME_UPPER", strides=[2, 2]),
        node("Relu", ["conv_out"], ["relu_out"], name="relu"),
        node("Shape", ["relu_out"], ["shape"], name="shape"),
        node("Gather", ["shape", "zero"], ["batch"], name="pick"),
        node("Concat", ["batch", "rest"], ["target"], name="join", axis=0),
        node("Reshape", ["relu_out", "target"], ["flat"], name="reshape"),
        node("Split", ["flat"], ["left", "right"], name="halve", axis=1),
        node("Add", ["left", "right"], ["sum"], name="add"),
        node("Identity", ["sum"], ["logits"], name="same"),
    ], {"image": ["batch", 1, 6, 6]}, {"logits": ["batch", 9]}, {
        "w": (np.arange(18, dtype=np.float32).reshape(2, 1, 3, 3) - 9) / 8, "b": np.float32([0.5, -0.25]),
        "zero": np.int64([0]), "rest": np.int64([-1])})
    save(folder, "large", 13, [
        node("Gemm", ["x", "w", "c"], ["y"], name="fc", transB=1, alpha=2.0)
    ], {"x": [1, 64]}, {"y": [1, 8]}, {"w": np.ones((8, 64), np.float32), "c": np.ones((1, 8), np.float32)})
    save(folder, "unsupported", 19, [
        node("RandomNormalLike", ["x"], ["a"], name="soft1"),
        node("Relu", ["a"], ["r"], name="fine"),
        node("RandomNormalLike", ["r"], ["b"], name="soft2"),
        node("Pad", ["b", "pads"], ["y"], name="around", mode="mirror"),
    ], {"x": [1, 4]}, {"y": [1, 6]}, {"pads": np.int64([0, 1, 0, 1])})


main(pathlib.Path(sys.argv[1]))
