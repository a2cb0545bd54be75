// Weights and biases of layers in integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Quantization/WeightTypes.h"

#include <cmath>

namespace qc {

static FailureOr<SmallVector<float>> readBias(Operation *op, Value value,
                                              int64_t outputs) {
  if (!value)
    return SmallVector<float>(outputs, 0.0f);
  auto bias = getFloatElements(value);
  if (!bias)
    return op->emitOpError("at '")
           << getDisplayName(op) << "' needs a constant bias";
  if (!llvm::all_of(*bias, [](float b) { return std::isfinite(b); }))
    return op->emitOpError("at '")
           << getDisplayName(op) << "' has a bias that is not finite";
  return *bias;
}

FailureOr<LayerWeights> LayerWeights::read(Operation *op, Value weight,
                                           Value bias, int64_t outputs) {
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
  weights.scales = std::move(parameters->scales);
  weights.scheme.bits = element.getStorageTypeIntegralWidth();
  weights.bias = std::move(*biases);
  if (auto stored =
          bias ? bias.getDefiningOp<top::QuantizedConstantOp>() : nullptr) {
    if (auto integers = top::getStoredIntegers(stored.getValue(), true))
      weights.storedBias = std::move(*integers);
    weights.biasScales =
        top::BlockParameters::get(cast<RankedTensorType>(bias.getType()))->scales;
  }
  bool isPerOutput = weights.scales.size() == 1 ||
                     int64_t(weights.scales.size()) == outputs;
  unsigned bits = weights.scheme.bits;
  bool isSymmetric =
      llvm::all_of(parameters->zeroPoints, [](int64_t zero) { return zero == 0; });
  if (!isPerOutput || (bits != 8 && bits != 16) || !element.isSigned() ||
      !isSymmetric)
    return op->emitOpError("at '")
           << getDisplayName(op) << "' has "
           << (isSymmetric ? "symmetric" : "asymmetric") << " weights '"
           << getTensorName(weight) << "' stored as "
           << (element.isSigned() ? "i" : "u") << bits << " with "
           << weights.scales.size() << " scales for " << outputs
           << " output channels, for which there is no integer kernel: these "
              "take symmetric weights of i8 or i16 with one scale, or one an "
              "output channel";
  return weights;
}

/// Reorders row-major `values`: dimension i of the result is dimension perm[i].
static SmallVector<int64_t> permuteElements(ArrayRef<int64_t> values,
                                            ArrayRef<int64_t> shape,
                                            ArrayRef<int64_t> perm) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = int64_t(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  auto outShape = applyPermutation(shape, perm);
  SmallVector<int64_t> out;
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

void LayerWeights::permute(ArrayRef<int64_t> perm) {
  stored = permuteElements(stored, shape, perm);
  shape = applyPermutation<int64_t>(shape, perm);
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
  // What is stored in another unit is rounded to that of the accumulator.
  if (bias.empty() || weights.biasScales != units) {
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
  top::Blocks blocks = top::Blocks::ofWhole(weights.shape);
  if (weights.scales.size() > 1)
    blocks.block[0] = 1;
  auto weightType =
      getWeightType(context, blocks, weights.scales, weights.scheme);
  auto biasType =
      RankedTensorType::get({outputs}, IntegerType::get(context, biasBits));
  return QuantizedLayer{
      lowering.constant(deriveName(loc, "_weight"), weightType, weights.stored),
      lowering.constant(deriveName(loc, "_bias"), biasType, bias), *requant};
}

} // namespace qc
