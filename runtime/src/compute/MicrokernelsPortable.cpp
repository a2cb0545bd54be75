// The microkernels for any processor: plain C++ that compilers vectorise.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "PlainLoops.h"

#define QCRT_TARGET
#include "GatherLoops.inc"

using namespace qcrt;
using namespace qcrt::compute;

namespace {

constexpr int lanes = 8;
constexpr int tileRows = 4;

template <int rows> void pairsTile(const GemmTile &tile, int vector) {
  int32_t sum[rows][lanes];
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < lanes; ++c)
      sum[r][c] = tile.init[vector * lanes + c];
  const auto *b =
      reinterpret_cast<const int16_t *>(tile.b + vector * tile.vectorStride);
  for (int64_t g = 0; g < tile.groups; ++g, b += 2 * lanes)
    for (int r = 0; r < rows; ++r) {
      int16_t a[2];
      std::memcpy(a, tile.a + r * tile.rowStride + g * groupBytes, groupBytes);
      // The sum of the two products may wrap, as the definition allows.
      for (int c = 0; c < lanes; ++c)
        sum[r][c] = static_cast<int32_t>(
            static_cast<uint32_t>(sum[r][c]) +
            static_cast<uint32_t>(int32_t(a[0]) * b[2 * c]) +
            static_cast<uint32_t>(int32_t(a[1]) * b[2 * c + 1]));
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
    /*tileVectors=*/1,
    {0, tileRows},
    /*gemmBytes=*/nullptr,
    gemmPairs,
    copyFlipped,
    copyWidened,
    gather,
    requantizeRows,
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
