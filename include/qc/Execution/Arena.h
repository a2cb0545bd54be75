// Placing buffers with known lifetimes into one block of memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXECUTION_ARENA_H
#define QC_EXECUTION_ARENA_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstddef>
#include <cstdint>

namespace qc {

/// A buffer that holds data from step `firstStep` to step `lastStep`, both
/// included.
struct ArenaBuffer {
  size_t bytes = 0;
  int64_t firstStep = 0;
  int64_t lastStep = 0;

  bool overlaps(const ArenaBuffer &other) const {
    return firstStep <= other.lastStep && other.firstStep <= lastStep;
  }
};

struct ArenaPlan {
  /// Bytes from the start of the arena, one a buffer; multiples of
  /// kArenaAlignment.
  llvm::SmallVector<size_t> offsets;
  size_t totalBytes = 0;
};

inline constexpr size_t kArenaAlignment = 64;

/// Greedy by size: larger buffers first, each at the lowest address that is
/// free during its life. Deterministic; usually within a few per cent of the
/// largest sum of live buffers.
ArenaPlan planArena(llvm::ArrayRef<ArenaBuffer> buffers);

} // namespace qc

#endif // QC_EXECUTION_ARENA_H
