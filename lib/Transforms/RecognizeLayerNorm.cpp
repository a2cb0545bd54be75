// recognize-layer-norm: arithmetic that is a layer normalization.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Enclosure.h"
#include "Rewrite.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Transforms/ConstantValues.h"
#include "qc/Transforms/Passes.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include <cmath>

namespace qc {
#define GEN_PASS_DEF_RECOGNIZELAYERNORM
#include "qc/Transforms/Passes.h.inc"

namespace {

/// Walks from the deviation upwards, collecting what it passes. Each match
/// function is true when `value` has the form that its name says.
struct NormMatcher {
  Enclosure ops;
  Value input;
  ArrayRef<int64_t> axes;
  double epsilon = 0;

  /// mean(`of`) over the axes; the first call decides which they are.
  bool matchMean(Value value, Value of) {
    auto mean = value.getDefiningOp<top::ReduceMeanOp>();
    if (!mean || !mean.getKeepdims() || mean.getInput() != of)
      return false;
    if (axes.empty())
      axes = mean.getAxes();
    ops.add(mean);
    return axes == mean.getAxes();
  }

  /// input - mean(input); the first call decides what the input is.
  bool matchDifference(Value value) {
    auto sub = value.getDefiningOp<top::SubOp>();
    if (!sub || hasActivation(sub) || (input && sub.getLhs() != input))
      return false;
    input = sub.getLhs();
    ops.add(sub);
    return matchMean(sub.getRhs(), input);
  }

  /// The square of a difference.
  bool matchSquare(Value value) {
    if (auto mul = value.getDefiningOp<top::MulOp>()) {
      ops.add(mul);
      return !hasActivation(mul) && matchDifference(mul.getLhs()) &&
             matchDifference(mul.getRhs());
    }
    auto pow = value.getDefiningOp<top::PowOp>();
    if (!pow || getSplat(pow.getRhs()) != 2.0)
      return false;
    ops.add(pow);
    return matchDifference(pow.getLhs());
  }

  /// mean of the squares + epsilon.
  bool matchVariance(Value value) {
    auto add = value.getDefiningOp<top::AddOp>();
    if (!add || hasActivation(add))
      return false;
    ops.add(add);
    for (unsigned side : {0u, 1u}) {
      auto number = getSplat(add->getOperand(1 - side));
      auto mean = add->getOperand(side).getDefiningOp<top::ReduceMeanOp>();
      if (!number || !mean)
        continue;
      epsilon = *number;
      return epsilon >= 0 && std::isfinite(epsilon) &&
             matchSquare(mean.getInput()) && matchMean(mean, mean.getInput());
    }
    return false;
  }

  /// The square root of the variance.
  bool matchDeviation(Value value) {
    if (auto root = value.getDefiningOp<top::SqrtOp>()) {
      ops.add(root);
      return matchVariance(root.getInput());
    }
    return matchPower(value, 0.5);
  }

  /// One over the square root of the variance.
  bool matchInverse(Value value) {
    if (auto reciprocal = value.getDefiningOp<top::ReciprocalOp>()) {
      ops.add(reciprocal);
      return matchDeviation(reciprocal.getInput());
    }
    if (auto div = value.getDefiningOp<top::DivOp>()) {
      ops.add(div);
      return !hasActivation(div) && getSplat(div.getLhs()) == 1.0 &&
             matchDeviation(div.getRhs());
    }
    return matchPower(value, -0.5);
  }

  /// True when the dimensions are the last ones of the input.
  bool areAxesLast() const {
    int64_t rank = top::getShape(input).size();
    for (auto [i, axis] : llvm::enumerate(axes))
      if (axis != rank - int64_t(axes.size()) + int64_t(i))
        return false;
    return !axes.empty();
  }

private:
  bool matchPower(Value value, double exponent) {
    auto pow = value.getDefiningOp<top::PowOp>();
    if (!pow || getSplat(pow.getRhs()) != exponent)
      return false;
    ops.add(pow);
    return matchVariance(pow.getLhs());
  }
};

} // namespace

/// The order in which the normalised dimensions are the last ones.
static SmallVector<int64_t> bringAxesLast(ArrayRef<int64_t> axes,
                                          int64_t rank) {
  SmallVector<int64_t> perm;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(axes, dim))
      perm.push_back(dim);
  llvm::append_range(perm, axes);
  return perm;
}

/// Replaces `last` by the norm that `matcher` has found over dimensions that
/// are not the last ones (the channels of an image), between transposes.
/// Channels last is how the integer program has them anyway.
static void replaceByTransposedNorm(PatternRewriter &rewriter, Operation *last,
                                    NormMatcher &matcher, Location loc) {
  auto type = cast<RankedTensorType>(matcher.input.getType());
  SmallVector<int64_t> perm = bringAxesLast(matcher.axes, type.getRank());
  auto turned = type.clone(applyPermutation<int64_t>(type.getShape(), perm));
  Value input = top::TransposeOp::create(
      rewriter, deriveName(loc, "_axes_last"), turned, matcher.input, perm);
  Value norm = top::LayerNormOp::create(
      rewriter, deriveName(loc, "_normalized"), turned, input, Value(), Value(),
      rewriter.getI64IntegerAttr(type.getRank() - int64_t(matcher.axes.size())),
      rewriter.getF32FloatAttr(float(matcher.epsilon)));
  auto back =
      top::TransposeOp::create(rewriter, loc, last->getResultTypes().front(),
                               norm, invertPermutationVector(perm));
  rewriter.replaceOp(last, back);
}

/// Replaces `last` by the norm that `matcher` has found, if it may.
static LogicalResult replaceByNorm(PatternRewriter &rewriter, Operation *last,
                                   NormMatcher &matcher, Value scale,
                                   Value bias) {
  if (matcher.axes.empty())
    return rewriter.notifyMatchFailure(last, "normalises over no dimension");
  if (top::getShape(last->getResult(0)) != top::getShape(matcher.input))
    return rewriter.notifyMatchFailure(last, "broadcasts its input");
  matcher.ops.add(last);
  if (!matcher.ops.isClosed(last))
    return rewriter.notifyMatchFailure(
        last, "a value inside the normalization has other users");
  Location loc = matcher.ops.getLoc(last);
  if (!matcher.areAxesLast()) {
    replaceByTransposedNorm(rewriter, last, matcher, loc);
    return success();
  }
  auto norm = top::LayerNormOp::create(
      rewriter, loc, last->getResultTypes().front(), matcher.input, scale, bias,
      rewriter.getI64IntegerAttr(matcher.axes.front()),
      rewriter.getF32FloatAttr(float(matcher.epsilon)));
  rewriter.replaceOp(last, norm);
  return success();
}

/// A constant that broadcasts to the last dimensions of `shape` from `axis`
/// on, repeated to their shape.
static std::optional<Tensor> getParameter(const std::optional<Tensor> &tensor,
                                          ArrayRef<int64_t> shape,
                                          int64_t axis) {
  if (!tensor)
    return std::nullopt;
  ArrayRef<int64_t> own = tensor->shape(), normalized = shape.drop_front(axis);
  while (own.size() > normalized.size() && own.front() == 1)
    own = own.drop_front();
  auto broadcast = top::broadcastShapes(own, normalized);
  if (!broadcast || ArrayRef<int64_t>(*broadcast) != normalized)
    return std::nullopt;

  Tensor repeated(DType::F32, normalized.vec());
  size_t missing = normalized.size() - own.size();
  for (int64_t i = 0; i < repeated.numElements(); ++i) {
    int64_t from = 0, step = 1, rest = i;
    for (size_t d = normalized.size(); d-- > missing;) {
      if (own[d - missing] != 1)
        from += rest % normalized[d] * step;
      rest /= normalized[d];
      step *= own[d - missing];
    }
    repeated.data<float>()[i] = tensor->data<float>()[from];
  }
  return repeated;
}

namespace {

/// difference / deviation.
struct RecognizeQuotient : OpRewritePattern<top::DivOp> {
  RecognizeQuotient(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context, /*benefit=*/2), count(count) {}

  LogicalResult matchAndRewrite(top::DivOp div,
                                PatternRewriter &rewriter) const override {
    NormMatcher matcher;
    if (hasActivation(div) || !matcher.matchDifference(div.getLhs()) ||
        !matcher.matchDeviation(div.getRhs()))
      return rewriter.notifyMatchFailure(
          div, "is not a difference from the mean over a deviation");
    if (failed(replaceByNorm(rewriter, div, matcher, {}, {})))
      return failure();
    ++count;
    return success();
  }

private:
  Pass::Statistic &count;
};

/// difference * (1 / deviation).
struct RecognizeProduct : OpRewritePattern<top::MulOp> {
  RecognizeProduct(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context, /*benefit=*/2), count(count) {}

  LogicalResult matchAndRewrite(top::MulOp mul,
                                PatternRewriter &rewriter) const override {
    for (unsigned side : {0u, 1u}) {
      NormMatcher matcher;
      if (hasActivation(mul) ||
          !matcher.matchDifference(mul->getOperand(side)) ||
          !matcher.matchInverse(mul->getOperand(1 - side)))
        continue;
      if (failed(replaceByNorm(rewriter, mul, matcher, {}, {})))
        return failure();
      ++count;
      return success();
    }
    return rewriter.notifyMatchFailure(
        mul, "is not a difference from the mean times an inverse deviation");
  }

private:
  Pass::Statistic &count;
};

/// x * i + (bias - mean * i), i being scale / deviation.
struct RecognizeExpanded : OpRewritePattern<top::AddOp> {
  RecognizeExpanded(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context, /*benefit=*/2), count(count) {}

  LogicalResult matchAndRewrite(top::AddOp add,
                                PatternRewriter &rewriter) const override {
    for (unsigned side : {0u, 1u}) {
      auto sub = add->getOperand(1 - side).getDefiningOp<top::SubOp>();
      auto mul = add->getOperand(side).getDefiningOp<top::MulOp>();
      auto shifted =
          sub ? sub.getRhs().getDefiningOp<top::MulOp>() : top::MulOp();
      if (!mul || !shifted || hasActivation(add) || hasActivation(sub) ||
          hasActivation(mul) || hasActivation(shifted))
        continue;
      for (unsigned i : {0u, 1u})
        for (unsigned j : {0u, 1u})
          if (mul->getOperand(i) == shifted->getOperand(j) &&
              succeeded(rewrite(add, sub, mul, shifted, i, j, rewriter)))
            return success();
    }
    return rewriter.notifyMatchFailure(add, "is not x * i + (b - mean * i)");
  }

private:
  /// The inverse is operand `i` of `mul` and operand `j` of `shifted`.
  LogicalResult rewrite(top::AddOp add, top::SubOp sub, top::MulOp mul,
                        top::MulOp shifted, unsigned i, unsigned j,
                        PatternRewriter &rewriter) const {
    NormMatcher matcher;
    matcher.input = mul->getOperand(1 - i);
    Value inverse = mul->getOperand(i), scale;
    if (auto scaled = inverse.getDefiningOp<top::MulOp>()) {
      unsigned side = getFloatConstant(scaled.getRhs()) ? 0 : 1;
      if (hasActivation(scaled))
        return rewriter.notifyMatchFailure(add, "a factor is clamped");
      inverse = scaled->getOperand(side);
      scale = scaled->getOperand(1 - side);
      matcher.ops.add(scaled);
    }
    if (!matcher.matchInverse(inverse) ||
        !matcher.matchMean(shifted->getOperand(1 - j), matcher.input) ||
        !matcher.areAxesLast())
      return rewriter.notifyMatchFailure(add, "no inverse deviation and mean");
    for (Operation *op : {sub.getOperation(), mul.getOperation(),
                          shifted.getOperation(), add.getOperation()})
      matcher.ops.add(op);
    if (!matcher.ops.isClosed(add))
      return rewriter.notifyMatchFailure(
          add, "a value inside the normalization has other users");

    ArrayRef<int64_t> shape = top::getShape(matcher.input);
    if (top::getShape(add.getOutput()) != shape)
      return rewriter.notifyMatchFailure(add, "broadcasts its input");
    int64_t axis = matcher.axes.front();
    auto bias = getParameter(getFloatConstant(sub.getLhs()), shape, axis);
    std::optional<Tensor> factor;
    if (scale)
      factor = getParameter(getFloatConstant(scale), shape, axis);
    if (!bias || (scale && !factor))
      return rewriter.notifyMatchFailure(
          add, "scale or bias is not a constant of the normalised shape");
    Value biasValue =
        createConstant(rewriter, sub.getLhs().getLoc(), *bias, add.getType());
    Value scaleValue;
    if (scale)
      scaleValue =
          createConstant(rewriter, scale.getLoc(), *factor, add.getType());
    if (failed(replaceByNorm(rewriter, add, matcher, scaleValue, biasValue)))
      return failure();
    ++count;
    return success();
  }

  Pass::Statistic &count;
};

/// A constant factor (of a norm without parameters) or summand (of a norm
/// without bias).
template <typename OpTy> struct FuseParameter : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    constexpr bool isScale = std::is_same_v<OpTy, top::MulOp>;
    unsigned side =
        op.getLhs().template getDefiningOp<top::LayerNormOp>() ? 0 : 1;
    auto norm = op->getOperand(side).template getDefiningOp<top::LayerNormOp>();
    if (!norm || !norm->hasOneUse() || hasActivation(op))
      return rewriter.notifyMatchFailure(
          op, "no layer norm with this user alone in front, or clamped");
    if (norm.getBias() || (isScale && norm.getScale()))
      return rewriter.notifyMatchFailure(op, "the norm has its parameters");
    Value constant = op->getOperand(1 - side);
    auto parameter =
        getParameter(getFloatConstant(constant),
                     top::getShape(norm.getOutput()), norm.getAxis());
    if (!parameter)
      return rewriter.notifyMatchFailure(
          op, "not a constant of the normalised shape");

    // A constant that has the shape is used as it is.
    Value value = constant;
    if (top::getShape(constant) != ArrayRef<int64_t>(parameter->shape()))
      value = createConstant(rewriter, constant.getLoc(), *parameter,
                             norm.getType());
    rewriter
        .replaceOpWithNewOp<top::LayerNormOp>(
            op, op.getType(), norm.getInput(),
            isScale ? value : norm.getScale(), isScale ? Value() : value,
            norm.getAxisAttr(), norm.getEpsilonAttr())
        ->setLoc(fuseNames(op.getLoc(), norm.getLoc()));
    return success();
  }
};

/// op(transpose(norm), constant) becomes transpose(op(norm, constant)) for a
/// constant that varies along one dimension at most: its elements keep their
/// order.
template <typename OpTy> struct PassTranspose : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    unsigned side =
        op.getLhs().template getDefiningOp<top::TransposeOp>() ? 0 : 1;
    auto transpose =
        op->getOperand(side).template getDefiningOp<top::TransposeOp>();
    auto norm =
        transpose
            ? transpose.getInput().template getDefiningOp<top::LayerNormOp>()
            : top::LayerNormOp();
    if (!norm || !norm->hasOneUse() || !transpose->hasOneUse() ||
        hasActivation(op) || op.getType() != transpose.getType())
      return rewriter.notifyMatchFailure(op, "no transposed norm in front");
    auto constant = getFloatConstant(op->getOperand(1 - side));
    int64_t rank = transpose.getPerm().size();
    if (!constant || constant->rank() > rank ||
        llvm::count_if(constant->shape(), [](int64_t d) { return d != 1; }) > 1)
      return rewriter.notifyMatchFailure(
          op, "not a constant that varies along one dimension");
    Shape aligned(rank - constant->rank(), 1), turned(rank);
    llvm::append_range(aligned, constant->shape());
    for (auto [to, from] : llvm::enumerate(transpose.getPerm()))
      turned[from] = aligned[to];
    auto normType = cast<RankedTensorType>(norm.getType());
    if (!getParameter(constant->reshaped(turned), normType.getShape(),
                      norm.getAxis()))
      return rewriter.notifyMatchFailure(
          op, "not a constant of the normalised shape");
    Value parameter =
        createConstant(rewriter, op->getOperand(1 - side).getLoc(),
                       constant->reshaped(turned), normType);
    Value inner = OpTy::create(rewriter, deriveName(op.getLoc(), "_axes_last"),
                               TypeRange(normType), ValueRange{norm, parameter},
                               op->getAttrs());
    auto outer = rewriter.replaceOpWithNewOp<top::TransposeOp>(
        op, op.getType(), inner, transpose.getPerm());
    outer->setLoc(fuseNames(op.getLoc(), transpose.getLoc()));
    return success();
  }
};

struct RecognizeLayerNorm : impl::RecognizeLayerNormBase<RecognizeLayerNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RecognizeQuotient, RecognizeProduct, RecognizeExpanded>(
        &getContext(), numRecognized);
    patterns.add<FuseParameter<top::MulOp>, FuseParameter<top::AddOp>,
                 PassTranspose<top::MulOp>, PassTranspose<top::AddOp>>(
        &getContext());
    if (failed(applyPatterns(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace qc
