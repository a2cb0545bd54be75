// Memory plans: planners against the lower bound and an independent check.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Schedule/MemoryPlan.h"
#include "qc/Schedule/MemoryPlanner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <tuple>

using namespace qc;

static LiveBuffer buffer(uint64_t bytes, int64_t first, int64_t last) {
  return {bytes, 64, first, last};
}

/// Buffers of a made-up network: chains with branches that join later.
static std::vector<LiveBuffer> randomBuffers(unsigned seed, int count) {
  std::mt19937 random(seed);
  std::vector<LiveBuffer> buffers;
  for (int i = 0; i < count; ++i) {
    int64_t length = random() % 4 == 0 ? random() % 20 : 1;
    LiveBuffer made = buffer(1 + random() % 100000, i, i + length);
    made.alignment = random() % 5 == 0 ? 4096 : 64;
    buffers.push_back(made);
  }
  return buffers;
}

TEST(LowerBound, CountsPaddedBytesLiveAtOnce) {
  EXPECT_EQ(getLiveLowerBound({}), 0u);
  EXPECT_EQ(getLiveLowerBound({buffer(1, 0, 1), buffer(65, 1, 2)}), 192u);
  // They meet at no step.
  EXPECT_EQ(getLiveLowerBound({buffer(64, 0, 1), buffer(128, 2, 3)}), 128u);
}

TEST(Planner, MeetsTheBoundOfAChain) {
  std::vector<LiveBuffer> chain;
  for (int i = 0; i < 20; ++i)
    chain.push_back(buffer(64 * (1 + i % 7), i, i + 1));
  MemoryPlan plan = createGreedyBySizePlanner()->plan(chain);
  EXPECT_TRUE(verifyMemoryPlan(chain, plan));
  EXPECT_EQ(plan.bytes, getLiveLowerBound(chain));
}

/// Best fit as its definition says, one buffer of all after the other.
static std::vector<uint64_t>
placeSlowly(const std::vector<LiveBuffer> &buffers) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    auto key = [&](size_t i) {
      return std::make_tuple(-int64_t(buffers[i].paddedBytes()),
                             buffers[i].first - buffers[i].last, i);
    };
    return key(a) < key(b);
  });
  std::vector<uint64_t> offsets(buffers.size());
  for (size_t turn = 0; turn < order.size(); ++turn) {
    const LiveBuffer &buffer = buffers[order[turn]];
    std::vector<std::pair<uint64_t, uint64_t>> taken;
    for (size_t i = 0; i < turn; ++i)
      if (buffer.overlapsInTime(buffers[order[i]]))
        taken.emplace_back(offsets[order[i]],
                           offsets[order[i]] + buffers[order[i]].paddedBytes());
    std::sort(taken.begin(), taken.end());
    uint64_t end = 0, best = 0, bestGap = ~uint64_t(0);
    auto start = [&] {
      return (end + buffer.alignment - 1) / buffer.alignment * buffer.alignment;
    };
    for (auto [from, to] : taken) {
      if (from >= start() + buffer.paddedBytes() && from - start() < bestGap) {
        best = start();
        bestGap = from - start();
      }
      end = std::max(end, to);
    }
    offsets[order[turn]] = bestGap == ~uint64_t(0) ? start() : best;
  }
  return offsets;
}

TEST(Planner, FindsAllThatAreLiveTogether) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    auto buffers = randomBuffers(seed, 80);
    EXPECT_EQ(createGreedyBySizePlanner()->plan(buffers).offsets,
              placeSlowly(buffers));
  }
}

// Looking at all pairs would take minutes.
TEST(Planner, PlansALongChain) {
  constexpr int count = 200000;
  std::vector<LiveBuffer> chain;
  for (int i = 0; i < count; ++i)
    chain.push_back(buffer(64 * (1 + i % 7), i, i + 1));
  chain.push_back(buffer(64, 0, count));
  MemoryPlan plan = createSmallestPlanner()->plan(chain);
  EXPECT_TRUE(verifyMemoryPlan(chain, plan));
  EXPECT_EQ(plan.bytes, getLiveLowerBound(chain));
}

/// The built-in ones.
static MemoryPlannerRegistry getPlanners() {
  MemoryPlannerRegistry registry("memory planner");
  registerAllPlanners(registry);
  return registry;
}

// So would looking at all that are live together: thousands of results.
TEST(Planner, PlansWhatIsVeryWide) {
  constexpr int count = 100000;
  std::vector<LiveBuffer> wide;
  for (int i = 0; i < count; ++i) {
    wide.push_back(buffer(64 * (1 + i % 7), i, i + 1));
    wide.push_back(buffer(64 * (1 + i % 5), i, count));
  }
  MemoryPlannerRegistry planners = getPlanners();
  for (const auto &[name, make] : planners.getEntries()) {
    MemoryPlan plan = make()->plan(wide);
    EXPECT_TRUE(verifyMemoryPlan(wide, plan)) << name;
    EXPECT_LE(plan.bytes, getLiveLowerBound(wide) * 11 / 10) << name;
  }
}

TEST(Planner, PlansWhatIsWideOfAnySize) {
  std::mt19937 random(3);
  std::vector<LiveBuffer> wide;
  for (int i = 0; i < 8000; ++i) {
    int64_t first = random() % 8000;
    wide.push_back(
        buffer(1 + random() % 10000, first, first + random() % 8000));
    wide.back().alignment = random() % 5 == 0 ? 4096 : 64;
  }
  MemoryPlan plan = createSmallestPlanner()->plan(wide);
  EXPECT_TRUE(verifyMemoryPlan(wide, plan));
  EXPECT_LE(plan.bytes, getLiveLowerBound(wide) * 3 / 2);
}

TEST(Planner, PlansNothing) {
  MemoryPlannerRegistry planners = getPlanners();
  for (const auto &[name, make] : planners.getEntries())
    EXPECT_EQ(make()->plan({}).bytes, 0u) << name;
}

TEST(Planner, EveryPlanIsValidAndNearTheBound) {
  MemoryPlannerRegistry planners = getPlanners();
  for (const auto &[name, make] : planners.getEntries()) {
    auto planner = make();
    for (unsigned seed = 0; seed < 50; ++seed) {
      auto buffers = randomBuffers(seed, 60);
      MemoryPlan plan = planner->plan(buffers);
      Status status = verifyMemoryPlan(buffers, plan);
      EXPECT_TRUE(status) << name << " seed " << seed << ": "
                          << status.message();
      EXPECT_GE(plan.bytes, getLiveLowerBound(buffers));
      EXPECT_LE(plan.bytes, getLiveLowerBound(buffers) * 3 / 2) << name;
    }
  }
}

TEST(Planner, SmallestIsNeverLargerThanEither) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    auto buffers = randomBuffers(seed, 40);
    uint64_t best = createSmallestPlanner()->plan(buffers).bytes;
    EXPECT_LE(best, createGreedyBySizePlanner()->plan(buffers).bytes);
    EXPECT_LE(best, createGreedyByBreadthPlanner()->plan(buffers).bytes);
  }
}

TEST(Planner, SearchOnlyImproves) {
  unsigned improved = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    auto buffers = randomBuffers(seed, 40);
    uint64_t greedy = createSmallestPlanner()->plan(buffers).bytes;
    uint64_t searched = createHillClimbPlanner()->plan(buffers).bytes;
    EXPECT_LE(searched, greedy);
    improved += searched < greedy;
  }
  EXPECT_GT(improved, 0u);
}

TEST(Planner, IsDeterministic) {
  auto buffers = randomBuffers(7, 100);
  MemoryPlannerRegistry planners = getPlanners();
  for (const auto &[name, make] : planners.getEntries()) {
    auto planner = make();
    EXPECT_EQ(planner->plan(buffers).offsets, planner->plan(buffers).offsets)
        << name;
  }
}

TEST(Registry, NamesTheKnownOnesWhenAsked) {
  MemoryPlannerRegistry planners = getPlanners();
  auto planner = planners.get("optimal");
  ASSERT_FALSE(planner);
  EXPECT_EQ(planner.message(),
            "unknown memory planner 'optimal'; known: greedy-by-breadth, "
            "greedy-by-size, hill-climb, smallest");
}

static std::string verify(const std::vector<LiveBuffer> &buffers,
                          std::vector<uint64_t> offsets, uint64_t bytes) {
  return verifyMemoryPlan(buffers, {std::move(offsets), bytes}).message();
}

TEST(Verifier, AcceptsReuseInTimeAndNeighboursInSpace) {
  EXPECT_EQ(verify({buffer(64, 0, 1), buffer(64, 1, 2), buffer(64, 2, 3)},
                   {0, 64, 0}, 128),
            "");
}

TEST(Verifier, FindsEveryKindOfMistake) {
  EXPECT_EQ(verify({buffer(64, 0, 1)}, {}, 64),
            "the plan has 0 offsets for 1 buffers");
  EXPECT_EQ(verify({buffer(64, 0, 1)}, {32}, 128),
            "buffer 0 lies at offset 32, which is no multiple of 64");
  EXPECT_EQ(verify({buffer(65, 0, 1)}, {64}, 128),
            "buffer 0 of 65 bytes at offset 64 reaches outside the arena of "
            "128 bytes");
  EXPECT_EQ(verify({buffer(64, 0, 1), buffer(64, 1, 2)}, {0, 0}, 64),
            "buffers 0 and 1 share memory while both are live");
  EXPECT_EQ(verify({buffer(64, 1, 2), buffer(256, 0, 1)}, {64, 0}, 256),
            "buffers 0 and 1 share memory while both are live");
  EXPECT_EQ(verify({buffer(64, 0, 9), buffer(64, 2, 3), buffer(65, 4, 5)},
                   {128, 64, 64}, 192),
            "buffers 0 and 2 share memory while both are live");
}
