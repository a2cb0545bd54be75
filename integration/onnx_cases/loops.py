"""Loops whose number of steps is known.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
from onnx import TensorProto, helper
from onnx_cases import Case, ints, model_of, values

FLOAT, INT, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def info(name, kind, shape=()):
    return helper.make_tensor_value_info(name, kind, shape)


def body_of_loop(condition="Identity"):
    """The state becomes tanh(state + x * step), which is given out as well; goes on as before, or while step < 3."""
    nodes = [helper.make_node("Cast", ["step"], ["number"], to=FLOAT), helper.make_node("Mul", ["x", "number"], ["part"]),
             helper.make_node("Add", ["state", "part"], ["sum"]), helper.make_node("Tanh", ["sum"], ["next"]),
             helper.make_node("Identity", ["next"], ["row"])]
    if condition == "Identity":
        nodes.append(helper.make_node("Identity", ["go"], ["goes_on"]))
    else:
        nodes += [helper.make_node("Constant", [], ["three"], value_int=3), helper.make_node("Less", ["step", "three"], ["goes_on"])]
    return helper.make_graph(nodes, "body", [info("step", INT), info("go", BOOL), info("state", FLOAT, [2, 3])],
                             [info("goes_on", BOOL), info("next", FLOAT, [2, 3]), info("row", FLOAT, [2, 3])])


def loop(title, most, body, constants):
    node = helper.make_node("Loop", [most, "true", "x"], ["y", "rows"], name="loop", body=body)
    samples = {"x": values(2, 3)}
    model = model_of([node], samples, constants, ["y", "rows"], 13)
    # onnx's reference joins the rows instead of stacking them.
    model.graph.output[1].CopyFrom(info("rows", FLOAT, [4, 2, 3]))
    return Case(title, model, samples, ("top.tanh", "top.concat"))


def scan(title, reverse=0):
    """Running sums of the columns of x, from the first or from the last."""
    body = helper.make_graph([helper.make_node("Add", ["state", "part"], ["next"]), helper.make_node("Identity", ["next"], ["row"])],
                             "body", [info("state", FLOAT, [2]), info("part", FLOAT, [2])],
                             [info("next", FLOAT, [2]), info("row", FLOAT, [2])])
    node = helper.make_node("Scan", ["first", "x"], ["y", "rows"], name="scan", num_scan_inputs=1, body=body,
                            scan_input_axes=[1], scan_input_directions=[reverse], scan_output_axes=[1],
                            scan_output_directions=[reverse])
    samples = {"first": values(2), "x": values(2, 4)}
    return Case(title, model_of([node], samples, {}, ["y", "rows"], 13), samples, ("top.add", "top.concat"))


CASES = [
    loop("Loop_count", "most", body_of_loop(), {"most": np.array(4), "true": np.array(True)}),
    loop("Loop_condition", "most", body_of_loop("Less"), {"most": ints(100), "true": np.array(True)}),
    loop("Loop_without_most", "", body_of_loop("Less"), {"true": np.array(True)}),
    scan("Scan_columns"),
    scan("Scan_reverse", reverse=1),
]
