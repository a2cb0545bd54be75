// Tests of the choice of factors for channels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/Equalization.h"
#include "gtest/gtest.h"

using namespace qc;

namespace {

/// What is left of both errors with a factor.
double getError(const GroupMeasure &measure, double factor) {
  return measure.rounding / (factor * factor) +
         measure.weights * factor * factor;
}

TEST(ChooseFactor, HasTheLeastErrorOfAll) {
  for (double ratio : {2.0, 30.0, 5000.0}) {
    GroupMeasure measure{ratio, 1, 1000};
    double chosen = chooseFactor(measure);
    for (double other = 1; other < 1000; other *= 1.01)
      EXPECT_LE(getError(measure, chosen), getError(measure, other) * 1.000001);
  }
}

TEST(ChooseFactor, StaysInTheRange) {
  EXPECT_FLOAT_EQ(chooseFactor({1e9, 1, 2.5}), 2.5);
  EXPECT_EQ(chooseFactor({1e9, 1, 0.7}), 1);
}

TEST(ChooseFactor, FillsTheRangeWhereWeightsLoseNothing) {
  EXPECT_FLOAT_EQ(chooseFactor({1e-6, 0, 40}), 40);
}

TEST(ChooseFactor, NeverMakesChannelsSmaller) {
  EXPECT_EQ(chooseFactor({1, 100, 10}), 1);
}

TEST(ChooseFactor, LeavesWhatNobodyKnows) {
  EXPECT_EQ(chooseFactor({}), 1);
  // Nobody reads them, or they hold nothing.
  EXPECT_EQ(chooseFactor({0, 0, 10}), 1);
  EXPECT_EQ(chooseFactor({1, 1, std::numeric_limits<double>::infinity()}), 1);
}

} // namespace
