// fuse-padding: zeros around an image become pads of the window behind it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Rewrite.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Transforms/Passes.h"

namespace qc {
#define GEN_PASS_DEF_FUSEPADDING
#include "qc/Transforms/Passes.h.inc"

/// The spatial part of pads when `pad` only adds zeros there.
static std::optional<SmallVector<int64_t>> getSpatialZeros(top::PadOp pad) {
  ArrayRef<int64_t> pads = pad.getPads();
  size_t rank = pads.size() / 2;
  if (pad.getMode() != "constant" || !pad.getValue().isZero() || rank < 3 ||
      pads[0] || pads[1] || pads[rank] || pads[rank + 1])
    return std::nullopt;
  SmallVector<int64_t> spatial(pads.slice(2, rank - 2));
  llvm::append_range(spatial, pads.slice(rank + 2, rank - 2));
  return spatial;
}

static bool areZero(ArrayRef<int64_t> values) {
  return llvm::all_of(values, [](int64_t value) { return value == 0; });
}

/// Zeros pass unchanged into the sum of a conv.
static bool canAbsorb(top::ConvOp, ArrayRef<int64_t>) { return true; }

/// The zeros have been counted so far: they must be all that
/// `count_include_pad` counts, and leave no window that is padding alone.
static bool canAbsorb(top::AvgPoolOp pool, ArrayRef<int64_t> zeros) {
  auto isSmall = [&](auto indexed) {
    return int64_t(indexed.value()) <
           pool.getKernel()[indexed.index() % pool.getKernel().size()];
  };
  return areZero(pool.getPads()) && !pool.getCeilMode() &&
         llvm::all_of(llvm::enumerate(zeros), isSmall);
}

static void count(top::ConvOp) {}
static void count(top::AvgPoolOp pool) { pool.setCountIncludePad(true); }

namespace {

template <typename OpTy> struct FuseInto : OpRewritePattern<OpTy> {
  FuseInto(MLIRContext *context, Pass::Statistic &numFused)
      : OpRewritePattern<OpTy>(context), numFused(numFused) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getInput().template getDefiningOp<top::PadOp>();
    if (!pad || !pad->hasOneUse())
      return rewriter.notifyMatchFailure(op, "no pad with one user in front");
    auto zeros = getSpatialZeros(pad);
    if (!zeros)
      return rewriter.notifyMatchFailure(
          op, "pads something else than zeros around the image");
    if (!canAbsorb(op, *zeros))
      return rewriter.notifyMatchFailure(op, "has pads that count otherwise");
    SmallVector<int64_t> sum;
    for (auto [own, added] : llvm::zip_equal(op.getPads(), *zeros))
      sum.push_back(own + added);
    if (llvm::any_of(sum, [](int64_t p) { return p > top::kMaxDimension; }))
      return rewriter.notifyMatchFailure(op, "pads would be too large");
    rewriter.modifyOpInPlace(op, [&] {
      op->setOperand(0, pad.getInput());
      op.setPads(sum);
      count(op);
      op->setLoc(fuseNames(op.getLoc(), pad.getLoc()));
    });
    ++numFused;
    return success();
  }

private:
  Pass::Statistic &numFused;
};

struct FusePadding : impl::FusePaddingBase<FusePadding> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseInto<top::ConvOp>, FuseInto<top::AvgPoolOp>>(&getContext(),
                                                                  numFused);
    if (failed(applyPatterns(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace qc
