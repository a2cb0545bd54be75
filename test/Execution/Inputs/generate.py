"""Writes the executed tests of each op family: the expectations come from onnxruntime.

Run from the repository's root with onnx, onnxruntime and numpy installed; it rewrites
test/Execution/<family>.mlir. Inputs are seeded, so that a second run changes nothing.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import pathlib

import numpy as np
import onnx
import onnx.reference
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).resolve().parent.parent
ELEMENTS = {np.dtype("float32"): "f32", np.dtype("int64"): "i64", np.dtype("int32"): "i32", np.dtype("bool"): "i1"}
files = {}


def rng(name):
    return np.random.default_rng(sum(map(ord, name)))


def floats(seed, *shape):
    return np.round(rng(seed).uniform(-3, 3, shape), 2).astype(np.float32)


def number(value):
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if np.isinf(value) or np.isnan(value):
        return "0x%08X" % np.float32(value).view(np.uint32)
    text = str(np.float32(value))
    return text if "." in text else text.replace("e", ".0e") if "e" in text else text + ".0"


def literal(array):
    return number(array[()]) if array.ndim == 0 else "[" + ", ".join(literal(a) for a in array) + "]"


def mlir_type(array):
    return "tensor<%s>" % "x".join([str(d) for d in array.shape] + [ELEMENTS[array.dtype]])


def dense(array):
    return "dense<%s> : %s" % (literal(array), mlir_type(array))


def attribute(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return "%d : i64" % value
    if isinstance(value, float):
        return "%s : f32" % number(value)
    if isinstance(value, str):
        return '"%s"' % value
    if value and isinstance(value[0], float):
        return "array<f64: %s>" % ", ".join(map(number, value))
    return "array<i64: %s>" % ", ".join(map(str, value)) if value else "array<i64>"


def run_onnx(node_type, inputs, onnx_attributes, count=1, opset=21, reference=False):
    """One node on onnxruntime, or on onnx's reference implementation where onnxruntime does not follow the definition.
    None among the inputs is an absent optional one."""
    names = ["" if x is None else f"x{i}" for i, x in enumerate(inputs)]
    node = helper.make_node(node_type, names, [f"y{i}" for i in range(count)], **onnx_attributes)
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)
         for n, x in zip(names, inputs) if n],
        [helper.make_empty_tensor_value_info(f"y{i}") for i in range(count)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    if reference:
        evaluator = onnx.reference.ReferenceEvaluator(model)
        return evaluator.run(None, {n: np.asarray(x) for n, x in zip(names, inputs) if n})
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {n: np.asarray(x) for n, x in zip(names, inputs) if n})


def case(family, name, top_op, operands, expected, attributes=None, tolerance=2e-6, syntax=None, exact=False):
    """A function that computes `top_op` of constants and compares it with `expected`."""
    expected = expected if isinstance(expected, list) else [expected]
    lines = [f"func.func @{name}() {{"]
    for i, x in enumerate(operands):
        lines.append(f"  %{i} = top.constant {dense(x)}")
    attributes = {k: v for k, v in (attributes or {}).items() if v is not None}
    text = "" if not attributes else " {" + ", ".join(f"{k} = {attribute(v)}" for k, v in attributes.items()) + "}"
    arguments = syntax or ", ".join(f"%{i}" for i in range(len(operands)))
    types = ", ".join(map(mlir_type, operands))
    results = ", ".join(map(mlir_type, expected))
    lines.append(f"  %y{':%d' % len(expected) if len(expected) > 1 else ''} = {top_op} {arguments}{text}")
    lines.append(f"    : ({types}) -> " + (f"({results})" if len(expected) > 1 else results))
    for i, y in enumerate(expected):
        value = f"%y#{i}" if len(expected) > 1 else "%y"
        if exact or y.dtype != np.float32:
            lines.append(f"  check.expect_eq_const {value}, {dense(y)} : {mlir_type(y)}")
        else:
            lines.append(f"  %e{i} = top.constant {dense(y)}")
            lines.append(f"  check.expect_rel_max {value}, %e{i} {{tolerance = {tolerance:.1e} : f64}}"
                         f" : {mlir_type(y)}, {mlir_type(y)}")
    files.setdefault(family, []).append("\n".join(lines + ["  return", "}"]))


def conv():
    def one(name, x, w, b, strides, pads, dilations, group, act=None, transposed=False, output_padding=None):
        attributes = dict(strides=strides, pads=pads, dilations=dilations, group=group)
        if output_padding:
            attributes["output_padding"] = output_padding
        inputs = [x, w] + ([b] if b is not None else [])
        y = run_onnx("ConvTranspose" if transposed else "Conv", inputs, attributes)[0]
        top_attributes = dict(attributes)
        if transposed:
            top_attributes["output_padding"] = output_padding or [0] * len(strides)
        if act:
            y = np.clip(y, *act)
            top_attributes.update(act_min=act[0], act_max=act[1])
        case("conv", name, "top.deconv" if transposed else "top.conv", inputs, y, top_attributes)

    one("plain", floats("a", 1, 3, 5, 5), floats("b", 2, 3, 3, 3), floats("c", 2), [1, 1], [0, 0, 0, 0], [1, 1], 1)
    one("strided_uneven_pads", floats("d", 2, 2, 6, 5), floats("e", 3, 2, 3, 2), floats("f", 3), [2, 1], [1, 0, 2, 1], [1, 1], 1)
    one("depthwise_clamped", floats("g", 1, 4, 5, 5), floats("h", 4, 1, 3, 3), floats("i", 4), [1, 1], [1, 1, 1, 1], [1, 1], 4, (0.0, 6.0))
    one("depthwise_multiplier", floats("g", 1, 2, 4, 4), floats("h2", 4, 1, 3, 3), None, [1, 1], [1, 1, 1, 1], [1, 1], 2)
    one("grouped_dilated", floats("j", 1, 4, 7, 7), floats("k", 6, 2, 3, 3), None, [1, 1], [2, 2, 2, 2], [2, 2], 2)
    one("one_dimension", floats("l", 1, 3, 9), floats("m", 2, 3, 3), floats("n", 2), [2], [1, 1], [1], 1)
    one("pointwise_clamped_above_zero", floats("o", 1, 3, 2, 2), floats("p", 5, 3, 1, 1), floats("q", 5), [1, 1], [0, 0, 0, 0], [1, 1], 1, (0.5, 4.0))
    one("deconv", floats("r", 1, 3, 3, 3), floats("s", 3, 2, 2, 2), floats("t", 2), [2, 2], [0, 0, 0, 0], [1, 1], 1, None, True)
    one("deconv_output_padding", floats("u", 1, 2, 3, 3), floats("v", 2, 3, 3, 3), floats("w", 3), [2, 2], [1, 1, 1, 1], [1, 1], 1, (-1.0, 9.0), True, [1, 1])
    one("deconv_grouped", floats("x", 1, 4, 3, 3), floats("y", 4, 2, 3, 3), None, [2, 1], [1, 0, 0, 1], [1, 2], 2, None, True)
    one("deconv_one_dimension", floats("z", 1, 2, 4), floats("za", 2, 2, 3), floats("zb", 2), [2], [0, 1], [1], 1, None, True)


def matmul():
    def one(name, a, b, bias=None, ta=False, tb=False, act_min=None):
        at = np.swapaxes(a, -1, -2) if ta else a
        bt = np.swapaxes(b, -1, -2) if tb else b
        y = run_onnx("MatMul", [np.ascontiguousarray(at), np.ascontiguousarray(bt)], {})[0]
        if bias is not None:
            y = y + bias
        if act_min is not None:
            y = np.maximum(y, np.float32(act_min))
        attributes = dict(transpose_lhs=ta or None, transpose_rhs=tb or None, act_min=act_min)
        case("matmul", name, "top.matmul", [a, b] + ([bias] if bias is not None else []), y, attributes)

    one("plain", floats("a", 3, 4), floats("b", 4, 5))
    one("bias_relu", floats("a", 3, 4), floats("c", 5, 4), floats("d", 5), False, True, 0.0)
    one("left_transposed", floats("e", 4, 3), floats("b", 4, 5), floats("d", 5), True)
    one("stack_times_matrix", floats("f", 2, 2, 3, 4), floats("b", 4, 5))
    one("stacks_broadcast", floats("g", 2, 1, 3, 4), floats("h", 3, 4, 2))
    one("both_transposed", floats("i", 2, 4, 3), floats("j", 2, 2, 4), None, True, True)
    one("one_row", floats("k", 1, 6), floats("l", 6, 3), floats("m", 3))


def elementwise():
    x = np.concatenate([floats("x", 2, 3, 4).ravel(), np.float32([-40, -7.5, 0, 6, 7, 40])]).reshape(2, 3, 5)
    positive = np.abs(x) + np.float32(0.01)

    def one(name, top_op, node, onnx_attributes=None, attributes=None, data=x, opset=21):
        case("elementwise", name, top_op, [data], run_onnx(node, [data], onnx_attributes or {}, opset=opset)[0], attributes)

    one("relu", "top.relu", "Relu")
    one("leaky_relu", "top.leaky_relu", "LeakyRelu", dict(alpha=0.1), dict(alpha=0.1))
    one("sigmoid", "top.sigmoid", "Sigmoid")
    one("tanh", "top.tanh", "Tanh")
    one("hard_sigmoid", "top.hard_sigmoid", "HardSigmoid", dict(alpha=0.25, beta=0.4), dict(alpha=0.25, beta=0.4))
    one("hard_swish", "top.hard_swish", "HardSwish")
    one("elu", "top.elu", "Elu", dict(alpha=1.5), dict(alpha=1.5))
    one("gelu", "top.gelu", "Gelu")
    one("gelu_tanh", "top.gelu", "Gelu", dict(approximate="tanh"), dict(approximate="tanh"))
    one("erf", "top.erf", "Erf")
    one("exp", "top.exp", "Exp", data=np.clip(x, -9, 9))
    one("log", "top.log", "Log", data=positive)
    near = np.float32([1, 1 + 2 ** -20, 1 - 2 ** -20, 1.001, 0.999])
    case("elementwise", "log_near_one", "top.log", [near], np.log(near.astype(np.float64)).astype(np.float32))
    one("sqrt", "top.sqrt", "Sqrt", data=positive)
    one("abs", "top.abs", "Abs")
    one("neg", "top.neg", "Neg")
    one("reciprocal", "top.reciprocal", "Reciprocal", data=positive)
    one("floor", "top.floor", "Floor")
    one("ceil", "top.ceil", "Ceil")
    one("round", "top.round", "Round")
    one("sign", "top.sign", "Sign")
    one("sin", "top.sin", "Sin")
    one("cos", "top.cos", "Cos")
    one("softplus", "top.softplus", "Softplus")
    one("mish", "top.mish", "Mish")
    case("elementwise", "silu", "top.silu", [x], x / (1 + np.exp(-x.astype(np.float64))).astype(np.float32))
    case("elementwise", "clip_below", "top.clip", [x], np.maximum(x, np.float32(-1.5)), dict(min=-1.5))
    case("elementwise", "clip_both", "top.clip", [x], np.clip(x, 0, 6), dict(min=0.0, max=6.0))
    slope = floats("slope", 3, 1)
    case("elementwise", "prelu", "top.prelu", [x, slope], run_onnx("PRelu", [x, slope], {})[0])
    case("elementwise", "of_a_scalar", "top.relu", [np.array(-2, np.float32)], np.array(0, np.float32))


def binary():
    a, b = floats("a", 2, 3, 4), floats("b", 2, 3, 4)
    row, column, middle = floats("r", 4), floats("c", 3, 1), floats("m", 2, 1, 4)
    scalar = np.array(1.5, np.float32)

    def one(name, op, node, l, r, act=None):
        y = run_onnx(node, [l, r], {})[0]
        if act:
            y = np.clip(y, *act)
        case("binary", name, op, [l, r], y, dict(act_min=act[0], act_max=act[1]) if act else {})

    one("add", "top.add", "Add", a, b)
    one("add_clamped", "top.add", "Add", a, b, (0.0, 2.5))
    one("add_row_clamped", "top.add", "Add", a, row, (-1.0, 1.0))
    one("add_outer", "top.add", "Add", column, row)
    one("sub", "top.sub", "Sub", a, b)
    one("sub_from_column", "top.sub", "Sub", column, a)
    one("mul_middle", "top.mul", "Mul", a, middle)
    one("mul_scalar", "top.mul", "Mul", scalar, a)
    one("div", "top.div", "Div", a, np.abs(b) + np.float32(0.5))
    one("div_by_column", "top.div", "Div", a, np.abs(column) + np.float32(0.5))
    one("min", "top.min", "Min", a, b)
    one("min_row", "top.min", "Min", row, a)
    one("max", "top.max", "Max", a, b)
    one("max_scalar", "top.max", "Max", a, scalar)
    for name, power in (("square", 2), ("cube", 3), ("root", 0.5), ("power", 1.7)):
        one("pow_" + name, "top.pow", "Pow", np.abs(a), np.array(power, np.float32))
    one("pow_of_each", "top.pow", "Pow", np.abs(a), b)


def pool():
    def one(name, x, kernel, strides, pads, dilations=None, ceil=False, include=None):
        attributes = dict(kernel_shape=kernel, strides=strides, pads=pads, ceil_mode=int(ceil),
                          dilations=dilations or [1] * len(kernel))
        if include is not None:
            attributes["count_include_pad"] = int(include)
        y = run_onnx("MaxPool" if include is None else "AveragePool", [x], attributes, opset=19)[0]
        case("pool", name, "top.max_pool" if include is None else "top.avg_pool", [x], y,
             dict(kernel=kernel, strides=strides, pads=pads, dilations=attributes["dilations"],
                  ceil_mode=ceil or None, count_include_pad=include or None))

    x = floats("x", 1, 2, 6, 7)
    one("max", x, [3, 3], [2, 2], [1, 1, 1, 1])
    one("max_ceil", x, [2, 3], [2, 2], [0, 0, 0, 0], ceil=True)
    one("max_dilated", x, [2, 2], [1, 2], [0, 1, 1, 0], [2, 3])
    one("max_one_dimension", floats("y", 2, 3, 8), [3], [2], [1, 0])
    one("max_negative_only", -np.abs(x) - 1, [3, 3], [2, 2], [1, 1, 1, 1])
    one("avg", x, [2, 2], [2, 2], [0, 0, 0, 0], include=False)
    one("avg_exclude_pads", x, [3, 3], [2, 2], [1, 1, 1, 1], include=False)
    one("avg_include_pads", x, [3, 3], [2, 2], [1, 1, 1, 1], include=True)
    one("avg_ceil_exclude_pads", x, [3, 3], [3, 2], [1, 0, 0, 1], ceil=True, include=False)
    one("avg_ceil_include_pads", x, [3, 3], [2, 2], [0, 0, 0, 0], ceil=True, include=True)
    one("avg_one_dimension", floats("y", 2, 3, 8), [3], [2], [1, 1], include=True)


def reduce():
    x = floats("x", 2, 3, 4, 5)
    for op, node in (("mean", "ReduceMean"), ("sum", "ReduceSum"), ("max", "ReduceMax"), ("min", "ReduceMin")):
        for name, axes, keep in (("spatial", [2, 3], True), ("spatial_dropped", [2, 3], False), ("channel", [1], True),
                                 ("last", [3], False), ("apart", [0, 2], True), ("all", [0, 1, 2, 3], False)):
            y = run_onnx(node, [x, np.int64(axes)], dict(keepdims=int(keep)))[0]
            case("reduce", f"{op}_{name}", f"top.reduce_{op}", [x], np.asarray(y), dict(axes=axes, keepdims=None if keep else False))


def norm():
    x = floats("x", 2, 3, 2, 3)
    s, b, m, v = floats("s", 3), floats("b", 3), floats("m", 3), np.abs(floats("v", 3)) + np.float32(0.1)
    y = run_onnx("BatchNormalization", [x, s, b, m, v], dict(epsilon=1e-3))[0]
    case("norm", "batch_norm", "top.batch_norm", [x, s, b, m, v], y, dict(epsilon=1e-3))
    y = x * s.reshape(3, 1, 1) + b.reshape(3, 1, 1)
    case("norm", "scale", "top.scale", [x, s, b], y)
    case("norm", "scale_clamped", "top.scale", [x, s, b], np.clip(y, -1, 2), dict(act_min=-1.0, act_max=2.0))
    for name, axis in (("last", 3), ("two", 2)):
        ls, lb = floats("ls", *x.shape[axis:]), floats("lb", *x.shape[axis:])
        for kind, operands in (("", [ls, lb]), ("_unshifted", [ls])):
            y = run_onnx("LayerNormalization", [x] + operands, dict(axis=axis, epsilon=1e-5))[0]
            case("norm", f"layer_norm_{name}{kind}", "top.layer_norm", [x] + operands, y, dict(axis=axis, epsilon=1e-5),
                 syntax="%0 scale %1" + (" bias %2" if len(operands) == 2 else ""))
    mean, var = x.mean(axis=3, keepdims=True), x.var(axis=3, keepdims=True)
    case("norm", "layer_norm_bare", "top.layer_norm", [x], (x - mean) / np.sqrt(var + np.float32(1e-5)), dict(axis=3, epsilon=1e-5))


def softmax():
    x = floats("x", 2, 3, 4) * 3
    for op, node in (("softmax", "Softmax"), ("log_softmax", "LogSoftmax")):
        for axis in range(3):
            case("softmax", f"{op}_{axis}", f"top.{op}", [x], run_onnx(node, [x], dict(axis=axis))[0], dict(axis=axis))
    # Sums near 1, where a coarse logarithm shows.
    single = np.float32([[3], [-2]])
    case("softmax", "log_of_one_element", "top.log_softmax", [single], np.float32([[0], [0]]), dict(axis=1))
    apart = np.float32([[12, 0], [-1, 13]])
    case("softmax", "log_of_elements_apart", "top.log_softmax", [apart],
         np.float32([[-np.log1p(np.exp(-12.0)), -12 - np.log1p(np.exp(-12.0))],
                     [-14 - np.log1p(np.exp(-14.0)), -np.log1p(np.exp(-14.0))]]), dict(axis=1))
    big = np.float32([[1000, 1001, -1000]])
    case("softmax", "large_values", "top.softmax", [big], run_onnx("Softmax", [big], dict(axis=1))[0], dict(axis=1))


def movement():
    x = floats("x", 2, 3, 4)
    image = floats("i", 1, 2, 3, 4)
    ids = np.arange(24, dtype=np.int64).reshape(2, 3, 4)

    def one(name, op, operands, y, attributes=None):
        case("movement", name, op, operands, y, attributes, exact=True)

    one("reshape", "top.reshape", [x], x.reshape(4, 6))
    one("expand", "top.expand", [x[:, :1]], np.broadcast_to(x[None, :, :1], (2, 2, 5, 4)))
    for name, perm in (("rotate", [1, 2, 0]), ("last_two", [0, 2, 1])):
        one("transpose_" + name, "top.transpose", [x], x.transpose(perm), dict(perm=perm))
    one("transpose_integers", "top.transpose", [ids], ids.transpose(2, 0, 1), dict(perm=[2, 0, 1]))
    one("transpose_rank_7", "top.transpose", [x.reshape(2, 1, 3, 1, 2, 1, 2)],
        x.reshape(2, 1, 3, 1, 2, 1, 2).transpose(6, 5, 4, 3, 2, 1, 0), dict(perm=[6, 5, 4, 3, 2, 1, 0]))
    one("slice", "top.slice", [x], x[:, 1:3, 0:4:2], dict(offsets=[0, 1, 0], sizes=[2, 2, 2], strides=[1, 1, 2]))
    one("slice_backwards", "top.slice", [x], x[::-1, :, 3:0:-1], dict(offsets=[1, 0, 3], sizes=[2, 3, 3], strides=[-1, 1, -1]))
    one("slice_integers", "top.slice", [ids], ids[1:, :, 2:], dict(offsets=[1, 0, 2], sizes=[1, 3, 2], strides=[1, 1, 1]))
    one("split", "top.split", [x], [x[:, :1], x[:, 1:]], dict(axis=1))
    one("concat", "top.concat", [x, x[:, 1:], x[:, :1] * 2], np.concatenate([x, x[:, 1:], x[:, :1] * 2], 1), dict(axis=1))
    one("concat_integers", "top.concat", [ids, ids], np.concatenate([ids, ids], 2), dict(axis=2))
    pads = [0, 0, 1, 2, 0, 0, 2, 1]
    for mode in ("constant", "reflect", "edge"):
        inputs = [image, np.int64(pads)] + ([np.array(0.5, np.float32)] if mode == "constant" else [])
        one("pad_" + mode, "top.pad", [image], run_onnx("Pad", inputs, dict(mode=mode))[0],
            dict(pads=pads, mode=mode, value=0.5 if mode == "constant" else None))
    one("pad_channels", "top.pad", [image], np.pad(image, ((0, 0), (1, 0), (0, 0), (0, 0))), dict(pads=[0, 1, 0, 0, 0, 0, 0, 0]))
    indices = np.int64([[0, -1], [2, 1]])
    one("gather", "top.gather", [x, indices], run_onnx("Gather", [x, indices], dict(axis=1))[0], dict(axis=1))
    one("gather_narrow", "top.gather", [x, indices.astype(np.int32)], np.take(x, indices, 2), dict(axis=2))
    one("gather_scalar", "top.gather", [x, np.array(1, np.int64)], x[1], dict(axis=0))


def cast():
    x = np.float32([-2.7, -0.5, 0, 0.5, 2.7, 100])
    case("cast", "to_integer", "top.cast", [x], x.astype(np.int64))
    case("cast", "to_boolean", "top.cast", [x], x != 0)
    case("cast", "from_integer", "top.cast", [np.int64([-3, 0, 7])], np.float32([-3, 0, 7]), exact=True)
    case("cast", "from_boolean", "top.cast", [np.array([True, False])], np.float32([1, 0]), exact=True)
    case("cast", "beyond_the_range", "top.cast", [np.float32([3e9, -3e9, np.nan])],
         np.int32([2147483647, -2147483648, 0]))


def resize():
    x = floats("x", 1, 2, 3, 4)

    def one(name, mode, transformation, scales=None, sizes=None, nearest=None, data=x, reference=False):
        attributes = dict(mode=mode, coordinate_transformation_mode=transformation)
        if nearest:
            attributes["nearest_mode"] = nearest
        inputs = [data, None, np.float32(scales)] if scales else [data, None, None, np.int64(sizes)]
        y = run_onnx("Resize", inputs, attributes, reference=reference)[0]
        used = scales or [float(o / i) for o, i in zip(sizes, data.shape)]
        case("resize", name, "top.resize", [data], y, tolerance=4e-6,
             attributes=dict(mode=mode, coordinate_transformation=transformation, nearest_mode=nearest, scales=used))

    one("nearest_double", "nearest", "asymmetric", [1.0, 1.0, 2.0, 2.0], nearest="floor")
    one("nearest_uneven", "nearest", "half_pixel", sizes=[1, 2, 5, 7], nearest="round_prefer_floor")
    one("nearest_ceil", "nearest", "asymmetric", sizes=[1, 2, 5, 3], nearest="ceil")
    one("nearest_prefer_ceil", "nearest", "align_corners", sizes=[1, 2, 5, 7], nearest="round_prefer_ceil")
    one("nearest_channels", "nearest", "asymmetric", [1.0, 2.0, 1.0, 0.5], nearest="floor")
    for transformation in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
        one("linear_" + transformation, "linear", transformation, sizes=[1, 2, 5, 7])
        one("linear_smaller_" + transformation, "linear", transformation, sizes=[1, 2, 2, 1])
    one("linear_fraction", "linear", "half_pixel", [1.0, 1.0, 1.7, 0.6])
    one("linear_open_corners", "linear", "align_corners", [1.0, 1.0, 1.5, 0.6], reference=True)
    one("nearest_open_corners", "nearest", "align_corners", [1.0, 1.0, 0.9, 1.7], nearest="floor", reference=True)
    one("linear_one_dimension", "linear", "half_pixel", [1.0, 1.0, 2.5], data=floats("y", 1, 2, 4))


for family in (conv, matmul, elementwise, binary, pool, reduce, norm, softmax, movement, cast, resize):
    family()
for family, cases in files.items():
    head = (f"// What the {family} ops compute, as onnxruntime does (see Inputs/generate.py).\n"
            "// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception\n"
            "// RUN: qc-opt %s --check-execute -o /dev/null\n")
    if family != "cast":  # the runtime has no booleans
        head += ("// The same by the kernels of the runtime:\n"
                 "// RUN: sed -e '1i module attributes {qc.precision = \"float\"} {' -e '$a }' %s |"
                 " qc-opt --legalize --check-execute -o /dev/null\n")
    head += "\n"
    (FOLDER / f"{family}.mlir").write_text(head + "\n\n".join(cases) + "\n")
