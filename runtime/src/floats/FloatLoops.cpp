// The tables of loops over floats and the choice between them.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatLoops.h"
#include "FloatBodies.h"
#include "compute/Isa.h"

using namespace qcrt;

namespace {
namespace portable {
#define QCRT_TARGET
#if defined(__aarch64__)
#define QCRT_TILE 8, 2
#define QCRT_LANES 4
#elif defined(__GNUC__) || defined(__clang__)
#define QCRT_TILE 4, 2
#define QCRT_LANES 4
#else
#define QCRT_TILE 4, 2
#define QCRT_LANES 1
#endif
#include "FloatLoopsTable.inc"
#undef QCRT_TARGET
#undef QCRT_TILE
#undef QCRT_LANES
} // namespace portable

#if QCRT_HAS_X86_KERNELS
namespace avx2 {
#define QCRT_TARGET __attribute__((target("avx2")))
#define QCRT_TILE 6, 2
#define QCRT_LANES 8
#include "FloatLoopsTable.inc"
#undef QCRT_TARGET
#undef QCRT_TILE
#undef QCRT_LANES
} // namespace avx2

namespace avx512 {
#define QCRT_TARGET                                                            \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define QCRT_TILE 8, 2
#define QCRT_LANES 16
#include "FloatLoopsTable.inc"
#undef QCRT_TARGET
#undef QCRT_TILE
#undef QCRT_LANES
} // namespace avx512
#endif
} // namespace

const FloatLoops &qcrt::floatLoops() {
#if QCRT_HAS_X86_KERNELS
  return compute::chooseTable(portable::table, avx2::table, avx512::table);
#else
  return portable::table;
#endif
}
