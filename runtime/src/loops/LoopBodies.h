// The bodies of the inner loops, to be inlined into a function per instruction
// set, where the compiler vectorises them with what that set has.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_LOOPS_LOOPBODIES_H
#define QCRT_SRC_LOOPS_LOOPBODIES_H

#include "Loops.h"

// Iterations touch one index only, so a result may go where an operand was
// read. Rows are short (the channels of a pixel): no unrolling beyond a vector.
#if defined(__clang__)
#define QCRT_INDEPENDENT                                                       \
  _Pragma("clang loop vectorize(assume_safety) interleave_count(1)")
#elif defined(__GNUC__)
#define QCRT_INDEPENDENT _Pragma("GCC ivdep")
#else
#define QCRT_INDEPENDENT
#endif

namespace qcrt::body {

template <typename T>
QCRT_ALWAYS_INLINE void load(const T *in, int64_t count, int32_t zeroPoint,
                             int32_t *out) {
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    out[i] = int32_t(in[i]) - zeroPoint;
}

template <typename T>
QCRT_ALWAYS_INLINE void store(const int32_t *in, int64_t count, T *out) {
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    out[i] = static_cast<T>(in[i]);
}

/// False if no 32-bit accumulator can end on a half: with an exact multiplier
/// that takes a * m to be a multiple of 2^(n-1), of which a brings at most 31
/// factors.
QCRT_ALWAYS_INLINE bool canTie(RequantLane lane) {
  const int32_t needed = lane.shift - 32;
  return isRounded(lane.multiplier) || needed <= 0 ||
         (lane.multiplier & ((int64_t(1) << needed) - 1)) == 0;
}

template <RequantMode mode>
QCRT_ALWAYS_INLINE void rescale(const int32_t *in, int64_t count,
                                RequantLane lane, ResultRange range,
                                int32_t *out) {
  if constexpr (mode == RequantMode::HalfEven)
    if (!canTie(lane))
      return rescale<RequantMode::Single>(in, count, lane, range, out);
  if (mode == RequantMode::Single && lane.shift >= 33) {
    // (a*m + 2^(n-1)) >> n with everything below bit 32 dropped first: the
    // rounding term has no bits there, so the result is the same.
    const int32_t half = int32_t(1) << (lane.shift - 33);
    const int32_t shift = lane.shift - 32;
    const int32_t low = range.low - range.zeroPoint;
    const int32_t high = range.high - range.zeroPoint;
    QCRT_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) {
      int32_t upper =
          static_cast<int32_t>((int64_t(in[i]) * lane.multiplier) >> 32);
      out[i] = clampTo((upper + half) >> shift, low, high) + range.zeroPoint;
    }
    return;
  }
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    out[i] =
        requantize<mode>(in[i], lane, range.zeroPoint, range.low, range.high);
}

template <RequantMode mode>
QCRT_ALWAYS_INLINE void rescaleChannels(const int32_t *in, int64_t count,
                                        const RequantLanes &lanes,
                                        ResultRange range, int32_t *out) {
  const int32_t *multipliers = lanes.multipliers, *shifts = lanes.shifts;
  const float *scales = lanes.scales;
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i) {
    RequantLane lane = {0, 0, 0};
    if constexpr (mode == RequantMode::Float)
      lane.scale = scales[i];
    else
      lane = {multipliers[i], shifts[i], 0};
    out[i] =
        requantize<mode>(in[i], lane, range.zeroPoint, range.low, range.high);
  }
}

template <RequantMode mode>
QCRT_ALWAYS_INLINE void sum(const int32_t *a, const int32_t *b, int64_t count,
                            SumParameters p, int32_t *out) {
  const int32_t zeroPoint = p.range.zeroPoint;
  const int32_t low = p.range.low - zeroPoint, high = p.range.high - zeroPoint;
  if constexpr (mode == RequantMode::Float) {
    const float lowest = static_cast<float>(low);
    const float highest = static_cast<float>(high);
    for (int64_t i = 0; i < count; ++i) {
      float value = static_cast<float>(a[i]) * p.firstScale +
                    static_cast<float>(b[i]) * p.secondScale;
      out[i] = roundHalfEven(clampTo(value, lowest, highest)) + zeroPoint;
    }
    return;
  }
  if (mode == RequantMode::Single && p.bytes && p.shift >= 17 &&
      p.shift <= 46) {
    // m = upper * 2^16 + lower keeps every term in 32 bits; what the two shifts
    // drop is what the one shift of the definition drops.
    const int32_t upper1 = p.firstMultiplier >> 16;
    const int32_t upper2 = p.secondMultiplier >> 16;
    const int32_t lower1 = p.firstMultiplier & 0xffff;
    const int32_t lower2 = p.secondMultiplier & 0xffff;
    const int32_t half = int32_t(1) << (p.shift - 17), shift = p.shift - 16;
    for (int64_t i = 0; i < count; ++i) {
      int32_t lower = a[i] * lower1 + b[i] * lower2;
      int32_t value = a[i] * upper1 + b[i] * upper2 + (lower >> 16) + half;
      out[i] = clampTo(value >> shift, low, high) + zeroPoint;
    }
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    int64_t total =
        int64_t(a[i]) * p.firstMultiplier + int64_t(b[i]) * p.secondMultiplier;
    int64_t value = roundShift<mode>(total, p.shift);
    out[i] =
        static_cast<int32_t>(clampTo<int64_t>(value, low, high)) + zeroPoint;
  }
}

QCRT_ALWAYS_INLINE void multiply(const int32_t *a, const int32_t *b,
                                 int64_t count, int32_t *out) {
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    out[i] = a[i] * b[i];
}

QCRT_ALWAYS_INLINE void clampAll(const int32_t *in, int64_t count, int32_t low,
                                 int32_t high, int32_t *out) {
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    out[i] = clampTo(in[i], low, high);
}

QCRT_ALWAYS_INLINE void quantize(const float *in, int64_t count, float scale,
                                 ResultRange range, int32_t *out) {
  const float low = static_cast<float>(range.low - range.zeroPoint);
  const float high = static_cast<float>(range.high - range.zeroPoint);
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i) {
    float value = in[i] / scale;
    value = value == value ? value : 0.0f; // NaN
    out[i] = roundHalfEven(clampTo(value, low, high)) + range.zeroPoint;
  }
}

QCRT_ALWAYS_INLINE void dequantize(const int32_t *in, int64_t count,
                                   float scale, float *out) {
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    out[i] = static_cast<float>(in[i]) * scale;
}

template <typename T>
QCRT_ALWAYS_INLINE void maximum(T *inOut, const T *in, int64_t count) {
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    inOut[i] = inOut[i] < in[i] ? in[i] : inOut[i];
}

template <typename T>
QCRT_ALWAYS_INLINE void minimum(T *inOut, const T *in, int64_t count) {
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    inOut[i] = in[i] < inOut[i] ? in[i] : inOut[i];
}

template <typename T>
QCRT_ALWAYS_INLINE void accumulate(int32_t *inOut, const T *in, int64_t count) {
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    inOut[i] += in[i];
}

template <typename T>
QCRT_ALWAYS_INLINE int32_t total(const T *in, int64_t count) {
  int32_t sum = 0;
  for (int64_t i = 0; i < count; ++i)
    sum += in[i];
  return sum;
}

template <typename T>
QCRT_ALWAYS_INLINE void blendRows(const T *top, const T *bottom,
                                  int32_t topWeight, int32_t bottomWeight,
                                  int64_t count, int32_t *out) {
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    out[i] = top[i] * topWeight + bottom[i] * bottomWeight;
}

QCRT_ALWAYS_INLINE void blendColumns(const int32_t *row, const Blend *blends,
                                     int64_t pixels, int64_t channels,
                                     int32_t offset, int32_t *out) {
  for (int64_t p = 0; p < pixels; ++p) {
    const int32_t *a = row + blends[p].first * channels;
    const int32_t *b = row + blends[p].second * channels;
    const int32_t left = blends[p].firstWeight, right = blends[p].secondWeight;
    int32_t *pixel = out + p * channels;
    QCRT_INDEPENDENT
    for (int64_t i = 0; i < channels; ++i)
      pixel[i] = a[i] * left + b[i] * right - offset;
  }
}

QCRT_ALWAYS_INLINE void moments(const int32_t *in, int64_t count, int64_t *sum,
                                int64_t *squares) {
  int64_t total = 0, products = 0;
  for (int64_t i = 0; i < count; ++i) {
    total += in[i];
    products += int64_t(in[i]) * in[i];
  }
  *sum += total;
  *squares += products;
}

QCRT_ALWAYS_INLINE void normalise(const int32_t *in, int64_t count,
                                  NormParameters norm, const double *gain,
                                  const double *bias, int32_t *out) {
  const int32_t zeroPoint = norm.range.zeroPoint;
  const double low = norm.range.low - zeroPoint;
  const double high = norm.range.high - zeroPoint;
  const double magic = 6755399441055744.0; // 1.5 * 2^52, as in roundHalfEven
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i) {
    double value = (in[i] - norm.mean) * norm.factor * gain[i] + bias[i];
    value = (clampTo(value, low, high) + magic) - magic;
    out[i] = static_cast<int32_t>(value) + zeroPoint;
  }
}

} // namespace qcrt::body
#endif // QCRT_SRC_LOOPS_LOOPBODIES_H
