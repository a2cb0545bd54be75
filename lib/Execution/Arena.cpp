// Greedy placement of buffers by size.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/Arena.h"
#include "qc/Schedule/MemoryPlanner.h"

namespace qc {

ArenaPlan planArena(llvm::ArrayRef<ArenaBuffer> buffers) {
  // Buffers without bytes lie anywhere.
  std::vector<LiveBuffer> live;
  for (const ArenaBuffer &buffer : buffers)
    if (buffer.bytes > 0)
      live.push_back(
          {buffer.bytes, kArenaAlignment, buffer.firstStep, buffer.lastStep});
  MemoryPlan placed = createGreedyBySizePlanner()->plan(live);
  ArenaPlan plan;
  plan.totalBytes = placed.bytes;
  auto offset = placed.offsets.begin();
  for (const ArenaBuffer &buffer : buffers)
    plan.offsets.push_back(buffer.bytes > 0 ? *offset++ : 0);
  return plan;
}

} // namespace qc
