// The tables of loops and the choice between them.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Loops.h"
#include "LoopBodies.h"
#include "compute/Isa.h"

using namespace qcrt;

namespace {
namespace portable {
#define QCRT_TARGET
#include "LoopsTable.inc"
#undef QCRT_TARGET
} // namespace portable

#if QCRT_HAS_X86_KERNELS
namespace avx2 {
#define QCRT_TARGET __attribute__((target("avx2")))
#include "LoopsTable.inc"
#undef QCRT_TARGET
} // namespace avx2

namespace avx512 {
#define QCRT_TARGET                                                            \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#include "LoopsTable.inc"
#undef QCRT_TARGET
} // namespace avx512
#endif
} // namespace

const Loops &qcrt::loops() {
#if QCRT_HAS_X86_KERNELS
  return compute::chooseTable(portable::table, avx2::table, avx512::table);
#else
  return portable::table;
#endif
}
