// Where elements are: ArgMax, ArgMin, TopK, OneHot, Hardmax and
// NonMaxSuppression.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"
#include "../Numbers.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cfloat>
#include <cmath>
#include <numeric>

namespace qc::onnximport {

namespace {

template <bool smallest> LogicalResult importArgMax(NodeContext &node) {
  int64_t axis = node.normalizeAxis(node.integerAttr("axis", 0), node.rank(0));
  return node.setResult(node.create<top::ArgMaxOp>(
      node.input(0),
      OpAttributes()
          .integer("axis", axis)
          .boolean("keepdims", node.integerAttr("keepdims", 1) != 0)
          .boolean("smallest", smallest)
          .boolean("last", node.integerAttr("select_last_index", 0) != 0)));
}

LogicalResult importTopK(NodeContext &node) {
  int64_t axis = node.normalizeAxis(node.integerAttr("axis", -1), node.rank(0));
  bool largest = node.integerAttr("largest", 1) != 0;
  // Any order will do where none is asked for.
  node.ignoreAttr("sorted");
  int64_t k = 0;
  if (node.since() < 10) {
    k = node.integerAttr("k", 0);
  } else {
    std::vector<int64_t> values = node.integers(1, "k");
    if (!node.failed() && values.size() != 1)
      return node.fail("k is not one number");
    k = values.empty() ? 0 : values.front();
  }
  if (node.failed())
    return failure();
  SmallVector<int64_t> shape(node.shape(0));
  if (shape.empty() || k < 1 || k > shape[axis])
    return node.fail("k = " + Twine(k) +
                     " of the elements of a dimension of "
                     "a tensor of shape " +
                     shapeText(shape));
  shape[axis] = k;
  Operation *op = node.createMany<top::TopKOp>(
      node.input(0),
      OpAttributes()
          .integer("axis", axis)
          .integer("k", k)
          .boolean("largest", largest),
      {RankedTensorType::get(shape, node.elementType(0)),
       RankedTensorType::get(shape, IntegerType::get(node.context(), 64))});
  if (!op)
    return failure();
  if (failed(node.setResult(0, op->getResult(0))))
    return failure();
  return node.setResult(1, op->getResult(1));
}

/// `indices` with a dimension at `axis`, compared with 0, 1, ... along it.
Value compareWithPlaces(NodeContext &node, Value indices, int64_t axis,
                        int64_t depth) {
  if (!indices)
    return {};
  SmallVector<int64_t> shape(top::getShape(indices));
  shape.insert(shape.begin() + axis, 1);
  auto type =
      RankedTensorType::get(shape, IntegerType::get(node.context(), 64));
  Value apart = node.createHelper<top::ReshapeOp>("apart", indices, {}, type);
  std::vector<int64_t> places(depth);
  std::iota(places.begin(), places.end(), 0);
  Shape ramp(shape.size(), 1);
  ramp[axis] = depth;
  return node.createHelper<top::CompareOp>(
      "hot", {apart, createIndices(node, "places", places, ramp)},
      OpAttributes().string("kind", "equal"));
}

LogicalResult importOneHot(NodeContext &node) {
  int64_t axis =
      node.normalizeAxis(node.integerAttr("axis", -1), node.rank(0) + 1);
  std::vector<double> depths = node.reals(1, "the depth");
  if (!node.failed() &&
      (depths.size() != 1 || !(depths[0] >= 1 && depths[0] < 1 << 24)))
    return node.fail("the depth is no number of classes");
  const Tensor *values = node.requireConstant(2, "off and on");
  if (node.failed())
    return failure();
  if (values->numElements() != 2)
    return node.fail("off and on are not two values");
  auto depth = static_cast<int64_t>(depths[0]);
  Value indices = getWide(node, 0);
  // Indices below zero count from the end, those out of range are no class:
  // [-depth, depth) is moved to [0, depth).
  if (!indices)
    return failure();
  Value below = node.createHelper<top::CompareOp>(
      "below", {indices, createIndices(node, "zero", {0}, {})},
      OpAttributes().string("kind", "less"));
  Value moved = createInteger(node, "moved", "add", indices,
                              createIndices(node, "depth", {depth}, {}));
  indices = node.createHelper<top::SelectOp>("class", {below, moved, indices});
  Value hot = compareWithPlaces(node, indices, axis, depth);
  std::vector<double> both = node.reals(2, "off and on");
  auto scalar = [&](StringRef suffix, double value) {
    return node.helperConstant(suffix, host::scalar(values->dtype(), value));
  };
  return node.setResult(node.create<top::SelectOp>(
      {hot, scalar("on", both[1]), scalar("off", both[0])}));
}

/// 1 at the first of the largest elements, else 0.
LogicalResult importHardmax(NodeContext &node) {
  int64_t axis = node.normalizeAxis(
      node.integerAttr("axis", node.since() < 13 ? 1 : -1), node.rank(0));
  if (node.failed())
    return failure();
  SmallVector<int64_t> shape(node.shape(0)), flat(shape);
  Value input = node.input(0);
  if (node.since() < 13) {
    // The dimensions from the axis on are one.
    int64_t rest = std::accumulate(shape.begin() + axis, shape.end(),
                                   int64_t(1), std::multiplies<>());
    flat.resize(axis);
    flat.push_back(rest);
    input = node.createHelper<top::ReshapeOp>(
        "rows", input, {}, RankedTensorType::get(flat, node.elementType(0)));
  }
  Value best = node.createHelper<top::ArgMaxOp>(
      "best", input,
      OpAttributes().integer("axis", axis).boolean("keepdims", false));
  Value hot = compareWithPlaces(node, best, axis, flat[axis]);
  if (!hot)
    return failure();
  auto type = RankedTensorType::get(flat, node.elementType(0));
  if (flat == shape)
    return node.setResult(node.create<top::CastOp>(hot, {}, type));
  return node.setResult(node.create<top::ReshapeOp>(
      node.createHelper<top::CastOp>("flat", hot, {}, type), {},
      RankedTensorType::get(shape, node.elementType(0))));
}

/// One number of an input that may be missing.
double readNumber(NodeContext &node, size_t index, StringRef what,
                  double otherwise) {
  if (!node.hasInput(index))
    return otherwise;
  std::vector<double> values = node.reals(index, what);
  if (!node.failed() && (values.size() != 1 || std::isnan(values[0])))
    (void)node.fail(Twine(what) + " is not one number");
  return values.empty() ? otherwise : values.front();
}

/// As many rows as there could be: how many boxes stand out depends on the
/// data. Selections.cpp looks at what reads them.
LogicalResult importNms(NodeContext &node) {
  bool isCentered = node.integerAttr("center_point_box", 0) != 0;
  // How the two thresholds and the count are stored does not matter.
  double most = readNumber(node, 2, "max_output_boxes_per_class", 0);
  double overlap = readNumber(node, 3, "iou_threshold", 0);
  double least = readNumber(node, 4, "score_threshold", -FLT_MAX);
  ArrayRef<int64_t> boxes = node.shape(0);
  if (node.failed())
    return failure();
  if (!(most >= 1))
    return node.fail("max_output_boxes_per_class = " + Twine(int64_t(most)) +
                     " selects nothing");
  if (!(overlap >= 0 && overlap <= 1))
    return node.fail("iou_threshold = " + Twine(std::to_string(overlap)) +
                     " is not in [0, 1]");
  if (boxes.size() != 3 || boxes[1] < 1)
    return node.fail("boxes of shape " + shapeText(boxes) +
                     ", expected [images, boxes, 4]");
  auto count = static_cast<int64_t>(std::min(most, double(boxes[1])));
  return node.setResult(node.create<top::NmsOp>(
      {node.input(0), node.input(1)},
      OpAttributes()
          .integer("max_output", count)
          .real("iou_threshold", overlap)
          .real("score_threshold",
                std::clamp(least, double(-FLT_MAX), double(FLT_MAX)))
          .boolean("center_point_box", isCentered)));
}

} // namespace

void registerSearchFamily(HandlerRegistry &registry) {
  registry.add("ArgMax", {1, 11, 12, 13}, {importArgMax<false>});
  registry.add("ArgMin", {1, 11, 12, 13}, {importArgMax<true>});
  registry.add("TopK", {1, 10, 11, 24}, {importTopK});
  registry.add("OneHot", {9, 11}, {importOneHot});
  registry.add("NonMaxSuppression", {10, 11}, {importNms});
  registry.add("Hardmax", {1, 11, 13}, {importHardmax});
}

} // namespace qc::onnximport
