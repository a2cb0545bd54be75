// fuse-activation: relu and clip become a clamp of the op in front of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Clamp.h"
#include "Rewrite.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Transforms/Passes.h"

namespace qc {
#define GEN_PASS_DEF_FUSEACTIVATION
#include "qc/Transforms/Passes.h.inc"

namespace {

struct FuseClamp : RewritePattern {
  FuseClamp(StringRef opName, MLIRContext *context, Pass::Statistic &count)
      : RewritePattern(opName, /*benefit=*/1, context), count(count) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    auto clamp = getClamp(op);
    if (!clamp)
      return rewriter.notifyMatchFailure(op, "does not bound one tensor");
    Operation *producer = clamp->first.getDefiningOp();
    if (!producer || !producer->hasTrait<top::FusableActivation>())
      return rewriter.notifyMatchFailure(
          op, "the op in front cannot end in a clamp");
    if (!producer->hasOneUse())
      return rewriter.notifyMatchFailure(
          op, "the value in front of the activation has other users");

    rewriter.setInsertionPoint(op);
    Operation *fused = cloneAs(rewriter, producer, op, producer->getOperands());
    Clamp bounds = getClamp(producer, "act_min", "act_max").then(clamp->second);
    setBound(fused, "act_min", getLowerAttr(getContext(), bounds));
    setBound(fused, "act_max", getUpperAttr(getContext(), bounds));
    rewriter.replaceOp(op, fused);
    ++count;
    return success();
  }

private:
  static void setBound(Operation *op, StringRef name, FloatAttr bound) {
    if (bound)
      op->setAttr(name, bound);
  }

  Pass::Statistic &count;
};

struct FuseActivation : impl::FuseActivationBase<FuseActivation> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    for (StringRef name :
         {top::ReluOp::getOperationName(), top::ClipOp::getOperationName(),
          top::MinOp::getOperationName(), top::MaxOp::getOperationName()})
      patterns.add(std::make_unique<FuseClamp>(name, &getContext(), numFused));
    if (failed(applyPatterns(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace qc
