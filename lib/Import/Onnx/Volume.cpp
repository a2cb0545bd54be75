// Windows over three dimensions, by ops over two.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Volume.h"
#include "HostOps.h"
#include "Window.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc::onnximport {

static Value reshape(NodeContext &node, StringRef suffix, Value value,
                     ArrayRef<int64_t> shape) {
  return node.createHelper<top::ReshapeOp>(
      suffix, value, {}, RankedTensorType::get(shape, node.elementType(0)));
}

static Value transpose(NodeContext &node, StringRef suffix, Value value,
                       ArrayRef<int64_t> perm) {
  return node.createHelper<top::TransposeOp>(
      suffix, value, OpAttributes().integers("perm", perm));
}

/// Attributes of dimensions `first` to `first + count` of a window.
static OpAttributes getAttributes(const Window &window, size_t first,
                                  size_t count) {
  auto part = [&](const std::vector<int64_t> &values) {
    return ArrayRef(values).slice(first, count);
  };
  SmallVector<int64_t> pads(part(window.pads));
  llvm::append_range(pads,
                     ArrayRef(window.pads).slice(window.rank() + first, count));
  return OpAttributes()
      .integers("strides", part(window.strides))
      .integers("pads", pads)
      .integers("dilations", part(window.dilations));
}

LogicalResult importVolumeConv(NodeContext &node) {
  std::vector<int64_t> spatial = spatialShape(node, 0);
  if (node.rank(1) != 5)
    return node.fail("input has shape " + shapeText(node.shape(0)) +
                     " and weights " + shapeText(node.shape(1)) +
                     ", which differ in rank");
  ArrayRef<int64_t> kernel = node.shape(1);
  Window window = readWindow(node, spatial, kernel.drop_front(2), 3);
  int64_t group = node.integerAttr("group", 1);
  if (node.failed())
    return failure();
  resolveSamePads(window, spatial);
  int64_t batch = node.shape(0)[0], channels = node.shape(0)[1];
  int64_t taps = window.kernel[0];
  auto depth =
      top::getWindowCount(spatial[0], taps, window.strides[0],
                          window.dilations[0], window.pads[0], window.pads[3]);
  if (!depth || *depth < 1)
    return node.fail("the window does not fit the input");
  // Depth in front, padded.
  Value value = transpose(node, "depth", node.input(0), {0, 2, 1, 3, 4});
  int64_t padded = spatial[0] + window.pads[0] + window.pads[3];
  if (padded != spatial[0])
    value = node.createHelper<top::PadOp>(
        "padded", value,
        OpAttributes()
            .integers("pads",
                      {0, window.pads[0], 0, 0, 0, 0, window.pads[3], 0, 0, 0})
            .string("mode", "constant")
            .real("value", 0));
  // The slices of each result: [N, D, taps, C, H, W], then taps in channels.
  std::vector<int64_t> slices;
  for (int64_t d = 0; d < *depth; ++d)
    for (int64_t k = 0; k < taps; ++k)
      slices.push_back(d * window.strides[0] + k * window.dilations[0]);
  value = node.createHelper<top::GatherOp>(
      "slices",
      {value, node.helperConstant("taken",
                                  Tensor::fromVector(slices, {*depth, taps}))},
      OpAttributes().integer("axis", 1));
  value = transpose(node, "taps", value, {0, 1, 3, 2, 4, 5});
  value = reshape(node, "images", value,
                  {batch * *depth, channels * taps, spatial[1], spatial[2]});
  Value weight = reshape(node, "weights", node.input(1),
                         {kernel[0], kernel[1] * taps, kernel[3], kernel[4]});
  SmallVector<Value> operands{value, weight};
  if (node.hasInput(2))
    operands.push_back(node.input(2));
  value = node.createHelper<top::ConvOp>(
      "conv", operands, getAttributes(window, 1, 2).integer("group", group));
  if (!value)
    return failure();
  ArrayRef<int64_t> image = top::getShape(value);
  value = reshape(node, "volumes", value,
                  {batch, *depth, kernel[0], image[2], image[3]});
  return node.setResult(node.create<top::TransposeOp>(
      value, OpAttributes().integers("perm", {0, 2, 1, 3, 4})));
}

LogicalResult importVolumePool(NodeContext &node, bool average) {
  std::vector<int64_t> spatial = spatialShape(node, 0);
  Window window = readWindow(node, spatial, {}, 3);
  bool ceilMode = node.integerAttr("ceil_mode", 0) != 0;
  bool countsPads = average && node.integerAttr("count_include_pad", 0) != 0;
  if (node.failed())
    return failure();
  resolveSamePads(window, spatial);
  auto pool = [&](StringRef suffix, Value value, OpAttributes attributes,
                  ArrayRef<int64_t> kernel) {
    attributes.integers("kernel", kernel).boolean("ceil_mode", ceilMode);
    if (!average)
      return node.createHelper<top::MaxPoolOp>(suffix, value, attributes);
    attributes.boolean("count_include_pad", countsPads);
    return node.createHelper<top::AvgPoolOp>(suffix, value, attributes);
  };
  int64_t batch = node.shape(0)[0], channels = node.shape(0)[1];
  Value value = reshape(node, "images", node.input(0),
                        {batch, channels * spatial[0], spatial[1], spatial[2]});
  value = pool("across", value, getAttributes(window, 1, 2),
               ArrayRef(window.kernel).drop_front());
  if (!value)
    return failure();
  SmallVector<int64_t> image(top::getShape(value).drop_front(2));
  value = reshape(node, "columns", value,
                  {batch, channels, spatial[0], image[0] * image[1]});
  // Along depth: the other dimension has windows of one element.
  OpAttributes along =
      OpAttributes()
          .integers("strides", {window.strides[0], 1})
          .integers("pads", {window.pads[0], 0, window.pads[3], 0})
          .integers("dilations", {window.dilations[0], 1});
  value = pool("along", value, along, {window.kernel[0], 1});
  if (!value)
    return failure();
  int64_t depth = top::getShape(value)[2];
  return node.setResult(node.create<top::ReshapeOp>(
      value, {},
      RankedTensorType::get({batch, channels, depth, image[0], image[1]},
                            node.elementType(0))));
}

} // namespace qc::onnximport
