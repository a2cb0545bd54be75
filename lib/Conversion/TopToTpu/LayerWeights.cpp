// Weights and biases of layers in integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"
#include "qc/Dialect/QC/IR/SourceNodes.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Quantization/GroupScales.h"
#include "qc/Support/Permutation.h"

#include "mlir/IR/Matchers.h"

#include <cmath>

namespace qc {

LogicalResult refuseComputed(Operation *op, StringRef role, Value value) {
  return op->emitOpError("at '")
         << getDisplayName(op) << "' has a " << role
         << " that the network computes ('" << getTensorName(value)
         << "'), for which there is no integer form" << describeWaysOut(op);
}

static FailureOr<SmallVector<float>> readBias(Operation *op, Value value,
                                              int64_t outputs) {
  if (!value)
    return SmallVector<float>(outputs, 0.0f);
  auto bias = getFloatElements(value);
  if (!bias)
    return refuseComputed(op, "bias", value);
  if (!llvm::all_of(*bias, [](float b) { return std::isfinite(b); }))
    return op->emitOpError("at '")
           << getDisplayName(op) << "' has a bias that is not finite";
  return *bias;
}

FailureOr<LayerWeights> LayerWeights::read(Operation *op, Value weight,
                                           Value bias, int64_t outputs) {
  if (!matchPattern(weight, m_Constant()))
    return refuseComputed(op, "weight", weight);
  auto constant = weight.getDefiningOp<top::QuantizedConstantOp>();
  auto type = cast<RankedTensorType>(weight.getType());
  auto element = dyn_cast<quant::QuantizedType>(type.getElementType());
  auto parameters = top::BlockParameters::get(type);
  if (!constant || !element || !parameters)
    return op->emitOpError("at '")
           << getDisplayName(op)
           << "' needs a constant weight with a storage type; found " << type
           << "; run --assign-quantization first";
  auto stored = top::getStoredIntegers(constant.getValue(), element.isSigned());
  auto biases = readBias(op, bias, outputs);
  if (!stored)
    return op->emitOpError("at '") << getDisplayName(op)
                                   << "' has a weight whose integers are not "
                                      "in this file";
  if (failed(biases))
    return failure();
  LayerWeights weights;
  weights.stored = std::move(*stored);
  weights.shape = llvm::to_vector(type.getShape());
  weights.element = element;
  weights.bias = std::move(*biases);
  if (auto stored =
          bias ? bias.getDefiningOp<top::QuantizedConstantOp>() : nullptr) {
    if (auto integers = top::getStoredIntegers(stored.getValue(), true))
      weights.storedBias = std::move(*integers);
    weights.biasScales =
        top::BlockParameters::get(cast<RankedTensorType>(bias.getType()))
            ->scales;
  }
  // One a channel is one along the dimensions that are the output's.
  auto quantizable = dyn_cast<QuantizableOpInterface>(op);
  SmallVector<int64_t> channel;
  for (OpOperand &use : op->getOpOperands())
    if (quantizable && use.get() == weight)
      channel = quantizable.getWeightBlock(use.getOperandNumber());
  auto scales = getChannelScales(op, type, channel);
  bool isPerOutput = scales && (scales->scales.size() == 1 ||
                                int64_t(scales->scales.size()) == outputs);
  unsigned bits = element.getStorageTypeIntegralWidth();
  if (!isPerOutput || (bits != 4 && bits != 8 && bits != 16) ||
      (bits == 16 && !element.isSigned()))
    return op->emitOpError("at '")
           << getDisplayName(op) << "' has weights '" << getTensorName(weight)
           << "' stored as " << (element.isSigned() ? "i" : "u") << bits
           << " with " << parameters->scales.size() << " scales for " << outputs
           << " output channels, for which there is no integer kernel: these "
              "take weights of i4, u4, i8, u8 or i16 with one scale, one an "
              "output channel, or groups of inputs whose scales are integers "
              "(at most 18) times one of their channel; qc compile --refit "
              "chooses such, and --deny leaves the layer in float";
  weights.scales = std::move(scales->scales);
  weights.factors = std::move(scales->factors);
  weights.grid = std::move(scales->grid);
  weights.setZeroPoints(parameters->zeroPoints);
  return weights;
}

/// Kernels take one zero point for all channels, and none of 16 bits; others
/// are subtracted from integers that are widened for it. Of 4 bits they take
/// signed ones without zero point; others are stored in 8.
void LayerWeights::setZeroPoints(ArrayRef<int64_t> zeroPoints) {
  MLIRContext *context = element.getContext();
  bool isZero = llvm::all_of(zeroPoints, [](int64_t z) { return z == 0; });
  if (element.getStorageTypeIntegralWidth() == 4 &&
      !(element.isSigned() && isZero))
    element = quant::UniformQuantizedType::get(
        element.getFlags(), IntegerType::get(context, 8),
        Float32Type::get(context), 1.0, 0, element.getStorageTypeMin(),
        element.getStorageTypeMax());
  if (llvm::all_equal(zeroPoints) &&
      (zeroPoints.front() == 0 || element.getStorageTypeIntegralWidth() == 8)) {
    zeroPoint = zeroPoints.front();
    return;
  }
  auto type = RankedTensorType::get(shape, element);
  top::BlockParameters::get(type)->blocks.forEachRun(
      [&](int64_t first, int64_t size, int64_t block) {
        for (int64_t i = first; i < first + size; ++i)
          stored[i] -= zeroPoints[block];
      });
  element = quant::UniformQuantizedType::get(
      quant::QuantizationFlags::Signed, IntegerType::get(context, 16),
      Float32Type::get(context), 1.0, 0, -32768, 32767);
}

RankedTensorType LayerWeights::getType() const {
  top::Blocks blocks = top::Blocks::ofWhole(shape);
  if (scales.size() > 1)
    blocks.block[0] = 1;
  return top::getBlockType(element.getContext(), blocks, scales,
                           SmallVector<int64_t>(scales.size(), zeroPoint),
                           element.getStorageTypeIntegralWidth(),
                           element.isSigned(), element.getStorageTypeMin(),
                           element.getStorageTypeMax());
}

void LayerWeights::permute(ArrayRef<int64_t> perm) {
  stored = permuteElements<int64_t>(stored, shape, perm);
  shape = applyPermutation<int64_t>(shape, perm);
  if (factors.empty())
    return;
  factors = permuteElements<int64_t>(factors, grid, perm);
  grid = applyPermutation<int64_t>(grid, perm);
}

void LayerWeights::toImage() {
  for (SmallVector<int64_t> *sizes : {&shape, &grid})
    if (sizes->size() == 3)
      sizes->insert(sizes->begin() + 2, 1);
}

/// Whether both are the same to the precision of the floats that hold them.
static bool areSameUnits(ArrayRef<double> a, ArrayRef<double> b) {
  return a.size() == b.size() && llvm::all_of(llvm::zip(a, b), [](auto pair) {
           auto [x, y] = pair;
           return std::abs(x - y) <= 1e-6 * y;
         });
}

FailureOr<QuantizedLayer> lowerLayer(Lowering &lowering, Location loc,
                                     const LayerWeights &weights,
                                     quant::UniformQuantizedType input,
                                     quant::UniformQuantizedType output) {
  unsigned biasBits = input.getStorageTypeIntegralWidth() == 16 ? 64 : 32;
  int64_t biasHigh = biasBits == 64 ? INT64_MAX / 2 : INT32_MAX;
  auto outputs = int64_t(weights.bias.size());
  SmallVector<double> units = llvm::map_to_vector(
      weights.scales, [&](double scale) { return input.getScale() * scale; });
  SmallVector<int64_t> bias = weights.storedBias;
  // What is stored in another unit is rounded to that of the accumulator; files
  // write down the product of two scales in single precision.
  if (bias.empty() || !areSameUnits(weights.biasScales, units)) {
    bias.resize(outputs);
    for (int64_t o = 0; o < outputs; ++o)
      bias[o] = quantizeValue(weights.bias[o], units[units.size() == 1 ? 0 : o],
                              0, -biasHigh, biasHigh);
  }
  SmallVector<double> ratios;
  for (double scale : weights.scales)
    ratios.push_back(input.getScale() * scale / output.getScale());
  auto requant = lowering.requant(loc, ratios);
  if (failed(requant))
    return failure();
  MLIRContext *context = loc.getContext();
  Value factors;
  if (!weights.factors.empty())
    factors = lowering.constant(
        deriveName(loc, "_factors"),
        RankedTensorType::get(weights.grid, IntegerType::get(context, 8)),
        weights.factors);
  auto biasType =
      RankedTensorType::get({outputs}, IntegerType::get(context, biasBits));
  return QuantizedLayer{
      lowering.constant(deriveName(loc, "_weight"), weights.getType(),
                        weights.stored),
      lowering.constant(deriveName(loc, "_bias"), biasType, bias), factors,
      *requant};
}

} // namespace qc
