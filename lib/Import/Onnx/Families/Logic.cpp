// Comparisons and choices, which only shape computations need so far.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"

namespace qc::onnximport {

namespace {

LogicalResult setFolded(NodeContext &node, const Result<Tensor> &tensor) {
  return tensor ? node.setConstant(*tensor) : node.fail(tensor.message());
}

template <host::Comparison op> LogicalResult foldComparison(NodeContext &node) {
  return setFolded(node, host::compare(node.budget(), op, *node.constant(0),
                                       *node.constant(1)));
}

template <host::Logic op> LogicalResult foldLogic(NodeContext &node) {
  return setFolded(node, host::logic(node.budget(), op, *node.constant(0),
                                     *node.constant(1)));
}

LogicalResult foldNot(NodeContext &node) {
  return setFolded(node, host::logicalNot(node.budget(), *node.constant(0)));
}

LogicalResult foldWhere(NodeContext &node) {
  return setFolded(node, host::where(node.budget(), *node.constant(0),
                                     *node.constant(1), *node.constant(2)));
}

/// The positions of non-zero elements: one row a dimension.
LogicalResult foldNonZero(NodeContext &node) {
  const Tensor &source = *node.constant(0);
  std::vector<double> values = node.reals(0, "the input");
  if (node.failed())
    return failure();
  auto isSet = [](double value) { return value != 0; };
  int64_t count = llvm::count_if(values, isSet), found = 0;
  Result<Tensor> rows =
      host::allocate(node.budget(), DType::I64, {source.rank(), count});
  if (!rows)
    return node.fail(rows.message());
  for (int64_t i = 0; i < source.numElements(); ++i) {
    if (!isSet(values[i]))
      continue;
    int64_t rest = i;
    for (int64_t d = source.rank(); d-- > 0; rest /= source.dim(d))
      rows->data<int64_t>()[d * count + found] = rest % source.dim(d);
    ++found;
  }
  return node.setConstant(*rows);
}

} // namespace

void registerLogicFamily(HandlerRegistry &registry) {
  using host::Comparison;
  registry.add("Equal", {7, 11, 13, 19},
               {nullptr, foldComparison<Comparison::Equal>});
  registry.add("Less", {7, 9, 13}, {nullptr, foldComparison<Comparison::Less>});
  registry.add("Greater", {7, 9, 13},
               {nullptr, foldComparison<Comparison::Greater>});
  registry.add("LessOrEqual", {12, 16},
               {nullptr, foldComparison<Comparison::LessOrEqual>});
  registry.add("GreaterOrEqual", {12, 16},
               {nullptr, foldComparison<Comparison::GreaterOrEqual>});
  registry.add("And", {7}, {nullptr, foldLogic<host::Logic::And>});
  registry.add("Or", {7}, {nullptr, foldLogic<host::Logic::Or>});
  registry.add("Not", {1}, {nullptr, foldNot});
  registry.add("Where", {9, 16}, {nullptr, foldWhere});
  registry.add("NonZero", {9, 13}, {nullptr, foldNonZero});
}

} // namespace qc::onnximport
