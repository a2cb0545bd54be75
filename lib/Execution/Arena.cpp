// Greedy placement of buffers by size.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/Arena.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace qc {

ArenaPlan planArena(ArrayRef<ArenaBuffer> buffers) {
  ArenaPlan plan;
  plan.offsets.resize(buffers.size());
  SmallVector<size_t> order = to_vector(seq<size_t>(0, buffers.size()));
  sort(order, [&](size_t a, size_t b) {
    return buffers[a].bytes != buffers[b].bytes
               ? buffers[a].bytes > buffers[b].bytes
               : a < b;
  });

  // Indices of placed buffers, by offset.
  SmallVector<size_t> placed;
  for (size_t index : order) {
    const ArenaBuffer &buffer = buffers[index];
    size_t bytes = alignTo(buffer.bytes, kArenaAlignment);
    size_t offset = 0;
    for (size_t other : placed) {
      if (!buffer.overlaps(buffers[other]))
        continue;
      if (offset + bytes <= plan.offsets[other])
        break;
      offset =
          std::max(offset, plan.offsets[other] +
                               alignTo(buffers[other].bytes, kArenaAlignment));
    }
    plan.offsets[index] = offset;
    plan.totalBytes = std::max(plan.totalBytes, offset + bytes);
    auto position = upper_bound(placed, offset, [&](size_t at, size_t other) {
      return at < plan.offsets[other];
    });
    placed.insert(position, index);
  }
  return plan;
}

} // namespace qc
