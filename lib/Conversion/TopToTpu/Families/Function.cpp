// Functions of one tensor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FunctionTable.h"
#include "Lowering.h"
#include "qc/Dialect/Top/IR/NamedFunction.h"
#include "qc/Quantization/WeightTypes.h"

#include <cmath>

namespace qc {

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
static double silu(double x) { return x * sigmoid(x); }
static double hardSigmoid(double x, double alpha, double beta) {
  return std::clamp(alpha * x + beta, 0.0, 1.0);
}
static double hardSwish(double x) { return x * hardSigmoid(x, 1.0 / 6, 0.5); }
static double gelu(double x) { return 0.5 * x * (1 + std::erf(x * M_SQRT1_2)); }
static double geluTanh(double x) {
  return 0.5 * x *
         (1 + std::tanh(M_2_SQRTPI * M_SQRT1_2 * (x + 0.044715 * x * x * x)));
}
static double negate(double x) { return -x; }
static double reciprocal(double x) { return 1 / x; }
static double sign(double x) { return (x > 0) - (x < 0); }
static double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
}
static double mish(double x) { return x * std::tanh(softplus(x)); }

/// `op`, which computes `function` under the name and parameters of its own.
template <typename OpTy>
static LogicalResult lowerNamed(OpTy op, Lowering &lowering,
                                llvm::function_ref<double(double)> function) {
  auto [name, params] = top::getNamedFunction(op);
  return lowerToTable(op, lowering, op.getInput(), name, params, function);
}

template <typename OpTy, double (*function)(double)>
static LogicalResult lowerPlain(OpTy op, Lowering &lowering) {
  return lowerNamed(op, lowering, function);
}

template <typename OpTy, double (*function)(double)>
static void addPlain(LoweringRegistry &registry) {
  registry.add<OpTy, tpu::LutOp>(lowerPlain<OpTy, function>);
}

static LogicalResult lowerLeakyRelu(top::LeakyReluOp op, Lowering &lowering) {
  double alpha = op.getAlpha().convertToDouble();
  return lowerNamed(op, lowering,
                    [=](double x) { return x < 0 ? alpha * x : x; });
}

static LogicalResult lowerHardSigmoid(top::HardSigmoidOp op,
                                      Lowering &lowering) {
  double alpha = op.getAlpha().convertToDouble();
  double beta = op.getBeta().convertToDouble();
  return lowerNamed(op, lowering,
                    [=](double x) { return hardSigmoid(x, alpha, beta); });
}

static LogicalResult lowerElu(top::EluOp op, Lowering &lowering) {
  double alpha = op.getAlpha().convertToDouble();
  return lowerNamed(op, lowering, [=](double x) {
    return x < 0 ? alpha * std::expm1(x) : x;
  });
}

static LogicalResult lowerGelu(top::GeluOp op, Lowering &lowering) {
  return lowerNamed(op, lowering,
                    op.getApproximate() == "tanh" ? geluTanh : gelu);
}

/// A clamp of its own: a rescale into the result's range whose clamp cuts.
static LogicalResult lowerClamp(Operation *op, Lowering &lowering, Value input,
                                std::optional<APFloat> min,
                                std::optional<APFloat> max) {
  auto lowered = lowering.getActivation(input);
  if (failed(lowered))
    return failure();
  auto element = lowering.getType(op->getResult(0));
  auto from = tpu::getActivationElement((*lowered).getType());
  auto requant =
      lowering.requant(op->getLoc(), {from.getScale() / element.getScale()});
  if (failed(requant))
    return failure();
  auto shape = cast<RankedTensorType>(op->getResult(0).getType()).getShape();
  lowering.map(op->getResult(0),
               tpu::RequantizeOp::create(lowering.builder, op->getLoc(),
                                         RankedTensorType::get(shape, element),
                                         *lowered, *requant,
                                         lowering.getClamp(min, max, element)));
  return success();
}

static LogicalResult lowerRelu(top::ReluOp op, Lowering &lowering) {
  return lowerClamp(op, lowering, op.getInput(), APFloat(0.0f), std::nullopt);
}

static LogicalResult lowerClip(top::ClipOp op, Lowering &lowering) {
  return lowerClamp(op, lowering, op.getInput(), op.getMin(), op.getMax());
}

/// A slope a channel: constant, along axis 1 (or one for all).
static LogicalResult lowerPRelu(top::PReluOp op, Lowering &lowering) {
  auto inputType = cast<RankedTensorType>(op.getInput().getType());
  auto slopeType = cast<RankedTensorType>(op.getSlope().getType());
  int64_t count = slopeType.getNumElements();
  if (count == 1) {
    auto slopes = getFloatElements(op.getSlope());
    if (!slopes)
      return refuseComputed(op, "slope", op.getSlope());
    double alpha = slopes->front();
    return lowerToTable(op, lowering, op.getInput(), "leaky_relu", {alpha},
                        [=](double x) { return x < 0 ? alpha * x : x; });
  }
  int64_t rank = inputType.getRank();
  int64_t offset = rank - slopeType.getRank();
  bool perChannel =
      rank >= 2 && 1 - offset >= 0 && slopeType.getDimSize(1 - offset) == count;
  if (!perChannel)
    return op.emitOpError("at '")
           << getDisplayName(op) << "' needs one slope a channel, found "
           << slopeType;
  auto slopes = LayerWeights::read(op, op.getSlope(), {}, /*outputs=*/1);
  auto input = lowering.getActivation(op.getInput());
  if (failed(slopes) || failed(input))
    return failure();
  if (slopes->zeroPoint != 0 || !slopes->element.isSigned())
    return op.emitOpError("at '")
           << getDisplayName(op) << "' has slopes '"
           << getTensorName(op.getSlope())
           << "' in integers with a zero point, for which there is no integer "
              "kernel: these take i8 around zero; --refit chooses anew";
  slopes->shape = {count};
  auto from = tpu::getActivationElement((*input).getType());
  auto to = lowering.getType(op.getOutput());
  auto positive =
      lowering.requant(op.getLoc(), {from.getScale() / to.getScale()});
  auto negative = lowering.requant(
      op.getLoc(), {from.getScale() * slopes->scales.front() / to.getScale()});
  if (failed(positive) || failed(negative))
    return failure();
  Value slope = lowering.constant(deriveName(op.getLoc(), "_slope"),
                                  slopes->getType(), slopes->stored);
  // Channels last: axis 1 moves to the end and back.
  auto perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  perm.erase(perm.begin() + 1);
  perm.push_back(1);
  Value data =
      lowering.transpose(deriveName(op.getLoc(), "_in_nhwc"), *input, perm);
  auto shape = cast<RankedTensorType>(data.getType()).getShape();
  auto prelu = tpu::PreluOp::create(
      lowering.builder, op.getLoc(), RankedTensorType::get(shape, to), data,
      slope, *positive, *negative, DenseI64ArrayAttr());
  setSourcePermutation(prelu, perm);
  lowering.map(op.getOutput(),
               lowering.transpose(deriveName(op.getLoc(), "_nchw"), prelu,
                                  invertPermutation(perm)));
  return success();
}

static StringRef getPReluName(top::PReluOp op) {
  auto slopes = cast<RankedTensorType>(op.getSlope().getType());
  return slopes.getNumElements() == 1 ? tpu::LutOp::getOperationName()
                                      : tpu::PreluOp::getOperationName();
}

static ConstantForm getPReluForm(top::PReluOp op, unsigned index) {
  bool isTable =
      cast<RankedTensorType>(op.getSlope().getType()).getNumElements() == 1;
  return index == 0 ? ConstantForm::Activation
         : isTable  ? ConstantForm::Number
                    : ConstantForm::Weight;
}

void populateFunctionLowerings(LoweringRegistry &registry) {
  addPlain<top::SigmoidOp, sigmoid>(registry);
  addPlain<top::TanhOp, std::tanh>(registry);
  addPlain<top::HardSwishOp, hardSwish>(registry);
  addPlain<top::SiluOp, silu>(registry);
  addPlain<top::ErfOp, std::erf>(registry);
  addPlain<top::ExpOp, std::exp>(registry);
  addPlain<top::LogOp, std::log>(registry);
  addPlain<top::SqrtOp, std::sqrt>(registry);
  addPlain<top::AbsOp, std::fabs>(registry);
  addPlain<top::NegOp, negate>(registry);
  addPlain<top::ReciprocalOp, reciprocal>(registry);
  addPlain<top::FloorOp, std::floor>(registry);
  addPlain<top::CeilOp, std::ceil>(registry);
  addPlain<top::RoundOp, std::nearbyint>(registry);
  addPlain<top::SignOp, sign>(registry);
  addPlain<top::SinOp, std::sin>(registry);
  addPlain<top::CosOp, std::cos>(registry);
  addPlain<top::SoftplusOp, softplus>(registry);
  addPlain<top::MishOp, mish>(registry);
  registry.add<top::LeakyReluOp, tpu::LutOp>(lowerLeakyRelu);
  registry.add<top::HardSigmoidOp, tpu::LutOp>(lowerHardSigmoid);
  registry.add<top::EluOp, tpu::LutOp>(lowerElu);
  registry.add<top::GeluOp, tpu::LutOp>(lowerGelu);
  registry.add<top::ReluOp, tpu::RequantizeOp>(lowerRelu);
  registry.add<top::ClipOp, tpu::RequantizeOp>(lowerClip);
  registry.add<top::PReluOp>(lowerPRelu, getPReluName, getPReluForm);
}

} // namespace qc
