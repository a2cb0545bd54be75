"""What the importer must refuse, and what it must say about it.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnx_cases import ints, model_of, op, values

IMAGE = ("x", values(1, 4, 8, 8))
X = ("x", values(2, 3, 4))
CUBE = ("x", values(1, 2, 4, 4, 4))


@dataclasses.dataclass
class Refusal:
    name: str
    model: onnx.ModelProto
    messages: tuple


def node(*arguments, says, **options):
    """One node that is refused. onnx's own inference need not accept it, so that it is given an output."""
    case = op(*arguments, **options)
    return Refusal(case.name, case.model, (says,) if isinstance(says, str) else tuple(says))


def whole(name, model, *messages):
    return Refusal(name, model, messages)


def relu(opset=13):
    return model_of([helper.make_node("Relu", ["x"], ["y"], name="r")], {"x": X[1]}, {}, ["y"], opset)


def with_opset(version):
    model = relu()
    model.opset_import[0].version = version
    return model


def with_function(inner):
    """A model whose one node is a function of its own, in which another op is or the function again."""
    domain = "custom" if inner == "Double" else ""
    model = model_of([helper.make_node("Relu", ["x"], ["y"])], {"x": X[1]}, {}, ["y"], 13)
    model.graph.node[0].CopyFrom(helper.make_node("Double", ["x"], ["y"], name="twice", domain="custom"))
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("custom", 1)]
    model.opset_import.append(opsets[1])
    model.functions.append(helper.make_function(
        "custom", "Double", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["s"]),
                                           helper.make_node(inner, ["s"], ["b"], name="inside", domain=domain)], opsets))
    return model


def with_training():
    model = relu()
    model.training_info.add()
    return model


def with_sparse_initializer():
    model = relu()
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(
        helper.make_tensor("sparse", TensorProto.FLOAT, [1], [1.0]),
        helper.make_tensor("at", TensorProto.INT64, [1], [2]), [4]))
    return model


def several():
    """Unsupported nodes of several kinds, one behind another; the file must be read to its end."""
    nodes = [
        helper.make_node("RandomNormalLike", ["x"], ["a"], name="soft1"),
        helper.make_node("Relu", ["a"], ["b"], name="fine"),
        helper.make_node("RandomNormalLike", ["b"], ["c"], name="soft2"),
        helper.make_node("FusedMatMul", ["c"], ["d"], name="foreign", domain="com.microsoft"),
        helper.make_node("MaxPool", ["c"], ["e", "indices"], name="pool", kernel_shape=[2, 2]),
        helper.make_node("LpNormalization", ["e"], ["y"]),
    ]
    model = model_of(nodes, {"x": IMAGE[1]}, {}, ["y", "indices", "d"], 18)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return model


def with_branch():
    branch = helper.make_graph([helper.make_node("Identity", ["x"], ["z"])], "branch", [],
                               [helper.make_tensor_value_info("z", TensorProto.FLOAT, [2, 3, 4])])
    return model_of([helper.make_node("If", ["choose"], ["y"], name="fork", then_branch=branch, else_branch=branch)],
                    {"choose": np.array(True), "x": X[1]}, {}, ["y"], 13)


def statistics():
    return values(4), values(4), values(4), values(4, low=0.5, high=2)


def with_loop(endless=False):
    """One that goes on while what it computes is small, or for ever."""
    kinds = {"step": TensorProto.INT64, "go": TensorProto.BOOL, "state": TensorProto.FLOAT}
    nodes = [helper.make_node("Add", ["state", "state"], ["next"]), helper.make_node("ReduceSum", ["next"], ["sum"], keepdims=0),
             helper.make_node("Less", ["sum", "sum"], ["small"]), helper.make_node("Identity", ["go" if endless else "small"], ["on"])]
    infos = {name: helper.make_tensor_value_info(name, kind, [] if name != "state" else [2, 3, 4]) for name, kind in kinds.items()}
    body = helper.make_graph(nodes, "body", list(infos.values()),
                             [helper.make_tensor_value_info("on", TensorProto.BOOL, []),
                              helper.make_tensor_value_info("next", TensorProto.FLOAT, [2, 3, 4])])
    # (`model_of` would run it.)
    graph = helper.make_graph([helper.make_node("Loop", ["", "true", "x"], ["y"], name="loop", body=body)], "case",
                              [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 3, 4])],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, 3, 4])],
                              [onnx.numpy_helper.from_array(np.array(True), "true")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


CASES = []
def declared(element, shape, name="y", inner=False):
    """Two joined tensors of 1x4 floats, whose result or what it is made of the file calls something else."""
    model = model_of([helper.make_node("Concat", ["x", "x"], ["c"], axis=0, name="join"),
                      helper.make_node("Relu", ["c"], ["y"], name="r")], {"x": values(1, 4)}, {}, ["y"], 13)
    said = helper.make_tensor_value_info("c" if inner else "y", element, shape)
    if inner:
        model.graph.value_info.append(said)
    else:
        model.graph.output[0].CopyFrom(said)
    return model


def integers_declared_float():
    model = model_of([helper.make_node("Concat", ["x", "x"], ["y"], axis=0, name="join")], {"x": ints(1, 2)}, {}, ["y"], 13)
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", TensorProto.FLOAT, [4]))
    return model


def exploding(*nodes, size=1 << 28):
    """Constant nodes whose last result, 'c', is added to the input. (`model_of` would compute them.)"""
    made = [helper.make_node(op, list(inputs), list(outputs), name=f"n{i}", **attributes)
            for i, (op, inputs, outputs, attributes) in enumerate(nodes)]
    constants = {"size": ints(size), "zero": ints(0), "one": ints(1), "wide": ints(1 << 20, 1)}
    graph = helper.make_graph(
        [*made, helper.make_node("Add", ["x", "c"], ["y"], name="add")], "case",
        *[[helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 4])] for name in ("x", "y")],
        [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def halves(name):
    value = onnx.numpy_helper.from_array(np.float16([0.5]), "half")
    return ("ConstantOfShape", ["size"], [name], {"value": value})


BUDGET = "goes beyond the"


REFUSALS = [
    whole("declared_float", integers_declared_float(),
          "op Concat: tensor 'y' is FLOAT 4 in the file, but what computes it gives tensor<4xi64>", "node 'join'"),
    whole("declared_integer", declared(TensorProto.INT64, [2, 4]), "tensor 'y' is INT64 2x4 in the file", "node 'r'"),
    whole("declared_shape", declared(TensorProto.FLOAT, [2, 5]), "tensor 'y' is FLOAT 2x5", "tensor<2x4xf32>"),
    whole("declared_rank", declared(TensorProto.FLOAT, [8]), "tensor 'y' is FLOAT 8", "contradicts itself"),
    whole("declared_inside", declared(TensorProto.FLOAT, [2, 5], inner=True), "tensor 'c' is FLOAT 2x5", "node 'join'"),
    whole("declared_string", declared(TensorProto.STRING, [2, 4]), "tensor 'y' is STRING 2x4"),
    # A few bytes that ask for gibibytes.
    whole("much_sum", exploding(*[("ConstantOfShape", ["size"], [f"a{i}"], {}) for i in range(12)],
                                ("Sum", [f"a{i}" for i in range(12)], ["b"], {}),
                                ("Slice", ["b", "zero", "one"], ["c"], {})), BUDGET),
    whole("much_halves", exploding(halves("a"), ("Exp", ["a"], ["b"], {}), ("ReduceSum", ["b"], ["c"], {}),
                                   size=1 << 26), BUDGET),
    whole("much_expand", exploding(*[("Expand", ["one" if i == 0 else f"e{i}", "wide"], [f"e{i + 1}"], {}) for i in range(99)],
                                   *[("Expand", [f"e{i + 1}", "wide"], [f"f{i + 1}"], {}) for i in range(99)],
                                   ("Concat", [f"f{i + 1}" for i in range(99)], ["g"], {"axis": 0}),
                                   ("Cast", ["g"], ["h"], {"to": TensorProto.FLOAT}),
                                   ("ReduceMax", ["h"], ["c"], {})), BUDGET),
    whole("much_range", exploding(("Range", ["zero", "size", "one"], ["r"], {}),
                                  ("Cast", ["r"], ["c"], {"to": TensorProto.FLOAT})), BUDGET),
    whole("several", several(), "cannot import 5 nodes",
          "op RandomNormalLike: not supported; nodes 'soft1', 'soft2'",
          "op FusedMatMul: operator domain 'com.microsoft' is not supported; node 'foreign'",
          "op MaxPool: output 'indices' is not supported",
          "op LpNormalization: not supported; node of output 'y'"),
    whole("opset_6", with_opset(6), "operator set version 6 is not supported; 7 to"),
    whole("opset_of_the_future", with_opset(1000), "operator set version 1000 is not supported"),
    whole("function", with_function("RandomNormalLike"),
          "op RandomNormalLike: not supported, a part of the definition of Double 'twice'; node 'inside'"),
    whole("recursion", with_function("Double"), "Model-local functions must not be recursive"),
    whole("training", with_training(), "training information"),
    whole("sparse", with_sparse_initializer(), "sparse initializers are not supported (first: 'sparse')"),
    whole("subgraph", with_branch(), "op If: the condition is computed when the model runs (input 'choose'), but must be constant; node 'fork'"),
    node("RandomNormalLike", 13, X, says="op RandomNormalLike: not supported; node 'the_node'"),
    whole("loop", with_loop(), "op Loop: goes on for as long as 'y/result0_0' says, which the network computes", "node 'loop'"),
    whole("endless", with_loop(endless=True), "op Loop: has more than 2000 steps; node 'loop'"),
    node("ConvTranspose", 11, CUBE, values(2, 2, 2, 2, 2), says="3 spatial dimensions are not supported"),
    node("MaxPool", 12, ("x", values(1, 1, 2, 2, 2, 2)), kernel_shape=[2, 2, 2, 2], says="4 spatial dimensions"),
    node("TopK", 11, X, ("k", ints(2)), outputs=2, says="k is computed when the model runs (input 'k')"),
    node("TopK", 11, X, ints(5), outputs=2, label="many", says="k = 5 of the elements"),
    node("OneHot", 11, ("x", ints(1, 2)), ("depth", ints(3)), np.float32([0, 1]), says="the depth is computed"),
    node("GridSample", 20, CUBE, ("g", values(1, 2, 2, 2, 3)), says="2 spatial dimensions are supported"),
    node("MaxPool", 12, IMAGE, kernel_shape=[2, 2], outputs=2, label="indices", says="indices of the largest"),
    node("BatchNormalization", 14, IMAGE, *statistics(), training_mode=1, outputs=3, label="training",
         says="output 'y1' is not supported"),
    node("BatchNormalization", 7, IMAGE, *statistics(), spatial=0, label="spatial", says="spatial = 0"),
    node("LayerNormalization", 17, X, values(4), outputs=2, label="mean", says="mean and deviation"),
    node("LayerNormalization", 17, X, values(4), stash_type=16, label="stash", says="stash_type = 16"),
    node("InstanceNormalization", 13, IMAGE, ("scale", values(4)), values(4), label="scale",
         says="the scale is computed when the model runs"),
    node("InstanceNormalization", 13, IMAGE, values(3), values(4), label="size", says="does not fit 4 channels"),
    node("GroupNormalization", 21, IMAGE, values(4), values(4), num_groups=3, says="4 channels do not make 3 groups"),
    node("DepthToSpace", 13, IMAGE, blocksize=3, says="4 channels are not blocks of 3x3"),
    node("DepthToSpace", 13, X, blocksize=2, label="rank", says="has not 4 dimensions"),
    node("DepthToSpace", 13, IMAGE, blocksize=0, label="block", says="blocksize = 0 is out of range"),
    node("SpaceToDepth", 28, IMAGE, blocksize=2, mode="RCD", label="mode", says="mode = 'RCD' is not known"),
    node("SpaceToDepth", 13, IMAGE, blocksize=3, says="an image of 8x8 is not made of blocks of 3x3"),
    node("ReduceL2", 18, X, noop_with_empty_axes=1, says="a norm of single elements is not supported"),
    node("Dropout", 13, X, np.array(0.5, np.float32), np.array(True), says="training_mode is not supported"),
    node("Dropout", 13, X, np.array(0.5, np.float32), outputs=2, label="mask", says="the mask"),
    node("Pad", 19, X, ints(0, 1, 0, 0, 1, 0), mode="mirror", label="mode", says="mode = 'mirror' is not supported"),
    node("Pad", 13, X, ("pads", ints(0, 1, 0, 0, 1, 0)), label="runtime", says="pads is computed when the model runs"),
    node("Reshape", 13, X, ("shape", ints(4, 6)), says="the new shape is computed when the model runs"),
    node("Gather", 13, X, ints(7), label="range", says="index 7 is out of range for a dimension of size 2"),
    node("Max", 13, None, values(4), label="missing", says="op Max: input 0 is missing"),
    node("ConstantOfShape", 13, ints(0), label="empty", says="output 'y0' has no elements"),
    node("Tile", 13, X, ints(1, 0, 1), says="the repetitions hold 0"),
    node("Tile", 13, X, ints(1, 5000, 1), label="many", says="the repetitions hold 5000"),
    node("Constant", 13, value_string="words", label="string", says="only constants of numbers"),
]
