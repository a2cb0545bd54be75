// Which vector extension a hot loop may use; all give the same bytes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_STATISTICS_VECTORPATH_H
#define QC_LIB_STATISTICS_VECTORPATH_H

namespace qc {

enum class VectorPath { Plain, Avx2, Avx512 };

/// The widest path of this machine, no wider than the environment variable
/// QCRT_ISA ("portable", "avx2") allows.
VectorPath bestVectorPath();

} // namespace qc

// Loops are written once with 64-byte vector types, which the compiler lowers
// to whatever the enclosing function's target allows. Element-wise operations
// mean the same everywhere, and the build forbids fused multiply-add.
#define QC_INLINE inline __attribute__((always_inline))
#if defined(__x86_64__)
#define QC_TARGET_AVX2 __attribute__((target("avx2")))
#define QC_TARGET_AVX512                                                       \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#endif

#endif // QC_LIB_STATISTICS_VECTORPATH_H
