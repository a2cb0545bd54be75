// Fully connected layers of other batches become convolutions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "MTKRules.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"

#include "mlir/IR/PatternMatch.h"

namespace qc {
namespace {

/// Rows of [..., K]: all dimensions but the last.
int64_t countRows(RankedTensorType type) {
  return type.getNumElements() / std::max<int64_t>(type.getShape().back(), 1);
}

struct FullyConnectedToConv : OpRewritePattern<tpu::FullyConnectedOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tpu::FullyConnectedOp op,
                                PatternRewriter &rewriter) const override {
    auto input = cast<RankedTensorType>(op.getInput().getType());
    auto result = cast<RankedTensorType>(op.getOutput().getType());
    auto weight = cast<RankedTensorType>(op.getWeight().getType());
    int64_t rows = countRows(input);
    if (llvm::is_contained({1, 2, 4, 8}, rows))
      return rewriter.notifyMatchFailure(op, "its batch runs as it is");
    auto constant = op.getWeight().getDefiningOp<tpu::ConstantOp>();
    if (!constant || op.getFactors())
      return rewriter.notifyMatchFailure(
          op, "its weight is no constant or has groups");

    // Rows become positions of one image: [1, 1, rows, K] by [N, 1, 1, K].
    Location loc = op.getLoc();
    auto shaped = [&](RankedTensorType type, ArrayRef<int64_t> shape) {
      return RankedTensorType::get(shape, type.getElementType());
    };
    int64_t inputs = weight.getDimSize(1), outputs = weight.getDimSize(0);
    Value image = tpu::ReshapeOp::create(rewriter, deriveName(loc, "_image"),
                                         shaped(input, {1, 1, rows, inputs}),
                                         op.getInput());
    SmallVector<int64_t> kernel{outputs, 1, 1, inputs};
    auto stored = reshapeConstant(constant.getValue(), kernel);
    if (!stored)
      return rewriter.notifyMatchFailure(op, "its weight cannot be reshaped");
    Value filter = tpu::ConstantOp::create(rewriter, constant.getLoc(),
                                           shaped(weight, kernel), stored);
    Value conv = tpu::Conv2dOp::create(
        rewriter, deriveName(loc, "_conv"),
        shaped(result, {1, 1, rows, outputs}), image, filter, op.getBias(),
        ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{0, 0, 0, 0},
        ArrayRef<int64_t>{1, 1}, 1, op.getRequant(), op.getClampAttr(),
        /*factors=*/Value());
    auto back = tpu::ReshapeOp::create(rewriter, loc, result, conv);
    setSourcePermutation(back, getSourcePermutation(op));
    rewriter.replaceOp(op, back);
    return success();
  }
};

} // namespace

void addFullyConnectedToConv(RewritePatternSet &patterns) {
  patterns.add<FullyConnectedToConv>(patterns.getContext());
}

} // namespace qc
