// The matrix kernel for AVX-512 with VNNI, and the table of this instruction
// set.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Avx512.h"
#include "PlainLoops.h"

#if QCRT_HAS_X86_KERNELS
#include <array>
#include <utility>

#define QCRT_TARGET QCRT_AVX512
#include "GatherLoops.inc"

using namespace qcrt;
using namespace qcrt::compute;
using namespace qcrt::compute::avx512;

namespace {

template <PanelKind kind>
QCRT_AVX512 inline __m512i dot(__m512i sum, __m512i x, __m512i weights) {
  if constexpr (kind == PanelKind::BytesU8S8)
    return _mm512_dpbusd_epi32(sum, x, weights);
  else
    return _mm512_dpwssd_epi32(sum, x, weights);
}

/// All sums of the tile stay in registers. Three rows share one address
/// register: base, base + stride, base + 2 * stride.
template <PanelKind kind, int rows, int vectors>
QCRT_AVX512 void tileKernel(const GemmTile &tile) {
  constexpr int bases = (rows + 2) / 3;
  __m512i sum[rows][vectors];
  for (int v = 0; v < vectors; ++v) {
    __m512i init = _mm512_loadu_si512(tile.init + v * lanes);
    for (int r = 0; r < rows; ++r)
      sum[r][v] = init;
  }
  const ptrdiff_t stride = tile.rowStride;
  const uint8_t *a[bases];
  for (int i = 0; i < bases; ++i)
    a[i] = tile.a + 3 * i * stride;
  const uint8_t *b[vectors];
  for (int v = 0; v < vectors; ++v)
    b[v] = tile.b + v * tile.vectorStride;
  for (int64_t g = 0; g < tile.groups; ++g) {
    __m512i weights[vectors];
    for (int v = 0; v < vectors; ++v) {
      weights[v] = _mm512_loadu_si512(b[v]);
      b[v] += lanes * groupBytes;
    }
    for (int r = 0; r < rows; ++r) {
      int32_t group;
      std::memcpy(&group, a[r / 3] + (r % 3) * stride, sizeof(group));
      __m512i x = _mm512_set1_epi32(group);
      for (int v = 0; v < vectors; ++v)
        sum[r][v] = dot<kind>(sum[r][v], x, weights[v]);
    }
    for (int i = 0; i < bases; ++i)
      a[i] += groupBytes;
  }
  for (int r = 0; r < rows; ++r)
    for (int v = 0; v < vectors; ++v)
      _mm512_storeu_si512(tile.acc + (r * vectors + v) * lanes, sum[r][v]);
}

/// 24 sums, the weights and one activation fill the 32 registers.
constexpr int tileRows[] = {0, 12, 12, 8, 6};

using TileFunction = void (*)(const GemmTile &);

template <PanelKind kind, int vectors, int... index>
constexpr std::array<TileFunction, sizeof...(index)>
tilesOf(std::integer_sequence<int, index...>) {
  return {tileKernel<kind, index + 1, vectors>...};
}
template <PanelKind kind, int vectors>
constexpr auto tiles = tilesOf<kind, vectors>(
    std::make_integer_sequence<int, tileRows[vectors]>());

template <PanelKind kind> void gemm(const GemmTile &tile) {
  size_t row = static_cast<size_t>(tile.rows - 1);
  switch (tile.vectors) {
  case 1:
    return tiles<kind, 1>[row](tile);
  case 2:
    return tiles<kind, 2>[row](tile);
  case 3:
    return tiles<kind, 3>[row](tile);
  default:
    return tiles<kind, 4>[row](tile);
  }
}

} // namespace

void avx512::gemmBytes(const GemmTile &tile) {
  gemm<PanelKind::BytesU8S8>(tile);
}
void avx512::gemmPairs(const GemmTile &tile) {
  gemm<PanelKind::PairsS16>(tile);
}

namespace {

/// Byte copies with masks, so that short runs need no loop.
struct MaskedCopier {
  static QCRT_AVX512 inline void bytes(uint8_t *to, const uint8_t *from,
                                       size_t count, uint8_t flip) {
    const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip));
    for (; count > 64; count -= 64, to += 64, from += 64)
      _mm512_storeu_si512(to,
                          _mm512_xor_si512(_mm512_loadu_si512(from), flips));
    __mmask64 mask = lowMask(static_cast<int64_t>(count));
    _mm512_mask_storeu_epi8(
        to, mask, _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, from), flips));
  }
  /// At most 16 bytes, `times` times. Narrow registers, because wide masked
  /// stores would nearly always touch two cache lines.
  static QCRT_AVX512 inline void shortBytes(uint8_t *to, ptrdiff_t toStride,
                                            const uint8_t *from,
                                            ptrdiff_t fromStride, size_t count,
                                            int64_t times, uint8_t flip) {
    const __m128i flips = _mm_set1_epi8(static_cast<char>(flip));
    const __mmask16 mask =
        static_cast<__mmask16>(lowMask(static_cast<int64_t>(count)));
    for (; times > 0; --times, to += toStride, from += fromStride)
      _mm_mask_storeu_epi8(
          to, mask, _mm_xor_si128(_mm_maskz_loadu_epi8(mask, from), flips));
  }
  template <PanelCopy kind>
  static QCRT_AVX512 inline void
  copies(uint8_t *to, ptrdiff_t toStride, const uint8_t *from,
         ptrdiff_t fromStride, size_t count, int64_t times) {
    if constexpr (kind == PanelCopy::WidenI8 || kind == PanelCopy::WidenU8) {
      loops::RepeatedCopier::copies<kind>(to, toStride, from, fromStride, count,
                                          times);
    } else {
      const size_t size = kind == PanelCopy::Words ? 2 * count : count;
      const uint8_t flip = kind == PanelCopy::Flipped ? 0x80 : 0;
      if (size <= 16)
        return shortBytes(to, toStride, from, fromStride, size, times, flip);
      for (; times > 0; --times, to += toStride, from += fromStride)
        bytes(to, from, size, flip);
    }
  }
};

} // namespace

QCRT_AVX512 void avx512::copyFlipped(uint8_t *dst, const uint8_t *src,
                                     size_t count, uint8_t flip) {
  MaskedCopier::bytes(dst, src, count, flip);
}

QCRT_AVX512 void avx512::copyWidened(uint8_t *dst, const uint8_t *src,
                                     size_t count, PanelCopy copy) {
  loops::copyWidened(dst, src, count, copy);
}

QCRT_AVX512 void avx512::gather(const GatherPlan &plan,
                                const GatherRows &rows) {
  loops::gather<MaskedCopier>(plan, rows);
}

const Microkernels qcrt::compute::avx512Microkernels = {
    Isa::Avx512Vnni,
    lanes,
    /*byteDot=*/true,
    /*splitPairs=*/false,
    /*tileVectors=*/4,
    {tileRows[0], tileRows[1], tileRows[2], tileRows[3], tileRows[4]},
    avx512::gemmBytes,
    avx512::gemmPairs,
    avx512::copyFlipped,
    avx512::copyWidened,
    avx512::gather,
    avx512::requantize,
    avx512::requantizeWide,
    avx512::accumulateWide,
    avx512::packVector,
    avx512::rowSums,
    avx512::addRowTerms,
    avx512::interleaveColumns,
    avx512::depthwiseDots,
    avx512::depthwise};
#endif
