// Plans of tiles: what the planner makes holds when it is recounted, and what
// has been tampered with does not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/Tiling.h"

#include <gtest/gtest.h>

#include <random>

using namespace qc;

namespace {
TileTensor image(int64_t rows, int64_t width, int64_t channels) {
  TileTensor tensor;
  tensor.name = "t";
  tensor.rows = rows;
  tensor.channels = channels;
  tensor.rowBytes = width * channels;
  return tensor;
}

/// Convolutions of 3x3 one behind the other, of so many channels.
TileProblem chain(int64_t size, const std::vector<int64_t> &channels) {
  TileProblem problem;
  for (size_t i = 0; i < channels.size(); ++i) {
    problem.tensors.push_back(image(size, size, channels[i]));
    TileTensor &tensor = problem.tensors.back();
    tensor.isOutside = i == 0 || i + 1 == channels.size();
    tensor.first = std::max<int>(0, int(i) - 1);
    tensor.last = std::min<int>(int(i), int(channels.size()) - 2);
    if (i == 0)
      continue;
    TileStep step;
    step.name = "conv" + std::to_string(i);
    step.inputs.push_back({int(i) - 1, {RowMap::Window, 3, 1, 1, 1}, false});
    step.result = int(i);
    step.weightBytes = channels[i - 1] * channels[i] * 9;
    step.splitsRows = step.splitsChannels = true;
    problem.steps.push_back(step);
  }
  return problem;
}

void expectHolds(const TileProblem &problem, const TilingPlan &plan) {
  for (const std::string &fault : verifyTiling(problem, plan))
    ADD_FAILURE() << fault;
}
} // namespace

TEST(Tiling, KeepsWhatFitsAndMovesTheRestOnce) {
  TileProblem problem = chain(16, {8, 16, 16, 8});
  TilingPlan plan = planTiles(problem, 1 << 20);
  expectHolds(problem, plan);
  // Inputs, weights and outputs pass once; what lies between stays.
  int64_t traffic = 0, needed = problem.tensors.front().getBytes() +
                                problem.tensors.back().getBytes();
  for (size_t i = 0; i < problem.steps.size(); ++i) {
    traffic += plan.steps[i].ddrBytes;
    needed += problem.steps[i].weightBytes;
    EXPECT_EQ(plan.steps[i].rowTiles * plan.steps[i].channelTiles, 1);
  }
  EXPECT_EQ(traffic, needed);
  EXPECT_TRUE(plan.stays[1] && plan.stays[2]);
  EXPECT_FALSE(plan.stays[0] || plan.stays[3]);
}

TEST(Tiling, LessMemoryIsMoreTraffic) {
  TileProblem problem = chain(64, {16, 64, 64, 32});
  int64_t before = 0;
  for (int64_t capacity : {4 << 20, 512 << 10, 128 << 10, 32 << 10, 20 << 10}) {
    TilingPlan plan = planTiles(problem, capacity);
    expectHolds(problem, plan);
    int64_t traffic = 0;
    for (const StepTiling &step : plan.steps) {
      EXPECT_TRUE(step.fits) << capacity;
      traffic += step.ddrBytes;
    }
    EXPECT_GE(traffic, before) << capacity;
    before = traffic;
  }
}

TEST(Tiling, NamesWhatDoesNotFit) {
  TileProblem problem = chain(64, {16, 64, 64, 32});
  TilingPlan plan = planTiles(problem, 2000);
  EXPECT_FALSE(plan.steps[1].fits);
  EXPECT_EQ(plan.steps[1].rows, 1);
  EXPECT_EQ(plan.steps[1].channels, 1);
  expectHolds(problem, plan);
}

TEST(Tiling, FindsWhatWasTamperedWith) {
  TileProblem problem = chain(64, {16, 64, 64, 32});
  const TilingPlan plan = planTiles(problem, 24 << 10);
  expectHolds(problem, plan);
  auto faults = [&](auto change) {
    TilingPlan changed = plan;
    change(changed);
    return verifyTiling(problem, changed).size();
  };
  EXPECT_GT(faults([](TilingPlan &p) { p.steps[1].rows *= 8; }), 0U);
  EXPECT_GT(faults([](TilingPlan &p) { p.steps[1].rowTiles -= 1; }), 0U);
  EXPECT_GT(faults([](TilingPlan &p) { p.steps[1].channelTiles += 1; }), 0U);
  EXPECT_GT(faults([](TilingPlan &p) { p.steps[1].chipBytes -= 1000; }), 0U);
  EXPECT_GT(faults([](TilingPlan &p) { p.steps[1].ddrBytes -= 1; }), 0U);
  EXPECT_GT(faults([](TilingPlan &p) {
              for (StepTiling &step : p.steps)
                step.channelsOutside = !step.channelsOutside;
            }),
            0U);
  EXPECT_GT(faults([](TilingPlan &p) { p.stays[0] = true; }), 0U);
  EXPECT_GT(faults([](TilingPlan &p) { p.stays[1] = true; }), 0U);
  EXPECT_GT(faults([](TilingPlan &p) { p.capacity = 12 << 10; }), 0U);
  EXPECT_GT(faults([](TilingPlan &p) { p.steps.pop_back(); }), 0U);
}

/// Strides, windows, transposed convolutions, resizes, moves, skips.
TEST(Tiling, HoldsForRandomNetworks) {
  std::mt19937 random(7);
  auto pick = [&](int64_t low, int64_t high) {
    return low + int64_t(random() % uint64_t(high - low + 1));
  };
  for (int round = 0; round < 300; ++round) {
    TileProblem problem;
    auto count = int(pick(2, 9));
    for (int i = 0; i <= count; ++i) {
      TileTensor tensor = image(pick(1, 40), pick(1, 20), pick(1, 48));
      tensor.images = pick(1, 2);
      tensor.isOutside = i == 0 || i == count || pick(0, 9) == 0;
      tensor.first = tensor.last = std::max(0, i - 1);
      problem.tensors.push_back(tensor);
    }
    for (int i = 0; i < count; ++i) {
      TileStep step;
      step.name = std::to_string(i);
      for (int64_t inputs = pick(1, 2); inputs > 0; --inputs) {
        auto from = int(pick(0, i));
        RowMap rows{RowMap::Kind(pick(0, 2)), pick(1, 7), pick(1, 3),
                    pick(0, 3), pick(1, 3)};
        step.inputs.push_back({from, rows, pick(0, 1) == 1});
        problem.tensors[from].last = std::max(problem.tensors[from].last, i);
      }
      step.result = i + 1;
      step.weightBytes = pick(0, 1) * pick(1, 20000);
      step.splitsRows = pick(0, 3) != 0;
      step.splitsChannels = pick(0, 3) != 0;
      problem.steps.push_back(step);
    }
    expectHolds(problem, planTiles(problem, pick(500, 60000)));
    expectHolds(problem, planTiles(problem, 0));
    if (HasFailure())
      break;
  }
}
