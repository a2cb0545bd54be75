// Depthwise kernel for AVX2: pairs of taps multiply as int16 and add up.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Avx2.h"
#include "PlainLoops.h"

#if QCRT_HAS_X86_KERNELS

using namespace qcrt;
using namespace qcrt::compute;

namespace {

constexpr int block = 16;
/// Taps whose interleaved weights are kept; larger kernels take the plain loop.
constexpr int maxPairs = 32;

template <typename T> QCRT_AVX2 inline __m256i loadWords(const T *from) {
  if constexpr (sizeof(T) == 2)
    return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from));
  const __m128i bytes =
      _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
  return std::is_signed_v<T> ? _mm256_cvtepi8_epi16(bytes)
                             : _mm256_cvtepu8_epi16(bytes);
}

struct Pair {
  __m256i low, high;
};

QCRT_AVX2 inline Pair interleave(__m256i first, __m256i second) {
  return {_mm256_unpacklo_epi16(first, second),
          _mm256_unpackhi_epi16(first, second)};
}

/// Sums in the order that interleaving leaves: low holds columns 0-3 and 8-11.
QCRT_AVX2 inline Pair toInterleaved(__m256i first, __m256i second) {
  return {_mm256_permute2x128_si256(first, second, 0x20),
          _mm256_permute2x128_si256(first, second, 0x31)};
}

/// 16 channels of all pixels; the weights are interleaved once.
template <typename T>
QCRT_AVX2 void blockOfRow(const DepthwiseRow &row, int64_t c) {
  const int pairs = (row.numTaps + 1) / 2;
  const auto *weights = static_cast<const int16_t *>(row.weights) + c;
  const auto *init = static_cast<const int32_t *>(row.init) + c;
  // An odd last tap is paired with zero weights.
  auto second = [&](int pair) { return 2 * pair + 1 < row.numTaps ? 1 : 0; };
  Pair weight[maxPairs];
  for (int i = 0; i < pairs; ++i) {
    const int16_t *first = weights + 2 * i * row.channels;
    weight[i] =
        interleave(loadWords(first), second(i) ? loadWords(first + row.channels)
                                               : _mm256_setzero_si256());
  }
  const Pair start = toInterleaved(
      _mm256_loadu_si256(reinterpret_cast<const __m256i *>(init)),
      _mm256_loadu_si256(reinterpret_cast<const __m256i *>(init + 8)));
  for (int p = 0; p < row.pixels; ++p) {
    const void *const *taps =
        row.taps + static_cast<ptrdiff_t>(p) * row.numTaps;
    Pair sum = start;
    for (int i = 0; i < pairs; ++i) {
      const Pair x = interleave(
          loadWords(static_cast<const T *>(taps[2 * i]) + c),
          loadWords(static_cast<const T *>(taps[2 * i + second(i)]) + c));
      sum.low =
          _mm256_add_epi32(sum.low, _mm256_madd_epi16(x.low, weight[i].low));
      sum.high =
          _mm256_add_epi32(sum.high, _mm256_madd_epi16(x.high, weight[i].high));
    }
    const Pair ordered = toInterleaved(sum.low, sum.high);
    auto *acc = static_cast<int32_t *>(row.acc) + p * row.accStride + c;
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(acc), ordered.low);
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(acc + 8), ordered.high);
  }
}

template <typename T> QCRT_AVX2 void rowOf(const DepthwiseRow &row) {
  int64_t c = 0;
  for (; c + block <= row.channels; c += block)
    blockOfRow<T>(row, c);
  // The last block may overlap the one before it.
  if (c < row.channels)
    blockOfRow<T>(row, row.channels - block);
}

} // namespace

QCRT_AVX2 void avx2::depthwise(const DepthwiseRow &row, qcrt_dtype type) {
  if (row.channels < block || row.numTaps > 2 * maxPairs)
    return plain::depthwise(row, type);
  if (type == QCRT_I8)
    rowOf<int8_t>(row);
  else if (type == QCRT_U8)
    rowOf<uint8_t>(row);
  else
    rowOf<int16_t>(row);
}
#endif
