// canonicalize-movement: reshapes and transposes in one form, pairs cancelled.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Rewrite.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/LayoutOpInterface.h"
#include "qc/Transforms/ConstantValues.h"
#include "qc/Transforms/Passes.h"

namespace qc {
#define GEN_PASS_DEF_CANONICALIZEMOVEMENT
#include "qc/Transforms/Passes.h.inc"

static bool isElementwise(Operation *op) {
  return op && op->hasTrait<top::ElementwiseFunction>();
}

/// Like `op`, on other operands, called `loc`, with a result of `shape`.
static Value rebuild(PatternRewriter &rewriter, Operation *op, Location loc,
                     ArrayRef<int64_t> shape, ValueRange operands) {
  Operation *copy = cloneAs(rewriter, op, op, operands);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  copy->getResult(0).setType(type.clone(shape));
  copy->setLoc(loc);
  return copy->getResult(0);
}

namespace {

/// A transpose that keeps the order of all dimensions larger than 1 keeps the
/// order of the elements.
struct TransposeToReshape : OpRewritePattern<top::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(top::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = top::getShape(op.getInput());
    SmallVector<int64_t> moved;
    for (int64_t dim : op.getPerm())
      if (shape[dim] != 1)
        moved.push_back(dim);
    if (!llvm::is_sorted(moved))
      return rewriter.notifyMatchFailure(op, "moves dimensions larger than 1");
    rewriter.replaceOpWithNewOp<top::ReshapeOp>(op, op.getType(),
                                                op.getInput());
    return success();
  }
};

/// A transpose behind a tree of elementwise ops whose leaves are transposed in
/// one way, or constant: one transpose of the tree over what the leaves read,
/// or none.
struct TransposeAcrossElementwise : OpRewritePattern<top::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(top::TransposeOp last,
                                PatternRewriter &rewriter) const override {
    Operation *op = last.getInput().getDefiningOp();
    if (!isElementwise(op) || !op->hasOneUse())
      return rewriter.notifyMatchFailure(
          last, "no elementwise op with one user in front");
    SmallVector<top::TransposeOp> leaves;
    if (!collect(op, leaves, /*depth=*/0) || leaves.empty())
      return rewriter.notifyMatchFailure(
          last, "no transposes behind the elementwise ops in front");
    ArrayRef<int64_t> perm = leaves.front().getPerm();
    if (perm.size() != last.getPerm().size() ||
        !llvm::all_of(leaves, [&](top::TransposeOp leaf) {
          return leaf.getPerm() == perm;
        }))
      return rewriter.notifyMatchFailure(last, "permutations differ");
    SmallVector<int64_t> both;
    for (int64_t dim : last.getPerm())
      both.push_back(perm[dim]);
    bool cancels = llvm::is_sorted(both);
    if (!cancels && !llvm::all_of(leaves, [](top::TransposeOp leaf) {
          return leaf->hasOneUse();
        }))
      return rewriter.notifyMatchFailure(
          last, "a transpose has other users and would stay");

    SmallVector<Location> swallowed{op->getLoc()};
    for (top::TransposeOp leaf : leaves)
      swallowed.push_back(leaf.getLoc());
    Location loc = fuseNames(last.getLoc(), swallowed);
    Value result = moveOp(rewriter, op, perm);
    if (cancels) {
      result.getDefiningOp()->setLoc(loc);
      result.setType(cast<RankedTensorType>(last.getType()));
    } else {
      result =
          top::TransposeOp::create(rewriter, loc, last.getType(), result, both);
    }
    rewriter.replaceOp(last, result);
    return success();
  }

private:
  /// Finds the transposes below `op`; false when a leaf is something else that
  /// cannot be permuted.
  static bool collect(Operation *op, SmallVectorImpl<top::TransposeOp> &leaves,
                      unsigned depth) {
    constexpr unsigned maxDepth = 32;
    int64_t rank = top::getShape(op->getResult(0)).size();
    return llvm::all_of(op->getOperands(), [&](Value operand) {
      if (int64_t(top::getShape(operand).size()) > rank)
        return false;
      if (auto leaf = operand.getDefiningOp<top::TransposeOp>()) {
        leaves.push_back(leaf);
        return true;
      }
      if (top::isConstant(operand))
        return true;
      Operation *inner = operand.getDefiningOp();
      return isElementwise(inner) && inner->hasOneUse() && depth < maxDepth &&
             int64_t(top::getShape(operand).size()) == rank &&
             collect(inner, leaves, depth + 1);
    });
  }

  /// `op` on values which, transposed by `perm`, are its operands.
  static Value moveOp(PatternRewriter &rewriter, Operation *op,
                      ArrayRef<int64_t> perm) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(move(rewriter, operand, perm));
    return rebuild(rewriter, op, deriveName(op->getLoc(), "_transposed"),
                   applyPermutation(top::getShape(op->getResult(0)),
                                    invertPermutation(perm)),
                   operands);
  }

  /// The value which, transposed by `perm`, is `operand`.
  static Value move(PatternRewriter &rewriter, Value operand,
                    ArrayRef<int64_t> perm) {
    if (auto transpose = operand.getDefiningOp<top::TransposeOp>())
      return transpose.getInput();
    if (!top::isConstant(operand))
      return moveOp(rewriter, operand.getDefiningOp(), perm);
    auto type = cast<RankedTensorType>(operand.getType());
    if (type.getNumElements() == 1)
      return operand;
    SmallVector<int64_t> shape(perm.size() - type.getRank(), 1);
    llvm::append_range(shape, type.getShape());
    if (type.getShape() != ArrayRef<int64_t>(shape))
      operand = top::ReshapeOp::create(rewriter,
                                       deriveName(operand.getLoc(), "_shaped"),
                                       type.clone(shape), operand);
    SmallVector<int64_t> inverse = invertPermutation(perm);
    return top::TransposeOp::create(
        rewriter, deriveName(operand.getLoc(), "_transposed"),
        type.clone(applyPermutation(ArrayRef<int64_t>(shape), inverse)),
        operand, inverse);
  }
};

/// reshape(f(reshape(x))) back to the shape of x is f(x).
struct ReshapeAcrossElementwise : OpRewritePattern<top::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(top::ReshapeOp last,
                                PatternRewriter &rewriter) const override {
    Operation *op = last.getInput().getDefiningOp();
    if (!isElementwise(op) || op->getNumOperands() != 1 || !op->hasOneUse())
      return rewriter.notifyMatchFailure(
          last, "no elementwise op of one operand with one user in front");
    auto first = op->getOperand(0).getDefiningOp<top::ReshapeOp>();
    if (!first ||
        top::getShape(first.getInput()) != top::getShape(last.getOutput()))
      return rewriter.notifyMatchFailure(
          last, "no reshape before it that this one undoes");
    Value result = rebuild(
        rewriter, op, fuseNames(last.getLoc(), {op->getLoc(), first.getLoc()}),
        top::getShape(last.getOutput()), first.getInput());
    result.setType(cast<RankedTensorType>(last.getType()));
    rewriter.replaceOp(last, result);
    return success();
  }
};

/// matmul reads an operand with its last two dimensions exchanged by itself.
struct TransposeIntoMatMul : OpRewritePattern<top::MatMulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(top::MatMulOp op,
                                PatternRewriter &rewriter) const override {
    for (unsigned side : {0u, 1u}) {
      auto transpose = op->getOperand(side).getDefiningOp<top::TransposeOp>();
      // With a constant on the other side this is a fully connected layer,
      // whose rows stay rows.
      if (!transpose || !transpose->hasOneUse() ||
          top::isConstant(op->getOperand(1 - side)) ||
          !exchangesLastTwo(transpose.getPerm()))
        continue;
      rewriter.modifyOpInPlace(op, [&] {
        op->setOperand(side, transpose.getInput());
        if (side == 0)
          op.setTransposeLhs(!op.getTransposeLhs());
        else
          op.setTransposeRhs(!op.getTransposeRhs());
        op->setLoc(fuseNames(op.getLoc(), transpose.getLoc()));
      });
      return success();
    }
    return rewriter.notifyMatchFailure(
        op, "no transpose of the last two dimensions with one user in front, "
            "or a constant on the other side");
  }

private:
  static bool exchangesLastTwo(ArrayRef<int64_t> perm) {
    SmallVector<int64_t> expected =
        llvm::to_vector(llvm::seq<int64_t>(0, perm.size()));
    if (expected.size() < 2)
      return false;
    std::swap(expected.back(), expected[expected.size() - 2]);
    return perm == ArrayRef<int64_t>(expected);
  }
};

struct CanonicalizeMovement
    : impl::CanonicalizeMovementBase<CanonicalizeMovement> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns.add<TransposeToReshape, TransposeAcrossElementwise,
                 ReshapeAcrossElementwise, TransposeIntoMatMul>(context);
    top::ReshapeOp::getCanonicalizationPatterns(patterns, context);
    top::TransposeOp::getCanonicalizationPatterns(patterns, context);
    if (failed(applyPatterns(getOperation(), std::move(patterns),
                             /*fold=*/true)))
      signalPassFailure();
  }
};

} // namespace
} // namespace qc
