// Moves transposes until they cancel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "PermuteConstant.h"
#include "ReshapeLayout.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace qc {
#define GEN_PASS_DEF_PROPAGATELAYOUT
#include "qc/Dialect/Tpu/Transforms/Passes.h.inc"

using tpu::ReshapeOp;
using tpu::TransposeOp;

namespace {

/// Replaces `op`, which reads `constant`, by a constant of the elements `value`
/// that is called like that.
void replaceByConstant(PatternRewriter &rewriter, Operation *op,
                       tpu::ConstantOp constant, ElementsAttr value) {
  auto folded = rewriter.replaceOpWithNewOp<tpu::ConstantOp>(
      op, op->getResult(0).getType(), value);
  folded->setLoc(constant.getLoc());
}

/// A transposed constant is a constant.
struct FoldConstantTranspose : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto constant = op.getInput().getDefiningOp<tpu::ConstantOp>();
    if (!constant)
      return rewriter.notifyMatchFailure(op, "operand is no constant");
    ElementsAttr value = permuteConstant(constant.getValue(), op.getPerm());
    if (!value)
      return rewriter.notifyMatchFailure(op, "constant has no bytes");
    replaceByConstant(rewriter, op, constant, value);
    return success();
  }
};

/// So is a reshaped one.
struct FoldConstantReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto constant = op.getInput().getDefiningOp<tpu::ConstantOp>();
    if (!constant)
      return rewriter.notifyMatchFailure(op, "operand is no constant");
    ElementsAttr value =
        reshapeConstant(constant.getValue(), op.getType().getShape());
    if (!value)
      return rewriter.notifyMatchFailure(op, "constant is of another kind");
    replaceByConstant(rewriter, op, constant, value);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Through ops that implement the interface
//===----------------------------------------------------------------------===//

/// True when transposing a value of `type` by `perm` leaves the order of its
/// elements as it is.
static bool isFreeTranspose(RankedTensorType type, ArrayRef<int64_t> perm) {
  int64_t previous = -1;
  for (int64_t dim : perm) {
    if (type.getDimSize(dim) == 1)
      continue;
    if (dim < previous)
      return false;
    previous = dim;
  }
  return true;
}

/// Notes the source dimensions of `moved`, whose dimension i is dimension
/// perm[i] of the result of `original`, which it stands for in reports.
static void inheritSource(Operation *original, Operation *moved,
                          ArrayRef<int64_t> perm) {
  SmallVector<int64_t> source(getSourcePermutation(original));
  if (source.empty())
    source = llvm::to_vector(llvm::seq<int64_t>(0, perm.size()));
  setSourcePermutation(moved, applyPermutation<int64_t>(source, perm));
}

/// op(transpose(x)...) becomes transpose(op'(x...)).
struct SinkThroughOp : OpInterfaceRewritePattern<LayoutOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(LayoutOpInterface op,
                                PatternRewriter &rewriter) const override {
    if (isa<TransposeOp>(op.getOperation()))
      return rewriter.notifyMatchFailure(op, "transposes merge by themselves");
    SmallVector<unsigned> permuted = op.getPermutedOperands();
    TransposeOp first = findTranspose(op, permuted);
    if (!first)
      return rewriter.notifyMatchFailure(op, "no operand is transposed");
    SmallVector<int64_t> perm(first.getPerm());
    SmallVector<int64_t> inverse = invertPermutation(perm);
    if (!op.canPermute(inverse))
      return rewriter.notifyMatchFailure(op, "a barrier for this permutation");
    for (unsigned index : permuted)
      if (!canUndo(op->getOperand(index), perm, inverse))
        return rewriter.notifyMatchFailure(op, "an operand has another layout");

    SmallVector<Value> operands(op->getOperands());
    for (unsigned index : permuted)
      operands[index] = undo(rewriter, operands[index], perm, inverse);
    Operation *rebuilt = op.rebuildPermuted(rewriter, inverse, operands);
    inheritSource(op, rebuilt, inverse);
    SmallVector<Value> results;
    for (auto [old, result] :
         llvm::zip(op->getResults(), rebuilt->getResults()))
      results.push_back(
          TransposeOp::create(rewriter, deriveName(op.getLoc(), "_transposed"),
                              old.getType(), result, perm));
    rewriter.replaceOp(op, results);
    return success();
  }

private:
  /// The transpose to move: one that moves elements; else one that only moves
  /// unit dimensions, if all operands agree in it. To transpose another operand
  /// for its sake would only make a transpose that wants to move back.
  static TransposeOp findTranspose(LayoutOpInterface op,
                                   ArrayRef<unsigned> permuted) {
    TransposeOp free;
    bool agree = true;
    for (unsigned index : permuted) {
      Value operand = op->getOperand(index);
      auto transpose = operand.getDefiningOp<TransposeOp>();
      // An identity folds; moving one only makes another.
      if (!transpose || llvm::is_sorted(transpose.getPerm())) {
        agree &= operand.getDefiningOp<tpu::ConstantOp>() != nullptr;
        continue;
      }
      auto source = cast<RankedTensorType>(transpose.getInput().getType());
      if (!isFreeTranspose(source, transpose.getPerm()))
        return transpose;
      agree &= !free || free.getPerm() == transpose.getPerm();
      free = transpose;
    }
    return agree ? free : TransposeOp();
  }

  static bool canUndo(Value value, ArrayRef<int64_t> perm,
                      ArrayRef<int64_t> inverse) {
    if (auto transpose = value.getDefiningOp<TransposeOp>())
      if (transpose.getPerm() == perm)
        return true;
    auto type = cast<RankedTensorType>(value.getType());
    if (type.getRank() != int64_t(perm.size()))
      return false;
    return value.getDefiningOp<tpu::ConstantOp>() ||
           isFreeTranspose(type, inverse);
  }

  static Value undo(PatternRewriter &rewriter, Value value,
                    ArrayRef<int64_t> perm, ArrayRef<int64_t> inverse) {
    if (auto transpose = value.getDefiningOp<TransposeOp>())
      if (transpose.getPerm() == perm)
        return transpose.getInput();
    auto type = permuteType(cast<RankedTensorType>(value.getType()), inverse);
    return TransposeOp::create(rewriter,
                               deriveName(value.getLoc(), "_transposed"), type,
                               value, inverse);
  }
};

//===----------------------------------------------------------------------===//
// Through reshapes
//===----------------------------------------------------------------------===//

/// The transpose in front of `op` when it is the only one.
FailureOr<TransposeOp> getSingleTranspose(ReshapeOp op,
                                          PatternRewriter &rewriter) {
  auto transpose = op.getInput().getDefiningOp<TransposeOp>();
  if (!transpose)
    return rewriter.notifyMatchFailure(op, "operand is no transpose");
  if (transpose.getInput().getDefiningOp<TransposeOp>())
    return rewriter.notifyMatchFailure(op, "transposes above merge first");
  return transpose;
}

/// Replaces `op` by a reshape of `input` to `moved.shape` and a transpose of it
/// by `moved.perm`.
void replaceByTranspose(PatternRewriter &rewriter, ReshapeOp op, Value input,
                        const ReshapeThenTranspose &moved) {
  Type element = op.getType().getElementType();
  auto reshape =
      ReshapeOp::create(rewriter, op.getLoc(),
                        RankedTensorType::get(moved.shape, element), input);
  inheritSource(op, reshape, invertPermutation(moved.perm));
  rewriter.replaceOp(
      op, TransposeOp::create(rewriter, deriveName(op.getLoc(), "_transposed"),
                              op.getType(), reshape, moved.perm));
}

/// reshape(transpose(x)) becomes transpose(reshape(x)).
struct SinkThroughReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = getSingleTranspose(op, rewriter);
    if (failed(transpose))
      return failure();
    if (llvm::is_sorted(transpose->getPerm()))
      return rewriter.notifyMatchFailure(op, "an identity folds");
    auto exchanged = exchangeTransposeAndReshape(
        transpose->getInput().getType().getShape(), transpose->getPerm(),
        op.getType().getShape());
    if (!exchanged)
      return rewriter.notifyMatchFailure(op, "joins what was taken apart");
    replaceByTranspose(rewriter, op, transpose->getInput(), *exchanged);
    return success();
  }
};

/// The transpose from channels last to channels first, which lowering puts
/// behind every op that wants channels last.
constexpr int64_t kToChannelsFirst[] = {0, 3, 1, 2};

/// A channel shuffle: reshape(transpose(x)), where the reshape joins what the
/// transpose took apart, lets the channels-first part of the transpose pass.
struct SplitAtReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = getSingleTranspose(op, rewriter);
    if (failed(transpose))
      return failure();
    auto source = cast<RankedTensorType>(transpose->getInput().getType());
    auto split = splitTransposeAtReshape(
        source.getShape(), transpose->getPerm(), op.getType().getShape());
    if (!split || split->rest.perm != ArrayRef<int64_t>(kToChannelsFirst))
      return rewriter.notifyMatchFailure(op, "not a matter of layout");
    auto local = TransposeOp::create(rewriter, transpose->getLoc(),
                                     permuteType(source, split->local),
                                     transpose->getInput(), split->local);
    inheritSource(*transpose, local,
                  applyPermutation<int64_t>(
                      invertPermutation(transpose->getPerm()), split->local));
    replaceByTranspose(rewriter, op, local, split->rest);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Into weights
//===----------------------------------------------------------------------===//

/// A dense layer over a flattened, transposed image reads the image as it is
/// when its weights' columns are reordered.
struct AbsorbIntoWeights : OpRewritePattern<tpu::FullyConnectedOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tpu::FullyConnectedOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<ReshapeOp>();
    auto transpose =
        reshape ? reshape.getInput().getDefiningOp<TransposeOp>() : nullptr;
    auto constant = op.getWeight().getDefiningOp<tpu::ConstantOp>();
    // Groups of columns would fall apart.
    if (!transpose || !constant || op.getFactors())
      return rewriter.notifyMatchFailure(op, "no flattened transpose");
    auto source = cast<RankedTensorType>(transpose.getInput().getType());
    auto flat = cast<RankedTensorType>(op.getInput().getType());
    // The leading dimensions must stay; the rest is what is flattened.
    int64_t inner = flat.getShape().back(), lead = source.getRank(), count = 1;
    while (lead > 0 && count < inner)
      count *= source.getDimSize(--lead);
    ArrayRef<int64_t> perm = transpose.getPerm();
    if (count != inner ||
        !llvm::equal(perm.take_front(lead), llvm::seq<int64_t>(0, lead)))
      return rewriter.notifyMatchFailure(op, "the batch is permuted as well");

    // Columns of the weight, seen as the permuted dimensions, go back.
    SmallVector<int64_t> columns{op.getWeight().getType().getShape()[0]};
    SmallVector<int64_t> order{0};
    SmallVector<int64_t> back = invertPermutation(perm);
    for (int64_t dim = lead; dim < source.getRank(); ++dim) {
      columns.push_back(source.getDimSize(perm[dim]));
      order.push_back(back[dim] - lead + 1);
    }
    ElementsAttr weight =
        permuteConstantAs(constant.getValue(), columns, order);
    if (!weight)
      return rewriter.notifyMatchFailure(op, "constant has no bytes");
    Value newWeight = tpu::ConstantOp::create(rewriter, constant.getLoc(),
                                              constant.getType(), weight);
    Value flattened = ReshapeOp::create(
        rewriter, deriveName(op.getLoc(), "_flat"), flat, transpose.getInput());
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(flattened);
      op.getWeightMutable().assign(newWeight);
    });
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

/// Far more than any network needs.
constexpr int64_t kRewritesPerOp = 100;

struct PropagateLayoutPass : impl::PropagateLayoutBase<PropagateLayoutPass> {
  void runOnOperation() override {
    // Transposes of unit dimensions take part in the moving as such, and become
    // reshapes once nothing moves any more.
    if (failed(propagate(TransposeOp::getMergePatterns)) ||
        failed(propagate(TransposeOp::getCanonicalizationPatterns))) {
      getOperation().emitError("layout propagation does not come to an end; "
                               "please report this network");
      return signalPassFailure();
    }
    placeBeforeReaders();
    TransposeCount count = countTransposes(getOperation());
    boundaryTransposes += count.boundary;
    innerTransposes += count.inner;
  }

private:
  /// Puts each transpose in front of the first op that reads it, in the order
  /// of its operands: where they stand follows from the network alone, not from
  /// how they got there.
  void placeBeforeReaders() {
    DenseSet<Operation *> placed;
    for (Operation &reader : llvm::make_early_inc_range(getOperation().front()))
      for (Value operand : reader.getOperands())
        if (auto transpose = operand.getDefiningOp<TransposeOp>())
          if (placed.insert(transpose).second)
            transpose->moveBefore(&reader);
  }

  LogicalResult propagate(void (*addTransposePatterns)(RewritePatternSet &,
                                                       MLIRContext *)) {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldConstantTranspose, FoldConstantReshape, SinkThroughOp,
                 SinkThroughReshape, SplitAtReshape, AbsorbIntoWeights>(
        &getContext());
    addTransposePatterns(patterns, &getContext());
    ReshapeOp::getCanonicalizationPatterns(patterns, &getContext());
    GreedyRewriteConfig config;
    config.enableConstantCSE(false);
    // Each op is passed by few transposes; a bound turns an endless exchange of
    // two patterns into an error.
    int64_t ops = 0;
    getOperation().walk([&](Operation *) { ++ops; });
    config.setMaxNumRewrites(kRewritesPerOp * (ops + 16));
    return applyPatternsGreedily(getOperation(), std::move(patterns), config);
  }
};

} // namespace

TransposeCount countTransposes(func::FuncOp function) {
  auto isBoundary = [](Operation *op) {
    return op == nullptr ||
           isa<tpu::QuantizeOp, tpu::DequantizeOp, func::ReturnOp>(op);
  };
  TransposeCount count;
  function.walk([&](TransposeOp op) {
    bool boundary = isBoundary(op.getInput().getDefiningOp()) ||
                    llvm::all_of(op->getUsers(), isBoundary);
    ++(boundary ? count.boundary : count.inner);
  });
  return count;
}

} // namespace qc
