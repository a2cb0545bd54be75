// Placing one buffer after the other into the smallest gap.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "BestFit.h"

#include <algorithm>
#include <limits>

namespace qc {

static uint64_t alignTo(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

void BestFit::place(size_t which) {
  uint64_t offset = findOffset(which);
  plan.offsets[which] = offset;
  plan.bytes = std::max(plan.bytes, offset + buffers[which].paddedBytes());
  auto position = std::upper_bound(
      placed.begin(), placed.end(), offset,
      [&](uint64_t at, size_t other) { return at < plan.offsets[other]; });
  placed.insert(position, which);
  index.insert(which);
}

/// The placed buffers that are live with `buffer`, by offset.
std::vector<size_t> BestFit::findOverlapping(const LiveBuffer &buffer) const {
  std::vector<size_t> found;
  index.visitOverlapping(buffer, [&](size_t other) { found.push_back(other); });
  // Of many, picking them from all is faster than sorting them.
  if (found.size() > placed.size() / 8) {
    found.clear();
    std::copy_if(
        placed.begin(), placed.end(), std::back_inserter(found),
        [&](size_t other) { return buffer.overlapsInTime(buffers[other]); });
    return found;
  }
  std::sort(found.begin(), found.end(), [&](size_t a, size_t b) {
    return plan.offsets[a] < plan.offsets[b];
  });
  return found;
}

uint64_t BestFit::findOffset(size_t which) const {
  const LiveBuffer &buffer = buffers[which];
  uint64_t best = 0, bestGap = std::numeric_limits<uint64_t>::max();
  uint64_t end = 0;
  for (size_t other : findOverlapping(buffer)) {
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
