// BatchNormalization and LayerNormalization, as inference has them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc::onnximport {

namespace {

LogicalResult importBatchNorm(NodeContext &node) {
  node.expectOutputs(1, "statistics are only computed in training");
  // How fast training updates the statistics.
  node.ignoreAttr("momentum");
  node.expectAttr("training_mode", 0);
  node.expectAttr("spatial", 1);
  double epsilon = node.realAttr("epsilon", 1e-5);
  SmallVector<Value> operands;
  for (size_t i = 0; i < 5; ++i)
    operands.push_back(node.input(i));
  return node.setResult(node.create<top::BatchNormOp>(
      operands, OpAttributes().real("epsilon", epsilon)));
}

/// Scale or bias under the shape of the normalized dimensions; ONNX lets them
/// broadcast.
Value getParameter(NodeContext &node, size_t index, StringRef suffix,
                   ArrayRef<int64_t> normalized) {
  if (node.shape(index) == normalized)
    return node.input(index);
  const Tensor *known =
      node.requireConstant(index, "a " + suffix.str() + " that broadcasts");
  if (!known)
    return {};
  Result<Tensor> full =
      host::expand(*known, Shape(normalized.begin(), normalized.end()));
  if (full)
    return node.helperConstant(suffix, *full);
  (void)node.fail(suffix + ": " + full.message());
  return {};
}

LogicalResult importLayerNorm(NodeContext &node) {
  node.expectOutputs(1, "mean and deviation are not given out");
  node.expectAttr("stash_type", 1);
  double epsilon = node.realAttr("epsilon", 1e-5);
  int64_t axis = node.normalizeAxis(node.integerAttr("axis", -1), node.rank(0));
  if (node.failed())
    return failure();
  ArrayRef<int64_t> normalized = node.shape(0).drop_front(axis);
  SmallVector<Value> operands{node.input(0),
                              getParameter(node, 1, "scale", normalized)};
  bool hasBias = node.hasInput(2);
  if (hasBias)
    operands.push_back(getParameter(node, 2, "bias", normalized));
  return node.setResult(node.create<top::LayerNormOp>(
      operands, OpAttributes()
                    .integer("axis", axis)
                    .real("epsilon", epsilon)
                    .segments({1, 1, hasBias ? 1 : 0})));
}

} // namespace

void registerNormalizationFamily(HandlerRegistry &registry) {
  registry.add("BatchNormalization", {7, 9, 14, 15}, {importBatchNorm});
  registry.add("LayerNormalization", {17}, {importLayerNorm});
}

} // namespace qc::onnximport
