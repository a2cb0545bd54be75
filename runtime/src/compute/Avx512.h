// What the AVX-512 files share.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_AVX512_H
#define QCRT_COMPUTE_AVX512_H

#include "Microkernels.h"

#if QCRT_HAS_X86_KERNELS
#include <immintrin.h>

#define QCRT_AVX512                                                            \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

namespace qcrt::compute::avx512 {

constexpr int lanes = 16;

void gemmBytes(const GemmTile &tile);
void gemmPairs(const GemmTile &tile);
void copyFlipped(uint8_t *dst, const uint8_t *src, size_t count, uint8_t flip);
void copyWidened(uint8_t *dst, const uint8_t *src, size_t count,
                 PanelCopy copy);
void gather(const GatherPlan &plan, const GatherRows &rows);
void requantize(const RequantPlan &plan, const RequantTile &tile);
void requantizeWide(const RequantPlan &plan, const WideRequantTile &tile);
void accumulateWide(int64_t *sums, const int32_t *acc, int count, int shift);
void packVector(const PackVector &job);
void rowSums(PanelKind kind, const PanelRows &rows, int64_t *sums);
void addRowTerms(int32_t *acc, int width, int rows, const int64_t *terms);
void interleaveColumns(const InterleaveColumns &job);
void depthwiseDots(const DepthwiseDots &job);
void depthwise(const DepthwiseRow &row, qcrt_dtype type);

/// The lowest `count` bits, for 0 <= count <= 64.
inline uint64_t lowMask(int64_t count) {
  return count >= 64 ? ~uint64_t(0) : (uint64_t(1) << count) - 1;
}

} // namespace qcrt::compute::avx512
#endif
#endif // QCRT_COMPUTE_AVX512_H
