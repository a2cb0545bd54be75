// Loops around 64-bit sums and packed activations, in plain C++ to be inlined
// into a function per instruction set (as PlainLoops.h).
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_WIDELOOPS_H
#define QCRT_COMPUTE_WIDELOOPS_H

#include "PlainLoops.h"

#include <type_traits>

namespace qcrt::compute::plain {

QCRT_INLINE void accumulateWide(int64_t *sums, const int32_t *acc, int count,
                                int shift) {
  if (shift == 0)
    for (int i = 0; i < count; ++i)
      sums[i] += acc[i];
  else
    for (int i = 0; i < count; ++i)
      sums[i] += static_cast<int64_t>(acc[i]) * 256;
}

/// With a = high * 2^31 + low and n > 31, (a*m + 2^(n-1)) >> n is
/// (high*m + (low*m >> 31) + 2^(n-32)) >> (n - 31), all within 64 bits.
template <typename T>
QCRT_INLINE void requantizeWideRow(const RequantPlan &plan, const int64_t *acc,
                                   int columns, int64_t first, T *out) {
  const int64_t low = plan.low - plan.zeroPoint;
  const int64_t high = plan.high - plan.zeroPoint;
  const int32_t *multiplier = plan.multiplier.data() + first;
  const int32_t *shift = plan.shift.data() + first; // n - 32
  for (int c = 0; c < columns; ++c) {
    const int64_t upper =
        static_cast<int64_t>(static_cast<int32_t>(acc[c] >> 31)) *
        multiplier[c];
    const int64_t lower =
        static_cast<int64_t>(static_cast<int32_t>(acc[c] & 0x7fffffff)) *
        multiplier[c];
    const int64_t sum =
        upper + static_cast<int64_t>(static_cast<uint64_t>(lower) >> 31);
    const int64_t value = (sum + (int64_t(1) << shift[c])) >> (shift[c] + 1);
    out[c] = static_cast<T>(clampTo(value, low, high) + plan.zeroPoint);
  }
}

template <typename T>
QCRT_INLINE void requantizeWideTile(const RequantPlan &plan,
                                    const WideRequantTile &tile) {
  for (int row = 0; row < tile.rows; ++row)
    requantizeWideRow(plan, tile.acc + row * tile.accStride, tile.columns,
                      tile.first,
                      reinterpret_cast<T *>(static_cast<char *>(tile.out) +
                                            row * tile.outStride));
}

QCRT_INLINE void requantizeWide(const RequantPlan &plan,
                                const WideRequantTile &tile) {
  if (!plan.wideFits)
    requantizeWideExact(plan, tile);
  else if (plan.type == QCRT_I8)
    requantizeWideTile<int8_t>(plan, tile);
  else if (plan.type == QCRT_U8)
    requantizeWideTile<uint8_t>(plan, tile);
  else
    requantizeWideTile<int16_t>(plan, tile);
}

template <typename T>
QCRT_INLINE void rowSumsOf(const PanelRows &rows, int64_t *sums) {
  for (int64_t row = 0; row < rows.count; ++row) {
    const uint8_t *from = rows.first + row * rows.stride;
    int64_t sum = 0;
    // Pieces whose sums fit 32 bits.
    for (int64_t k = 0; k < rows.elements; k += 32768) {
      const int64_t end = k + 32768 < rows.elements ? k + 32768 : rows.elements;
      int32_t part = 0;
      for (int64_t i = k; i < end; ++i) {
        T value;
        std::memcpy(&value, from + i * static_cast<int64_t>(sizeof(T)),
                    sizeof(T));
        part += value;
      }
      sum += part;
    }
    sums[row] = sum;
  }
}

QCRT_INLINE void rowSums(PanelKind kind, const PanelRows &rows, int64_t *sums) {
  if (kind == PanelKind::BytesU8S8)
    rowSumsOf<uint8_t>(rows, sums);
  else
    rowSumsOf<int16_t>(rows, sums);
}

QCRT_INLINE void addRowTerms(int32_t *acc, int width, int rows,
                             const int64_t *terms) {
  for (int row = 0; row < rows; ++row, acc += width) {
    const uint32_t term = static_cast<uint32_t>(terms[row]);
    for (int c = 0; c < width; ++c)
      acc[c] = static_cast<int32_t>(static_cast<uint32_t>(acc[c]) + term);
  }
}

/// One weight vector from columns of activations; `lanes`, layout and types
/// are constants so that the loops unroll.
template <typename T, PanelKind kind, int planes, int lanes, bool split>
QCRT_INLINE void packVectorOf(const PackVector &job) {
  using Element =
      std::conditional_t<kind == PanelKind::BytesU8S8, int8_t, int16_t>;
  constexpr int perGroup = kind == PanelKind::BytesU8S8 ? 4 : 2;
  const T *from = static_cast<const T *>(job.from);
  uint8_t *to = job.to;
  for (int64_t k = 0; k < job.reduction;
       k += perGroup, to += lanes * groupBytes) {
    Element group[planes][lanes * perGroup];
    const int64_t valid = job.reduction - k;
    for (int i = 0; i < perGroup; ++i)
      for (int lane = 0; lane < lanes; ++lane) {
        // The end of the last group counts as zero, and columns beyond the
        // last repeat it: nobody reads their results.
        int32_t value = 0;
        if (i < valid)
          value = from[(k + i) * job.reductionStep +
                       (lane < job.columns ? lane : job.columns - 1) *
                           job.columnStep] +
                  job.offset;
        const int place = split ? i * lanes + lane : lane * perGroup + i;
        if constexpr (planes == 1) {
          group[0][place] = static_cast<Element>(value);
        } else {
          const int32_t low = static_cast<int8_t>(value & 0xff);
          group[0][place] = static_cast<Element>((value - low) / 256);
          group[1][place] = static_cast<Element>(low);
        }
      }
    for (int plane = 0; plane < planes; ++plane)
      std::memcpy(to + plane * job.planeStride, group[plane],
                  sizeof(group[plane]));
  }
}

/// Full bytes columns, the frequent case: whole vectors of the source.
template <typename T, int lanes>
QCRT_INLINE void packBytes(const PackVector &job) {
  const T *from = static_cast<const T *>(job.from);
  uint8_t *to = job.to;
  const int64_t whole = job.reduction / 4;
  if (job.reductionStep == 1) {
    // Four neighbours of a column are one group already.
    const uint32_t flips = job.offset ? 0x80808080u : 0;
    for (int lane = 0; lane < lanes; ++lane) {
      const T *column = from + lane * job.columnStep;
      for (int64_t g = 0; g < whole; ++g) {
        uint32_t group;
        std::memcpy(&group, column + 4 * g, sizeof(group));
        group ^= flips;
        std::memcpy(to + (g * lanes + lane) * groupBytes, &group,
                    sizeof(group));
      }
    }
  } else {
    const uint8_t flip = job.offset ? 0x80 : 0;
    for (int64_t g = 0; g < whole; ++g) {
      const T *row = from + 4 * g * job.reductionStep;
      uint8_t group[lanes * groupBytes];
      for (int lane = 0; lane < lanes; ++lane)
        for (int i = 0; i < 4; ++i)
          group[4 * lane + i] =
              static_cast<uint8_t>(row[i * job.reductionStep + lane]) ^ flip;
      std::memcpy(to + g * lanes * groupBytes, group, sizeof(group));
    }
  }
  if (4 * whole == job.reduction)
    return;
  PackVector rest = job;
  rest.from = from + 4 * whole * job.reductionStep;
  rest.to = to + whole * lanes * groupBytes;
  rest.reduction -= 4 * whole;
  packVectorOf<T, PanelKind::BytesU8S8, 1, lanes, false>(rest);
}

template <typename T, int lanes, bool split>
QCRT_INLINE void packVectorAs(const PackVector &job) {
  if constexpr (sizeof(T) == 1 && lanes == 16) {
    if (job.kind == PanelKind::BytesU8S8) {
      const bool plain = job.columns == lanes &&
                         (job.reductionStep == 1 || job.columnStep == 1);
      return plain
                 ? packBytes<T, lanes>(job)
                 : packVectorOf<T, PanelKind::BytesU8S8, 1, lanes, split>(job);
    }
  }
  if (job.planes == 1)
    packVectorOf<T, PanelKind::PairsS16, 1, lanes, split>(job);
  else
    packVectorOf<T, PanelKind::PairsS16, 2, lanes, split>(job);
}

template <int lanes, bool split>
QCRT_INLINE void packVector(const PackVector &job) {
  if (job.type == QCRT_I8)
    packVectorAs<int8_t, lanes, split>(job);
  else if (job.type == QCRT_U8)
    packVectorAs<uint8_t, lanes, split>(job);
  else
    packVectorAs<int16_t, lanes, split>(job);
}

} // namespace qcrt::compute::plain

#endif // QCRT_COMPUTE_WIDELOOPS_H
