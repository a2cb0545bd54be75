// Inner loops over blocks of elements, compiled once per instruction set.
//
// Kernels load a block of stored values as 32-bit integers, compute on it and
// store it: that needs a handful of loops instead of one per combination of
// storage types, and a block stays in the first-level cache.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_LOOPS_LOOPS_H
#define QCRT_SRC_LOOPS_LOOPS_H

#include "Rounding.h"
#include "qcrt.h"

#include <cstdint>

namespace qcrt {

/// Elements that kernels process at a time.
constexpr int64_t blockSize = 1024;

/// What is done with a value after rescaling.
struct ResultRange {
  int32_t zeroPoint, low, high;
};

/// The parameters of neighbouring channels, side by side.
struct RequantLanes {
  const int32_t *multipliers, *shifts;
  const float *scales; ///< instead of the others in mode Float
};

/// clamp(round((m1*a + m2*b) * 2^-shift) + zero point); m2 is negative for a
/// difference. The scales are used in mode Float instead.
struct SumParameters {
  bool bytes; ///< both operands are below 2^9 in magnitude
  int32_t firstMultiplier, secondMultiplier, shift;
  float firstScale, secondScale;
  ResultRange range;
};

/// The two neighbours of a resized pixel along a dimension.
struct Blend {
  int64_t first, second;
  int32_t firstWeight, secondWeight;
};

struct NormParameters {
  double mean, factor;
  ResultRange range;
};

/// All give the same results on every instruction set. Arrays may not overlap,
/// except that out may be the same as an input (not in sum).
struct Loops {
  /// out[i] = in[i] - zeroPoint; dtype i8, u8 or i16.
  void (*load)(qcrt_dtype dtype, const void *in, int64_t count,
               int32_t zeroPoint, int32_t *out);
  /// Stores values that fit the type.
  void (*store)(qcrt_dtype dtype, const int32_t *in, int64_t count, void *out);
  void (*rescale)(RequantMode mode, const int32_t *in, int64_t count,
                  const RequantLane &lane, const ResultRange &range,
                  int32_t *out);
  /// The same with the parameters of element i in lanes[i].
  void (*rescaleChannels)(RequantMode mode, const int32_t *in, int64_t count,
                          const RequantLanes &lanes, const ResultRange &range,
                          int32_t *out);
  void (*sum)(RequantMode mode, const int32_t *a, const int32_t *b,
              int64_t count, const SumParameters &parameters, int32_t *out);
  /// Products must fit 32 bits.
  void (*multiply)(const int32_t *a, const int32_t *b, int64_t count,
                   int32_t *out);
  void (*clampTo)(const int32_t *in, int64_t count, int32_t low, int32_t high,
                  int32_t *out);
  /// clamp(round_half_even(in[i] / scale) + zero point); NaN gives zero point.
  void (*quantize)(const float *in, int64_t count, float scale,
                   const ResultRange &range, int32_t *out);
  /// out[i] = in[i] * scale.
  void (*dequantize)(const int32_t *in, int64_t count, float scale, float *out);
  /// inOut[i] = max(inOut[i], in[i]), or min; stored values.
  void (*maximum)(qcrt_dtype dtype, void *inOut, const void *in, int64_t count);
  void (*minimum)(qcrt_dtype dtype, void *inOut, const void *in, int64_t count);
  /// inOut[i] += in[i].
  void (*accumulate)(qcrt_dtype dtype, int32_t *inOut, const void *in,
                     int64_t count);
  /// Sum of stored values; fits 32 bits.
  int32_t (*total)(qcrt_dtype dtype, const void *in, int64_t count);
  /// out[i] = top[i] * topWeight + bottom[i] * bottomWeight; 8 bit.
  void (*blendRows)(qcrt_dtype dtype, const void *top, const void *bottom,
                    int32_t topWeight, int32_t bottomWeight, int64_t count,
                    int32_t *out);
  /// Pixels from such a row: each of two neighbours, minus offset.
  void (*blendColumns)(const int32_t *row, const Blend *blends, int64_t pixels,
                       int64_t channels, int32_t offset, int32_t *out);
  /// Adds the sums of x and of x * x; |x| < 2^17.
  void (*moments)(const int32_t *in, int64_t count, int64_t *sum,
                  int64_t *squares);
  /// clamp(round_half_even((in[i] - mean) * factor * gain[i] + bias[i])) + zero
  /// point.
  void (*normalise)(const int32_t *in, int64_t count,
                    const NormParameters &norm, const double *gain,
                    const double *bias, int32_t *out);
};

/// The loops for this machine (see compute/Isa.h for how to choose others).
const Loops &loops();

} // namespace qcrt
#endif // QCRT_SRC_LOOPS_LOOPS_H
