// Reshape, expand, transpose and gather: shapes, verification and folding.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"

#include "mlir/IR/PatternMatch.h"

namespace qc::top {

/// Fails when input and result of `op` differ in their expressed element.
template <typename OpTy> static LogicalResult verifyElementKept(OpTy op) {
  auto input = cast<ShapedType>(op.getInput().getType());
  auto output = cast<ShapedType>(op.getOutput().getType());
  if (getExpressedElement(input.getElementType()) ==
      getExpressedElement(output.getElementType()))
    return success();
  return op.emitOpError("cannot change the element type from ")
         << input.getElementType() << " to " << output.getElementType();
}

/// The input of `op` when the result has its type.
template <typename OpTy> static OpFoldResult foldToInput(OpTy op) {
  return op.getInput().getType() == op.getOutput().getType()
             ? OpFoldResult(op.getInput())
             : OpFoldResult();
}

//===----------------------------------------------------------------------===//
// reshape
//===----------------------------------------------------------------------===//

std::optional<unsigned> ReshapeOp::getViewedOperand(unsigned) { return 0; }

LogicalResult ReshapeOp::verify() {
  auto input = cast<ShapedType>(getInput().getType());
  auto output = cast<ShapedType>(getOutput().getType());
  if (input.getNumElements() != output.getNumElements())
    return emitOpError("cannot give ")
           << input.getNumElements() << " elements a shape of "
           << output.getNumElements();
  return verifyElementKept(*this);
}

bool ReshapeOp::sharesParameters() { return true; }

/// The axis of the operand with as many elements, and as many before it.
std::optional<int64_t> ReshapeOp::getPeakAxis(unsigned,
                                              std::optional<int64_t> axis) {
  if (!axis)
    return std::nullopt;
  ArrayRef<int64_t> from = getShape(getInput()), to = getShape(getOutput());
  int64_t before = 1, seen = 1;
  for (int64_t size : to.take_front(*axis))
    before *= size;
  for (auto [dim, size] : llvm::enumerate(from)) {
    if (seen == before && size == to[*axis])
      return static_cast<int64_t>(dim);
    seen *= size;
  }
  return std::nullopt;
}

OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<ReshapeOp>();
  if (inner && inner.getInput().getType() == getOutput().getType())
    return inner.getInput();
  return foldToInput(*this);
}

namespace {
/// reshape(reshape(x)) is one reshape.
struct MergeReshapes : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<ReshapeOp>();
    if (!inner || !inner->hasOneUse())
      return rewriter.notifyMatchFailure(op, "not the only user of a reshape");
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), inner.getInput())
        ->setLoc(fuseNames(op.getLoc(), inner.getLoc()));
    return success();
  }
};
} // namespace

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<MergeReshapes>(context);
}

//===----------------------------------------------------------------------===//
// expand
//===----------------------------------------------------------------------===//

LogicalResult ExpandOp::verify() {
  auto shape = broadcastShapes(getShape(getInput()), getShape(getOutput()));
  if (!shape || ArrayRef(*shape) != getShape(getOutput()))
    return emitOpError("cannot broadcast ")
           << getInput().getType() << " to " << getOutput().getType();
  return verifyElementKept(*this);
}

bool ExpandOp::sharesParameters() { return true; }

/// Rows that are repeated whole.
std::optional<int64_t> ExpandOp::getPeakAxis(unsigned,
                                             std::optional<int64_t> axis) {
  ArrayRef<int64_t> from = getShape(getInput()), to = getShape(getOutput());
  int64_t added = to.size() - from.size();
  if (!axis || *axis < added || from[*axis - added] != to[*axis])
    return std::nullopt;
  return *axis - added;
}

OpFoldResult ExpandOp::fold(FoldAdaptor) { return foldToInput(*this); }

//===----------------------------------------------------------------------===//
// transpose
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *context,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<TransposeOp>(context, location);
  ArrayRef<int64_t> input = getShape(adaptor.getInput());
  ArrayRef<int64_t> perm = adaptor.getPerm();
  if (failed(checkCount(perm, input.size(), "values of perm", emit)))
    return failure();
  SmallVector<bool> seen(input.size(), false);
  SmallVector<int64_t> shape;
  for (int64_t axis : perm) {
    if (failed(checkAxis(axis, input.size(), emit)))
      return failure();
    if (std::exchange(seen[axis], true))
      return emit() << "lists dimension " << axis << " twice in perm";
    shape.push_back(input[axis]);
  }
  types.push_back(getResultType(shape, adaptor.getInput().getType()));
  return success();
}

bool TransposeOp::sharesParameters() { return true; }

std::optional<int64_t> TransposeOp::getPeakAxis(unsigned,
                                                std::optional<int64_t> axis) {
  return axis ? std::optional<int64_t>(getPerm()[*axis]) : std::nullopt;
}

/// The permutation of `outer` after `inner`.
static SmallVector<int64_t> compose(TransposeOp outer, TransposeOp inner) {
  return llvm::map_to_vector(
      outer.getPerm(), [&](int64_t axis) { return inner.getPerm()[axis]; });
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<TransposeOp>();
  if (inner && inner.getInput().getType() == getOutput().getType() &&
      llvm::is_sorted(compose(*this, inner)))
    return inner.getInput();
  return llvm::is_sorted(getPerm()) ? foldToInput(*this) : OpFoldResult();
}

namespace {
/// transpose(transpose(x)) is one transpose.
struct MergeTransposes : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<TransposeOp>();
    if (!inner || !inner->hasOneUse())
      return rewriter.notifyMatchFailure(op,
                                         "not the only user of a transpose");
    rewriter
        .replaceOpWithNewOp<TransposeOp>(
            op, op.getType(), inner.getInput(),
            rewriter.getDenseI64ArrayAttr(compose(op, inner)))
        ->setLoc(fuseNames(op.getLoc(), inner.getLoc()));
    return success();
  }
};
} // namespace

void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<MergeTransposes>(context);
}

//===----------------------------------------------------------------------===//
// gather
//===----------------------------------------------------------------------===//

LogicalResult GatherOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<GatherOp>(context, location);
  ArrayRef<int64_t> input = getShape(adaptor.getInput());
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxis(axis, input.size(), emit)))
    return failure();
  SmallVector<int64_t> shape(input.take_front(axis));
  llvm::append_range(shape, getShape(adaptor.getIndices()));
  llvm::append_range(shape, input.drop_front(axis + 1));
  types.push_back(getResultType(shape, adaptor.getInput().getType()));
  return success();
}

OperandRole GatherOp::getOperandRole(unsigned index) {
  return index == 1 ? OperandRole::Index : OperandRole::Activation;
}

bool GatherOp::sharesParameters() { return true; }

} // namespace qc::top
