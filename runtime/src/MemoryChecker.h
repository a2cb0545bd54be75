// Verifies the memory plan in a file before it is run.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_MEMORYCHECKER_H
#define QCRT_SRC_MEMORYCHECKER_H

#include "Kernel.h"
#include "qcrt/Program.h"

#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace qcrt {

/// Follows a program and refuses a plan in which an instruction writes over a
/// tensor that is still needed, unless the kernel allows it.
class MemoryChecker {
public:
  explicit MemoryChecker(const Program &program);
  /// The inputs are all there at the start and must not overlap.
  bool checkInputs(std::string &error);
  /// Accounts for the next instruction in execution order.
  bool visit(size_t number, const Kernel &kernel, std::string &error);

private:
  bool overlap(uint32_t a, uint32_t b) const;
  bool mayOverwrite(size_t number, const Kernel &kernel, int output,
                    uint32_t victim);
  uint32_t group(uint32_t tensor);
  void addLive(uint32_t tensor);
  void removeLive(uint32_t tensor);
  template <typename Action>
  void forEachOverlapping(uint32_t tensor, Action action) const;

  const Program &program;
  /// Bytes of each tensor.
  std::vector<uint64_t> sizes;
  /// Index of the last instruction that reads a tensor.
  std::vector<size_t> lastUse;
  /// Representative of the tensors that hold the same bytes in one place.
  std::vector<uint32_t> groups;
  /// Tensors in the arena that are still needed, by the power of two below
  /// their size, with their offsets: near a place there are few of one size,
  /// while a small one may lie far behind the start of a large one.
  std::array<std::set<std::pair<uint64_t, uint32_t>>, 64> live;
  /// When each became live.
  std::vector<uint32_t> since;
  uint32_t count = 0;
};

} // namespace qcrt
#endif // QCRT_SRC_MEMORYCHECKER_H
