// The loops of WideLoops.h for AVX-512.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Avx512.h"
#include "WideLoops.h"

#if QCRT_HAS_X86_KERNELS

using namespace qcrt;
using namespace qcrt::compute;

QCRT_AVX512 void avx512::requantizeWide(const RequantPlan &plan,
                                        const WideRequantTile &tile) {
  plain::requantizeWide(plan, tile);
}
QCRT_AVX512 void avx512::accumulateWide(int64_t *sums, const int32_t *acc,
                                        int count, int shift) {
  plain::accumulateWide(sums, acc, count, shift);
}
QCRT_AVX512 void avx512::packVector(const PackVector &job) {
  plain::packVector<lanes, /*split=*/false>(job);
}
QCRT_AVX512 void avx512::rowSums(PanelKind kind, const PanelRows &rows,
                                 int64_t *sums) {
  plain::rowSums(kind, rows, sums);
}
QCRT_AVX512 void avx512::addRowTerms(int32_t *acc, int width, int rows,
                                     const int64_t *terms) {
  plain::addRowTerms(acc, width, rows, terms);
}
#endif
