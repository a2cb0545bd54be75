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
  switch (compute::preferredIsa()) {
  case compute::Isa::Portable:
    break;
#if QCRT_HAS_X86_KERNELS
  case compute::Isa::Avx2:
    return avx2::table;
  case compute::Isa::Avx512Vnni:
    return avx512::table;
#else
  default:
    break;
#endif
  }
  return portable::table;
}
