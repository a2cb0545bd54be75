// Data movement: verification, folding and layout.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "VerifyUtils.h"

#include "qc/Dialect/QC/IR/Names.h"

#include "mlir/IR/PatternMatch.h"

namespace qc::tpu {

//===----------------------------------------------------------------------===//
// concat
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::verify() {
  if (getInputs().empty())
    return emitOpError("expects at least one operand");
  auto first = cast<RankedTensorType>(getInputs().front().getType());
  if (failed(verifyAxis(*this, getAxis(), first)))
    return failure();
  SmallVector<int64_t> shape(first.getShape());
  for (Value input : getInputs().drop_front()) {
    auto type = cast<RankedTensorType>(input.getType());
    if (type.getRank() != first.getRank())
      return emitOpError("operands have ranks ")
             << first.getRank() << " and " << type.getRank();
    shape[getAxis()] += type.getDimSize(getAxis());
    for (int64_t i = 0; i < type.getRank(); ++i)
      if (i != int64_t(getAxis()) && type.getDimSize(i) != shape[i])
        return emitOpError("operands ") << first << " and " << type
                                        << " differ outside axis " << getAxis();
  }
  return verifyShape(*this, getOutput(), shape);
}

Operation *ConcatOp::rebuildPermuted(OpBuilder &builder, ArrayRef<int64_t> perm,
                                     ValueRange operands) {
  auto rebuilt =
      cast<ConcatOp>(cloneWithPermutedTypes(*this, builder, perm, operands));
  rebuilt.setAxis(permutedDimension(getAxis(), perm));
  return rebuilt;
}

//===----------------------------------------------------------------------===//
// slice
//===----------------------------------------------------------------------===//

LogicalResult SliceOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  size_t rank = input.getRank();
  if (getOffsets().size() != rank || getSizes().size() != rank ||
      getStrides().size() != rank)
    return emitOpError("expects ") << rank << " offsets, sizes and strides";
  for (size_t i = 0; i < rank; ++i) {
    int64_t last = getOffsets()[i] + (getSizes()[i] - 1) * getStrides()[i];
    if (getStrides()[i] == 0 || getSizes()[i] < 1 || getOffsets()[i] < 0 ||
        getOffsets()[i] >= input.getDimSize(i) || last < 0 ||
        last >= input.getDimSize(i))
      return emitOpError("reaches outside dimension ") << i << " of " << input;
  }
  return verifyShape(*this, getOutput(), getSizes());
}

Operation *SliceOp::rebuildPermuted(OpBuilder &builder, ArrayRef<int64_t> perm,
                                    ValueRange operands) {
  auto rebuilt =
      cast<SliceOp>(cloneWithPermutedTypes(*this, builder, perm, operands));
  rebuilt.setOffsets(applyPermutation(getOffsets(), perm));
  rebuilt.setSizes(applyPermutation(getSizes(), perm));
  rebuilt.setStrides(applyPermutation(getStrides(), perm));
  return rebuilt;
}

//===----------------------------------------------------------------------===//
// pad
//===----------------------------------------------------------------------===//

LogicalResult PadOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  size_t rank = input.getRank();
  if (getPads().size() != 2 * rank)
    return emitOpError("expects ") << 2 * rank << " pads";
  if (llvm::any_of(getPads(), [](int64_t pad) { return pad < 0; }))
    return emitOpError("expects pads that are not negative");
  if (getMode() != "constant" && getMode() != "reflect" && getMode() != "edge")
    return emitOpError("mode is '")
           << getMode() << "', expected constant, reflect or edge";
  SmallVector<int64_t> shape(input.getShape());
  for (size_t i = 0; i < rank; ++i) {
    if (getMode() == "reflect" &&
        std::max(getPads()[i], getPads()[i + rank]) >= input.getDimSize(i))
      return emitOpError("cannot reflect more than dimension ")
             << i << " of " << input << " holds";
    shape[i] += getPads()[i] + getPads()[i + rank];
  }
  return verifyShape(*this, getOutput(), shape);
}

Operation *PadOp::rebuildPermuted(OpBuilder &builder, ArrayRef<int64_t> perm,
                                  ValueRange operands) {
  auto rebuilt =
      cast<PadOp>(cloneWithPermutedTypes(*this, builder, perm, operands));
  ArrayRef<int64_t> pads = getPads();
  auto permuted = applyPermutation(pads.take_front(perm.size()), perm);
  llvm::append_range(permuted,
                     applyPermutation(pads.take_back(perm.size()), perm));
  rebuilt.setPads(permuted);
  return rebuilt;
}

//===----------------------------------------------------------------------===//
// reshape
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::verify() {
  if (cast<ShapedType>(getInput().getType()).getNumElements() !=
      cast<ShapedType>(getOutput().getType()).getNumElements())
    return emitOpError("changes the number of elements");
  return success();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  return getInput().getType() == getOutput().getType()
             ? OpFoldResult(getInput())
             : OpFoldResult();
}

namespace {
/// Only the last of two reshapes matters.
struct MergeReshapes : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto first = op.getInput().getDefiningOp<ReshapeOp>();
    if (!first)
      return rewriter.notifyMatchFailure(op, "operand is no reshape");
    rewriter.modifyOpInPlace(
        op, [&] { op.getInputMutable().assign(first.getInput()); });
    return success();
  }
};
} // namespace

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<MergeReshapes>(context);
}

std::optional<unsigned> ReshapeOp::getViewedOperand(unsigned) { return 0; }

//===----------------------------------------------------------------------===//
// transpose
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  auto sorted = llvm::to_vector(getPerm());
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, input.getRank())))
    return emitOpError("perm is no permutation of the dimensions of ") << input;
  return verifyShape(*this, getOutput(),
                     applyPermutation(input.getShape(), getPerm()));
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  return llvm::is_sorted(getPerm()) ? OpFoldResult(getInput()) : OpFoldResult();
}

namespace {
/// Two transposes are one.
struct MergeTransposes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto first = op.getInput().getDefiningOp<TransposeOp>();
    if (!first)
      return rewriter.notifyMatchFailure(op, "operand is no transpose");
    auto perm = applyPermutation(first.getPerm(), op.getPerm());
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(first.getInput());
      op.setPerm(perm);
    });
    return success();
  }
};

/// A transpose that only moves unit dimensions keeps the order of elements.
struct TransposeToReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto input = cast<RankedTensorType>(op.getInput().getType());
    if (!isa<quant::QuantizedType>(input.getElementType()))
      return rewriter.notifyMatchFailure(op, "reshape takes quantized values");
    int64_t previous = -1;
    for (int64_t dim : op.getPerm()) {
      if (input.getDimSize(dim) == 1)
        continue;
      if (dim < previous)
        return rewriter.notifyMatchFailure(op, "elements change their order");
      previous = dim;
    }
    SmallVector<int64_t> source(getSourcePermutation(op));
    auto reshape =
        rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput());
    setSourcePermutation(reshape, source);
    return success();
  }
};
} // namespace

void TransposeOp::getMergePatterns(RewritePatternSet &patterns,
                                   MLIRContext *context) {
  patterns.add<MergeTransposes>(context);
}

void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  getMergePatterns(patterns, context);
  patterns.add<TransposeToReshape>(context);
}

//===----------------------------------------------------------------------===//
// expand, gather
//===----------------------------------------------------------------------===//

LogicalResult ExpandOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  auto output = cast<RankedTensorType>(getOutput().getType());
  int64_t offset = output.getRank() - input.getRank();
  bool fits = offset >= 0;
  for (int64_t i = 0; fits && i < input.getRank(); ++i)
    fits = input.getDimSize(i) == 1 ||
           input.getDimSize(i) == output.getDimSize(i + offset);
  if (!fits)
    return emitOpError("input ")
           << input << " does not broadcast to " << output;
  return success();
}

LogicalResult GatherOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  if (failed(verifyAxis(*this, getAxis(), input)))
    return failure();
  if (getActivationElement(input) !=
      getActivationElement(getOutput().getType()))
    return emitOpError("input and result have different parameters");
  SmallVector<int64_t> shape(input.getShape().take_front(getAxis()));
  llvm::append_range(shape,
                     cast<ShapedType>(getIndices().getType()).getShape());
  llvm::append_range(shape, input.getShape().drop_front(getAxis() + 1));
  return verifyShape(*this, getOutput(), shape);
}

} // namespace qc::tpu
