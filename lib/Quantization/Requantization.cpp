// From scale ratios to multipliers and shifts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/Requantization.h"

#include <cmath>

namespace qc {

namespace {
/// r = multiplier * 2^-shift with the multiplier in [2^(bits-1), 2^bits).
struct ScaledRatio {
  int64_t multiplier;
  int shift;
};
} // namespace

static ScaledRatio scaleRatio(double ratio, int bits) {
  int exponent;
  double fraction = std::frexp(ratio, &exponent);
  auto multiplier =
      static_cast<int64_t>(std::nearbyint(std::ldexp(fraction, bits)));
  if (multiplier == int64_t(1) << bits) {
    multiplier >>= 1;
    ++exponent;
  }
  return {multiplier, bits - exponent};
}

static LogicalResult checkRatio(Location loc, double ratio, int shift,
                                int lowest, int highest) {
  if (ratio > 0 && std::isfinite(ratio) && shift >= lowest && shift <= highest)
    return success();
  return emitError(loc) << "cannot rescale by " << ratio
                        << ": the scales of operands and result are too far "
                           "apart; check the calibrated ranges";
}

FailureOr<tpu::RequantAttr> makeRequant(Location loc, ArrayRef<double> ratios,
                                        tpu::RequantKind kind,
                                        tpu::Rounding rounding) {
  SmallVector<int32_t> multipliers, shifts;
  SmallVector<float> scales;
  // What is scaled by less than this is less than half a step of any result,
  // as a residual branch that training has switched off is.
  double smallest = std::ldexp(1.0, kind == tpu::RequantKind::Pow2 ? -45 : -32);
  for (double ratio : ratios) {
    if (kind == tpu::RequantKind::Float) {
      scales.push_back(static_cast<float>(ratio));
      continue;
    }
    if (ratio > 0)
      ratio = std::max(ratio, smallest);
    if (kind == tpu::RequantKind::Pow2) {
      ScaledRatio scaled = scaleRatio(ratio, 1);
      if (failed(checkRatio(loc, ratio, scaled.shift, -30, 45)))
        return failure();
      if (std::ldexp(double(scaled.multiplier), -scaled.shift) != ratio)
        return emitError(loc) << "cannot rescale by " << ratio
                              << " with a shift: it is no power of two";
      shifts.push_back(scaled.shift);
      continue;
    }
    bool wide = kind == tpu::RequantKind::Mul32;
    ScaledRatio scaled = scaleRatio(ratio, wide ? 31 : 15);
    if (failed(
            checkRatio(loc, ratio, scaled.shift, wide ? 2 : 0, wide ? 62 : 46)))
      return failure();
    multipliers.push_back(static_cast<int32_t>(scaled.multiplier));
    shifts.push_back(scaled.shift);
  }
  DenseF32ArrayAttr scalesAttr =
      scales.empty() ? nullptr
                     : DenseF32ArrayAttr::get(loc.getContext(), scales);
  return tpu::RequantAttr::get(loc.getContext(), kind, rounding, multipliers,
                               shifts, scalesAttr);
}

FailureOr<tpu::RequantAttr> makeSumRequant(Location loc, double lhsRatio,
                                           double rhsRatio,
                                           tpu::RequantKind kind,
                                           tpu::Rounding rounding) {
  if (kind == tpu::RequantKind::Float)
    return makeRequant(loc, {lhsRatio, rhsRatio}, kind, rounding);
  // The larger ratio sets the shift; the smaller one keeps what is left.
  double larger = std::max(lhsRatio, rhsRatio);
  ScaledRatio scaled = scaleRatio(larger, 31);
  // A sum has one shift that both kinds of integer multiplier share.
  if (scaled.shift > 62)
    scaled.shift = 62;
  if (failed(checkRatio(loc, larger, scaled.shift, 2, 62)))
    return failure();
  auto multiplier = [&](double ratio) {
    return static_cast<int32_t>(std::min<double>(
        std::nearbyint(std::ldexp(ratio, scaled.shift)), 2147483647.0));
  };
  return tpu::RequantAttr::get(loc.getContext(), tpu::RequantKind::Mul32,
                               rounding,
                               {multiplier(lhsRatio), multiplier(rhsRatio)},
                               {static_cast<int32_t>(scaled.shift)}, nullptr);
}

} // namespace qc
