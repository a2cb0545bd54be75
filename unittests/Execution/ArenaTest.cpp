// The arena's planner: nothing that lives together shares a byte.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/Arena.h"

#include <gtest/gtest.h>

#include <random>

using namespace qc;

/// The largest sum of sizes that are live in one step.
static size_t getLowerBound(llvm::ArrayRef<ArenaBuffer> buffers,
                            int64_t steps) {
  size_t most = 0;
  for (int64_t step = 0; step < steps; ++step) {
    size_t live = 0;
    for (const ArenaBuffer &buffer : buffers)
      if (buffer.firstStep <= step && step <= buffer.lastStep)
        live += buffer.bytes;
    most = std::max(most, live);
  }
  return most;
}

static void expectValid(llvm::ArrayRef<ArenaBuffer> buffers,
                        const ArenaPlan &plan) {
  ASSERT_EQ(plan.offsets.size(), buffers.size());
  for (size_t i = 0; i < buffers.size(); ++i) {
    EXPECT_EQ(plan.offsets[i] % kArenaAlignment, 0u);
    EXPECT_LE(plan.offsets[i] + buffers[i].bytes, plan.totalBytes);
    for (size_t j = 0; j < i; ++j)
      if (buffers[i].overlaps(buffers[j]))
        EXPECT_TRUE(plan.offsets[i] + buffers[i].bytes <= plan.offsets[j] ||
                    plan.offsets[j] + buffers[j].bytes <= plan.offsets[i])
            << "buffers " << i << " and " << j;
  }
}

TEST(Arena, EmptyPlan) { EXPECT_EQ(planArena({}).totalBytes, 0u); }

TEST(Arena, ChainReusesMemory) {
  // Each buffer is read by the step that writes the next.
  llvm::SmallVector<ArenaBuffer> buffers;
  for (int64_t i = 0; i < 10; ++i)
    buffers.push_back({1024, i, i + 1});
  ArenaPlan plan = planArena(buffers);
  expectValid(buffers, plan);
  EXPECT_EQ(plan.totalBytes, 2048u);
}

TEST(Arena, GapBetweenLiveBuffersIsUsed) {
  llvm::SmallVector<ArenaBuffer> buffers = {
      {4096, 0, 1}, {2048, 0, 9}, {1024, 2, 9}, {1024, 2, 9}};
  ArenaPlan plan = planArena(buffers);
  expectValid(buffers, plan);
  EXPECT_EQ(plan.totalBytes, 6144u);
}

TEST(Arena, RandomLivesAreValidAndClose) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    llvm::SmallVector<ArenaBuffer> buffers;
    for (int i = 0; i < 60; ++i) {
      int64_t first = random() % 100;
      buffers.push_back(
          {64 * (1 + random() % 100), first, first + int64_t(random() % 8)});
    }
    ArenaPlan plan = planArena(buffers);
    expectValid(buffers, plan);
    EXPECT_LE(plan.totalBytes, getLowerBound(buffers, 120) * 3 / 2);
    EXPECT_EQ(planArena(buffers).offsets, plan.offsets);
  }
}
