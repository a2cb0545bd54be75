// Greedy planners: an order of the buffers, and best fit for each.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Schedule/MemoryPlanner.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

namespace qc {

MemoryPlanner::~MemoryPlanner() = default;

static uint64_t alignTo(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

namespace {
/// Places one buffer after the other where they disturb no earlier one.
class BestFit {
public:
  explicit BestFit(const std::vector<LiveBuffer> &buffers) : buffers(buffers) {
    plan.offsets.resize(buffers.size());
  }

  void place(size_t index) {
    uint64_t offset = findOffset(index);
    plan.offsets[index] = offset;
    plan.bytes = std::max(plan.bytes, offset + buffers[index].paddedBytes());
    auto position = std::upper_bound(
        placed.begin(), placed.end(), offset,
        [&](uint64_t at, size_t other) { return at < plan.offsets[other]; });
    placed.insert(position, index);
  }

  MemoryPlan take() { return std::move(plan); }

private:
  /// The start of the smallest gap that holds the buffer, else the end of what
  /// is live with it.
  uint64_t findOffset(size_t index) const {
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

  const std::vector<LiveBuffer> &buffers;
  MemoryPlan plan;
  /// Indices of placed buffers, by offset.
  std::vector<size_t> placed;
};

/// Indices, larger buffers first, then those that live longer.
std::vector<size_t> orderBySize(const std::vector<LiveBuffer> &buffers) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const LiveBuffer &x = buffers[a], &y = buffers[b];
    if (x.paddedBytes() != y.paddedBytes())
      return x.paddedBytes() > y.paddedBytes();
    if (x.last - x.first != y.last - y.first)
      return x.last - x.first > y.last - y.first;
    return a < b;
  });
  return order;
}

class GreedyBySize : public MemoryPlanner {
public:
  MemoryPlan plan(const std::vector<LiveBuffer> &buffers) const override {
    BestFit fit(buffers);
    for (size_t index : orderBySize(buffers))
      fit.place(index);
    return fit.take();
  }
};

class GreedyByBreadth : public MemoryPlanner {
public:
  MemoryPlan plan(const std::vector<LiveBuffer> &buffers) const override {
    std::vector<size_t> bySize = orderBySize(buffers);
    std::vector<bool> done(buffers.size());
    BestFit fit(buffers);
    for (int64_t step : orderByBreadth(buffers))
      for (size_t index : bySize) {
        const LiveBuffer &buffer = buffers[index];
        if (done[index] || step < buffer.first || step > buffer.last)
          continue;
        fit.place(index);
        done[index] = true;
      }
    return fit.take();
  }

private:
  /// Steps at which a buffer begins to live, those with the most live bytes
  /// first. Between them the live set only shrinks.
  static std::vector<int64_t>
  orderByBreadth(const std::vector<LiveBuffer> &buffers) {
    std::set<int64_t> births;
    for (const LiveBuffer &buffer : buffers)
      births.insert(buffer.first);
    std::vector<std::pair<uint64_t, int64_t>> steps;
    for (int64_t step : births) {
      uint64_t breadth = 0;
      for (const LiveBuffer &buffer : buffers)
        if (buffer.first <= step && step <= buffer.last)
          breadth += buffer.paddedBytes();
      steps.emplace_back(breadth, step);
    }
    std::sort(steps.begin(), steps.end(), [](auto &a, auto &b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    std::vector<int64_t> order;
    for (const auto &step : steps)
      order.push_back(step.second);
    return order;
  }
};

class Smallest : public MemoryPlanner {
public:
  MemoryPlan plan(const std::vector<LiveBuffer> &buffers) const override {
    MemoryPlan bySize = GreedyBySize().plan(buffers);
    if (bySize.bytes == getLiveLowerBound(buffers))
      return bySize;
    MemoryPlan byBreadth = GreedyByBreadth().plan(buffers);
    return byBreadth.bytes < bySize.bytes ? byBreadth : bySize;
  }
};
} // namespace

std::unique_ptr<MemoryPlanner> createGreedyBySizePlanner() {
  return std::make_unique<GreedyBySize>();
}

std::unique_ptr<MemoryPlanner> createGreedyByBreadthPlanner() {
  return std::make_unique<GreedyByBreadth>();
}

std::unique_ptr<MemoryPlanner> createSmallestPlanner() {
  return std::make_unique<Smallest>();
}

} // namespace qc
