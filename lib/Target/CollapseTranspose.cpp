// Transposes of many dimensions become ones of few.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Target/LegalizationPatterns.h"

namespace qc {
namespace {

/// A transpose with as few dimensions as its movement needs.
struct CollapsedTranspose {
  SmallVector<int64_t> shape; ///< of the operand
  SmallVector<int64_t> perm;
};

/// Merges dimensions of `shape` that follow each other in the result as well.
CollapsedTranspose collapse(ArrayRef<int64_t> shape, ArrayRef<int64_t> perm) {
  // Runs of source dimensions, in the order of the result.
  SmallVector<SmallVector<int64_t>> runs;
  for (int64_t dim : perm) {
    if (shape[dim] == 1)
      continue;
    int64_t previous = runs.empty() ? -1 : runs.back().back();
    // Dimensions of one between two neighbours do not part them.
    bool follows = previous >= 0 && dim > previous;
    for (int64_t between = previous + 1; follows && between < dim; ++between)
      follows = shape[between] == 1;
    if (follows)
      runs.back().push_back(dim);
    else
      runs.push_back({dim});
  }
  SmallVector<size_t> order(llvm::to_vector(llvm::seq<size_t>(0, runs.size())));
  llvm::sort(order, [&](size_t a, size_t b) { return runs[a] < runs[b]; });
  CollapsedTranspose result;
  result.perm.resize(runs.size());
  for (auto [position, run] : llvm::enumerate(order)) {
    int64_t size = 1;
    for (int64_t dim : runs[run])
      size *= shape[dim];
    result.shape.push_back(size);
    result.perm[run] = position;
  }
  return result;
}

struct CollapseTranspose : OpRewritePattern<tpu::TransposeOp> {
  CollapseTranspose(MLIRContext *context, int64_t maxRank)
      : OpRewritePattern(context), maxRank(maxRank) {}

  LogicalResult matchAndRewrite(tpu::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto input = cast<RankedTensorType>(op.getInput().getType());
    auto output = cast<RankedTensorType>(op.getOutput().getType());
    if (input.getRank() <= maxRank)
      return rewriter.notifyMatchFailure(op, "it has few dimensions");
    if (!tpu::isActivationElement(input.getElementType()))
      return rewriter.notifyMatchFailure(op, "it moves no activation");
    CollapsedTranspose few = collapse(input.getShape(), op.getPerm());
    if (few.shape.empty() || int64_t(few.shape.size()) == input.getRank())
      return rewriter.notifyMatchFailure(op, "no dimensions stay together");
    auto typed = [&](ArrayRef<int64_t> shape) {
      return RankedTensorType::get(shape, input.getElementType());
    };
    Location loc = op.getLoc();
    Value source = tpu::ReshapeOp::create(rewriter, deriveName(loc, "_merged"),
                                          typed(few.shape), op.getInput());
    Value moved = tpu::TransposeOp::create(
        rewriter, deriveName(loc, "_moved"),
        typed(applyPermutation<int64_t>(few.shape, few.perm)), source,
        few.perm);
    auto back = tpu::ReshapeOp::create(rewriter, loc, output, moved);
    setSourcePermutation(back, getSourcePermutation(op));
    rewriter.replaceOp(op, back);
    return success();
  }

  int64_t maxRank;
};

struct MergeReshapes : OpRewritePattern<tpu::ReshapeOp> {
  MergeReshapes(MLIRContext *context, int64_t maxRank)
      : OpRewritePattern(context), maxRank(maxRank) {}

  LogicalResult matchAndRewrite(tpu::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto first = op.getInput().getDefiningOp<tpu::ReshapeOp>();
    if (!first)
      return rewriter.notifyMatchFailure(op, "it follows no reshape");
    auto between = cast<RankedTensorType>(first.getOutput().getType());
    if (between.getRank() <= maxRank)
      return rewriter.notifyMatchFailure(op, "what is between is allowed");
    rewriter.modifyOpInPlace(
        op, [&] { op.getInputMutable().assign(first.getInput()); });
    return success();
  }

  int64_t maxRank;
};

} // namespace

void addCollapseTranspose(RewritePatternSet &patterns, int64_t maxRank) {
  patterns.add<CollapseTranspose, MergeReshapes>(patterns.getContext(),
                                                 maxRank);
}

} // namespace qc
