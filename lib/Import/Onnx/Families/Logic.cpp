// Comparisons and choices. Comparisons are of constants.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>
#include <limits>

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

/// Numbers so large that nothing added to them makes a difference.
constexpr double kOverwhelming = 1e9;

/// `condition` as 1 where it is `wanted`, else 0.
Result<Tensor> getMask(NodeContext &node, bool wanted) {
  Result<Tensor> condition = *node.constant(0);
  if (!wanted)
    condition = host::logicalNot(node.budget(), *condition);
  return condition ? host::cast(node.budget(), *condition, DType::F32)
                   : condition;
}

/// Input `index` where it is chosen, else 0, as a constant. Infinities become
/// the largest numbers, so that a row of nothing else still has a softmax.
Result<Tensor> getFilling(NodeContext &node, size_t index) {
  Result<Tensor> filling =
      host::cast(node.budget(), *node.constant(index), DType::F32);
  Tensor none = host::scalar(DType::F32, 0);
  if (filling)
    filling =
        index == 1
            ? host::where(node.budget(), *node.constant(0), *filling, none)
            : host::where(node.budget(), *node.constant(0), none, *filling);
  constexpr float largest = std::numeric_limits<float>::max();
  if (filling)
    for (int64_t i = 0; i < filling->numElements(); ++i)
      if (float &value = filling->data<float>()[i]; std::isinf(value))
        value = std::copysign(largest, value);
  return filling;
}

/// Whether every element of `filling` that the constant condition chooses from
/// input `index` overwhelms what it is added to.
Result<bool> isOverwhelming(NodeContext &node, size_t index,
                            const Tensor &filling) {
  Result<Tensor> mask = getMask(node, index == 1);
  if (mask)
    mask = host::expand(node.budget(), *mask, filling.shape());
  if (!mask)
    return mask.takeError();
  for (int64_t i = 0; i < filling.numElements(); ++i)
    if (mask->data<float>()[i] != 0 &&
        !(std::abs(filling.data<float>()[i]) >= kOverwhelming))
      return false;
  return true;
}

/// A choice by a constant is sums and products: what is not chosen becomes 0.
/// What overwhelms, the mask of an attention, is only added.
LogicalResult importWhere(NodeContext &node) {
  if (!node.requireConstant(0, "the condition"))
    return failure();
  for (size_t index : {1, 2})
    if (Type element = node.elementType(index);
        element && !top::isFloatElement(element))
      return node.fail("chooses between integers that are computed when the "
                       "model runs");
  if (node.failed())
    return failure();
  auto term = [&](size_t index, StringRef suffix) -> Value {
    Result<Tensor> mask = getMask(node, index == 1);
    if (mask)
      return node.createHelper<top::MulOp>(
          suffix, {node.input(index),
                   node.helperConstant((suffix + "_mask").str(), *mask)});
    (void)node.fail(mask.message());
    return {};
  };
  if (!node.constant(1) && !node.constant(2))
    return node.setResult(
        node.create<top::AddOp>({term(1, "yes"), term(2, "no")}));
  size_t known = node.constant(1) ? 1 : 2, computed = 3 - known;
  Result<Tensor> filling = getFilling(node, known);
  if (!filling)
    return node.fail(filling.message());
  Result<bool> overwhelms = isOverwhelming(node, known, *filling);
  if (!overwhelms)
    return node.fail(overwhelms.message());
  Value kept = *overwhelms ? node.input(computed) : term(computed, "kept");
  bool isZero = llvm::all_of(
      ArrayRef<float>(filling->data<float>(), filling->numElements()),
      [](float value) { return value == 0; });
  // A filling of zeros may still be what gives the result its shape.
  if (isZero && kept &&
      top::getShape(kept) == ArrayRef<int64_t>(filling->shape()))
    return node.setResult(kept);
  return node.setResult(node.create<top::AddOp>(
      {kept, node.helperConstant("filling", *filling)}));
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
  registry.add("Where", {9, 16}, {importWhere, foldWhere});
  registry.add("NonZero", {9, 13}, {nullptr, foldNonZero});
}

} // namespace qc::onnximport
