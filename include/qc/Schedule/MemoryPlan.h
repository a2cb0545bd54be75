// Buffers with lifetimes, their places in one arena, and the check of a plan.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SCHEDULE_MEMORYPLAN_H
#define QC_SCHEDULE_MEMORYPLAN_H

#include "qc/Support/Result.h"

#include <cstdint>
#include <vector>

namespace qc {

/// A block of memory that holds data from step `first` to step `last`, both
/// included. Steps are positions in the order of execution; a step's operands
/// and results are live at that step.
struct LiveBuffer {
  /// At least 1.
  uint64_t bytes = 0;
  /// What the offset is a multiple of: a power of two. Sizes are rounded up to
  /// it as well, so that kernels may read and write whole vectors.
  uint64_t alignment = 64;
  int64_t first = 0;
  int64_t last = 0;

  bool overlapsInTime(const LiveBuffer &other) const {
    return first <= other.last && other.first <= last;
  }
  /// Bytes that it takes in the arena.
  uint64_t paddedBytes() const {
    return (bytes + alignment - 1) / alignment * alignment;
  }
};

/// Where buffers lie: offsets[i] bytes from the start of the arena.
struct MemoryPlan {
  std::vector<uint64_t> offsets;
  /// Bytes of the arena.
  uint64_t bytes = 0;
};

/// The most padded bytes that are live at one step: no plan is smaller.
uint64_t getLiveLowerBound(const std::vector<LiveBuffer> &buffers);

/// Checks that offsets are aligned and inside the arena and that no two buffers
/// share a byte while both are live. Knows nothing of how plans are made. The
/// message names buffers by index.
Status verifyMemoryPlan(const std::vector<LiveBuffer> &buffers,
                        const MemoryPlan &plan);

} // namespace qc

#endif // QC_SCHEDULE_MEMORYPLAN_H
