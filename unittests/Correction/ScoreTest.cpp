// One judgement for all corrections: what counts as nearer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/Score.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace qc;

namespace {

using Samples = std::vector<std::vector<ResultEnergy>>;

/// Fifteen weak samples at `weak` dB and a strong one, 40 dB louder, at
/// `strong` dB.
Samples makeSamples(double weak, double strong) {
  auto noiseOf = [](double signal, double decibels) {
    return signal / std::pow(10, decibels / 10);
  };
  Samples samples(15, {{1, noiseOf(1, weak)}});
  samples.push_back({{1e4, noiseOf(1e4, strong)}});
  return samples;
}

Score scoreOf(double weak, double strong) {
  return getScore(makeSamples(weak, strong));
}

} // namespace

TEST(Score, CountsEnergyWorstAndTypicalSamples) {
  Score score = scoreOf(20, 30);
  // 15 * 0.01 + 10 of 10015.
  EXPECT_NEAR(score.energy, 10 * std::log10(10015 / 10.15), 1e-9);
  EXPECT_NEAR(score.typical, (15 * 20 + 30) / 16.0, 1e-9);
  EXPECT_NEAR(score.worst, 20, 1e-9);
}

// The mean of decibels rises from 20 to 28.2: that alone would cut the strong
// sample.
TEST(Score, ARareStrongSampleIsNotGivenUp) {
  Score before = scoreOf(20, 20), after = scoreOf(30, 1);
  EXPECT_GT(after.typical, before.typical);
  EXPECT_LT(after.energy, before.energy);
  EXPECT_FALSE(isBetter(after, before));
}

// The energy is all in the strong sample.
TEST(Score, WeakSamplesAreNotGivenUp) {
  Score before = scoreOf(20, 20), after = scoreOf(5, 30);
  EXPECT_GT(after.energy, before.energy);
  EXPECT_FALSE(isBetter(after, before));
}

TEST(Score, AFewWorseSamplesCountMoreThanTheMean) {
  Samples before = makeSamples(20, 20), after = makeSamples(24, 24);
  for (int i = 0; i < 2; ++i)
    after[i] = {{1, 1}}; // 0 dB
  EXPECT_GT(getScore(after).typical, getScore(before).typical);
  EXPECT_GT(getScore(after).energy, getScore(before).energy);
  EXPECT_FALSE(isBetter(getScore(after), getScore(before)));
}

TEST(Score, WhatGainsInAllIsKept) {
  EXPECT_TRUE(isBetter(scoreOf(21, 21), scoreOf(20, 20)));
  EXPECT_TRUE(isBetter(scoreOf(20, 21), scoreOf(20, 20)));
  EXPECT_FALSE(isBetter(scoreOf(20, 20), scoreOf(20, 20)));
  EXPECT_FALSE(isBetter(scoreOf(20.5, 20.5), scoreOf(20, 20), 1));
}

TEST(Score, WorseInAnyViewIsWorse) {
  EXPECT_FALSE(isWorse(scoreOf(20, 20), scoreOf(20, 20)));
  EXPECT_FALSE(isWorse(scoreOf(19.99, 19.99), scoreOf(20, 20)));
  EXPECT_TRUE(isWorse(scoreOf(30, 19), scoreOf(20, 20)));
  EXPECT_TRUE(isWorse(scoreOf(19, 30), scoreOf(20, 20)));
}

// A result in large units does not hide the other one.
TEST(Score, EachResultCountsByItsOwnSignal) {
  Samples before(8, {{1e6, 1e2}, {1, 1e-2}}), after = before;
  for (auto &sample : after)
    sample = {{1e6, 0.9e2}, {1, 1e-1}};
  EXPECT_FALSE(isBetter(getScore(after), getScore(before)));
}

TEST(Score, EqualAndEmptyAreNumbers) {
  EXPECT_EQ(getScore({}).energy, 0);
  EXPECT_GT(getScore(Samples(4, {{1, 0}})).worst, 100);
  EXPECT_LT(getScore(Samples(4, {{0, 1}})).energy, -100);
  EXPECT_TRUE(
      isBetter(getScore(Samples(4, {{0, 0}})), getScore(Samples(4, {{0, 1}}))));
}
