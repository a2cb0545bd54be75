// Arithmetic on two tensors: folding and scales.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

#include <algorithm>

namespace qc::top {

/// `operand` when it can stand for the result of `op`: same type and no clamp.
template <typename OpTy> static OpFoldResult replaceBy(OpTy op, Value operand) {
  if (operand.getType() != op.getOutput().getType())
    return {};
  if constexpr (OpTy::template hasTrait<FusableActivation>())
    if (op.hasActivation())
      return {};
  return operand;
}

ScaleRelation AddOp::getScaleRelation() { return {ScaleRelation::Sum}; }
ScaleRelation SubOp::getScaleRelation() { return {ScaleRelation::Sum}; }
ScaleRelation MulOp::getScaleRelation() { return {ScaleRelation::Product}; }

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), 0.0))
    return replaceBy(*this, getLhs());
  if (isSplatOf(adaptor.getLhs(), 0.0))
    return replaceBy(*this, getRhs());
  return {};
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  return isSplatOf(adaptor.getRhs(), 0.0) ? replaceBy(*this, getLhs())
                                          : OpFoldResult();
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), 1.0))
    return replaceBy(*this, getLhs());
  if (isSplatOf(adaptor.getLhs(), 1.0))
    return replaceBy(*this, getRhs());
  return {};
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  return isSplatOf(adaptor.getRhs(), 1.0) ? replaceBy(*this, getLhs())
                                          : OpFoldResult();
}

OpFoldResult PowOp::fold(FoldAdaptor adaptor) {
  return isSplatOf(adaptor.getRhs(), 1.0) ? replaceBy(*this, getLhs())
                                          : OpFoldResult();
}

OpFoldResult MinOp::fold(FoldAdaptor) {
  return getLhs() == getRhs() ? replaceBy(*this, getLhs()) : OpFoldResult();
}

OpFoldResult MaxOp::fold(FoldAdaptor) {
  return getLhs() == getRhs() ? replaceBy(*this, getLhs()) : OpFoldResult();
}

//===----------------------------------------------------------------------===//
// Values that can be told apart
//===----------------------------------------------------------------------===//

/// Addends that bring the sum into `result` with some value of `other`.
static ValueRange1D getUsefulAddend(ValueRange1D result, ValueRange1D other) {
  return {result.min - other.max, result.max - other.min};
}

static ValueRange1D negate(ValueRange1D range) {
  return {-range.max, -range.min};
}

ValueRange1D AddOp::getUsefulRange(unsigned index,
                                   ArrayRef<KnownValues> operands,
                                   ValueRange1D result) {
  return getUsefulAddend(result, operands[1 - index].range);
}

ValueRange1D SubOp::getUsefulRange(unsigned index,
                                   ArrayRef<KnownValues> operands,
                                   ValueRange1D result) {
  ValueRange1D other = operands[1 - index].range;
  return index == 0 ? getUsefulAddend(result, negate(other))
                    : negate(getUsefulAddend(result, other));
}

/// Factors that bring the product with `other`, which has one sign, into
/// `result`.
static ValueRange1D getUsefulFactor(ValueRange1D result, ValueRange1D other) {
  if (other.max < 0)
    return getUsefulFactor(negate(result), negate(other));
  return {result.min / (result.min < 0 ? other.min : other.max),
          result.max / (result.max > 0 ? other.min : other.max)};
}

// Only the larger factor is limited. A small one that switches a huge one on
// (1 - mask) keeps its steps, which what is left of rounding must not cross;
// and limits of both at once would not leave the product.
ValueRange1D MulOp::getUsefulRange(unsigned index,
                                   ArrayRef<KnownValues> operands,
                                   ValueRange1D result) {
  const KnownValues &own = operands[index], &other = operands[1 - index];
  if (own.largest() < other.largest())
    return kUnlimited;
  if (other.range.min > 0 || other.range.max < 0)
    return getUsefulFactor(result, other.range);
  // What the least step of the other factor carries across the result.
  double largest = std::max(-result.min, result.max);
  if (other.least == 0)
    return kUnlimited;
  return {-largest / other.least, largest / other.least};
}

ValueRange1D DivOp::getUsefulRange(unsigned index,
                                   ArrayRef<KnownValues> operands,
                                   ValueRange1D result) {
  ValueRange1D divisor = operands[1].range;
  if (index != 0 || (divisor.min <= 0 && divisor.max >= 0))
    return kUnlimited;
  auto [least, most] = std::minmax({1 / divisor.min, 1 / divisor.max});
  if (operands[0].largest() < std::max(-least, most))
    return kUnlimited; // as for a product
  return getUsefulFactor(result, {least, most});
}

ValueRange1D MinOp::getUsefulRange(unsigned index,
                                   ArrayRef<KnownValues> operands,
                                   ValueRange1D result) {
  return {result.min, std::min(result.max, operands[1 - index].range.max)};
}

ValueRange1D MaxOp::getUsefulRange(unsigned index,
                                   ArrayRef<KnownValues> operands,
                                   ValueRange1D result) {
  return {std::max(result.min, operands[1 - index].range.min), result.max};
}

} // namespace qc::top
