// fold-batch-norm: factors and shifts of channels become weights and bias.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "LinearOps.h"
#include "Rewrite.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Transforms/ConstantValues.h"
#include "qc/Transforms/Passes.h"

#include <cmath>

namespace qc {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "qc/Transforms/Passes.h.inc"

namespace {

/// result = input * scale[c] + shift[c], c being the index along `axis`.
struct ChannelMap {
  Value input;
  std::vector<double> scale, shift;
  /// What the shift is called.
  Location shiftLoc;
};

} // namespace

static bool isZero(ArrayRef<double> numbers) {
  return llvm::all_of(numbers, [](double x) { return x == 0; });
}

/// The numbers of a vector that may be stored as integers.
static std::optional<std::vector<double>> getVector(Value value) {
  auto stored = value.getDefiningOp<top::QuantizedConstantOp>();
  if (!stored)
    return getNumbers(value);
  auto numbers = top::dequantizeElements(
      stored.getValue(), cast<RankedTensorType>(value.getType()));
  if (!numbers)
    return std::nullopt;
  return std::vector<double>(numbers->begin(), numbers->end());
}

static std::optional<ChannelMap> getMap(top::BatchNormOp op) {
  auto gamma = getVector(op.getScale()), beta = getVector(op.getBias()),
       mean = getVector(op.getMean()), variance = getVector(op.getVariance());
  if (!gamma || !beta || !mean || !variance)
    return std::nullopt;
  double epsilon = op.getEpsilon().convertToFloat();
  for (size_t c = 0; c < gamma->size(); ++c) {
    (*gamma)[c] /= std::sqrt((*variance)[c] + epsilon);
    (*beta)[c] -= (*mean)[c] * (*gamma)[c];
  }
  return ChannelMap{op.getInput(), *gamma, *beta, op.getBias().getLoc()};
}

static std::optional<ChannelMap> getMap(top::ScaleOp op) {
  auto scale = getVector(op.getScale()), bias = getVector(op.getBias());
  if (!scale || !bias)
    return std::nullopt;
  return ChannelMap{op.getInput(), *scale, *bias, op.getBias().getLoc()};
}

/// mul or div by a constant.
template <typename OpTy>
static std::optional<ChannelMap> getFactor(OpTy op, unsigned side,
                                           int64_t axis) {
  ArrayRef<int64_t> shape = top::getShape(op.getOutput());
  Value input = op->getOperand(side);
  auto scale = top::getShape(input) == shape
                   ? getNumbersAlong(op->getOperand(1 - side), shape, axis)
                   : std::nullopt;
  if (!scale)
    return std::nullopt;
  if (std::is_same_v<OpTy, top::DivOp>)
    for (double &factor : *scale)
      factor = 1 / factor;
  std::vector<double> shift(scale->size(), 0.0);
  return ChannelMap{input, *scale, shift, deriveName(op.getLoc(), "_bias")};
}

/// The map along `axis` that `op` is, if its numbers are known.
static std::optional<ChannelMap> getChannelMap(Operation *op, int64_t axis) {
  std::optional<ChannelMap> map;
  if (auto norm = dyn_cast<top::BatchNormOp>(op))
    map = axis == 1 ? getMap(norm) : std::nullopt;
  else if (auto scale = dyn_cast<top::ScaleOp>(op))
    map = axis == 1 ? getMap(scale) : std::nullopt;
  else if (auto div = dyn_cast<top::DivOp>(op))
    map = getFactor(div, 0, axis);
  else if (auto mul = dyn_cast<top::MulOp>(op))
    if (map = getFactor(mul, 0, axis); !map)
      map = getFactor(mul, 1, axis);
  if (map && allFinite(map->scale) && allFinite(map->shift))
    return map;
  return std::nullopt;
}

namespace {

/// MapTy(OpTy(x)) is OpTy with other weights.
template <typename MapTy, typename OpTy>
struct FoldIntoProducer : OpRewritePattern<MapTy> {
  FoldIntoProducer(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern<MapTy>(context, /*benefit=*/2), count(count) {}

  LogicalResult matchAndRewrite(MapTy last,
                                PatternRewriter &rewriter) const override {
    OpTy op;
    for (Value operand : last->getOperands())
      if (!op)
        op = operand.template getDefiningOp<OpTy>();
    if (!op || !op->hasOneUse() || hasActivation(op))
      return rewriter.notifyMatchFailure(
          last, "no op with weights, one user and no clamp in front");
    LinearOp<OpTy> linear(op);
    auto map = getChannelMap(last, linear.outputAxis);
    if (!map || map->input != op.getOutput())
      return rewriter.notifyMatchFailure(
          last, "is not a finite constant map of the channels in front");
    auto bias = getBiasNumbers(op, linear.outputs);
    if (!bias)
      return rewriter.notifyMatchFailure(last, "the bias is not constant");
    for (size_t c = 0; c < bias->size(); ++c)
      (*bias)[c] = (*bias)[c] * map->scale[c] + map->shift[c];
    if (!allFinite(*bias))
      return rewriter.notifyMatchFailure(last, "the bias would overflow");
    rewriter.setInsertionPoint(last);
    Value weight = createScaledWeight(rewriter, op, map->scale);
    if (!weight)
      weight = scaleFloats(linear, op->getOperand(1), map->scale, rewriter);
    if (!weight)
      return rewriter.notifyMatchFailure(
          last, "the weight is not constant or would overflow");

    replaceByLinear(rewriter, last, op, op->getOperand(0), weight, *bias,
                    map->shiftLoc);
    ++count;
    return success();
  }

private:
  /// `weight` with each output channel times its factor; null where it is no
  /// float constant, or a product is not finite.
  static Value scaleFloats(const LinearOp<OpTy> &linear, Value weight,
                           ArrayRef<double> factors, OpBuilder &builder) {
    auto numbers = getFloatConstant(weight);
    if (!numbers)
      return {};
    Tensor scaled = numbers->clone();
    bool isFinite = true;
    forEachConnection(scaled, linear.dim0, linear.dim1,
                      [&](int64_t i, int64_t j, MutableArrayRef<float> inner) {
                        double factor = factors[linear.outputOf(i, j)];
                        for (float &w : inner) {
                          w = float(w * factor);
                          isFinite &= std::isfinite(w);
                        }
                      });
    return isFinite ? createConstant(builder, weight.getLoc(), scaled,
                                     weight.getType())
                    : Value();
  }

  Pass::Statistic &count;
};

/// OpTy(map(x)) is OpTy with other weights.
template <typename OpTy> struct FoldIntoConsumer : OpRewritePattern<OpTy> {
  FoldIntoConsumer(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern<OpTy>(context), count(count) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Operation *first = op->getOperand(0).getDefiningOp();
    LinearOp<OpTy> linear(op);
    int64_t axis = linear.inputAxis;
    auto transpose = dyn_cast_or_null<top::TransposeOp>(first);
    if (transpose && transpose->hasOneUse()) {
      first = transpose.getInput().getDefiningOp();
      axis = transpose.getPerm()[axis];
    }
    if (!first || !first->hasOneUse() || hasActivation(first))
      return rewriter.notifyMatchFailure(
          op, "no op with one user and no clamp in front");
    auto map = getChannelMap(first, axis);
    if (!map)
      return rewriter.notifyMatchFailure(
          op, "the op in front is not a finite constant map of the channels");
    if (!linear.canShiftInput && !isZero(map->shift))
      return rewriter.notifyMatchFailure(
          op, "a shift of the input is not the same at the borders");
    auto weight = getFloatConstant(op->getOperand(1));
    auto bias = getBiasNumbers(op, linear.outputs);
    if (!weight || !bias)
      return rewriter.notifyMatchFailure(op, "weight or bias not constant");

    Tensor scaled = weight->clone();
    bool isFinite = true;
    forEachConnection(scaled, linear.dim0, linear.dim1,
                      [&](int64_t i, int64_t j, MutableArrayRef<float> inner) {
                        int64_t in = linear.inputOf(i, j);
                        int64_t out = linear.outputOf(i, j);
                        for (float &w : inner) {
                          // Stacked weights share one bias; see canShiftInput.
                          if (map->shift[in] != 0)
                            (*bias)[out] += w * map->shift[in];
                          w = float(w * map->scale[in]);
                          isFinite &= std::isfinite(w);
                        }
                      });
    if (!isFinite || !allFinite(*bias))
      return rewriter.notifyMatchFailure(op, "the weights would overflow");

    // The op keeps its own value; what it swallowed is remembered behind.
    Location loc = fuseNames(op.getLoc(), first->getLoc());
    rewriter.modifyOpInPlace(op, [&] { op->setLoc(loc); });
    Value input = map->input;
    if (transpose)
      input = top::TransposeOp::create(
          rewriter, deriveName(transpose.getLoc(), "_unscaled"),
          top::getResultTypeLike(transpose.getType()), input,
          transpose.getPerm());
    Value weights = createConstant(rewriter, op->getOperand(1).getLoc(), scaled,
                                   op->getOperand(1).getType());
    replaceByLinear(rewriter, op, op, input, weights, *bias, map->shiftLoc);
    ++count;
    return success();
  }

private:
  Pass::Statistic &count;
};

/// A batch norm on its own is a factor and a shift.
struct BatchNormToScale : OpRewritePattern<top::BatchNormOp> {
  BatchNormToScale(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(top::BatchNormOp op,
                                PatternRewriter &rewriter) const override {
    auto map = getChannelMap(op, /*axis=*/1);
    if (!map)
      return rewriter.notifyMatchFailure(
          op, "parameters are not constant or not finite");
    Value scale = createNumbers(rewriter, op.getScale().getLoc(), map->scale,
                                op.getScale().getType());
    Value shift = createNumbers(rewriter, op.getBias().getLoc(), map->shift,
                                op.getBias().getType());
    rewriter.replaceOpWithNewOp<top::ScaleOp>(
        op, op.getType(), map->input, scale, shift, /*act_min=*/FloatAttr(),
        /*act_max=*/FloatAttr());
    ++count;
    return success();
  }

private:
  Pass::Statistic &count;
};

template <typename OpTy>
void addProducer(RewritePatternSet &patterns, Pass::Statistic &count) {
  patterns.add<FoldIntoProducer<top::BatchNormOp, OpTy>,
               FoldIntoProducer<top::ScaleOp, OpTy>,
               FoldIntoProducer<top::MulOp, OpTy>,
               FoldIntoProducer<top::DivOp, OpTy>>(patterns.getContext(),
                                                   count);
}

struct FoldBatchNorm : impl::FoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    addProducer<top::ConvOp>(patterns, numFolded);
    addProducer<top::DeconvOp>(patterns, numFolded);
    addProducer<top::MatMulOp>(patterns, numFolded);
    addProducer<top::ScaleOp>(patterns, numFolded);
    patterns.add<FoldIntoConsumer<top::ConvOp>, FoldIntoConsumer<top::DeconvOp>,
                 FoldIntoConsumer<top::MatMulOp>>(&getContext(), numFolded);
    patterns.add<BatchNormToScale>(&getContext(), numScales);
    if (failed(applyPatterns(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace qc
