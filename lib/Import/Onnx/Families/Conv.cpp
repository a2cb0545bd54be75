// Conv and ConvTranspose.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../Volume.h"
#include "../Window.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc::onnximport {

namespace {

SmallVector<Value> getOperands(NodeContext &node) {
  SmallVector<Value> operands{node.input(0), node.input(1)};
  if (node.hasInput(2))
    operands.push_back(node.input(2));
  return operands;
}

Window readConvWindow(NodeContext &node, ArrayRef<int64_t> spatial,
                      size_t weight = 1) {
  std::vector<int64_t> kernel = spatialShape(node, weight);
  if (kernel.size() != spatial.size())
    (void)node.fail("input has shape " + shapeText(node.shape(0)) +
                    " and weights " + shapeText(node.shape(weight)) +
                    ", which differ in rank");
  return readWindow(node, spatial, kernel);
}

LogicalResult importConv(NodeContext &node) {
  if (isVolume(node))
    return importVolumeConv(node);
  return node.setResult(createConv(node, getOperands(node), 1));
}

/// output_shape may or may not begin with batch and channels.
std::optional<std::vector<int64_t>> readOutputShape(NodeContext &node,
                                                    size_t rank) {
  auto shape = node.integersAttr("output_shape");
  if (!shape || shape->empty())
    return std::nullopt;
  if (shape->size() == rank + 2)
    shape->erase(shape->begin(), shape->begin() + 2);
  if (shape->size() != rank)
    (void)node.fail("attribute 'output_shape' has " + Twine(shape->size()) +
                    " values, expected " + Twine(rank));
  for (int64_t size : *shape)
    if (size < 1 || size > (int64_t(1) << 31))
      (void)node.fail("attribute 'output_shape' holds " + Twine(size) +
                      ", which is out of range");
  shape->resize(rank, 1);
  return shape;
}

/// Pads that make the result as large as `wanted`; what no padding can make is
/// added at the end.
void resolveOutputShape(Window &window, ArrayRef<int64_t> spatial,
                        ArrayRef<int64_t> wanted,
                        std::vector<int64_t> &outputPadding) {
  for (size_t d = 0; d < window.rank(); ++d) {
    int64_t total = (spatial[d] - 1) * window.strides[d] + outputPadding[d] +
                    window.extent(d) - wanted[d];
    if (total < 0)
      outputPadding[d] -= total;
    window.setTotalPad(d, std::max<int64_t>(total, 0),
                       window.autoPad == "SAME_UPPER");
  }
}

LogicalResult importConvTranspose(NodeContext &node) {
  std::vector<int64_t> spatial = spatialShape(node, 0);
  Window window = readConvWindow(node, spatial);
  int64_t group = node.integerAttr("group", 1);
  auto padding = node.integersAttr("output_padding");
  std::vector<int64_t> outputPadding =
      padding && !padding->empty() ? *padding
                                   : std::vector<int64_t>(spatial.size(), 0);
  if (outputPadding.size() != spatial.size())
    (void)node.fail("attribute 'output_padding' has " +
                    Twine(outputPadding.size()) + " values, expected " +
                    Twine(spatial.size()));
  for (int64_t pad : outputPadding)
    if (pad < 0 || pad > (int64_t(1) << 31))
      (void)node.fail("attribute 'output_padding' holds " + Twine(pad) +
                      ", which is out of range");
  auto wanted = readOutputShape(node, spatial.size());
  if (node.failed())
    return failure();
  if (!wanted && StringRef(window.autoPad).starts_with("SAME")) {
    wanted = spatial;
    for (size_t d = 0; d < spatial.size(); ++d)
      (*wanted)[d] *= window.strides[d];
  }
  if (wanted)
    resolveOutputShape(window, spatial, *wanted, outputPadding);
  return node.setResult(node.create<top::DeconvOp>(
      getOperands(node), OpAttributes()
                             .integers("strides", window.strides)
                             .integers("pads", window.pads)
                             .integers("dilations", window.dilations)
                             .integers("output_padding", outputPadding)
                             .integer("group", group)));
}

} // namespace

Value createConv(NodeContext &node, ValueRange operands, size_t weight,
                 StringRef suffix) {
  std::vector<int64_t> spatial = spatialShape(node, 0);
  Window window = readConvWindow(node, spatial, weight);
  int64_t group = node.integerAttr("group", 1);
  if (node.failed())
    return {};
  resolveSamePads(window, spatial);
  OpAttributes attributes = OpAttributes()
                                .integers("strides", window.strides)
                                .integers("pads", window.pads)
                                .integers("dilations", window.dilations)
                                .integer("group", group);
  return suffix.empty()
             ? node.create<top::ConvOp>(operands, attributes)
             : node.createHelper<top::ConvOp>(suffix, operands, attributes);
}

void registerConvFamily(HandlerRegistry &registry) {
  registry.add("Conv", {1, 11, 22}, {importConv});
  registry.add("ConvTranspose", {1, 11, 22}, {importConvTranspose});
}

} // namespace qc::onnximport
