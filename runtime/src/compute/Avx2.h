// What the AVX2 files share.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_AVX2_H
#define QCRT_COMPUTE_AVX2_H

#include "Microkernels.h"

#if QCRT_HAS_X86_KERNELS
#include <immintrin.h>

#define QCRT_AVX2 __attribute__((target("avx2")))

namespace qcrt::compute::avx2 {

void requantize(const RequantPlan &plan, const RequantTile &tile);
void depthwise(const DepthwiseRow &row, qcrt_dtype type);

} // namespace qcrt::compute::avx2
#endif
#endif // QCRT_COMPUTE_AVX2_H
