"""The steps that random networks are made of: ops in the forms that models have, and some blocks of several.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

A step takes a Grower (random_graphs.py), draws operands and adds nodes; one that cannot be made raises Unfit. Arithmetic is kept
away from where floats are badly conditioned (a divisor near 0, a norm of equal values): a difference between two
implementations is a fault then. Floor only comes where its operand is exact.
"""

import numpy as np
from random_graphs import Unfit

# Name: (function, how often).
STEPS = {}


def step(often=1.0):
    def register(function):
        STEPS[function.__name__] = (function, often)
        return function
    return register


def since(grower, opset):
    if grower.opset < opset:
        raise Unfit(f"since operator set {opset}")


def divisors(number):
    return [d for d in range(1, number + 1) if number % d == 0]


def at_least(grower, tensor, low):
    """The tensor, brought above `low`."""
    if tensor.samples.min() >= low:
        return tensor
    way = grower.integer(0, 2)
    if way == 0:
        return grower.add("Add", grower.add("Sigmoid", tensor), grower.scalar(low))
    if way == 1:
        return grower.add("Add", grower.add("Abs", tensor), grower.scalar(low))
    return grower.add("Max", tensor, grower.scalar(low))


#
# Windows
#

def image(grower):
    """Of one or two dimensions: qc refuses three in convolutions and pools."""
    return grower.of_rank(3, 4)


def window(grower, spatial, transposed=False):
    """Attributes of a convolution, and its kernel."""
    kernel = [grower.one_of([1, 2, 3, 3, 3, 4, 5]) for _ in spatial]
    attributes = {"strides": [grower.one_of([1, 1, 1, 2, 3]) for _ in spatial]}
    if grower.chance(0.25):
        attributes["dilations"] = [grower.one_of([1, 2, 3]) for _ in spatial]
    if grower.chance(0.5):
        attributes["kernel_shape"] = kernel
    padding = grower.integer(0, 3)
    if padding == 1:
        attributes["pads"] = [size // 2 for size in kernel] * 2
    elif padding == 2:
        attributes["pads"] = grower.integers(0, 2, 2 * len(spatial))
    elif padding == 3 and "dilations" not in attributes and not transposed:
        attributes["auto_pad"] = grower.one_of(["SAME_UPPER", "SAME_LOWER", "VALID"])
    return kernel, attributes


@step(6)
def convolution(grower, x=None, out=None):
    x = x or image(grower)
    channels = x.shape[1]
    groups = grower.one_of([1, 1, 1, channels, grower.one_of(divisors(channels))])
    kernel, attributes = window(grower, x.shape[2:])
    count = out or groups * grower.integer(1, max(1, 20 // groups))
    if count % groups:
        groups = 1
    share = channels // groups
    weights = grower.weights(count, share, *kernel, low=-1.5 / (share * np.prod(kernel)) ** 0.5,
                             high=1.5 / (share * np.prod(kernel)) ** 0.5)
    if groups > 1 or grower.chance(0.2):
        attributes["group"] = groups
    bias = [grower.weights(count)] if grower.chance(0.6) else []
    return grower.add("Conv", x, weights, *bias, **attributes)


@step(2)
def transposed_convolution(grower):
    x = grower.of_rank(3, 4)
    channels, spatial = x.shape[1], x.shape[2:]
    groups = grower.one_of([1, 1, channels, grower.one_of(divisors(channels))])
    kernel, attributes = window(grower, spatial, transposed=True)
    if grower.chance(0.3):
        attributes["output_padding"] = [
            grower.integer(0, max(stride, dilation) - 1) for stride, dilation in
            zip(attributes["strides"], attributes.get("dilations", [1] * len(spatial)))]
    each = grower.integer(1, max(1, 12 // groups))
    bound = 1.5 / (channels // groups * np.prod(kernel)) ** 0.5
    bias = [grower.weights(groups * each)] if grower.chance(0.5) else []
    if groups > 1:
        attributes["group"] = groups
    return grower.add("ConvTranspose", x, grower.weights(channels, each, *kernel, low=-bound, high=bound), *bias,
                      **attributes)


@step(3)
def pool(grower):
    x = image(grower)
    spatial = x.shape[2:]
    op = grower.one_of(["MaxPool", "AveragePool"])
    kernel = [grower.integer(1, min(size, 4)) for size in spatial]
    attributes = {"kernel_shape": kernel, "strides": [grower.integer(1, 3) for _ in spatial]}
    padding = grower.integer(0, 2)
    if padding == 1:
        attributes["pads"] = [grower.integer(0, size - 1) for size in kernel * 2]
    elif padding == 2:
        attributes["auto_pad"] = grower.one_of(["SAME_UPPER", "SAME_LOWER", "VALID"])
    if grower.opset >= 10 and padding != 2 and grower.chance(0.4):
        attributes["ceil_mode"] = 1
    if op == "AveragePool" and grower.chance(0.4):
        attributes["count_include_pad"] = 1
    if grower.opset >= (19 if op == "AveragePool" else 10) and padding != 2 and grower.chance(0.2):
        # onnxruntime takes a window that is larger than what it moves over, we do not.
        attributes["dilations"] = [grower.integer(1, 2 if 2 * size - 1 <= whole else 1)
                                   for size, whole in zip(kernel, spatial)]
    return grower.add(op, x, **attributes)


@step(1)
def global_pool(grower):
    return grower.add(grower.one_of(["GlobalAveragePool", "GlobalAveragePool", "GlobalMaxPool"]),
                      grower.of_rank(3, 4, 5))


#
# One operand
#

def clip(grower, x, low=None, high=None):
    if grower.opset < 11:
        bounds = {name: float(bound) for name, bound in (("min", low), ("max", high)) if bound is not None}
        return grower.add("Clip", x, **bounds)
    operands = [None if bound is None else grower.scalar(bound) for bound in (low, high)]
    while operands and operands[-1] is None:
        operands.pop()
    return grower.add("Clip", x, *operands)


@step(3)
def rectifier(grower, x=None):
    x = x or grower.tensor()
    kind = grower.integer(0, 4)
    if kind == 0:
        return grower.add("LeakyRelu", x, alpha=grower.one_of([0.01, 0.1, 0.3, 1.5, -0.2]))
    if kind == 1:
        return clip(grower, x, 0, 6)
    if kind == 2:
        low, high = sorted(grower.rng.uniform(-1.5, 2, 2))
        return clip(grower, x, *grower.one_of([(low, high), (low, None), (None, high), (-1, 1)]))
    return grower.add("Relu", x)


@step(3)
def activation(grower, x=None):
    x = x or grower.tensor()
    op = grower.one_of(["Sigmoid", "Tanh", "HardSigmoid", "Elu", "Erf", "HardSwish", "Gelu", "Silu", "ErfGelu", "TanhHalf"])
    if op == "Silu":
        return grower.add("Mul", x, grower.add("Sigmoid", x))
    if op == "HardSwish" and grower.opset < 14:
        gate = clip(grower, grower.add("Add", x, grower.scalar(3)), 0, 6)
        return grower.add("Mul", x, grower.add("Mul", gate, grower.scalar(1 / 6)))
    if op == "ErfGelu" or (op == "Gelu" and grower.opset < 20):
        inner = grower.add("Erf", grower.add("Div", x, grower.scalar(2 ** 0.5)))
        return grower.add("Mul", grower.add("Mul", x, grower.add("Add", inner, grower.scalar(1))), grower.scalar(0.5))
    if op == "TanhHalf":
        return grower.add("Tanh", grower.add("Mul", x, grower.scalar(0.5)))
    attributes = {"HardSigmoid": {"alpha": grower.one_of([0.2, 1 / 6]), "beta": grower.one_of([0.5, 0.4])},
                  "Elu": {"alpha": grower.one_of([1.0, 0.4])},
                  "Gelu": {"approximate": grower.one_of(["none", "tanh"])}}.get(op, {})
    return grower.add(op, x, **attributes)


@step(1.5)
def function(grower):
    x = grower.tensor()
    op = grower.one_of(["Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Floor", "Identity", "Dropout"])
    if op == "Floor":
        return grower.add(op, grower.tensor(lambda tensor: tensor.exact))
    if op == "Exp":
        return grower.add(op, x if x.samples.max() < 3 else clip(grower, x, -4, 3))
    if op in ("Log", "Sqrt", "Reciprocal"):
        return grower.add(op, at_least(grower, x, 0.3))
    return grower.add(op, x)


@step(1)
def parametric_rectifier(grower):
    x = grower.tensor(lambda tensor: tensor.rank >= 2)
    channel = [x.shape[1], *[1] * (x.rank - 2)]
    # A slope an element is refused by every target.
    return grower.add("PRelu", x, grower.weights(*grower.one_of([channel, [1], [1, *channel]])))


#
# Two and more operands
#

def partner_shape(grower, shape):
    """A shape that broadcasts with `shape`: part of it, ones in it, more in front."""
    partner = [size if grower.chance(0.6) else 1 for size in shape]
    if grower.chance(0.4):
        partner = partner[grower.integer(0, len(partner)):]
    if len(shape) >= 2 and grower.chance(0.25):
        partner = [shape[1], *[1] * (len(shape) - 2)]
    return partner


def fits_broadcast(shape, other, most=2):
    """Whether the two broadcast, and do not grow out of hand."""
    padded = [1] * (len(other) - len(shape)) + shape, [1] * (len(shape) - len(other)) + other
    return all(a == b or 1 in (a, b) for a, b in zip(*padded)) and \
        np.prod([max(pair) for pair in zip(*padded)]) <= most * max(np.prod(shape), np.prod(other))


@step(8)
def binary(grower, x=None):
    x = x or grower.tensor()
    op = grower.one_of(["Add", "Add", "Sub", "Mul", "Mul", "Div", "Min", "Max"])
    others = [tensor for tensor in grower.tensors if fits_broadcast(x.shape, tensor.shape)]
    if others and grower.chance(0.55):
        other = grower.one_of(others)
    elif grower.chance(0.2):
        other = grower.scalar(grower.one_of([0.5, 2.0, -1.0, 0.25, 1.0, 6.0]))
    else:
        other = grower.weights(*partner_shape(grower, x.shape), low=-1.5, high=1.5)
    if op == "Div":
        if other.constant:
            other = grower.constant(np.float32(np.sign(other.data + 1e-9) * (np.abs(other.data) + 0.3)))
        else:
            other = at_least(grower, other, 0.3)
        return grower.add(op, x, other)
    pair = [other, x] if grower.chance(0.4) else [x, other]
    result = grower.add(op, *pair)
    if grower.chance(0.3):
        return rectifier(grower, result)
    return result


@step(0.7)
def several(grower):
    x = grower.tensor()
    same = [tensor for tensor in grower.tensors if fits_broadcast(x.shape, tensor.shape)]
    operands = [x, *(grower.one_of(same) for _ in range(grower.integer(0, 3)))]
    if grower.chance(0.3):
        operands.append(grower.weights(*partner_shape(grower, x.shape)))
    return grower.add(grower.one_of(["Sum", "Mean", "Max", "Min"]), *operands)


@step(0.7)
def power(grower):
    exponent = grower.one_of([2.0, 3.0, 0.5, -1.0, 1.7, -0.5])
    x = grower.tensor()
    if exponent not in (2.0, 3.0):
        x = at_least(grower, x, 0.3)
    return grower.add("Pow", x, grower.scalar(exponent))


@step(3)
def concatenation(grower):
    x = grower.tensor(lambda tensor: tensor.rank >= 1)
    axis = grower.integer(0, x.rank - 1) if x.shape[0] > 1 else grower.integer(min(1, x.rank - 1), x.rank - 1)
    rest = [size for i, size in enumerate(x.shape) if i != axis]
    fitting = [tensor for tensor in grower.tensors
               if tensor.rank == x.rank and [size for i, size in enumerate(tensor.shape) if i != axis] == rest]
    operands = [x, *(grower.one_of(fitting) for _ in range(grower.integer(1, 2)))]
    if grower.chance(0.2):
        operands.append(grower.weights(*x.shape[:axis], grower.integer(1, 3), *x.shape[axis + 1:]))
    operands = [operands[i] for i in grower.rng.permutation(len(operands))]
    return grower.add("Concat", *operands, axis=axis - x.rank if grower.chance(0.3) else axis)


#
# Movement
#

@step(2)
def split(grower):
    x = grower.tensor(lambda tensor: max(tensor.shape, default=1) > 1)
    axis = grower.one_of([i for i, size in enumerate(x.shape) if size > 1])
    size = x.shape[axis]
    attributes = {"axis": axis - x.rank if grower.opset >= 11 and grower.chance(0.3) else axis}
    count = grower.one_of([d for d in divisors(size) if 1 < d <= 4] or [0])
    if count and grower.chance(0.4):
        if grower.opset >= 18:
            attributes["num_outputs"] = count
        return grower.add("Split", x, outputs=count, **attributes)
    first = grower.integer(1, size - 1)
    parts = [first, size - first]
    if grower.opset < 13:
        return grower.add("Split", x, outputs=2, split=parts, **attributes)
    return grower.add("Split", x, grower.ints(*parts), outputs=2, **attributes)


@step(2)
def part(grower):
    x = grower.tensor(lambda tensor: tensor.rank >= 1)
    axes = grower.subset(range(x.rank))
    starts, ends, steps = [], [], []
    for axis in axes:
        size, way = x.shape[axis], grower.integer(0, 4)
        low = grower.integer(0, size - 1)
        high = grower.integer(low + 1, size)
        if way == 0 and grower.opset >= 10:
            bounds = (-1, -2 ** 31, -1)
        elif way == 1 and grower.opset >= 10:
            bounds = (low, 2 ** 31 - 1, grower.integer(1, 3))
        elif way == 2:
            bounds = (low - size, high if high == size else high - size, 1)
        elif way == 3 and grower.opset >= 10 and size > 2:
            bounds = (size - 1, 0, -2)
        else:
            bounds = (low, high, 1)
        for values, bound in zip((starts, ends, steps), bounds):
            values.append(bound)
    if grower.opset < 10:
        return grower.add("Slice", x, starts=starts, ends=ends, axes=axes)
    operands = [grower.ints(*starts), grower.ints(*ends), grower.ints(*axes)]
    if any(size != 1 for size in steps) or grower.chance(0.3):
        operands.append(grower.ints(*steps))
    return grower.add("Slice", x, *operands)


@step(2)
def padding(grower):
    x = grower.tensor(lambda tensor: tensor.rank >= 2)
    mode = grower.one_of(["constant", "constant", "constant", "reflect", "edge"])
    pads = [[0, 0] for _ in x.shape]
    for axis in grower.subset(range(x.rank) if mode == "constant" else range(1, x.rank)):
        pads[axis] = grower.integers(0, min(2, x.shape[axis] - 1) if mode == "reflect" else 2, 2)
        if mode == "constant" and x.shape[axis] > 3 and grower.chance(0.15):
            pads[axis][grower.integer(0, 1)] = -1
    flat = [pad[0] for pad in pads] + [pad[1] for pad in pads]
    value = grower.one_of([None, 0.0, 0.5, -1.5, 4.0, -9.0]) if mode == "constant" else None
    if grower.opset < 11:
        return grower.add("Pad", x, pads=flat, mode=mode, **({} if value is None else {"value": value}))
    return grower.add("Pad", x, grower.ints(*flat), *([] if value is None else [grower.scalar(value)]), mode=mode)


@step(2.5)
def reshape(grower):
    x = grower.tensor()
    rest = x.data.size
    shape = []
    for _ in range(grower.integer(0, 3)):
        shape.append(grower.one_of(divisors(rest)))
        rest //= shape[-1]
    shape.insert(grower.integer(0, len(shape)), rest)
    if x.rank >= 2 and grower.chance(0.3):
        shape = grower.one_of([[x.shape[0], -1], [0, x.shape[1], -1], [1, -1, x.shape[-1]], [-1]])
    elif grower.chance(0.4):
        shape[grower.integer(0, len(shape) - 1)] = -1
    return grower.add("Reshape", x, grower.ints(*shape))


@step(0.7)
def reshape_by_arithmetic(grower):
    """The shape is computed from the operand's, as exporters have it."""
    x = grower.tensor(lambda tensor: tensor.rank >= 3)
    shape = grower.add("Shape", x, keep=False)
    first = grower.add("Gather", shape, grower.constant(np.array(0, np.int64)), axis=0, keep=False)
    if grower.opset < 13:
        first = grower.add("Unsqueeze", first, axes=[0], keep=False)
    else:
        first = grower.add("Unsqueeze", first, grower.ints(0), keep=False)
    return grower.add("Reshape", x, grower.add("Concat", first, grower.ints(-1), axis=0, keep=False))


@step(2)
def transpose(grower):
    x = grower.tensor(lambda tensor: tensor.rank >= 2)
    if grower.chance(0.4) and x.rank == 4:
        return grower.add("Transpose", x, perm=grower.one_of([[0, 2, 3, 1], [0, 3, 1, 2], [0, 1, 3, 2]]))
    if grower.chance(0.1):
        return grower.add("Transpose", x)
    return grower.add("Transpose", x, perm=[int(axis) for axis in grower.rng.permutation(x.rank)])


@step(1.5)
def ones(grower):
    """Squeeze, Unsqueeze, Flatten."""
    kind = grower.integer(0, 2)
    if kind == 0:
        x = grower.tensor()
        return grower.add("Flatten", x, axis=grower.integer(0, x.rank))
    if kind == 1:
        x = grower.tensor(lambda tensor: 1 in tensor.shape)
        axes = sorted(grower.subset([i for i, size in enumerate(x.shape) if size == 1]))
        op = "Squeeze"
    else:
        x = grower.tensor(lambda tensor: tensor.rank < 5)
        axes = [grower.integer(0, x.rank)]
        op = "Unsqueeze"
    return grower.add(op, x, axes=axes) if grower.opset < 13 else grower.add(op, x, grower.ints(*axes))


@step(1.5)
def repetition(grower):
    x = grower.tensor(lambda tensor: tensor.rank >= 1)
    if grower.chance(0.5):
        return grower.add("Tile", x, grower.ints(*[grower.one_of([1, 1, 2, 3]) for _ in x.shape]))
    shape = [grower.integer(1, 4) if size == 1 and i else size for i, size in enumerate(x.shape)]
    if grower.chance(0.3):
        shape = [1 if grower.chance(0.3) else size for size in shape]
    return grower.add("Expand", x, grower.ints(*shape))


@step(1)
def gather(grower):
    x = grower.tensor(lambda tensor: tensor.rank >= 1)
    axis = grower.integer(0, x.rank - 1)
    low = -x.shape[axis] if grower.opset >= 11 else 0
    indices = grower.rng.integers(low, x.shape[axis], grower.one_of([[], [1], [3], [2, 2]]))
    return grower.add("Gather", x, grower.constant(np.asarray(indices, grower.one_of([np.int64, np.int32]))), axis=axis)


@step(1)
def depth_and_space(grower):
    if grower.chance(0.5):
        x = grower.tensor(lambda tensor: tensor.rank == 4 and tensor.shape[1] % 4 == 0)
        return grower.add("DepthToSpace", x, blocksize=2,
                          **({"mode": grower.one_of(["DCR", "CRD"])} if grower.opset >= 11 else {}))
    x = grower.tensor(lambda tensor: tensor.rank == 4 and not any(size % 2 for size in tensor.shape[2:]))
    return grower.add("SpaceToDepth", x, blocksize=2)


@step(2)
def resize(grower):
    x = grower.of_rank(3, 4)
    spatial = x.shape[2:]
    mode = grower.one_of(["nearest", "linear"])
    # Binary fractions: a position that is on the border between two pixels is so in every precision.
    scales = [grower.one_of([2.0, 2.0, 3.0, 4.0, 1.0, 0.5, 1.5, 2.5]) for _ in spatial]
    if grower.opset < 11:
        scales = [grower.one_of([2.0, 3.0, 1.0]) for _ in spatial]
        whole = grower.constant(np.float32([1, 1, *scales]))
        return grower.add("Upsample" if grower.opset < 10 else "Resize", x, whole, mode=mode)
    attributes = {"mode": mode, "coordinate_transformation_mode": grower.one_of(
        ["asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"])}
    if mode == "nearest":
        attributes["nearest_mode"] = grower.one_of(["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])
    roi = None if grower.opset >= 13 else grower.constant(np.zeros(0, np.float32))
    by_size = mode == "linear" and grower.chance(0.5)
    if by_size:
        sizes = [*x.shape[:2], *(grower.integer(1, 2 * size) for size in spatial)]
        return grower.add("Resize", x, roi, None if grower.opset >= 13 else grower.constant(np.zeros(0, np.float32)),
                          grower.ints(*sizes), **attributes)
    if attributes["coordinate_transformation_mode"] == "align_corners":
        # onnxruntime rounds the size first, ONNX's definition does not.
        scales = [float(round(scale)) for scale in scales]
    return grower.add("Resize", x, roi, grower.constant(np.float32([1, 1, *scales])), **attributes)


#
# Matrices
#

@step(3)
def product(grower, x=None):
    x = x or grower.tensor(lambda tensor: tensor.rank >= 1)
    inner = x.shape[-1]
    bound = 1.5 / inner ** 0.5
    fitting = [tensor for tensor in grower.tensors if tensor.rank >= 2 and tensor.shape[-2] == inner and
               fits_broadcast(x.shape[:-2], tensor.shape[:-2])]
    if fitting and x.rank >= 2 and grower.chance(0.5):
        return grower.add("MatMul", x, grower.one_of(fitting))
    if x.rank >= 2 and grower.chance(0.15):
        return grower.add("MatMul", grower.weights(grower.integer(1, 12), x.shape[-2]), x)
    ahead = grower.one_of([[], [], [], [x.shape[0]] if x.rank >= 3 else [], x.shape[:-2]])
    right = [inner] if grower.chance(0.1) else [*ahead, inner, grower.integer(1, 20)]
    result = grower.add("MatMul", x, grower.weights(*right, low=-bound, high=bound))
    if result.rank and grower.chance(0.5):
        return grower.add("Add", result, grower.weights(result.shape[-1]))
    return result


@step(2)
def gemm(grower):
    x = grower.of_rank(2)
    by_column = grower.chance(0.3)
    inner, rows = (x.shape[0], x.shape[1]) if by_column else (x.shape[1], x.shape[0])
    columns = grower.integer(1, 20)
    flipped = grower.chance(0.5)
    attributes = {}
    for name, value in (("transA", int(by_column)), ("transB", int(flipped))):
        if value or grower.chance(0.2):
            attributes[name] = value
    for name in ("alpha", "beta"):
        if grower.chance(0.3):
            attributes[name] = grower.one_of([0.5, 2.0, 1.0])
    operands = [x, grower.weights(*((columns, inner) if flipped else (inner, columns)))]
    shape = grower.one_of([[columns], [1, columns], [rows, 1], [rows, columns], [1], []])
    if grower.opset < 11 or grower.chance(0.7):
        operands.append(grower.weights(*shape))
    return grower.add("Gemm", *operands, **attributes)


@step(1)
def attention(grower):
    x = grower.tensor(lambda tensor: tensor.rank == 3 and tensor.shape[-1] >= 2)
    width = x.shape[-1]
    query, key, value = (grower.add("MatMul", x, grower.weights(width, width, low=-0.7, high=0.7)) for _ in range(3))
    scores = grower.add("MatMul", query, grower.add("Transpose", key, perm=[0, 2, 1]))
    scores = grower.add(*grower.one_of([("Div", scores, grower.scalar(width ** 0.5)),
                                        ("Mul", scores, grower.scalar(width ** -0.5))]))
    return grower.add("MatMul", grower.add("Softmax", scores, axis=2), value)


#
# Over several elements
#

@step(1.5)
def softmax(grower):
    x = grower.tensor(lambda tensor: tensor.rank >= 1)
    axis = grower.integer(-x.rank if grower.opset >= 11 else 0, x.rank - 1)
    return grower.add(grower.one_of(["Softmax", "Softmax", "LogSoftmax"]), x, axis=axis)


@step(2.5)
def reduction(grower):
    x = grower.tensor(lambda tensor: tensor.rank >= 1)
    op = grower.one_of(["ReduceMean", "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2",
                        "ReduceSumSquare"])
    axes = grower.subset(range(x.rank))
    attributes = {"keepdims": grower.integer(0, 1)}
    if grower.chance(0.1):
        return grower.add(op, x, **attributes)
    if grower.opset >= 11 and grower.chance(0.3):
        axes = [axis - x.rank for axis in axes]
    if grower.opset >= (13 if op == "ReduceSum" else 18):
        return grower.add(op, x, grower.ints(*axes), **attributes)
    return grower.add(op, x, axes=sorted(axes), **attributes)


def check_spread(samples, axes):
    """A norm of values that hardly differ is noise. `axes` of one sample; all samples are looked at."""
    axes = [axis + 1 for axis in axes]
    if min(samples.shape[axis] for axis in axes) < 1 or np.prod([samples.shape[axis] for axis in axes]) < 4 or \
            samples.var(axis=tuple(axes)).min() < 0.01:
        raise Unfit("too little spread for a norm")


@step(2)
def batch_norm(grower, x=None):
    x = x or grower.tensor(lambda tensor: tensor.rank >= 2)
    channels = x.shape[1]
    return grower.add("BatchNormalization", x, grower.weights(channels, low=0.4, high=1.6), grower.weights(channels),
                      grower.weights(channels), grower.weights(channels, low=0.3, high=2.0), epsilon=1e-3)


@step(1)
def instance_norm(grower):
    x = grower.of_rank(3, 4)
    check_spread(x.samples, range(2, x.rank))
    return grower.add("InstanceNormalization", x, grower.weights(x.shape[1], low=0.4, high=1.6),
                      grower.weights(x.shape[1]), epsilon=1e-3)


@step(1.5)
def layer_norm(grower):
    x = grower.tensor(lambda tensor: tensor.rank >= 2)
    axis = grower.integer(1, x.rank - 1)
    if grower.opset >= 17 and grower.chance(0.7):
        check_spread(x.samples, range(axis, x.rank))
        operands = [grower.weights(*x.shape[axis:], low=0.4, high=1.6)]
        if grower.chance(0.7):
            operands.append(grower.weights(*x.shape[axis:]))
        return grower.add("LayerNormalization", x, *operands, axis=axis - x.rank if grower.chance(0.5) else axis, epsilon=1e-3)
    check_spread(x.samples, [x.rank - 1])

    def mean(tensor):
        if grower.opset >= 18:
            return grower.add("ReduceMean", tensor, grower.ints(-1))
        return grower.add("ReduceMean", tensor, axes=[tensor.rank - 1])

    centred = grower.add("Sub", x, mean(x))
    variance = mean(grower.add("Pow", centred, grower.scalar(2)))
    deviation = grower.add("Sqrt", grower.add("Add", variance, grower.scalar(1e-3)))
    scaled = grower.add("Mul", grower.add("Div", centred, deviation), grower.weights(x.shape[-1], low=0.4, high=1.6))
    return grower.add("Add", scaled, grower.weights(x.shape[-1]))


@step(0.7)
def group_norm(grower):
    since(grower, 21)
    x = grower.of_rank(3, 4)
    groups = grower.one_of(divisors(x.shape[1]))
    check_spread(x.samples.reshape(-1, x.shape[0], groups, x.data[0].size // groups), [2])
    return grower.add("GroupNormalization", x, grower.weights(x.shape[1], low=0.4, high=1.6), grower.weights(x.shape[1]),
                      num_groups=groups, epsilon=1e-3)


#
# Blocks
#

@step(2)
def convolution_block(grower):
    """What becomes one layer: a convolution, perhaps a norm, scale or bias behind it, an activation."""
    x = convolution(grower)
    behind = grower.integer(0, 3)
    if behind == 1:
        x = batch_norm(grower, x)
    elif behind == 2:
        shape = [x.shape[1], *[1] * (x.rank - 2)]
        x = grower.add(grower.one_of(["Mul", "Add", "Sub"]), x, grower.weights(*shape))
    return rectifier(grower, x) if grower.chance(0.6) else activation(grower, x)


@step(2)
def residual(grower):
    x = grower.of_rank(4)
    channels = x.shape[1]
    attributes = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
    bound = 1.0 / (9 * channels) ** 0.5
    inner = grower.add("Conv", x, grower.weights(channels, channels, 3, 3, low=-bound, high=bound), **attributes)
    if grower.chance(0.5):
        inner = grower.add("Relu", inner)
    total = grower.add(grower.one_of(["Add", "Add", "Sub", "Mul"]), *([inner, x] if grower.chance(0.5) else [x, inner]))
    return rectifier(grower, total) if grower.chance(0.7) else total


@step(1)
def squeeze_and_excite(grower):
    x = grower.of_rank(4)
    channels, middle = x.shape[1], grower.integer(1, 8)
    gate = grower.add("GlobalAveragePool", x)
    gate = grower.add("Relu", grower.add("Conv", gate, grower.weights(middle, channels, 1, 1)))
    gate = grower.add("Conv", gate, grower.weights(channels, middle, 1, 1))
    return grower.add("Mul", x, grower.add(grower.one_of(["Sigmoid", "HardSigmoid"]), gate))


@step(1)
def spatial_gate(grower):
    """One channel that weighs all others."""
    x = grower.of_rank(4)
    gate = grower.add("Conv", x, grower.weights(1, x.shape[1], 1, 1, low=-0.3, high=0.3))
    return grower.add(grower.one_of(["Mul", "Add", "Max"]), x, grower.add("Sigmoid", gate))
