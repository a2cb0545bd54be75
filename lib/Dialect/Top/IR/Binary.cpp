// Arithmetic on two tensors: folding and scales.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

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

} // namespace qc::top
