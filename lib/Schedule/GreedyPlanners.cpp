// Greedy planners: an order of the buffers, and best fit for each.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "BestFit.h"
#include "TimeOrder.h"
#include "qc/Schedule/MemoryPlanner.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace qc {

MemoryPlanner::~MemoryPlanner() = default;

namespace {
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
    return isVeryWide(buffers) ? placeByTime(buffers)
                               : placeInOrder(buffers, orderBySize(buffers));
  }
};

class GreedyByBreadth : public MemoryPlanner {
public:
  MemoryPlan plan(const std::vector<LiveBuffer> &buffers) const override {
    if (isVeryWide(buffers))
      return placeByTime(buffers);
    std::vector<size_t> bySize = orderBySize(buffers);
    std::vector<size_t> rank(buffers.size());
    LiveIndex index(buffers);
    for (size_t i = 0; i < bySize.size(); ++i) {
      rank[bySize[i]] = i;
      index.insert(i);
    }
    std::vector<bool> done(buffers.size());
    BestFit fit(buffers);
    for (int64_t step : orderByBreadth(buffers)) {
      std::vector<size_t> ranks;
      index.visitAt(step, [&](size_t which) {
        if (!done[which])
          ranks.push_back(rank[which]);
        done[which] = true;
      });
      std::sort(ranks.begin(), ranks.end());
      for (size_t place : ranks)
        fit.place(bySize[place]);
    }
    return fit.take();
  }

private:
  /// Steps at which a buffer begins to live, those with the most live bytes
  /// first. Between them the live set only shrinks.
  static std::vector<int64_t>
  orderByBreadth(const std::vector<LiveBuffer> &buffers) {
    std::map<int64_t, uint64_t> born, dead;
    for (const LiveBuffer &buffer : buffers) {
      born[buffer.first] += buffer.paddedBytes();
      dead[buffer.last] += buffer.paddedBytes();
    }
    std::vector<std::pair<uint64_t, int64_t>> steps;
    uint64_t breadth = 0;
    auto death = dead.begin();
    for (const auto &[step, bytes] : born) {
      for (; death != dead.end() && death->first < step; ++death)
        breadth -= death->second;
      breadth += bytes;
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

} // namespace

std::unique_ptr<MemoryPlanner> createGreedyBySizePlanner() {
  return std::make_unique<GreedyBySize>();
}

std::unique_ptr<MemoryPlanner> createGreedyByBreadthPlanner() {
  return std::make_unique<GreedyByBreadth>();
}

} // namespace qc
