// RotaryEmbedding: pairs of elements turned by an angle for each position.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../Numbers.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc::onnximport {

namespace {

/// `count` elements from `first` on, `stride` apart, of the last dimension.
Value takeLast(NodeContext &node, StringRef suffix, Value value, int64_t first,
               int64_t count, int64_t stride) {
  if (!value)
    return {};
  SmallVector<int64_t> sizes(top::getShape(value));
  SmallVector<int64_t> offsets(sizes.size(), 0), strides(sizes.size(), 1);
  offsets.back() = first;
  sizes.back() = count;
  strides.back() = count > 1 ? stride : 1;
  return node.createHelper<top::SliceOp>(suffix, value,
                                         OpAttributes()
                                             .integers("offsets", offsets)
                                             .integers("sizes", sizes)
                                             .integers("strides", strides));
}

Value reshape(NodeContext &node, StringRef suffix, Value value,
              ArrayRef<int64_t> shape) {
  if (!value || top::getShape(value) == shape)
    return value;
  return node.createHelper<top::ReshapeOp>(
      suffix, value, {}, RankedTensorType::get(shape, node.elementType(0)));
}

Value joinLast(NodeContext &node, StringRef suffix, ValueRange values) {
  if (!llvm::all_of(values, [](Value value) { return bool(value); }))
    return {};
  auto last = static_cast<int64_t>(top::getShape(values.front()).size()) - 1;
  return node.createHelper<top::ConcatOp>(suffix, values,
                                          OpAttributes().integer("axis", last));
}

/// The tensor as [images, heads, positions, size], or with heads behind the
/// positions where it has three dimensions.
struct Heads {
  int64_t images = 0, positions = 0, size = 0;
  SmallVector<int64_t> shape;
  /// Of cosines and sines beside it.
  SmallVector<int64_t> angles;
};

std::optional<Heads> readHeads(NodeContext &node, int64_t heads) {
  ArrayRef<int64_t> shape = node.shape(0);
  Heads result;
  if (shape.size() == 4) {
    result.shape.assign(shape.begin(), shape.end());
    result.positions = shape[2];
    result.angles = {shape[0], 1, shape[2], 0};
  } else if (shape.size() == 3 && heads > 0 && shape[2] % heads == 0) {
    result.shape = {shape[0], shape[1], heads, shape[2] / heads};
    result.positions = shape[1];
    result.angles = {shape[0], shape[1], 1, 0};
  } else {
    (void)node.fail("a tensor of shape " + shapeText(shape) +
                    " with num_heads = " + Twine(heads) +
                    " has no heads to turn");
    return std::nullopt;
  }
  result.images = shape[0];
  result.size = result.shape.back();
  return result;
}

LogicalResult importRotary(NodeContext &node) {
  bool interleaved = node.integerAttr("interleaved", 0) != 0;
  int64_t turned = node.integerAttr("rotary_embedding_dim", 0);
  auto heads = readHeads(node, node.integerAttr("num_heads", 0));
  if (node.failed())
    return failure();
  turned = turned == 0 ? heads->size : turned;
  if (turned < 2 || turned > heads->size || turned % 2 != 0)
    return node.fail("rotary_embedding_dim = " + Twine(turned) +
                     " of heads of size " + Twine(heads->size));
  int64_t half = turned / 2;
  heads->angles.back() = half;
  auto getAngles = [&](size_t input, StringRef suffix) -> Value {
    Value cache = node.input(input);
    if (!cache)
      return {};
    if (node.hasInput(3))
      cache = node.createHelper<top::GatherOp>(
          (suffix + "_rows").str(), {cache, getWide(node, 3)},
          OpAttributes().integer("axis", 0));
    SmallVector<int64_t> expected{heads->images, heads->positions, half};
    if (cache && top::getShape(cache) != ArrayRef<int64_t>(expected)) {
      (void)node.fail("the angles of '" + node.inputName(input) +
                      "' have shape " + shapeText(top::getShape(cache)) +
                      ", expected " + shapeText(expected));
      return {};
    }
    return reshape(node, suffix, cache, heads->angles);
  };
  Value cosine = getAngles(1, "cos"), sine = getAngles(2, "sin");
  Value all = reshape(node, "heads", node.input(0), heads->shape);
  int64_t stride = interleaved ? 2 : 1;
  Value first = takeLast(node, "first", all, 0, half, stride);
  Value second =
      takeLast(node, "second", all, interleaved ? 1 : half, half, stride);
  if (!cosine || !sine || !first || !second)
    return failure();
  auto multiply = [&](StringRef suffix, Value lhs, Value rhs) {
    return node.createHelper<top::MulOp>(suffix, {lhs, rhs});
  };
  Value real = node.createHelper<top::SubOp>(
      "real", {multiply("first_cos", first, cosine),
               multiply("second_sin", second, sine)});
  Value imaginary = node.createHelper<top::AddOp>(
      "imaginary", {multiply("first_sin", first, sine),
                    multiply("second_cos", second, cosine)});
  SmallVector<int64_t> shape(heads->shape);
  shape.back() = turned;
  if (interleaved) {
    SmallVector<int64_t> apart(heads->shape);
    apart.back() = half;
    apart.push_back(1);
    real = reshape(node, "real_apart", real, apart);
    imaginary = reshape(node, "imaginary_apart", imaginary, apart);
  }
  Value result = reshape(node, "turned",
                         joinLast(node, "pairs", {real, imaginary}), shape);
  if (turned < heads->size)
    result = joinLast(
        node, "joined",
        {result, takeLast(node, "rest", all, turned, heads->size - turned, 1)});
  if (!result)
    return failure();
  return node.setResult(node.create<top::ReshapeOp>(
      result, {}, RankedTensorType::get(node.shape(0), node.elementType(0))));
}

} // namespace

void registerRotaryFamily(HandlerRegistry &registry) {
  registry.add("RotaryEmbedding", {23}, {importRotary});
}

} // namespace qc::onnximport
