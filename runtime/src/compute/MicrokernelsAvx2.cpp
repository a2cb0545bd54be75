// The microkernels for x86-64 with AVX2.
//
// 8-bit operands are widened to int16: the byte product of AVX2 (vpmaddubsw)
// saturates its pair sums, so that it cannot give exact results.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Avx2.h"
#include "WideLoops.h"

#if QCRT_HAS_X86_KERNELS
#define QCRT_TARGET QCRT_AVX2
#include "GatherLoops.inc"

using namespace qcrt;
using namespace qcrt::compute;

namespace {

constexpr int lanes = 8;

template <int rows, int vectors>
QCRT_AVX2 void pairsTile(const GemmTile &tile) {
  __m256i sum[rows][vectors];
  for (int r = 0; r < rows; ++r)
    for (int v = 0; v < vectors; ++v)
      sum[r][v] = _mm256_loadu_si256(
          reinterpret_cast<const __m256i *>(tile.init + v * lanes));
  const uint8_t *a = tile.a, *b = tile.b;
  for (int64_t g = 0; g < tile.groups;
       ++g, a += groupBytes, b += lanes * groupBytes) {
    __m256i weights[vectors];
    for (int v = 0; v < vectors; ++v)
      weights[v] = _mm256_loadu_si256(
          reinterpret_cast<const __m256i *>(b + v * tile.vectorStride));
    for (int r = 0; r < rows; ++r) {
      int32_t pair;
      std::memcpy(&pair, a + r * tile.rowStride, sizeof(pair));
      __m256i x = _mm256_set1_epi32(pair);
      for (int v = 0; v < vectors; ++v)
        sum[r][v] =
            _mm256_add_epi32(sum[r][v], _mm256_madd_epi16(x, weights[v]));
    }
  }
  for (int r = 0; r < rows; ++r)
    for (int v = 0; v < vectors; ++v)
      _mm256_storeu_si256(
          reinterpret_cast<__m256i *>(tile.acc + (r * vectors + v) * lanes),
          sum[r][v]);
}

using TileFunction = void (*)(const GemmTile &);
const TileFunction pairsTiles[2][6] = {
    {pairsTile<1, 1>, pairsTile<2, 1>, pairsTile<3, 1>, pairsTile<4, 1>,
     pairsTile<5, 1>, pairsTile<6, 1>},
    {pairsTile<1, 2>, pairsTile<2, 2>, pairsTile<3, 2>, pairsTile<4, 2>,
     pairsTile<5, 2>, pairsTile<6, 2>}};

void gemmPairs(const GemmTile &tile) {
  pairsTiles[tile.vectors - 1][tile.rows - 1](tile);
}

QCRT_AVX2 void copyFlipped(uint8_t *dst, const uint8_t *src, size_t count,
                           uint8_t flip) {
  plain::copyFlipped(dst, src, count, flip);
}
QCRT_AVX2 void copyWidened(uint8_t *dst, const uint8_t *src, size_t count,
                           PanelCopy copy) {
  loops::copyWidened(dst, src, count, copy);
}
QCRT_AVX2 void gather(const GatherPlan &plan, const GatherRows &rows) {
  loops::gather<loops::RepeatedCopier>(plan, rows);
}
QCRT_AVX2 void requantizeWideRows(const RequantPlan &plan,
                                  const WideRequantTile &tile) {
  plain::requantizeWide(plan, tile);
}
QCRT_AVX2 void accumulateWide(int64_t *sums, const int32_t *acc, int count,
                              int shift) {
  plain::accumulateWide(sums, acc, count, shift);
}
QCRT_AVX2 void packVector(const PackVector &job) {
  plain::packVector<lanes, false>(job);
}
QCRT_AVX2 void rowSums(PanelKind kind, const PanelRows &rows, int64_t *sums) {
  plain::rowSums(kind, rows, sums);
}
QCRT_AVX2 void addRowTerms(int32_t *acc, int width, int rows,
                           const int64_t *terms) {
  plain::addRowTerms(acc, width, rows, terms);
}

} // namespace

const Microkernels qcrt::compute::avx2Microkernels = {
    Isa::Avx2,
    lanes,
    /*byteDot=*/false,
    /*splitPairs=*/false,
    /*tileVectors=*/2,
    {0, 6, 6},
    /*gemmBytes=*/nullptr,
    gemmPairs,
    copyFlipped,
    copyWidened,
    gather,
    avx2::requantize,
    requantizeWideRows,
    accumulateWide,
    packVector,
    rowSums,
    addRowTerms,
    /*interleaveColumns=*/nullptr,
    /*depthwiseDots=*/nullptr,
    avx2::depthwise};
#endif
