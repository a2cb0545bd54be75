// Activation functions: verification, ranges and folding.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"

#include "mlir/IR/PatternMatch.h"

namespace qc::top {

//===----------------------------------------------------------------------===//
// relu
//===----------------------------------------------------------------------===//

/// True when the op that computes `value` makes no negative number.
static bool isNeverNegative(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto clip = dyn_cast_or_null<ClipOp>(op))
    return clip.getMin() && !clip.getMin()->isNegative();
  return isa_and_present<ReluOp, SigmoidOp, HardSigmoidOp, SoftmaxOp, AbsOp>(
      op);
}

OpFoldResult ReluOp::fold(FoldAdaptor) {
  if (getInput().getType() == getOutput().getType() &&
      isNeverNegative(getInput()))
    return getInput();
  return {};
}

//===----------------------------------------------------------------------===//
// prelu
//===----------------------------------------------------------------------===//

LogicalResult PReluOp::verify() {
  auto shape = broadcastShapes(getShape(getInput()), getShape(getSlope()));
  if (!shape || ArrayRef(*shape) != getShape(getInput()))
    return emitOpError("cannot broadcast a slope of type ")
           << getSlope().getType() << " to the input " << getInput().getType();
  return success();
}

OperandRole PReluOp::getOperandRole(unsigned index) {
  return index == 1 && isConstant(getSlope()) ? OperandRole::Weight
                                              : OperandRole::Activation;
}

//===----------------------------------------------------------------------===//
// clip
//===----------------------------------------------------------------------===//

LogicalResult ClipOp::verify() {
  return verifyBounds(*this, getMin(), getMax());
}

OpFoldResult ClipOp::fold(FoldAdaptor) {
  if (!getMin() && !getMax() && getInput().getType() == getOutput().getType())
    return getInput();
  return {};
}

/// The bound that acts when two clips follow each other: the one for which
/// `wins` says so, or the only one.
static FloatAttr chooseBound(FloatAttr first, FloatAttr second,
                             APFloat::cmpResult wins) {
  if (!first || !second)
    return first ? first : second;
  return first.getValue().compare(second.getValue()) == wins ? first : second;
}

namespace {
/// clip(clip(x)) is one clip to the intersection, when there is one.
struct MergeClips : OpRewritePattern<ClipOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ClipOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<ClipOp>();
    if (!inner || !inner->hasOneUse())
      return rewriter.notifyMatchFailure(op, "not the only user of a clip");
    FloatAttr min = chooseBound(inner.getMinAttr(), op.getMinAttr(),
                                APFloat::cmpGreaterThan);
    FloatAttr max =
        chooseBound(inner.getMaxAttr(), op.getMaxAttr(), APFloat::cmpLessThan);
    if (min && max && min.getValue() > max.getValue())
      return rewriter.notifyMatchFailure(op, "the intervals are disjoint");
    rewriter
        .replaceOpWithNewOp<ClipOp>(op, op.getType(), inner.getInput(), min,
                                    max)
        ->setLoc(fuseNames(op.getLoc(), inner.getLoc()));
    return success();
  }
};
} // namespace

void ClipOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {
  patterns.add<MergeClips>(context);
}

//===----------------------------------------------------------------------===//
// Ranges that hold by definition
//===----------------------------------------------------------------------===//

// A clamp rescales and cuts.
ScaleRelation ReluOp::getScaleRelation() { return {ScaleRelation::Sum}; }
ScaleRelation ClipOp::getScaleRelation() { return {ScaleRelation::Sum}; }

std::optional<ValueRange1D> SigmoidOp::getFixedOutputRange(unsigned) {
  return ValueRange1D{0.0, 1.0};
}

std::optional<ValueRange1D> TanhOp::getFixedOutputRange(unsigned) {
  return ValueRange1D{-1.0, 1.0};
}

std::optional<ValueRange1D> HardSigmoidOp::getFixedOutputRange(unsigned) {
  return ValueRange1D{0.0, 1.0};
}

} // namespace qc::top
