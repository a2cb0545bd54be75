// The microkernels for any processor: plain C++ that compilers vectorise.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "WideLoops.h"

#define QCRT_TARGET
#include "GatherLoops.inc"

using namespace qcrt;
using namespace qcrt::compute;

namespace {

constexpr int lanes = 8;
constexpr int tileRows = 4;

#if defined(__GNUC__)
// The vectors that GCC and Clang have for every processor. Left to themselves,
// both vectorise the reduction instead of the lanes, which is much slower.
using Words = int16_t __attribute__((vector_size(8)));
using Sums = uint32_t __attribute__((vector_size(16)));
using Products = int32_t __attribute__((vector_size(16)));
constexpr int step = 4;

inline Words loadWords(const int16_t *from) {
  Words words;
  std::memcpy(&words, from, sizeof(words));
  return words;
}
/// The products of step neighbouring weights with one activation.
inline Sums multiply(Words weights, int16_t x) {
  const Words all = {x, x, x, x};
  return reinterpret_cast<Sums>(__builtin_convertvector(weights, Products) *
                                __builtin_convertvector(all, Products));
}
#else
using Words = int16_t;
using Sums = uint32_t;
constexpr int step = 1;

inline Words loadWords(const int16_t *from) { return *from; }
inline Sums multiply(Words weights, int16_t x) {
  return static_cast<uint32_t>(int32_t(weights) * int32_t(x));
}
#endif
constexpr int steps = lanes / step;

/// Sums may wrap, as the definition allows.
template <int rows> void pairsTile(const GemmTile &tile, int vector) {
  Sums sum[rows][steps];
  for (int r = 0; r < rows; ++r)
    std::memcpy(sum[r], tile.init + vector * lanes, sizeof(sum[r]));
  const auto *b =
      reinterpret_cast<const int16_t *>(tile.b + vector * tile.vectorStride);
  const uint8_t *a = tile.a;
  for (int64_t g = 0; g < tile.groups; ++g, b += 2 * lanes, a += groupBytes) {
    int16_t pair[rows][2];
    for (int r = 0; r < rows; ++r)
      std::memcpy(pair[r], a + r * tile.rowStride, groupBytes);
    for (int k = 0; k < 2; ++k)
      for (int c = 0; c < steps; ++c) {
        const Words weights = loadWords(b + k * lanes + c * step);
        for (int r = 0; r < rows; ++r)
          sum[r][c] += multiply(weights, pair[r][k]);
      }
  }
  for (int r = 0; r < rows; ++r)
    std::memcpy(tile.acc + (r * tile.vectors + vector) * lanes, sum[r],
                sizeof(sum[r]));
}

void gemmPairs(const GemmTile &tile) {
  for (int vector = 0; vector < tile.vectors; ++vector)
    switch (tile.rows) {
    case 1:
      pairsTile<1>(tile, vector);
      break;
    case 2:
      pairsTile<2>(tile, vector);
      break;
    case 3:
      pairsTile<3>(tile, vector);
      break;
    default:
      pairsTile<tileRows>(tile, vector);
      break;
    }
}

void copyFlipped(uint8_t *dst, const uint8_t *src, size_t count, uint8_t flip) {
  plain::copyFlipped(dst, src, count, flip);
}
void copyWidened(uint8_t *dst, const uint8_t *src, size_t count,
                 PanelCopy copy) {
  loops::copyWidened(dst, src, count, copy);
}
void gather(const GatherPlan &plan, const GatherRows &rows) {
  loops::gather<loops::RepeatedCopier>(plan, rows);
}
void requantizeRows(const RequantPlan &plan, const RequantTile &tile) {
  plain::requantize(plan, tile);
}
void requantizeWideRows(const RequantPlan &plan, const WideRequantTile &tile) {
  plain::requantizeWide(plan, tile);
}
void accumulateWide(int64_t *sums, const int32_t *acc, int count, int shift) {
  plain::accumulateWide(sums, acc, count, shift);
}
void packVector(const PackVector &job) { plain::packVector<lanes, true>(job); }
void rowSums(PanelKind kind, const PanelRows &rows, int64_t *sums) {
  plain::rowSums(kind, rows, sums);
}
void addRowTerms(int32_t *acc, int width, int rows, const int64_t *terms) {
  plain::addRowTerms(acc, width, rows, terms);
}
void depthwise(const DepthwiseRow &row, qcrt_dtype type) {
  plain::depthwise(row, type);
}

} // namespace

void qcrt::compute::depthwiseWide(const DepthwiseRow &row) {
  plain::depthwiseRow<int16_t, int64_t>(row);
}

const Microkernels qcrt::compute::portableMicrokernels = {
    Isa::Portable,
    lanes,
    /*byteDot=*/false,
    /*splitPairs=*/true,
    /*tileVectors=*/1,
    {0, tileRows},
    /*gemmBytes=*/nullptr,
    gemmPairs,
    copyFlipped,
    copyWidened,
    gather,
    requantizeRows,
    requantizeWideRows,
    accumulateWide,
    packVector,
    rowSums,
    addRowTerms,
    /*interleaveColumns=*/nullptr,
    /*depthwiseDots=*/nullptr,
    depthwise};

const Microkernels &qcrt::compute::microkernels(Isa isa) {
#if QCRT_HAS_X86_KERNELS
  if (isa == Isa::Avx512Vnni)
    return avx512Microkernels;
  if (isa == Isa::Avx2)
    return avx2Microkernels;
#endif
  return portableMicrokernels;
}
