// Placing one buffer after the other into the smallest gap.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "BestFit.h"

#include <algorithm>
#include <limits>

namespace qc {

static uint64_t alignTo(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

void BestFit::place(size_t index) {
  uint64_t offset = findOffset(index);
  plan.offsets[index] = offset;
  plan.bytes = std::max(plan.bytes, offset + buffers[index].paddedBytes());
  auto position = std::upper_bound(
      placed.begin(), placed.end(), offset,
      [&](uint64_t at, size_t other) { return at < plan.offsets[other]; });
  placed.insert(position, index);
}

uint64_t BestFit::findOffset(size_t index) const {
  const LiveBuffer &buffer = buffers[index];
  uint64_t best = 0, bestGap = std::numeric_limits<uint64_t>::max();
  uint64_t end = 0;
  for (size_t other : placed) {
    if (!buffer.overlapsInTime(buffers[other]))
      continue;
    uint64_t start = alignTo(end, buffer.alignment);
    uint64_t next = plan.offsets[other];
    if (next >= start + buffer.paddedBytes() && next - start < bestGap) {
      best = start;
      bestGap = next - start;
    }
    end = std::max(end, next + buffers[other].paddedBytes());
  }
  return bestGap == std::numeric_limits<uint64_t>::max()
             ? alignTo(end, buffer.alignment)
             : best;
}

MemoryPlan placeInOrder(const std::vector<LiveBuffer> &buffers,
                        const std::vector<size_t> &order) {
  BestFit fit(buffers);
  for (size_t index : order)
    fit.place(index);
  return fit.take();
}

} // namespace qc
