// Convolutions, matrix products and per-channel scales.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

#include "mlir/IR/Matchers.h"

namespace qc {

static constexpr int64_t kChannelsLast[] = {0, 2, 3, 1};

/// The bias of `value`, or zeros when it is absent.
static FailureOr<SmallVector<float>> readBias(Operation *op, Value value,
                                              int64_t outputs) {
  if (!value)
    return SmallVector<float>(outputs, 0.0f);
  auto bias = getFloatElements(value);
  if (!bias)
    return op->emitOpError("at '")
           << getDisplayName(op) << "' needs a constant bias";
  return *bias;
}

static FailureOr<SmallVector<float>> readWeight(Operation *op, Value value) {
  auto weight = getFloatElements(value);
  if (!weight)
    return op->emitOpError("at '")
           << getDisplayName(op) << "' needs a constant weight";
  return *weight;
}

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
      [&](Value data, ArrayRef<int64_t> shape, Location loc) -> FailureOr<Value> {
        auto layer =
            quantizeLayer(lowering, op.getLoc(), weights,
                          tpu::getActivationElement(data.getType()), element);
        if (failed(layer))
          return failure();
        return OpTy::create(
                   lowering.builder, loc, RankedTensorType::get(shape, element),
                   data, layer->weight, layer->bias, window.strides,
                   window.pads, window.dilations, window.group, layer->requant,
                   lowering.getClamp(op.getActMin(), op.getActMax(), element))
            .getOutput();
      });
}

/// Reorders a row-major tensor: element (i0, i1...) of the result is element
/// perm^-1 of the source.
static SmallVector<float> permuteElements(ArrayRef<float> values,
                                          ArrayRef<int64_t> shape,
                                          ArrayRef<int64_t> perm) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = int64_t(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  auto outShape = applyPermutation(shape, perm);
  SmallVector<float> out;
  out.reserve(values.size());
  SmallVector<int64_t> index(shape.size(), 0);
  for (size_t n = 0; n < values.size(); ++n) {
    int64_t offset = 0;
    for (size_t i = 0; i < perm.size(); ++i)
      offset += index[i] * strides[perm[i]];
    out.push_back(values[offset]);
    for (int64_t i = int64_t(perm.size()) - 1; i >= 0; --i) {
      if (++index[i] < outShape[i])
        break;
      index[i] = 0;
    }
  }
  return out;
}

static LogicalResult lowerConv(top::ConvOp op, Lowering &lowering) {
  auto weight = readWeight(op, op.getWeight());
  auto shape = toImageWeight(op.getWeight());
  auto bias = readBias(op, op.getBias(), shape[0]);
  if (failed(weight) || failed(bias))
    return failure();
  LayerWeights weights{permuteElements(*weight, shape, kChannelsLast),
                       applyPermutation<int64_t>(shape, kChannelsLast), *bias};
  return lowerWindow<tpu::Conv2dOp>(
      op, lowering, weights,
      {toTwo(op.getStrides(), 1), padsToTwo(op.getPads()),
       toTwo(op.getDilations(), 1), int64_t(op.getGroup())});
}

static LogicalResult lowerDeconv(top::DeconvOp op, Lowering &lowering) {
  auto weight = readWeight(op, op.getWeight());
  // [C, O / group, KH, KW] is, a group, a matrix of inputs by outputs.
  auto shape = toImageWeight(op.getWeight());
  int64_t group = op.getGroup();
  auto bias = readBias(op, op.getBias(), shape[1] * group);
  if (failed(weight) || failed(bias))
    return failure();
  SmallVector<int64_t> grouped{group, shape[0] / group, shape[1], shape[2],
                               shape[3]};
  LayerWeights weights{
      permuteElements(*weight, grouped, {0, 2, 3, 4, 1}),
      {group * shape[1], shape[2], shape[3], shape[0] / group},
      *bias};
  return lowerWindow<tpu::Deconv2dOp>(
      op, lowering, weights,
      {toTwo(op.getStrides(), 1), padsToTwo(op.getPads()),
       toTwo(op.getDilations(), 1), group});
}

/// A factor and an addend a channel: a depthwise convolution of one element.
static LogicalResult lowerScale(top::ScaleOp op, Lowering &lowering) {
  auto factor = readWeight(op, op.getScale());
  if (failed(factor))
    return failure();
  int64_t channels = factor->size();
  auto bias = readBias(op, op.getBias(), channels);
  if (failed(bias))
    return failure();
  return lowerWindow<tpu::Conv2dOp>(
      op, lowering, {*factor, {channels, 1, 1, 1}, *bias},
      {{1, 1}, {0, 0, 0, 0}, {1, 1}, channels});
}

/// Swaps the last two dimensions of an activation.
static Value swapLastTwo(Lowering &lowering, Location loc, Value value) {
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  auto perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(perm[rank - 1], perm[rank - 2]);
  return lowering.transpose(deriveName(loc, "_transposed"), value, perm);
}

static LogicalResult lowerFullyConnected(top::MatMulOp op, Lowering &lowering,
                                         ArrayRef<float> rhs) {
  Location loc = op.getLoc();
  auto input = lowering.getActivation(op.getLhs());
  if (failed(input))
    return failure();
  Value data = *input;
  if (op.getTransposeLhs())
    data = swapLastTwo(lowering, loc, data);
  auto shape = cast<RankedTensorType>(op.getRhs().getType()).getShape();
  LayerWeights weights;
  if (op.getTransposeRhs()) {
    weights.values.assign(rhs.begin(), rhs.end());
    weights.shape = {shape[0], shape[1]};
  } else {
    weights.values = permuteElements(rhs, shape, {1, 0});
    weights.shape = {shape[1], shape[0]};
  }
  auto bias = readBias(op, op.getBias(), weights.shape[0]);
  if (failed(bias))
    return failure();
  weights.bias = *bias;
  auto element = lowering.getType(op.getOutput());
  auto layer =
      quantizeLayer(lowering, loc, weights,
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
                   lowering.getClamp(op.getActMin(), op.getActMax(), element)));
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

static LogicalResult lowerMatMul(top::MatMulOp op, Lowering &lowering) {
  auto rhsType = cast<RankedTensorType>(op.getRhs().getType());
  auto lhsType = cast<RankedTensorType>(op.getLhs().getType());
  auto rhs = getFloatElements(op.getRhs());
  if (rhs && isFullyConnected(op))
    return lowerFullyConnected(op, lowering, *rhs);
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
      op.getLoc(),
      {tpu::getActivationElement((*left).getType()).getScale() *
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
  registry.add<top::MatMulOp>(lowerMatMul, getMatMulName);
  registry.add<top::ScaleOp, tpu::Conv2dOp>(lowerScale);
}

} // namespace qc
