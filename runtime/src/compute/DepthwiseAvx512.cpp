// Depthwise kernels for AVX-512 with VNNI.
//
// Four taps of 64 channels are interleaved as bytes, so that one dot product
// sums four taps of 16 channels. The results stay in the order that the
// interleaving leaves (see interleavedChannel); packing them again undoes it.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Avx512.h"
#include "PlainLoops.h"

#if QCRT_HAS_X86_KERNELS

using namespace qcrt;
using namespace qcrt::compute;
using namespace qcrt::compute::avx512;

namespace {

QCRT_AVX512 inline void addFourTaps(const __m512i (&tap)[4],
                                    const uint8_t *weights, __m512i (&sum)[4]) {
  __m512i lowPair01 = _mm512_unpacklo_epi8(tap[0], tap[1]);
  __m512i highPair01 = _mm512_unpackhi_epi8(tap[0], tap[1]);
  __m512i lowPair23 = _mm512_unpacklo_epi8(tap[2], tap[3]);
  __m512i highPair23 = _mm512_unpackhi_epi8(tap[2], tap[3]);
  const __m512i groups[4] = {_mm512_unpacklo_epi16(lowPair01, lowPair23),
                             _mm512_unpackhi_epi16(lowPair01, lowPair23),
                             _mm512_unpacklo_epi16(highPair01, highPair23),
                             _mm512_unpackhi_epi16(highPair01, highPair23)};
  for (int q = 0; q < 4; ++q)
    sum[q] = _mm512_dpbusd_epi32(
        sum[q], groups[q], _mm512_load_si512(weights + q * sizeof(__m512i)));
}

} // namespace

QCRT_AVX512 void avx512::depthwiseBytes(const DepthwiseRow &row, uint8_t flip) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip));
  const int numTaps = row.numTaps;
  const size_t groups = interleavedTapGroups(numTaps);
  const auto *init = static_cast<const int32_t *>(row.init);
  for (int p = 0; p < row.pixels; ++p) {
    const void *const *taps = row.taps + static_cast<ptrdiff_t>(p) * numTaps;
    int32_t *acc = static_cast<int32_t *>(row.acc) + p * row.accStride;
    const auto *weights = static_cast<const uint8_t *>(row.weights);
    for (int64_t c = 0; c < row.channels; c += interleavedBlock) {
      const __mmask64 mask = lowMask(row.channels - c);
      __m512i sum[4];
      for (int q = 0; q < 4; ++q)
        sum[q] = _mm512_loadu_si512(init + c + q * lanes);
      for (size_t g = 0; g < groups; ++g) {
        __m512i tap[4];
        for (int i = 0; i < 4; ++i) {
          // Taps beyond the last have zero weights.
          int index = static_cast<int>(4 * g) + i;
          index = index < numTaps ? index : numTaps - 1;
          tap[i] = _mm512_xor_si512(
              flips, _mm512_maskz_loadu_epi8(
                         mask, static_cast<const uint8_t *>(taps[index]) + c));
        }
        addFourTaps(tap, weights, sum);
        weights += 4 * sizeof(__m512i);
      }
      for (int q = 0; q < 4; ++q)
        _mm512_storeu_si512(acc + c + q * lanes, sum[q]);
    }
  }
}

QCRT_AVX512 void avx512::depthwise(const DepthwiseRow &row, qcrt_dtype type) {
  plain::depthwise(row, type);
}
#endif
