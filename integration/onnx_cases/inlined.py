"""Nodes that stand for a graph: If with a known condition, functions of a model, ops that the standard defines by others.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx import AttributeProto, TensorProto, helper, numpy_helper
from onnx_cases import Case, graph, ints, model_of, op, values

X = values(1, 3, 4, 4)


def branch(nodes, output, constants=()):
    return helper.make_graph(nodes, "branch", [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
                             [numpy_helper.from_array(array, name) for name, array in constants])


def squeezed(title, channels):
    """As torch exports what depends on whether a dimension is 1."""
    nodes = [("Shape", ["x"], ["s"], {}), ("Gather", ["s", "one"], ["d"], {}), ("Equal", ["d", "one"], ["is"], {}),
             ("If", ["is"], ["q"], {
                 "then_branch": branch([helper.make_node("ReduceMax", ["x"], ["t"], axes=[1], keepdims=0)], "t"),
                 "else_branch": branch([helper.make_node("Hardmax", ["x"], ["unused"]),
                                        helper.make_node("Identity", ["x"], ["t"])], "t")}),
             ("Relu", ["q"], ["y"], {})]
    return graph(f"If_{title}", 13, nodes, {"x": values(2, channels, 4)}, {"one": ints(1)}, ["y"],
                 expects="tensor<2x4xf32>" if channels == 1 else f"tensor<2x{channels}x4xf32>")


def nested():
    inner = branch([helper.make_node("Mul", ["h", "two"], ["m"])], "m", [("two", np.array(2, np.float32))])
    other = branch([helper.make_node("Neg", ["h"], ["m"])], "m")
    outer = branch([helper.make_node("Relu", ["x"], ["h"]),
                    helper.make_node("If", ["yes"], ["r"], then_branch=inner, else_branch=other)], "r")
    around = branch([helper.make_node("Neg", ["x"], ["n"])], "n")
    return graph("If_nested", 13, [("If", ["yes"], ["y"], {"then_branch": outer, "else_branch": around})],
                 {"x": X}, {"yes": np.array(True)}, ["y"], expects=("top.relu", "top.mul"))


def handed_through():
    same = branch([helper.make_node("Identity", ["x"], ["i"])], "i")
    other = branch([helper.make_node("Neg", ["x"], ["n"])], "n")
    return graph("If_handed_through", 13, [("If", ["yes"], ["z"], {"then_branch": same, "else_branch": other}),
                                           ("Relu", ["z"], ["y"], {})],
                 {"x": X}, {"yes": np.array(True)}, ["y"], expects="top.relu")


def function():
    """A function with an attribute and an optional input, which is called twice and calls another."""
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]
    leaky = helper.make_node("LeakyRelu", ["s"], ["b"])
    leaky.attribute.add(name="alpha", ref_attr_name="slope", type=AttributeProto.FLOAT)
    double = helper.make_function("local", "Double", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["b"])], opsets)
    bent = helper.make_function("local", "Bent", ["a", "low"], ["b"], [
        helper.make_node("Double", ["a"], ["d"], domain="local"), helper.make_node("Clip", ["d", "low"], ["s"]), leaky],
        opsets, attributes=["slope"])
    nodes = [helper.make_node("Relu", ["x"], ["h"]), helper.make_node("Relu", ["h"], ["y"])]
    model = model_of(nodes, {"x": X}, {"c": np.array(-1, np.float32)}, ["y"], 17)
    model.graph.node[0].CopyFrom(helper.make_node("Bent", ["x", "c"], ["h"], name="first", domain="local", slope=0.25))
    model.graph.node[1].CopyFrom(helper.make_node("Bent", ["h"], ["y"], name="second", domain="local", slope=0.125))
    model.opset_import.append(opsets[1])
    model.functions.extend([double, bent])
    return Case("functions_of_the_model", model, {"x": X}, ("top.leaky_relu", "alpha = 2.500000e-01", "alpha = 1.250000e-01"))


CASES = [
    squeezed("then", 1),
    squeezed("else", 3),
    nested(),
    handed_through(),
    function(),
    op("MeanVarianceNormalization", 13, ("x", X), expects="top.reduce_mean"),
    op("ReduceLogSumExp", 18, ("x", X), ints(1), expects=("top.exp", "top.log")),
    op("ReduceLogSum", 18, ("x", np.abs(X) + 1), ints(1), expects=("top.reduce_sum", "top.log")),
    op("RMSNormalization", 23, ("x", values(2, 3, 8)), values(8, low=0.5, high=1.5), expects="top.reduce_mean", reference=True),
    op("CastLike", 15, ("x", X), np.array(1, np.float32), expects="return %arg0"),
    # Results that are listed are a wish to train: the statistics are those of the input.
    graph("unused_statistics", 8, [("BatchNormalization", ["x", "s", "b", "m", "v"], ["y", "m1", "v1", "m2", "v2"], {})],
          {"x": X}, {"s": values(3), "b": values(3, seed=1), "m": values(3, seed=2), "v": values(3, low=0.5)}, ["y"],
          expects="top.layer_norm"),
    graph("unused_optional_outputs", 8,
          [("MaxPool", ["x"], ["p", "indices"], {"kernel_shape": [2, 2], "strides": [2, 2]}),
           ("Dropout", ["p"], ["y", "mask"], {"ratio": 0.5})], {"x": X}, {}, ["y"], expects="top.max_pool"),
]
