// Activation functions: verification, ranges and folding.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"

#include "mlir/IR/PatternMatch.h"

#include <algorithm>

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

//===----------------------------------------------------------------------===//
// Values that can be told apart
//===----------------------------------------------------------------------===//

ValueRange1D ReluOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                    ValueRange1D result) {
  return {std::max(result.min, 0.0), result.max};
}

ValueRange1D ClipOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                    ValueRange1D result) {
  if (auto min = getMin())
    result.min = std::max(result.min, min->convertToDouble());
  if (auto max = getMax())
    result.max = std::min(result.max, max->convertToDouble());
  return result;
}

ValueRange1D SigmoidOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                       ValueRange1D) {
  return {-kExponentialReach, kExponentialReach};
}

ValueRange1D TanhOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                    ValueRange1D) {
  return {-kExponentialReach / 2, kExponentialReach / 2};
}

ValueRange1D HardSigmoidOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                           ValueRange1D) {
  double alpha = getAlpha().convertToDouble();
  double beta = getBeta().convertToDouble();
  if (alpha == 0)
    return kUnlimited;
  auto [low, high] = std::minmax({-beta / alpha, (1 - beta) / alpha});
  return {low, high};
}

// Nothing is left of them far below zero.
ValueRange1D HardSwishOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                         ValueRange1D) {
  return {-3, kUnlimited.max};
}

ValueRange1D SiluOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                    ValueRange1D) {
  return {-kExponentialReach, kUnlimited.max};
}

ValueRange1D SoftplusOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                        ValueRange1D) {
  return {-kExponentialReach, kUnlimited.max};
}

ValueRange1D MishOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                    ValueRange1D) {
  return {-kExponentialReach, kUnlimited.max};
}

ValueRange1D EluOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                   ValueRange1D) {
  return {-kExponentialReach, kUnlimited.max};
}

ValueRange1D GeluOp::getUsefulRange(unsigned, ArrayRef<KnownValues>,
                                    ValueRange1D) {
  return {-kExponentialReach, kUnlimited.max};
}

} // namespace qc::top
