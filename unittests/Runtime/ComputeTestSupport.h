// Random operands, a plain reference and one call per instruction set for the
// compute kernels.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_UNITTESTS_RUNTIME_COMPUTETESTSUPPORT_H
#define QC_UNITTESTS_RUNTIME_COMPUTETESTSUPPORT_H

#include "Kernel.h"
#include "Requant.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace qcrt::test {

/// A tensor with its bytes.
struct Operand {
  qcrt_dtype dtype = QCRT_I8;
  std::vector<int64_t> shape;
  int64_t zeroPoint = 0;
  bool constant = false;
  std::vector<int64_t> values;

  int64_t count() const;
  /// Fills with values of the storage type, `extremes` of them at its ends.
  void randomize(std::mt19937 &random, int64_t low, int64_t high);
};

int64_t lowest(qcrt_dtype dtype);
int64_t highest(qcrt_dtype dtype);

/// A requantisation for accumulators of about the size `typical`.
struct RequantText {
  std::string kind = "mul32", rounding = "single";
  std::vector<int64_t> multipliers, shifts;
  std::vector<double> scales;
  std::vector<int64_t> clamp;

  static RequantText random(std::mt19937 &random, size_t channels,
                            double typical, qcrt_dtype result);
  void addTo(Attributes &attributes) const;
};

using Keys = std::vector<std::pair<std::string, std::vector<int64_t>>>;

/// One kernel with its operands; the result's values are filled by run.
struct Case {
  std::string kernel;
  std::vector<Operand> inputs;
  Operand output;
  Keys keys;
  RequantText requant;

  /// Runs with QCRT_ISA set to `isa`. Returns the error, or "".
  std::string run(const char *isa, int threads);
  /// The requantisation as the kernel reads it.
  Requant readRequant() const;
  std::string describe() const;
};

/// Runs `test` with every instruction set and 1 and 3 threads, and compares
/// with `expected`. Returns what differs, or "".
std::string compareAll(Case &test, const std::vector<int64_t> &expected);

/// A number in [low, high].
inline int64_t pick(std::mt19937 &random, int64_t low, int64_t high) {
  return low +
         static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
}

} // namespace qcrt::test

#endif // QC_UNITTESTS_RUNTIME_COMPUTETESTSUPPORT_H
