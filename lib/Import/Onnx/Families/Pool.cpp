// Pooling over windows and over whole images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../Volume.h"
#include "../Window.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <numeric>

namespace qc::onnximport {

namespace {

OpAttributes readPool(NodeContext &node) {
  std::vector<int64_t> spatial = spatialShape(node, 0);
  Window window = readWindow(node, spatial, {});
  bool ceilMode = node.integerAttr("ceil_mode", 0) != 0;
  if (node.failed())
    return {};
  resolveSamePads(window, spatial);
  return OpAttributes()
      .integers("kernel", window.kernel)
      .integers("strides", window.strides)
      .integers("pads", window.pads)
      .integers("dilations", window.dilations)
      .boolean("ceil_mode", ceilMode);
}

LogicalResult importMaxPool(NodeContext &node) {
  node.expectOutputs(1, "indices of the largest elements are not computed");
  // Only says how those indices count.
  node.ignoreAttr("storage_order");
  if (isVolume(node))
    return importVolumePool(node, /*average=*/false);
  OpAttributes attrs = readPool(node);
  return node.setResult(node.create<top::MaxPoolOp>(node.input(0), attrs));
}

LogicalResult importAveragePool(NodeContext &node) {
  if (isVolume(node))
    return importVolumePool(node, /*average=*/true);
  OpAttributes attrs = readPool(node);
  attrs.boolean("count_include_pad",
                node.integerAttr("count_include_pad", 0) != 0);
  return node.setResult(node.create<top::AvgPoolOp>(node.input(0), attrs));
}

template <typename ReduceOp> LogicalResult importGlobal(NodeContext &node) {
  std::vector<int64_t> axes(spatialShape(node, 0).size());
  std::iota(axes.begin(), axes.end(), 2);
  return node.setResult(node.create<ReduceOp>(
      node.input(0),
      OpAttributes().integers("axes", axes).boolean("keepdims", true)));
}

} // namespace

void registerPoolFamily(HandlerRegistry &registry) {
  registry.add("MaxPool", {1, 8, 10, 11, 12, 22},
               {importMaxPool, nullptr, StoredIntegers::Moved});
  registry.add("AveragePool", {7, 10, 11, 19, 22}, {importAveragePool});
  registry.add("GlobalAveragePool", {1, 22}, {importGlobal<top::ReduceMeanOp>});
  registry.add("GlobalMaxPool", {1, 22}, {importGlobal<top::ReduceMaxOp>});
}

} // namespace qc::onnximport
