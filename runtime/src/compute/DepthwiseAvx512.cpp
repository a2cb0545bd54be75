// Depthwise kernels for AVX-512 with VNNI.
//
// Interleaving four rows of 64 channels as bytes leaves the channels in the
// order of interleavedChannel; packing the results to bytes undoes it.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Avx512.h"
#include "PlainLoops.h"

#if QCRT_HAS_X86_KERNELS
#include <algorithm>

using namespace qcrt;
using namespace qcrt::compute;
using namespace qcrt::compute::avx512;

namespace {

/// One column of one row: each piece has its own address.
template <int pieces>
QCRT_AVX512 inline __m512i loadPieces(const uint8_t *const (&from)[pieces],
                                      __mmask64 mask) {
  if constexpr (pieces == 1) {
    return _mm512_maskz_loadu_epi8(mask, from[0]);
  } else if constexpr (pieces == 2) {
    const __mmask32 half = static_cast<__mmask32>(mask);
    return _mm512_inserti64x4(
        _mm512_castsi256_si512(_mm256_maskz_loadu_epi8(half, from[0])),
        _mm256_maskz_loadu_epi8(half, from[1]), 1);
  } else {
    const __mmask16 quarter = static_cast<__mmask16>(mask);
    __m512i all =
        _mm512_castsi128_si512(_mm_maskz_loadu_epi8(quarter, from[0]));
    all = _mm512_inserti32x4(all, _mm_maskz_loadu_epi8(quarter, from[1]), 1);
    all = _mm512_inserti32x4(all, _mm_maskz_loadu_epi8(quarter, from[2]), 2);
    return _mm512_inserti32x4(all, _mm_maskz_loadu_epi8(quarter, from[3]), 3);
  }
}

/// Rows beyond `rows` meet zero weights: any bytes will do.
template <int rows>
QCRT_AVX512 inline void storeInterleaved(const __m512i (&row)[rows],
                                         uint8_t *out) {
  const __m512i second = row[rows > 1 ? 1 : 0];
  const __m512i third = row[rows > 2 ? 2 : 0];
  const __m512i fourth = row[rows > 3 ? 3 : 0];
  __m512i low01 = _mm512_unpacklo_epi8(row[0], second);
  __m512i high01 = _mm512_unpackhi_epi8(row[0], second);
  __m512i low23 = _mm512_unpacklo_epi8(third, fourth);
  __m512i high23 = _mm512_unpackhi_epi8(third, fourth);
  _mm512_store_si512(out, _mm512_unpacklo_epi16(low01, low23));
  _mm512_store_si512(out + 64, _mm512_unpackhi_epi16(low01, low23));
  _mm512_store_si512(out + 128, _mm512_unpacklo_epi16(high01, high23));
  _mm512_store_si512(out + 192, _mm512_unpackhi_epi16(high01, high23));
}

/// Columns that may lie outside of the image.
template <int pieces, int rows>
QCRT_AVX512 void interleaveAny(const InterleaveColumns &job, int64_t first,
                               int64_t last) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(job.flip));
  const __mmask64 mask = lowMask(job.channels);
  for (int64_t c = first; c < last; ++c) {
    ptrdiff_t offset[pieces];
    bool inside[pieces];
    for (int piece = 0; piece < pieces; ++piece) {
      const int64_t x = job.firstColumn + c + piece * job.pieceColumns;
      inside[piece] = x >= 0 && x < job.width;
      offset[piece] = x * job.pixelBytes;
    }
    __m512i row[rows];
    for (int r = 0; r < rows; ++r) {
      const uint8_t *from[pieces];
      for (int piece = 0; piece < pieces; ++piece)
        from[piece] = inside[piece] && job.rows[r] ? job.rows[r] + offset[piece]
                                                   : job.outside;
      row[r] = _mm512_xor_si512(flips, loadPieces<pieces>(from, mask));
    }
    storeInterleaved<rows>(row, job.out + c * job.outStride);
  }
}

/// Columns of the image, one piece: addresses advance evenly.
template <int rows>
QCRT_AVX512 void interleaveInside(const InterleaveColumns &job, int64_t first,
                                  int64_t last) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(job.flip));
  const __mmask64 mask = lowMask(job.channels);
  const uint8_t *from[rows];
  ptrdiff_t step[rows];
  for (int r = 0; r < rows; ++r) {
    from[r] = job.rows[r]
                  ? job.rows[r] + (job.firstColumn + first) * job.pixelBytes
                  : job.outside;
    step[r] = job.rows[r] ? job.pixelBytes : 0;
  }
  uint8_t *out = job.out + first * job.outStride;
  for (int64_t c = first; c < last; ++c, out += job.outStride) {
    __m512i row[rows];
    for (int r = 0; r < rows; ++r) {
      row[r] = _mm512_xor_si512(flips, _mm512_maskz_loadu_epi8(mask, from[r]));
      from[r] += step[r];
    }
    storeInterleaved<rows>(row, out);
  }
}

template <int pieces, int rows> void interleave(const InterleaveColumns &job) {
  if constexpr (pieces == 1) {
    const int64_t first = std::clamp<int64_t>(-job.firstColumn, 0, job.columns);
    const int64_t last =
        std::clamp<int64_t>(job.width - job.firstColumn, first, job.columns);
    interleaveAny<1, rows>(job, 0, first);
    interleaveInside<rows>(job, first, last);
    interleaveAny<1, rows>(job, last, job.columns);
  } else {
    interleaveAny<pieces, rows>(job, 0, job.columns);
  }
}

template <int pieces> void interleaveRows(const InterleaveColumns &job) {
  switch (job.numRows) {
  case 1:
    return interleave<pieces, 1>(job);
  case 2:
    return interleave<pieces, 2>(job);
  case 3:
    return interleave<pieces, 3>(job);
  default:
    return interleave<pieces, 4>(job);
  }
}

constexpr ptrdiff_t vectorBytes = sizeof(__m512i);

/// Three columns and at most four rows: the weights stay in registers.
QCRT_AVX512 void dotsOfThree(const DepthwiseDots &job) {
  __m512i weights[3][4], init[4];
  for (int q = 0; q < 4; ++q) {
    init[q] = _mm512_load_si512(job.init + q * lanes);
    for (int t = 0; t < 3; ++t)
      weights[t][q] =
          _mm512_load_si512(job.weights + (4 * t + q) * vectorBytes);
  }
  const ptrdiff_t tapStride = job.tapColumns * job.columnStride;
  const uint8_t *column = job.columns;
  int32_t *acc = job.acc;
  for (int p = 0; p < job.pixels; ++p) {
    for (int q = 0; q < 4; ++q) {
      __m512i sum = init[q];
      for (int t = 0; t < 3; ++t)
        sum = _mm512_dpbusd_epi32(
            sum, _mm512_load_si512(column + t * tapStride + q * vectorBytes),
            weights[t][q]);
      _mm512_store_si512(acc + q * lanes, sum);
    }
    column += job.stepColumns * job.columnStride;
    acc += interleavedBlock;
  }
}

QCRT_AVX512 void dotsOfAny(const DepthwiseDots &job) {
  for (int p = 0; p < job.pixels; ++p) {
    const uint8_t *weights = job.weights;
    __m512i sum[4];
    for (int q = 0; q < 4; ++q)
      sum[q] = _mm512_load_si512(job.init + q * lanes);
    for (int kw = 0; kw < job.kernelWidth; ++kw) {
      const uint8_t *column =
          job.columns +
          (p * job.stepColumns + kw * job.tapColumns) * job.columnStride;
      for (int i = 0; i < 4 * job.rowGroups;
           i += 4, column += 4 * vectorBytes, weights += 4 * vectorBytes)
        for (int q = 0; q < 4; ++q)
          sum[q] = _mm512_dpbusd_epi32(
              sum[q], _mm512_load_si512(column + q * vectorBytes),
              _mm512_load_si512(weights + q * vectorBytes));
    }
    for (int q = 0; q < 4; ++q)
      _mm512_store_si512(job.acc + p * interleavedBlock + q * lanes, sum[q]);
  }
}

} // namespace

void avx512::interleaveColumns(const InterleaveColumns &job) {
  if (job.pieces == 1)
    interleaveRows<1>(job);
  else if (job.pieces == 2)
    interleaveRows<2>(job);
  else
    interleaveRows<4>(job);
}

void avx512::depthwiseDots(const DepthwiseDots &job) {
  if (job.kernelWidth == 3 && job.rowGroups == 1)
    dotsOfThree(job);
  else
    dotsOfAny(job);
}

QCRT_AVX512 void avx512::depthwise(const DepthwiseRow &row, qcrt_dtype type) {
  plain::depthwise(row, type);
}
#endif
