// The exact sum is exact, and the same in any order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/ExactSum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace qc;

TEST(ExactSum, SmallIntegers) {
  ExactSum sum;
  EXPECT_EQ(sum.value(), 0);
  for (int i = 1; i <= 1000; ++i)
    sum.add(i);
  EXPECT_EQ(sum.value(), 500500);
  sum.add(-500500);
  EXPECT_EQ(sum.value(), 0);
  EXPECT_EQ(sum.canonical(), ExactSum().canonical());
}

TEST(ExactSum, CancellationLosesNothing) {
  ExactSum sum;
  sum.add(1e300);
  sum.add(1e-300);
  sum.add(-1e300);
  EXPECT_EQ(sum.value(), 1e-300);
}

TEST(ExactSum, ExtremesOfDouble) {
  double lowest = std::numeric_limits<double>::denorm_min();
  double highest = std::numeric_limits<double>::max();
  ExactSum sum;
  sum.add(lowest);
  EXPECT_EQ(sum.value(), lowest);
  sum.add(-highest);
  EXPECT_EQ(sum.value(), -highest);
  sum.add(highest);
  EXPECT_EQ(sum.value(), lowest);
}

TEST(ExactSum, RoundsToNearestEven) {
  ExactSum sum;
  sum.add(1);
  sum.add(std::ldexp(1.0, -53));
  EXPECT_EQ(sum.value(), 1); // a tie
  sum.add(std::ldexp(1.0, -200));
  EXPECT_EQ(sum.value(), 1 + std::ldexp(1.0, -52));
  ExactSum negative;
  negative.add(-1);
  negative.add(-std::ldexp(1.0, -53));
  EXPECT_EQ(negative.value(), -1);
}

TEST(ExactSum, IgnoresNonFinite) {
  ExactSum sum;
  sum.add(std::numeric_limits<double>::infinity());
  sum.add(std::nan(""));
  EXPECT_EQ(sum.value(), 0);
}

TEST(ExactSum, EqualValuesHaveOneCanonicalForm) {
  // -2^32 reached with and without lower digits in between.
  double big = std::ldexp(1.0, 32);
  ExactSum direct, detour;
  direct.add(-big);
  detour.add(1);
  detour.add(-big * 3);
  detour.add(big * 2);
  detour.add(-1);
  EXPECT_EQ(direct.canonical(), detour.canonical());
  EXPECT_EQ(detour.value(), -big);
  EXPECT_EQ(ExactSum::fromCanonical(detour.canonical()).value(), -big);
}

TEST(ExactSum, AnyOrderAndAnyGroupingGiveTheSameForm) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> mantissa(-1, 1);
  std::uniform_int_distribution<int> exponent(-300, 300);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<double> values;
    for (int i = 0; i < 200; ++i)
      values.push_back(std::ldexp(mantissa(random), exponent(random)));
    ExactSum forward;
    for (double value : values)
      forward.add(value);
    std::shuffle(values.begin(), values.end(), random);
    ExactSum parts[3];
    for (size_t i = 0; i < values.size(); ++i)
      parts[i * 7 % 3].add(values[i]);
    ExactSum left = parts[0], right = parts[2];
    left.merge(parts[1]);
    left.merge(parts[2]);
    right.merge(parts[1]);
    right.merge(parts[0]);
    EXPECT_EQ(forward.canonical(), left.canonical());
    EXPECT_EQ(forward.canonical(), right.canonical());
    EXPECT_EQ(forward.value(), right.value());
  }
}
