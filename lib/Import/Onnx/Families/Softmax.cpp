// Softmax and LogSoftmax in both of their meanings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc::onnximport {

namespace {

int64_t product(ArrayRef<int64_t> sizes) {
  int64_t result = 1;
  for (int64_t size : sizes)
    result *= size;
  return result;
}

template <typename OpT>
LogicalResult importAlong(NodeContext &node, int64_t axis) {
  return node.setResult(
      node.create<OpT>(node.input(0), OpAttributes().integer("axis", axis)));
}

/// Before operator set 13 the input is seen as a matrix whose rows are the
/// dimensions from `axis` on, all together.
template <typename OpT>
LogicalResult importOverRows(NodeContext &node, int64_t axis) {
  SmallVector<int64_t> shape(node.shape(0));
  Value input = node.input(0);
  if (!input)
    return failure();
  Type element = node.elementType(0);
  ArrayRef<int64_t> sizes(shape);
  auto matrix = RankedTensorType::get(
      {product(sizes.take_front(axis)), product(sizes.drop_front(axis))},
      element);
  Value rows = node.createHelper<top::ReshapeOp>("rows", input, {}, matrix);
  Value result = node.createHelper<OpT>("of_rows", rows,
                                        OpAttributes().integer("axis", 1));
  return node.setResult(node.create<top::ReshapeOp>(
      result, {}, RankedTensorType::get(shape, element)));
}

template <typename OpT> LogicalResult importSoftmax(NodeContext &node) {
  bool coerces = node.since() < 13;
  int64_t rank = node.rank(0);
  int64_t axis = node.integerAttr("axis", coerces ? 1 : -1);
  // The old form also takes the rank itself: rows of one element.
  if (!(coerces && axis == rank))
    axis = node.normalizeAxis(axis, rank);
  if (node.failed())
    return failure();
  if (!coerces ||
      (axis < rank && product(node.shape(0).drop_front(axis + 1)) == 1))
    return importAlong<OpT>(node, axis);
  return importOverRows<OpT>(node, axis);
}

} // namespace

void registerSoftmaxFamily(HandlerRegistry &registry) {
  registry.add("Softmax", {1, 11, 13}, {importSoftmax<top::SoftmaxOp>});
  registry.add("LogSoftmax", {1, 11, 13}, {importSoftmax<top::LogSoftmaxOp>});
}

} // namespace qc::onnximport
