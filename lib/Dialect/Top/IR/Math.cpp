// Mathematical functions of one tensor: folding.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

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

OpFoldResult NegOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<NegOp>();
  if (inner && inner.getInput().getType() == getOutput().getType())
    return inner.getInput();
  return {};
}

} // namespace qc::top
