// Convolutions, matrix products and per-channel scales.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

#include "mlir/IR/Matchers.h"

namespace qc {

static constexpr int64_t kChannelsLast[] = {0, 2, 3, 1};

/// Attributes of one spatial dimension become those of H (1) and W.
static SmallVector<int64_t> toTwo(ArrayRef<int64_t> values, int64_t neutral) {
  if (values.size() == 2)
    return llvm::to_vector(values);
  return {neutral, values[0]};
}
static SmallVector<int64_t> padsToTwo(ArrayRef<int64_t> pads) {
  if (pads.size() == 4)
    return llvm::to_vector(pads);
  return {0, pads[0], 0, pads[1]};
}

/// A weight [O, I, k...] in two dimensions.
static SmallVector<int64_t> toImageWeight(Value weight) {
  auto shape = cast<RankedTensorType>(weight.getType()).getShape();
  if (shape.size() == 4)
    return llvm::to_vector(shape);
  return {shape[0], shape[1], 1, shape[2]};
}

namespace {
/// The window of a conv or deconv in two dimensions.
struct Window {
  SmallVector<int64_t> strides, pads, dilations;
  int64_t group;
};
} // namespace

/// Creates `OpTy` in NHWC and maps the result.
template <typename OpTy, typename TopOp>
static LogicalResult lowerWindow(TopOp op, Lowering &lowering,
                                 const LayerWeights &weights,
                                 const Window &window) {
  auto element = lowering.getType(op.getOutput());
  return lowering.lowerAsImage(
      op.getLoc(), op.getInput(), op.getOutput(),
      [&](Value data, ArrayRef<int64_t> shape,
          Location loc) -> FailureOr<Value> {
        auto layer =
            lowerLayer(lowering, loc, weights,
                       tpu::getActivationElement(data.getType()), element);
        if (failed(layer))
          return failure();
        return OpTy::create(
                   lowering.builder, loc, RankedTensorType::get(shape, element),
                   data, layer->weight, layer->bias, window.strides,
                   window.pads, window.dilations, window.group, layer->requant,
                   lowering.getClamp(op.getActMin(), op.getActMax(), element),
                   layer->factors)
            .getOutput();
      });
}

static LogicalResult lowerConv(top::ConvOp op, Lowering &lowering) {
  auto shape = toImageWeight(op.getWeight());
  auto weights = LayerWeights::read(op, op.getWeight(), op.getBias(), shape[0]);
  if (failed(weights))
    return failure();
  weights->toImage();
  weights->permute(kChannelsLast);
  return lowerWindow<tpu::Conv2dOp>(
      op, lowering, *weights,
      {toTwo(op.getStrides(), 1), padsToTwo(op.getPads()),
       toTwo(op.getDilations(), 1), int64_t(op.getGroup())});
}

static LogicalResult lowerDeconv(top::DeconvOp op, Lowering &lowering) {
  // [C, O / group, KH, KW] is, a group, a matrix of inputs by outputs.
  auto shape = toImageWeight(op.getWeight());
  int64_t group = op.getGroup();
  auto weights =
      LayerWeights::read(op, op.getWeight(), op.getBias(), shape[1] * group);
  if (failed(weights))
    return failure();
  weights->shape = {group, shape[0] / group, shape[1], shape[2], shape[3]};
  weights->permute({0, 2, 3, 4, 1});
  weights->shape = {group * shape[1], shape[2], shape[3], shape[0] / group};
  return lowerWindow<tpu::Deconv2dOp>(op, lowering, *weights,
                                      {toTwo(op.getStrides(), 1),
                                       padsToTwo(op.getPads()),
                                       toTwo(op.getDilations(), 1), group});
}

/// A factor and an addend a channel: a depthwise convolution of one element.
static LogicalResult lowerScale(top::ScaleOp op, Lowering &lowering) {
  int64_t channels =
      cast<RankedTensorType>(op.getScale().getType()).getNumElements();
  auto weights = LayerWeights::read(op, op.getScale(), op.getBias(), channels);
  if (failed(weights))
    return failure();
  weights->shape = {channels, 1, 1, 1};
  return lowerWindow<tpu::Conv2dOp>(op, lowering, *weights,
                                    {{1, 1}, {0, 0, 0, 0}, {1, 1}, channels});
}

/// Swaps the last two dimensions of an activation.
static Value swapLastTwo(Lowering &lowering, Location loc, Value value) {
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  auto perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(perm[rank - 1], perm[rank - 2]);
  return lowering.transpose(deriveName(loc, "_transposed"), value, perm);
}

static LogicalResult lowerFullyConnected(top::MatMulOp op, Lowering &lowering) {
  Location loc = op.getLoc();
  auto input = lowering.getActivation(op.getLhs());
  if (failed(input))
    return failure();
  Value data = *input;
  if (op.getTransposeLhs())
    data = swapLastTwo(lowering, loc, data);
  auto shape = cast<RankedTensorType>(op.getRhs().getType()).getShape();
  auto weights = LayerWeights::read(op, op.getRhs(), op.getBias(),
                                    shape[op.getTransposeRhs() ? 0 : 1]);
  if (failed(weights))
    return failure();
  if (!op.getTransposeRhs())
    weights->permute({1, 0});
  auto element = lowering.getType(op.getOutput());
  auto layer = lowerLayer(lowering, loc, *weights,
                          tpu::getActivationElement(data.getType()), element);
  if (failed(layer))
    return failure();
  auto resultShape =
      cast<RankedTensorType>(op.getOutput().getType()).getShape();
  lowering.map(op.getOutput(),
               tpu::FullyConnectedOp::create(
                   lowering.builder, loc,
                   RankedTensorType::get(resultShape, element), data,
                   layer->weight, layer->bias, layer->requant,
                   lowering.getClamp(op.getActMin(), op.getActMax(), element),
                   layer->factors));
  return success();
}

/// A layer: the right matrix is constant, of float elements, and not batched.
static bool isFullyConnected(top::MatMulOp op) {
  return matchPattern(op.getRhs(), m_Constant()) &&
         top::isFloatElement(
             cast<RankedTensorType>(op.getRhs().getType()).getElementType()) &&
         cast<RankedTensorType>(op.getRhs().getType()).getRank() == 2 &&
         cast<RankedTensorType>(op.getLhs().getType()).getRank() >= 2;
}

static StringRef getMatMulName(top::MatMulOp op) {
  return isFullyConnected(op) ? tpu::FullyConnectedOp::getOperationName()
                              : tpu::MatmulOp::getOperationName();
}

/// Without a layer's form a constant matrix is one of two operands.
static ConstantForm getMatMulForm(top::MatMulOp op, unsigned index) {
  if (index == 2)
    return ConstantForm::Number;
  return index == 1 && isFullyConnected(op) ? ConstantForm::Weight
                                            : ConstantForm::Activation;
}

static LogicalResult lowerMatMul(top::MatMulOp op, Lowering &lowering) {
  auto rhsType = cast<RankedTensorType>(op.getRhs().getType());
  auto lhsType = cast<RankedTensorType>(op.getLhs().getType());
  if (isFullyConnected(op))
    return lowerFullyConnected(op, lowering);
  if (op.getBias())
    return op.emitOpError("at '") << getDisplayName(op)
                                  << "' has a bias but no constant matrix; "
                                     "leave the bias as an add";
  if (lhsType.getRank() < 2 || rhsType.getRank() < 2)
    return op.emitOpError("at '") << getDisplayName(op)
                                  << "' multiplies vectors; reshape them to "
                                     "matrices";
  auto left = lowering.getActivation(op.getLhs());
  auto right = lowering.getActivation(op.getRhs());
  if (failed(left) || failed(right))
    return failure();
  auto element = lowering.getType(op.getOutput());
  auto requant = lowering.requant(
      op.getLoc(), {tpu::getActivationElement((*left).getType()).getScale() *
                    tpu::getActivationElement((*right).getType()).getScale() /
                    element.getScale()});
  if (failed(requant))
    return failure();
  auto resultShape =
      cast<RankedTensorType>(op.getOutput().getType()).getShape();
  lowering.map(op.getOutput(),
               tpu::MatmulOp::create(
                   lowering.builder, op.getLoc(),
                   RankedTensorType::get(resultShape, element), *left, *right,
                   op.getTransposeLhs(), op.getTransposeRhs(), *requant,
                   lowering.getClamp(op.getActMin(), op.getActMax(), element)));
  return success();
}

void populateConvLowerings(LoweringRegistry &registry) {
  registry.add<top::ConvOp, tpu::Conv2dOp>(lowerConv);
  registry.add<top::DeconvOp, tpu::Deconv2dOp>(lowerDeconv);
  registry.add<top::MatMulOp>(lowerMatMul, getMatMulName, getMatMulForm);
  registry.add<top::ScaleOp, tpu::Conv2dOp>(lowerScale);
}

} // namespace qc
