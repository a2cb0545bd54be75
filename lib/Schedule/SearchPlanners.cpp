// Planners that try more than one order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "BestFit.h"
#include "TimeOrder.h"
#include "qc/Schedule/MemoryPlanner.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace qc {

/// The smaller plan, `first` of equals.
static MemoryPlan chooseSmaller(MemoryPlan first, MemoryPlan second) {
  return second.bytes < first.bytes ? second : first;
}

static MemoryPlan planGreedily(const std::vector<LiveBuffer> &buffers) {
  MemoryPlan bySize = createGreedyBySizePlanner()->plan(buffers);
  if (bySize.bytes == getLiveLowerBound(buffers))
    return bySize;
  return chooseSmaller(std::move(bySize),
                       createGreedyByBreadthPlanner()->plan(buffers));
}

namespace {
/// Changes the order in which buffers are placed as long as that helps.
class HillClimb {
public:
  HillClimb(const std::vector<LiveBuffer> &buffers, MemoryPlan start)
      : buffers(buffers), plan(std::move(start)), order(buffers.size()),
        bound(getLiveLowerBound(buffers)) {
    // Placing from the bottom up gives the same plan or a smaller one.
    std::iota(order.begin(), order.end(), size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return plan.offsets[a] < plan.offsets[b];
    });
  }

  MemoryPlan run() {
    // Placing takes quadratic time; large programs get fewer tries.
    constexpr uint64_t maxWork = 200000000, maxTries = 2000;
    uint64_t cost = uint64_t(buffers.size()) * buffers.size() + 1;
    uint64_t tries = std::min(maxTries, maxWork / cost);
    for (uint64_t i = 0; i < tries && plan.bytes > bound; ++i)
      tryChange();
    return std::move(plan);
  }

private:
  /// A buffer that reaches the top of the arena is placed earlier, at the turn
  /// of another one, which takes its turn.
  void tryChange() {
    std::vector<size_t> tops;
    for (size_t turn = 1; turn < order.size(); ++turn) {
      size_t index = order[turn];
      if (plan.offsets[index] + buffers[index].paddedBytes() == plan.bytes)
        tops.push_back(turn);
    }
    if (tops.empty())
      return;
    size_t turn = tops[random() % tops.size()];
    std::vector<size_t> changed = order;
    std::swap(changed[turn], changed[random() % turn]);
    MemoryPlan candidate = placeInOrder(buffers, changed);
    if (candidate.bytes > plan.bytes)
      return;
    plan = std::move(candidate);
    order = std::move(changed);
  }

  const std::vector<LiveBuffer> &buffers;
  MemoryPlan plan;
  std::vector<size_t> order;
  uint64_t bound;
  /// Its sequence is fixed by the standard, so that plans are reproducible.
  std::mt19937 random;
};

class HillClimbPlanner : public MemoryPlanner {
public:
  MemoryPlan plan(const std::vector<LiveBuffer> &buffers) const override {
    MemoryPlan start = planGreedily(buffers);
    if (isVeryWide(buffers))
      return start;
    return chooseSmaller(start, HillClimb(buffers, start).run());
  }
};

class SmallestPlanner : public MemoryPlanner {
public:
  MemoryPlan plan(const std::vector<LiveBuffer> &buffers) const override {
    return planGreedily(buffers);
  }
};
} // namespace

std::unique_ptr<MemoryPlanner> createSmallestPlanner() {
  return std::make_unique<SmallestPlanner>();
}

std::unique_ptr<MemoryPlanner> createHillClimbPlanner() {
  return std::make_unique<HillClimbPlanner>();
}

} // namespace qc
