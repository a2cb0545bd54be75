// Asks the processor which instruction sets it has.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Isa.h"

#include <cstdlib>
#include <cstring>

using namespace qcrt::compute;

static std::vector<Isa> detect() {
  std::vector<Isa> found{Isa::Portable};
#if QCRT_HAS_X86_KERNELS
  // These builtins also check that the operating system saves the registers.
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2"))
    found.push_back(Isa::Avx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vnni"))
    found.push_back(Isa::Avx512Vnni);
#endif
  return found;
}

const std::vector<Isa> &qcrt::compute::supportedIsas() {
  static const std::vector<Isa> isas = detect();
  return isas;
}

const char *qcrt::compute::isaName(Isa isa) {
  switch (isa) {
  case Isa::Portable:
    return "portable";
  case Isa::Avx2:
    return "avx2";
  case Isa::Avx512Vnni:
    return "avx512vnni";
  }
  return "portable";
}

static const Isa *wantedIsa(const char *wanted) {
  for (const Isa &isa : supportedIsas())
    if (std::strcmp(wanted, isaName(isa)) == 0)
      return &isa;
  return nullptr;
}

Isa qcrt::compute::preferredIsa() {
  const char *wanted = std::getenv("QCRT_ISA");
  const Isa *isa = wanted ? wantedIsa(wanted) : nullptr;
  return isa ? *isa : supportedIsas().back();
}

std::string qcrt::compute::preferredIsaError() {
  const char *wanted = std::getenv("QCRT_ISA");
  if (!wanted || wantedIsa(wanted))
    return "";
  std::string names;
  for (Isa isa : supportedIsas())
    names += std::string(names.empty() ? "" : ", ") + isaName(isa);
  return "QCRT_ISA is '" + std::string(wanted) +
         "', but this processor has: " + names;
}
