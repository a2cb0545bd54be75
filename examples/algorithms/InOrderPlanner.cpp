// A memory planner: buffers in the order in which they are needed, each at the
// first place that is free.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Algorithms.h"

#include <algorithm>
#include <numeric>

namespace qc {
namespace {

class InOrder : public MemoryPlanner {
public:
  MemoryPlan plan(const std::vector<LiveBuffer> &buffers) const override {
    std::vector<size_t> order(buffers.size()), placed;
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return buffers[a].first < buffers[b].first;
    });
    MemoryPlan plan;
    plan.offsets.resize(buffers.size());
    for (size_t i : order) {
      const LiveBuffer &buffer = buffers[i];
      uint64_t offset = 0;
      // By offset, so that whatever is in the way is behind the ones before it.
      std::sort(placed.begin(), placed.end(), [&](size_t a, size_t b) {
        return plan.offsets[a] < plan.offsets[b];
      });
      for (size_t other : placed) {
        if (!buffer.overlapsInTime(buffers[other]) ||
            offset + buffer.paddedBytes() <= plan.offsets[other])
          continue;
        uint64_t end = plan.offsets[other] + buffers[other].paddedBytes();
        end =
            (end + buffer.alignment - 1) / buffer.alignment * buffer.alignment;
        offset = std::max(offset, end);
      }
      plan.offsets[i] = offset;
      plan.bytes = std::max(plan.bytes, offset + buffer.paddedBytes());
      placed.push_back(i);
    }
    return plan;
  }
};

} // namespace

std::unique_ptr<MemoryPlanner> createInOrderPlanner() {
  return std::make_unique<InOrder>();
}

void registerAlgorithmsTarget(Registries &registries) {
  (void)registries.corrections.add(makeTighten());
  (void)registries.planners.add("in-order", createInOrderPlanner);
}

} // namespace qc
