// The microkernels in plain C++, to be inlined into a function per instruction
// set so that the compiler vectorises them with what that function may use.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_PLAINLOOPS_H
#define QCRT_COMPUTE_PLAINLOOPS_H

#include "Microkernels.h"

#include <cstring>

#if defined(__GNUC__) || defined(__clang__)
#define QCRT_INLINE inline __attribute__((always_inline))
#else
#define QCRT_INLINE inline
#endif

namespace qcrt::compute::plain {

QCRT_INLINE void copyFlipped(uint8_t *dst, const uint8_t *src, size_t count,
                             uint8_t flip) {
  const uint64_t flips = flip * uint64_t(0x0101010101010101);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t word;
    std::memcpy(&word, src + i, 8);
    word ^= flips;
    std::memcpy(dst + i, &word, 8);
  }
  for (; i < count; ++i)
    dst[i] = src[i] ^ flip;
}

/// Value before zero point and clamp of one accumulator.
template <RequantPlan::Form form>
QCRT_INLINE int32_t rescale(int32_t a, int32_t multiplier, int32_t rounding,
                            int32_t shift, int32_t preShift,
                            const RequantPlan &plan) {
  using Form = RequantPlan::Form;
  if constexpr (form != Form::High)
    a = static_cast<int32_t>(static_cast<uint32_t>(a) << preShift);
  int64_t product = static_cast<int64_t>(a) * multiplier;
  if constexpr (form == Form::HighSigned)
    product += product < 0 ? plan.preNegative : plan.prePositive;
  int32_t sum = static_cast<int32_t>(product >> 32) + rounding;
  int32_t value = sum >> shift;
  if constexpr (form == Form::HighEven) {
    int32_t rest = static_cast<int32_t>(product) | (sum & (2 * rounding - 1));
    value &= rest == 0 ? ~1 : ~0;
  }
  return value;
}

template <RequantPlan::Form form, typename T>
QCRT_INLINE void requantizeRow(const RequantPlan &plan, const int32_t *acc,
                               int columns, int64_t first, T *out) {
  using Form = RequantPlan::Form;
  const int32_t low = plan.low - plan.zeroPoint;
  const int32_t high = plan.high - plan.zeroPoint;
  const int32_t zeroPoint = plan.zeroPoint;
  const int32_t *multiplier = plan.multiplier.data() + first;
  const int32_t *rounding = plan.rounding.data() + first;
  const int32_t *shift = plan.shift.data() + first;
  const int32_t *preShift = plan.preShift.data() + first;
  const float *scale = plan.scale.data() + first;
  for (int c = 0; c < columns; ++c) {
    int32_t value;
    if constexpr (form == Form::Float) {
      float real = static_cast<float>(acc[c]) * scale[c];
      value = roundHalfEven(
          clampTo(real, static_cast<float>(low), static_cast<float>(high)));
    } else {
      value = clampTo(rescale<form>(acc[c], multiplier[c], rounding[c],
                                    shift[c], preShift[c], plan),
                      low, high);
    }
    out[c] = static_cast<T>(value + zeroPoint);
  }
}

/// The definition, element by element; understands the interleaved order.
template <typename T>
inline void requantizeRowExact(const RequantPlan &plan, const int32_t *acc,
                               int columns, int64_t first, T *out) {
  int positions = plan.interleaved
                      ? static_cast<int>(roundUp(static_cast<size_t>(columns),
                                                 interleavedBlock))
                      : columns;
  for (int p = 0; p < positions; ++p) {
    int c = plan.interleaved ? p / interleavedBlock * interleavedBlock +
                                   interleavedChannel(p % interleavedBlock)
                             : p;
    if (c < columns)
      out[c] = static_cast<T>(
          plan.exact.apply(acc[p], static_cast<size_t>(first + c)));
  }
}

template <typename T>
QCRT_INLINE void requantizeTile(const RequantPlan &plan,
                                const RequantTile &tile) {
  using Form = RequantPlan::Form;
  for (int row = 0; row < tile.rows; ++row) {
    const int32_t *acc = tile.acc + row * tile.accStride;
    T *out = reinterpret_cast<T *>(static_cast<char *>(tile.out) +
                                   row * tile.outStride);
    switch (plan.form) {
    case Form::High:
      requantizeRow<Form::High>(plan, acc, tile.columns, tile.first, out);
      break;
    case Form::HighShifted:
      requantizeRow<Form::HighShifted>(plan, acc, tile.columns, tile.first,
                                       out);
      break;
    case Form::HighSigned:
      requantizeRow<Form::HighSigned>(plan, acc, tile.columns, tile.first, out);
      break;
    case Form::HighEven:
      requantizeRow<Form::HighEven>(plan, acc, tile.columns, tile.first, out);
      break;
    case Form::Float:
      requantizeRow<Form::Float>(plan, acc, tile.columns, tile.first, out);
      break;
    case Form::Exact:
      requantizeRowExact(plan, acc, tile.columns, tile.first, out);
      break;
    }
  }
}

QCRT_INLINE void requantize(const RequantPlan &plan, const RequantTile &tile) {
  if (plan.type == QCRT_I8)
    requantizeTile<int8_t>(plan, tile);
  else if (plan.type == QCRT_U8)
    requantizeTile<uint8_t>(plan, tile);
  else
    requantizeTile<int16_t>(plan, tile);
}

/// One block of at most `block` channels stays in registers over all taps.
template <typename T, typename Acc, int block>
QCRT_INLINE void depthwiseBlock(const void *const *taps, int numTaps,
                                int64_t c0, int64_t channels,
                                const int16_t *weights, const Acc *init,
                                Acc *acc) {
  Acc sum[block];
  for (int c = 0; c < block; ++c)
    sum[c] = init[c0 + c];
  for (int t = 0; t < numTaps; ++t) {
    const T *x = static_cast<const T *>(taps[t]) + c0;
    const int16_t *w = weights + t * channels + c0;
    for (int c = 0; c < block; ++c)
      sum[c] += static_cast<Acc>(static_cast<int32_t>(x[c]) *
                                 static_cast<int32_t>(w[c]));
  }
  for (int c = 0; c < block; ++c)
    acc[c0 + c] = sum[c];
}

template <typename T, typename Acc>
QCRT_INLINE void depthwiseRow(const DepthwiseRow &row) {
  const auto *weights = static_cast<const int16_t *>(row.weights);
  const auto *init = static_cast<const Acc *>(row.init);
  for (int p = 0; p < row.pixels; ++p) {
    const void *const *taps =
        row.taps + static_cast<ptrdiff_t>(p) * row.numTaps;
    Acc *acc = static_cast<Acc *>(row.acc) + p * row.accStride;
    int64_t c = 0;
    for (; c + 32 <= row.channels; c += 32)
      depthwiseBlock<T, Acc, 32>(taps, row.numTaps, c, row.channels, weights,
                                 init, acc);
    for (; c + 8 <= row.channels; c += 8)
      depthwiseBlock<T, Acc, 8>(taps, row.numTaps, c, row.channels, weights,
                                init, acc);
    for (; c < row.channels; ++c)
      depthwiseBlock<T, Acc, 1>(taps, row.numTaps, c, row.channels, weights,
                                init, acc);
  }
}

QCRT_INLINE void depthwise(const DepthwiseRow &row, qcrt_dtype type) {
  if (type == QCRT_I8)
    depthwiseRow<int8_t, int32_t>(row);
  else if (type == QCRT_U8)
    depthwiseRow<uint8_t, int32_t>(row);
  else
    depthwiseRow<int16_t, int32_t>(row);
}

} // namespace qcrt::compute::plain

#endif // QCRT_COMPUTE_PLAINLOOPS_H
