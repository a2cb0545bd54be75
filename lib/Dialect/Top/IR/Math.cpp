// Mathematical functions of one tensor: folding and useful ranges.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>

namespace qc::top {

/// f(f(x)) is f(x).
template <typename OpTy> static OpFoldResult foldIdempotent(OpTy op) {
  if (op.getInput().template getDefiningOp<OpTy>() &&
      op.getInput().getType() == op.getOutput().getType())
    return op.getInput();
  return {};
}

OpFoldResult AbsOp::fold(FoldAdaptor) { return foldIdempotent(*this); }

OpFoldResult FloorOp::fold(FoldAdaptor) { return foldIdempotent(*this); }

OpFoldResult CeilOp::fold(FoldAdaptor) { return foldIdempotent(*this); }

OpFoldResult RoundOp::fold(FoldAdaptor) { return foldIdempotent(*this); }

OpFoldResult SignOp::fold(FoldAdaptor) { return foldIdempotent(*this); }

OpFoldResult NegOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<NegOp>();
  if (inner && inner.getInput().getType() == getOutput().getType())
    return inner.getInput();
  return {};
}

static constexpr ValueRange1D kUnit = {-1.0, 1.0};

std::optional<ValueRange1D> SignOp::getFixedOutputRange(unsigned) {
  return kUnit;
}

std::optional<ValueRange1D> SinOp::getFixedOutputRange(unsigned) {
  return kUnit;
}

std::optional<ValueRange1D> CosOp::getFixedOutputRange(unsigned) {
  return kUnit;
}

// Nothing is left of it far below its largest result.
ValueRange1D ExpOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                   ValueRange1D result) {
  if (!(result.max > 0) || std::isinf(result.max))
    return kUnlimited;
  double high = std::log(result.max);
  return {high - kExponentialReach, high};
}

ValueRange1D NegOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                   ValueRange1D result) {
  return {-result.max, -result.min};
}

} // namespace qc::top
