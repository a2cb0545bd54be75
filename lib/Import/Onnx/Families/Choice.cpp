// Choices between elements.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"
#include "../Numbers.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>
#include <limits>

namespace qc::onnximport {

namespace {

LogicalResult setFolded(NodeContext &node, const Result<Tensor> &tensor) {
  return tensor ? node.setConstant(*tensor) : node.fail(tensor.message());
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

/// Makes infinities the largest numbers.
void limit(Tensor &tensor) {
  constexpr float largest = std::numeric_limits<float>::max();
  for (int64_t i = 0; i < tensor.numElements(); ++i)
    if (float &value = tensor.data<float>()[i]; std::isinf(value))
      value = std::copysign(largest, value);
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
  if (filling)
    limit(*filling);
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

LogicalResult importSelect(NodeContext &node) {
  return node.setResult(node.create<top::SelectOp>(
      {node.input(0), node.input(1), node.input(2)}));
}

/// The mask of an attention that the network computes: overwhelming numbers
/// where they are chosen, added to what is chosen else.
LogicalResult importComputedMask(NodeContext &node, size_t known) {
  Result<Tensor> filling =
      host::cast(node.budget(), *node.constant(known), DType::F32);
  if (!filling)
    return node.fail(filling.message());
  limit(*filling);
  Value chosen = node.input(0);
  if (known == 2)
    chosen = node.createHelper<top::CompareOp>(
        "not",
        {chosen, node.helperConstant("false", host::scalar(DType::Bool, 0))},
        OpAttributes().string("kind", "equal"));
  if (!chosen)
    return failure();
  chosen = node.createHelper<top::CastOp>(
      "mask", chosen, {},
      RankedTensorType::get(node.shape(0), Float32Type::get(node.context())));
  Value added = node.createHelper<top::MulOp>(
      "filling", {chosen, node.helperConstant("overwhelming", *filling)});
  return node.setResult(
      node.create<top::AddOp>({node.input(3 - known), added}));
}

/// Whether all elements of a constant input overwhelm.
bool isAllOverwhelming(NodeContext &node, size_t index) {
  const Tensor *known = node.constant(index);
  if (!known || !isFloatDType(known->dtype()) || known->empty())
    return false;
  std::vector<double> values = node.reals(index, "an operand");
  return llvm::all_of(
      values, [](double value) { return std::abs(value) >= kOverwhelming; });
}

/// Where the condition is computed.
LogicalResult importComputedWhere(NodeContext &node) {
  for (size_t known : {1, 2})
    if (isAllOverwhelming(node, known) && !isAllOverwhelming(node, 3 - known))
      return importComputedMask(node, known);
  return importSelect(node);
}

/// A choice by a constant is sums and products: what is not chosen becomes 0.
/// What overwhelms, the mask of an attention, is only added.
LogicalResult importWhere(NodeContext &node) {
  if (node.failed())
    return failure();
  if (holdsIntegers(node, 1) || holdsIntegers(node, 2))
    return importSelect(node);
  if (!node.constant(0))
    return importComputedWhere(node);
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

} // namespace

void registerChoiceFamily(HandlerRegistry &registry) {
  registry.add("Where", {9, 16}, {importWhere, foldWhere});
}

} // namespace qc::onnximport
