// Arithmetic of two and more operands.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"
#include "../Numbers.h"
#include "../StoredIntegers.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>
#include <limits>

namespace qc::onnximport {

namespace {

LogicalResult setFolded(NodeContext &node, const Result<Tensor> &tensor) {
  return tensor ? node.setConstant(*tensor) : node.fail(tensor.message());
}

/// What top.integer calls the arithmetic of `OpT`.
template <typename OpT> StringRef getIntegerKind() {
  return OpT::getOperationName().split('.').second;
}

template <typename OpT> LogicalResult importBinary(NodeContext &node) {
  Value lhs = node.input(0), rhs = node.input(1);
  if (holdsIntegers(node, 0) && holdsIntegers(node, 1))
    return node.setResult(
        createInteger(node, "", getIntegerKind<OpT>(), lhs, rhs));
  return node.setResult(node.create<OpT>({lhs, rhs}));
}

/// A stored constant times or divided by a constant stays stored.
template <typename OpT, bool isQuotient>
LogicalResult importScaling(NodeContext &node) {
  if (holdsIntegers(node, 0))
    return importBinary<OpT>(node);
  for (size_t i = 0; i < (isQuotient ? 1 : 2); ++i) {
    const Tensor *factor = node.constant(1 - i);
    if (!factor || node.constant(i) || node.isStored(i))
      continue;
    Result<Tensor> known = *factor;
    if (isQuotient)
      known = host::binary(node.budget(), host::Binary::Div,
                           host::scalar(factor->dtype(), 1), *factor);
    if (known)
      if (Value scaled = scaleStored(node, i, *known))
        return node.setResult(scaled);
  }
  return importBinary<OpT>(node);
}

/// Input `index`; infinities of a constant become the largest numbers. Masks
/// are added, and what they leave nothing of still has a softmax.
Value getFinite(NodeContext &node, size_t index) {
  const Tensor *known = node.constant(index);
  if (!known || !isFloatDType(known->dtype()))
    return node.input(index);
  std::vector<double> values = node.reals(index, "an operand");
  if (llvm::none_of(values, [](double value) { return std::isinf(value); }))
    return node.input(index);
  constexpr double largest = std::numeric_limits<float>::max();
  for (double &value : values)
    value = std::isinf(value) ? std::copysign(largest, value) : value;
  Result<Tensor> finite =
      host::fromReals(node.budget(), DType::F32, known->shape(), values);
  if (finite)
    return node.helperConstant("finite" + std::to_string(index), *finite);
  (void)node.fail(finite.message());
  return {};
}

LogicalResult importAdd(NodeContext &node) {
  if (holdsIntegers(node, 0))
    return importBinary<top::AddOp>(node);
  return node.setResult(
      node.create<top::AddOp>({getFinite(node, 0), getFinite(node, 1)}));
}

/// Add, Mul, ... of all inputs, from the left.
Result<Tensor> foldAll(NodeContext &node, host::Binary op) {
  Result<Tensor> result = *node.constant(0);
  for (size_t i = 1; result && i < node.numInputs(); ++i)
    result = host::binary(node.budget(), op, *result, *node.constant(i));
  return result;
}

template <host::Binary op> LogicalResult fold(NodeContext &node) {
  return setFolded(node, foldAll(node, op));
}

/// A chain of ops over the inputs from `first` on; the last is output 0
/// unless `suffix` names a helper.
template <typename OpT> Value chain(NodeContext &node, bool isResult) {
  Value value = node.input(0);
  size_t last = node.numInputs() - 1;
  for (size_t i = 1; i <= last; ++i) {
    SmallVector<Value> operands{value, node.input(i)};
    bool isLast = isResult && i == last;
    std::string suffix = isLast ? "" : std::to_string(i);
    if (holdsIntegers(node, 0))
      value = createInteger(node, suffix, getIntegerKind<OpT>(), operands[0],
                            operands[1]);
    else
      value = isLast ? node.create<OpT>(operands)
                     : node.createHelper<OpT>(suffix, operands);
  }
  return value;
}

template <typename OpT> LogicalResult importVariadic(NodeContext &node) {
  if (node.numInputs() == 1)
    return node.forward(0);
  return node.setResult(chain<OpT>(node, /*isResult=*/true));
}

Tensor getReciprocalOfCount(NodeContext &node) {
  return host::scalar(DType::F32, 1.0 / static_cast<double>(node.numInputs()));
}

LogicalResult importMean(NodeContext &node) {
  if (node.numInputs() == 1)
    return node.forward(0);
  Value sum = chain<top::AddOp>(node, /*isResult=*/false);
  Value factor = node.helperConstant("factor", getReciprocalOfCount(node));
  return node.setResult(node.create<top::MulOp>({sum, factor}));
}

LogicalResult importPow(NodeContext &node) {
  // Of integers: exact up to 2^24.
  if (holdsIntegers(node, 0))
    return setNumbers(node, 0,
                      node.createHelper<top::PowOp>(
                          "power", {getReal(node, 0), getReal(node, 1)}));
  if (node.elementType(0) == node.elementType(1))
    return importBinary<top::PowOp>(node);
  // The exponent may have a type of its own.
  const Tensor *exponent = node.constant(1);
  if (!exponent)
    return node.setResult(
        node.create<top::PowOp>({node.input(0), getReal(node, 1)}));
  if (!exponent || node.failed())
    return failure();
  auto same = host::cast(node.budget(), *exponent, DType::F32);
  if (!same)
    return node.fail(same.message());
  Value value = node.helperConstant("exponent", *same);
  return node.setResult(node.create<top::PowOp>({node.input(0), value}));
}

/// Of floats it is x - y * trunc(x / y), which has the sign of x.
LogicalResult importMod(NodeContext &node) {
  bool fmod = node.integerAttr("fmod", 0) != 0;
  Value lhs = node.input(0), rhs = node.input(1);
  if (holdsIntegers(node, 0))
    return node.setResult(
        createInteger(node, "", fmod ? "rem" : "mod", lhs, rhs));
  Value ratio = node.createHelper<top::DivOp>("ratio", {lhs, rhs});
  Value whole;
  if (fmod) {
    Value size = node.createHelper<top::AbsOp>("size", ratio);
    whole = node.createHelper<top::MulOp>(
        "whole", {node.createHelper<top::SignOp>("sign", ratio),
                  node.createHelper<top::FloorOp>("floor", size)});
  } else {
    whole = node.createHelper<top::FloorOp>("whole", ratio);
  }
  Value multiple = node.createHelper<top::MulOp>("multiple", {rhs, whole});
  return node.setResult(node.create<top::SubOp>({lhs, multiple}));
}

LogicalResult foldMod(NodeContext &node) {
  bool fmod = node.integerAttr("fmod", 0) != 0;
  return setFolded(
      node, foldAll(node, fmod ? host::Binary::FMod : host::Binary::Mod));
}

} // namespace

void registerArithmeticFamily(HandlerRegistry &registry) {
  using host::Binary;
  registry.add("Add", {7, 13, 14}, {importAdd, fold<Binary::Add>});
  registry.add("Sub", {7, 13, 14},
               {importBinary<top::SubOp>, fold<Binary::Sub>});
  registry.add("Mul", {7, 13, 14},
               {importScaling<top::MulOp, false>, fold<Binary::Mul>});
  registry.add("Div", {7, 13, 14},
               {importScaling<top::DivOp, true>, fold<Binary::Div>});
  registry.add("Pow", {7, 12, 13, 15}, {importPow, fold<Binary::Pow>});
  registry.add("Mod", {10, 13, 28}, {importMod, foldMod});
  registry.add("Min", {6, 8, 12, 13},
               {importVariadic<top::MinOp>, fold<Binary::Min>});
  registry.add("Max", {6, 8, 12, 13},
               {importVariadic<top::MaxOp>, fold<Binary::Max>});
  registry.add("Sum", {6, 8, 13},
               {importVariadic<top::AddOp>, fold<Binary::Add>});
  registry.add("Mean", {6, 8, 13}, {importMean});
}

} // namespace qc::onnximport
