// From ranges to scales and zero points.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/Parameters.h"

#include <cfloat>
#include <cmath>

namespace qc {

/// The next power of two that is not below `scale`.
static double roundUpToPowerOfTwo(double scale) {
  int exponent;
  double fraction = std::frexp(scale, &exponent);
  return fraction == 0.5 ? scale : std::ldexp(1.0, exponent);
}

/// Scales are float32 numbers, never denormal: reciprocals stay finite.
static double toScale(double scale, bool powerOfTwo) {
  if (!(scale >= FLT_MIN))
    return FLT_MIN;
  if (scale > FLT_MAX)
    scale = FLT_MAX;
  if (powerOfTwo)
    scale = roundUpToPowerOfTwo(scale);
  return static_cast<float>(scale);
}

quant::UniformQuantizedType getActivationType(MLIRContext *context,
                                              ValueRange1D range,
                                              const ActivationScheme &scheme) {
  double min = std::min(range.min, 0.0);
  double max = std::max(range.max, 0.0);
  int64_t high = scheme.isSigned ? (int64_t(1) << (scheme.bits - 1)) - 1
                                 : (int64_t(1) << scheme.bits) - 1;
  int64_t low = scheme.isSigned ? -high - 1 : 0;
  double scale;
  int64_t zeroPoint = 0;
  if (max - min < FLT_MIN * (high - low)) {
    // Nothing but zeros, which any scale can hold. One near those of other
    // tensors can be combined with them.
    scale = 1;
  } else if (scheme.symmetric) {
    scale = toScale(std::max(-min, max) / high, scheme.powerOfTwo);
    // Values below zero need the signed type; the unsigned one starts at 0.
  } else {
    scale = toScale((max - min) / (high - low), scheme.powerOfTwo);
    zeroPoint = std::clamp<int64_t>(
        static_cast<int64_t>(std::nearbyint(low - min / scale)), low, high);
  }
  return quant::UniformQuantizedType::get(
      scheme.isSigned ? quant::QuantizationFlags::Signed : 0,
      IntegerType::get(context, scheme.bits), Float32Type::get(context), scale,
      zeroPoint, low, high);
}

double getWeightScale(double magnitude, double floor,
                      const WeightScheme &scheme) {
  int64_t high = (int64_t(1) << (scheme.bits - 1)) - 1;
  return toScale(std::max(magnitude / high, floor), scheme.powerOfTwo);
}

int64_t quantizeValue(double value, double scale, int64_t zeroPoint,
                      int64_t low, int64_t high) {
  if (std::isnan(value))
    return zeroPoint;
  double stored = std::nearbyint(value / scale) + double(zeroPoint);
  return static_cast<int64_t>(std::clamp(stored, double(low), double(high)));
}

int64_t quantizeValue(double value, quant::UniformQuantizedType type) {
  return quantizeValue(value, type.getScale(), type.getZeroPoint(),
                       type.getStorageTypeMin(), type.getStorageTypeMax());
}

ValueRange1D getRepresentableRange(quant::UniformQuantizedType type) {
  return {(type.getStorageTypeMin() - type.getZeroPoint()) * type.getScale(),
          (type.getStorageTypeMax() - type.getZeroPoint()) * type.getScale()};
}

} // namespace qc
