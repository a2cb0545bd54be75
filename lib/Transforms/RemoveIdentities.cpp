// remove-identities: ops that change nothing go, roundabout ones get simpler.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Clamp.h"
#include "Rewrite.h"
#include "SliceIdentities.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Transforms/ConstantValues.h"
#include "qc/Transforms/Passes.h"

namespace qc {
#define GEN_PASS_DEF_REMOVEIDENTITIES
#include "qc/Transforms/Passes.h.inc"

//===----------------------------------------------------------------------===//
// Clamps
//===----------------------------------------------------------------------===//

/// Replaces `op` by the relu or clip that computes `clamp` of `input`.
static void replaceByClamp(PatternRewriter &rewriter, Operation *op,
                           Value input, const Clamp &clamp) {
  Type type = op->getResultTypes().front();
  if (clamp.isRelu()) {
    rewriter.replaceOpWithNewOp<top::ReluOp>(op, type, input);
    return;
  }
  MLIRContext *context = rewriter.getContext();
  rewriter.replaceOpWithNewOp<top::ClipOp>(op, type, input,
                                           getLowerAttr(context, clamp),
                                           getUpperAttr(context, clamp));
}

namespace {

/// min or max with one number is a clip, and one from 0 up a relu.
struct NameClamp : RewritePattern {
  NameClamp(StringRef opName, MLIRContext *context)
      : RewritePattern(opName, /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    auto clamp = getClamp(op);
    if (!clamp || isa<top::ReluOp>(op) ||
        (isa<top::ClipOp>(op) && !clamp->second.isRelu()))
      return rewriter.notifyMatchFailure(op, "is no bound or named already");
    replaceByClamp(rewriter, op, clamp->first, clamp->second);
    return success();
  }
};

/// A clamp of a clamp is one clamp.
struct MergeClamps : RewritePattern {
  MergeClamps(StringRef opName, MLIRContext *context)
      : RewritePattern(opName, /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    auto outer = getClamp(op);
    Operation *before = outer ? outer->first.getDefiningOp() : nullptr;
    auto inner = getClamp(before);
    if (!inner || !before->hasOneUse())
      return rewriter.notifyMatchFailure(op, "not the only user of a clamp");
    Location loc = fuseNames(op->getLoc(), before->getLoc());
    rewriter.modifyOpInPlace(op, [&] { op->setLoc(loc); });
    replaceByClamp(rewriter, op, inner->first,
                   inner->second.then(outer->second));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Broadcasts, factors and windows that do nothing
//===----------------------------------------------------------------------===//

/// An arithmetic op broadcasts by itself.
template <typename OpTy> struct BypassExpand : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    for (unsigned side : {0u, 1u}) {
      auto expand =
          op->getOperand(side).template getDefiningOp<top::ExpandOp>();
      if (!expand || !expand->hasOneUse())
        continue;
      auto shape =
          top::broadcastShapes(top::getShape(expand.getInput()),
                               top::getShape(op->getOperand(1 - side)));
      if (!shape || ArrayRef<int64_t>(*shape) != top::getShape(op.getOutput()))
        continue;
      rewriter.modifyOpInPlace(op, [&] {
        op->setOperand(side, expand.getInput());
        op->setLoc(fuseNames(op.getLoc(), expand.getLoc()));
      });
      return success();
    }
    return rewriter.notifyMatchFailure(
        op, "no expand with one user that the other operand makes superfluous");
  }
};

/// x * 1 + 0.
struct RemoveScale : OpRewritePattern<top::ScaleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(top::ScaleOp op,
                                PatternRewriter &rewriter) const override {
    if (hasActivation(op) || op.getInput().getType() != op.getType() ||
        getSplat(op.getScale()) != 1.0 || getSplat(op.getBias()) != 0.0)
      return rewriter.notifyMatchFailure(op, "is not one times x plus zero");
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

/// A window of one element at every position.
template <typename OpTy> struct RemovePool : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto are = [](ArrayRef<int64_t> values, int64_t number) {
      return llvm::all_of(values, [=](int64_t v) { return v == number; });
    };
    if (!are(op.getKernel(), 1) || !are(op.getStrides(), 1) ||
        !are(op.getPads(), 0) || op.getInput().getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "its windows are larger");
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

/// A reduction of single elements.
template <typename OpTy> struct ReduceToReshape : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = top::getShape(op.getInput());
    if (llvm::any_of(op.getAxes(),
                     [&](int64_t axis) { return shape[axis] != 1; }))
      return rewriter.notifyMatchFailure(op, "reduces several elements");
    rewriter.replaceOpWithNewOp<top::ReshapeOp>(op, op.getType(),
                                                op.getInput());
    return success();
  }
};

struct RemoveIdentities : impl::RemoveIdentitiesBase<RemoveIdentities> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    for (StringRef name :
         {top::ReluOp::getOperationName(), top::ClipOp::getOperationName(),
          top::MinOp::getOperationName(), top::MaxOp::getOperationName()}) {
      patterns.add(std::make_unique<NameClamp>(name, context));
      patterns.add(std::make_unique<MergeClamps>(name, context));
    }
    patterns.add<
        BypassExpand<top::AddOp>, BypassExpand<top::SubOp>,
        BypassExpand<top::MulOp>, BypassExpand<top::DivOp>,
        BypassExpand<top::MinOp>, BypassExpand<top::MaxOp>,
        BypassExpand<top::PowOp>, RemoveScale, RemovePool<top::MaxPoolOp>,
        RemovePool<top::AvgPoolOp>, ReduceToReshape<top::ReduceMeanOp>,
        ReduceToReshape<top::ReduceSumOp>, ReduceToReshape<top::ReduceMaxOp>,
        ReduceToReshape<top::ReduceMinOp>>(context);
    populateSliceIdentities(patterns);
    for (RegisteredOperationName op : context->getRegisteredOperations())
      if (isa<top::TopDialect>(op.getDialect()))
        op.getCanonicalizationPatterns(patterns, context);
    if (failed(applyPatterns(getOperation(), std::move(patterns),
                             /*fold=*/true)))
      signalPassFailure();
  }
};

} // namespace
} // namespace qc
