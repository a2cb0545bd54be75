// Errors between tensors, with what is no number.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/Metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace qc;

static constexpr float infinity = std::numeric_limits<float>::infinity();
static constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();

static ErrorMetrics compare(std::vector<float> a, std::vector<float> b) {
  Tensor first(DType::F32, {int64_t(a.size())});
  Tensor second(DType::F32, {int64_t(b.size())});
  std::copy(a.begin(), a.end(), first.data<float>());
  std::copy(b.begin(), b.end(), second.data<float>());
  return compareTensors(first, second);
}

TEST(Metrics, OfNumbers) {
  ErrorMetrics metrics = compare({3, 4}, {3, 3});
  EXPECT_NEAR(metrics.sqnr, 10 * std::log10(25.0), 1e-9);
  EXPECT_DOUBLE_EQ(metrics.mse, 0.5);
  EXPECT_DOUBLE_EQ(metrics.maxDifference, 1);
}

TEST(Metrics, InfinitiesThatBothHaveAreEqual) {
  ErrorMetrics metrics =
      compare({3, -infinity, notANumber}, {3, -infinity, notANumber});
  EXPECT_EQ(metrics.sqnr, kEqualSqnr);
  EXPECT_EQ(metrics.cosine, 1);
}

TEST(Metrics, AnInfinityThatOneHasIsAnErrorInNumbers) {
  for (float other : {5.0f, infinity, notANumber}) {
    ErrorMetrics metrics = compare({3, -infinity}, {3, other});
    EXPECT_EQ(metrics.sqnr, -kEqualSqnr);
    EXPECT_EQ(metrics.cosine, 0);
    EXPECT_EQ(metrics.mse, 0);
  }
}
