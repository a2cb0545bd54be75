// Weights and biases of layers in integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"
#include "qc/Quantization/TieFree.h"

#include <cmath>

namespace qc {

/// The squared error of `values` at `scale`, or more than `limit` as soon as it
/// is.
static double getSquaredError(ArrayRef<float> values, double scale,
                              double limit) {
  double error = 0, inverse = 1 / scale;
  for (float value : values) {
    double difference = value - std::nearbyint(value * inverse) * scale;
    error += difference * difference;
    if (error > limit)
      break;
  }
  return error;
}

/// The scale of symmetric weights with the smallest squared error among those
/// that put the largest magnitude on an integer of the upper half of the range.
/// Weights that lie on a grid already (of an earlier quantization) find it.
static double searchWeightScale(ArrayRef<float> values, double floor,
                                const WeightScheme &scheme) {
  double magnitude = 0;
  for (float value : values)
    magnitude = std::max<double>(magnitude, std::abs(value));
  double best = getWeightScale(magnitude, floor, scheme);
  // More bits leave nothing to gain, powers of two nothing to choose.
  if (scheme.bits > 8 || scheme.powerOfTwo || magnitude == 0)
    return best;
  double error =
      getSquaredError(values, best, std::numeric_limits<double>::infinity());
  int64_t high = (int64_t(1) << (scheme.bits - 1)) - 1;
  for (int64_t level = high - 1; level > high / 2 && error > 0; --level) {
    double scale = static_cast<float>(magnitude / level);
    if (scale < floor)
      continue;
    double candidate = getSquaredError(values, scale, error);
    if (candidate < error) {
      error = candidate;
      best = scale;
    }
  }
  return best;
}

/// The weight scale of each output channel (one in all unless per channel).
static SmallVector<double> chooseWeightScales(const LayerWeights &weights,
                                              double inputScale,
                                              double outputScale,
                                              const WeightScheme &scheme,
                                              unsigned biasBits, bool tieFree) {
  int64_t outputs = weights.shape.front();
  int64_t inner = weights.values.size() / outputs;
  double biasLimit = std::ldexp(1.0, biasBits - 2);
  auto getFloor = [&](int64_t output) {
    return std::max(std::abs(weights.bias[output]) / inputScale / biasLimit,
                    kSmallestRatio * outputScale / inputScale);
  };
  ArrayRef<float> values(weights.values);
  auto choose = [&](ArrayRef<float> channel, double floor) -> double {
    double scale = searchWeightScale(channel, floor, scheme);
    if (!tieFree)
      return scale;
    double ratio = getTieFreeRatio(inputScale * scale / outputScale);
    return static_cast<float>(ratio * outputScale / inputScale);
  };
  SmallVector<double> scales;
  if (!scheme.perChannel) {
    double floor = 0;
    for (int64_t o = 0; o < outputs; ++o)
      floor = std::max(floor, getFloor(o));
    return {choose(values, floor)};
  }
  for (int64_t o = 0; o < outputs; ++o)
    scales.push_back(choose(values.slice(o * inner, inner), getFloor(o)));
  return scales;
}

FailureOr<QuantizedLayer> quantizeLayer(Lowering &lowering, Location loc,
                                        const LayerWeights &weights,
                                        quant::UniformQuantizedType input,
                                        quant::UniformQuantizedType output) {
  auto finite = [](float value) { return std::isfinite(value); };
  if (!llvm::all_of(weights.values, finite) ||
      !llvm::all_of(weights.bias, finite))
    return emitError(loc) << "weights or bias hold a value that is not finite";
  const WeightScheme &scheme = lowering.precision.weight;
  unsigned biasBits = input.getStorageTypeIntegralWidth() == 16 ? 64 : 32;
  int64_t outputs = weights.shape.front();
  SmallVector<double> scales =
      lowering.rehearses
          ? SmallVector<double>(scheme.perChannel ? outputs : 1, 1.0)
          : chooseWeightScales(weights, input.getScale(), output.getScale(),
                               scheme,
                               // a 64-bit bias needs no more than its exact
                               // doubles
                               biasBits == 64 ? 50 : 32,
                               output.getStorageTypeIntegralWidth() == 8 &&
                                   !scheme.powerOfTwo);
  int64_t inner = weights.values.size() / outputs;
  int64_t high = (int64_t(1) << (scheme.bits - 1)) - 1;
  int64_t biasHigh = biasBits == 64 ? INT64_MAX / 2 : INT32_MAX;

  SmallVector<int64_t> stored(weights.values.size()), bias(outputs);
  SmallVector<double> ratios;
  for (int64_t o = 0; o < outputs; ++o) {
    double scale = scales[scales.size() == 1 ? 0 : o];
    for (int64_t i = 0; i < inner; ++i)
      stored[o * inner + i] =
          quantizeValue(weights.values[o * inner + i], scale, 0, -high, high);
    bias[o] = quantizeValue(weights.bias[o], input.getScale() * scale, 0,
                            -biasHigh, biasHigh);
    if (o == 0 || scales.size() > 1)
      ratios.push_back(input.getScale() * scale / output.getScale());
  }
  auto requant = lowering.requant(loc, ratios);
  if (failed(requant))
    return failure();
  MLIRContext *context = loc.getContext();
  auto weightType = RankedTensorType::get(
      weights.shape, getWeightType(context, scales, 0, scheme));
  auto biasType =
      RankedTensorType::get({outputs}, IntegerType::get(context, biasBits));
  return QuantizedLayer{
      lowering.constant(deriveName(loc, "_weight"), weightType, stored),
      lowering.constant(deriveName(loc, "_bias"), biasType, bias), *requant};
}

} // namespace qc
