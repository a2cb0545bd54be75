// The instruction sets that the integer microkernels exist for, and their
// choice at run time.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_ISA_H
#define QCRT_COMPUTE_ISA_H

#include <string>
#include <vector>

#if defined(__x86_64__) && (defined(__clang__) || defined(__GNUC__))
#define QCRT_HAS_X86_KERNELS 1
#else
#define QCRT_HAS_X86_KERNELS 0
#endif

namespace qcrt::compute {

/// Ordered from the slowest to the fastest. All of them give the same bytes.
enum class Isa { Portable, Avx2, Avx512Vnni };

/// The instruction sets that this processor (and operating system) runs, in
/// order.
const std::vector<Isa> &supportedIsas();

/// The fastest supported one, unless the environment variable QCRT_ISA names
/// another supported one ("portable", "avx2", "avx512vnni").
Isa preferredIsa();

#if QCRT_HAS_X86_KERNELS
/// What was compiled for the preferred instruction set.
template <typename Table>
const Table &chooseTable(const Table &portable, const Table &avx2,
                         const Table &avx512) {
  switch (preferredIsa()) {
  case Isa::Portable:
    break;
  case Isa::Avx2:
    return avx2;
  case Isa::Avx512Vnni:
    return avx512;
  }
  return portable;
}
#endif

/// "" or what is wrong with QCRT_ISA: a name that this processor does not have.
/// preferredIsa() goes on as if it were not set.
std::string preferredIsaError();

/// The name that QCRT_ISA understands.
const char *isaName(Isa isa);

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_ISA_H
