// fuse-bias: the addition of a constant becomes part of the bias.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "LinearOps.h"
#include "Rewrite.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Transforms/ConstantValues.h"
#include "qc/Transforms/Passes.h"

namespace qc {
#define GEN_PASS_DEF_FUSEBIAS
#include "qc/Transforms/Passes.h.inc"

namespace {

/// AddTy(OpTy(x), constant), AddTy being add or sub.
template <typename AddTy, typename OpTy>
struct FuseInto : OpRewritePattern<AddTy> {
  FuseInto(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern<AddTy>(context), count(count) {}

  LogicalResult matchAndRewrite(AddTy add,
                                PatternRewriter &rewriter) const override {
    constexpr bool isSub = std::is_same_v<AddTy, top::SubOp>;
    unsigned side = 0;
    auto op = add.getLhs().template getDefiningOp<OpTy>();
    if (!op && !isSub) {
      side = 1;
      op = add.getRhs().template getDefiningOp<OpTy>();
    }
    if (!op)
      return rewriter.notifyMatchFailure(add, "no op with a bias in front");
    if (!op->hasOneUse() || hasActivation(op))
      return rewriter.notifyMatchFailure(
          add, "the value in front has other users or is clamped");
    if constexpr (std::is_same_v<OpTy, top::MatMulOp>)
      if (!top::isConstant(op.getRhs()) ||
          top::getShape(op.getRhs()).size() != 2)
        return rewriter.notifyMatchFailure(
            add, "only a layer has a bias, a product with a constant matrix");

    LinearOp<OpTy> linear(op);
    auto added =
        getNumbersAlong(add->getOperand(1 - side),
                        top::getShape(op.getOutput()), linear.outputAxis);
    if (!added)
      return rewriter.notifyMatchFailure(
          add, "does not add a constant with one number a channel");
    auto bias = getBiasNumbers(op, linear.outputs);
    if (!bias)
      return rewriter.notifyMatchFailure(add, "the bias is not constant");
    for (auto [sum, term] : llvm::zip_equal(*bias, *added))
      sum += isSub ? -term : term;
    if (!allFinite(*bias))
      return rewriter.notifyMatchFailure(add, "the bias would overflow");

    replaceByLinear(rewriter, add, op, op->getOperand(0), /*weight=*/nullptr,
                    *bias, add->getOperand(1 - side).getLoc());
    ++count;
    return success();
  }

private:
  Pass::Statistic &count;
};

/// The same for a constant that is stored in integers, which becomes the bias
/// as it is where there is none.
template <typename OpTy> struct FuseStored : OpRewritePattern<top::AddOp> {
  FuseStored(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern<top::AddOp>(context), count(count) {}

  LogicalResult matchAndRewrite(top::AddOp add,
                                PatternRewriter &rewriter) const override {
    for (unsigned side : {0, 1}) {
      auto op = add->getOperand(side).getDefiningOp<OpTy>();
      auto stored =
          add->getOperand(1 - side).getDefiningOp<top::QuantizedConstantOp>();
      if (!op || !stored || !op->hasOneUse() || op.getBias() ||
          hasActivation(op) || hasActivation(add))
        continue;
      LinearOp<OpTy> linear(op);
      bool isOneAChannel =
          top::getShape(stored) == ArrayRef<int64_t>(linear.outputs) &&
          linear.outputAxis + 1 == int64_t(top::getShape(add).size());
      if (!isOneAChannel || op->getResult(0).getType() != add.getType())
        continue;
      rewriter.moveOpBefore(stored, op);
      rewriter.modifyOpInPlace(op, [&] {
        op->insertOperands(op->getNumOperands(), stored.getOutput());
        op->setLoc(fuseNames(add.getLoc(), op->getLoc()));
      });
      rewriter.replaceOp(add, op);
      ++count;
      return success();
    }
    return rewriter.notifyMatchFailure(add, "no stored constant to be a bias");
  }

private:
  Pass::Statistic &count;
};

template <typename... Ops>
void addPatterns(RewritePatternSet &patterns, Pass::Statistic &count) {
  patterns.add<FuseInto<top::AddOp, Ops>..., FuseInto<top::SubOp, Ops>...>(
      patterns.getContext(), count);
}

struct FuseBias : impl::FuseBiasBase<FuseBias> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    // Only there is the channel the last dimension, as it is in a constant.
    patterns.add<FuseStored<top::MatMulOp>>(&getContext(), numFused);
    addPatterns<top::ConvOp, top::DeconvOp, top::MatMulOp, top::ScaleOp>(
        patterns, numFused);
    if (failed(applyPatterns(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace qc
