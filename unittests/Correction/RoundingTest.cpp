// Tests of rounding weights by the second moments of what they multiply.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/Rounding.h"
#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace qc;

namespace {

constexpr int64_t kStride = SecondMoments::kMostColumns;

/// Columns of inputs that share `sources` of their variation.
std::vector<int16_t> makeColumns(int64_t inputs, int64_t count, int sources,
                                 unsigned seed) {
  std::mt19937 random(seed);
  auto draw = [&] { return double(random() % 2001) / 1000 - 1; };
  std::vector<double> mix(inputs * sources);
  for (double &x : mix)
    x = draw();
  std::vector<int16_t> columns(inputs * kStride);
  for (int64_t n = 0; n < count; ++n) {
    std::vector<double> source(sources);
    for (double &x : source)
      x = draw();
    for (int64_t k = 0; k < inputs; ++k) {
      double value = 10 * draw() + double(k % 7);
      for (int s = 0; s < sources; ++s)
        value += 40 * mix[k * sources + s] * source[s];
      columns[k * kStride + n] =
          int16_t(std::min(127.0, std::max(-128.0, std::nearbyint(value))));
    }
  }
  return columns;
}

std::vector<float> makeWeights(int64_t rows, int64_t inputs) {
  std::mt19937 random(3);
  std::vector<float> weights(rows * inputs);
  for (float &weight : weights)
    weight = float(random() % 24001) / 100 - 120;
  return weights;
}

/// The mean square about the mean of what the error of a row does to its sum.
double getError(const SecondMoments &moments, const float *weights,
                const int8_t *integers) {
  int64_t inputs = moments.getInputs();
  double error = 0;
  for (int64_t i = 0; i < inputs; ++i)
    for (int64_t j = 0; j < inputs; ++j)
      error += (weights[i] - integers[i]) * moments.getCovariance(i, j) *
               (weights[j] - integers[j]);
  return error;
}

TEST(SecondMoments, AreThoseOfTheColumns) {
  ThreadPool pool(1);
  auto columns = makeColumns(7, 100, 2, 1), more = makeColumns(7, 33, 2, 2);
  SecondMoments moments(7);
  moments.add(columns, 100, pool);
  moments.add(more, 33, pool);
  ASSERT_EQ(moments.getCount(), 133);
  auto get = [&](int64_t k, int64_t n) {
    return double(n < 100 ? columns[k * kStride + n]
                          : more[k * kStride + n - 100]);
  };
  for (int64_t a = 0; a < 7; ++a)
    for (int64_t b = 0; b < 7; ++b) {
      double sum = 0, meanA = 0, meanB = 0;
      for (int64_t n = 0; n < 133; ++n) {
        meanA += get(a, n) / 133;
        meanB += get(b, n) / 133;
      }
      for (int64_t n = 0; n < 133; ++n)
        sum += (get(a, n) - meanA) * (get(b, n) - meanB) / 133;
      EXPECT_NEAR(moments.getMean(a), meanA, 1e-9);
      EXPECT_NEAR(moments.getCovariance(a, b), sum, 1e-8);
    }
}

TEST(WeightRounder, DisturbsSumsLessThanTheNearestIntegers) {
  ThreadPool pool(1);
  // More than a block of the factorization.
  constexpr int64_t kInputs = 75, kRows = 20;
  SecondMoments moments(kInputs);
  moments.add(makeColumns(kInputs, 2000, 5, 1), 2000, pool);
  std::vector<float> weights = makeWeights(kRows, kInputs);
  std::vector<int8_t> integers, nearest;
  WeightRounder(moments, pool).round(weights, kRows, -127, 127, integers, pool);
  for (float weight : weights)
    nearest.push_back(int8_t(std::nearbyint(weight)));
  for (int64_t o = 0; o < kRows; ++o) {
    const float *row = weights.data() + o * kInputs;
    EXPECT_LT(getError(moments, row, integers.data() + o * kInputs),
              0.5 * getError(moments, row, nearest.data() + o * kInputs));
  }
}

TEST(WeightRounder, FindsTheBestOfAllForTwoInputs) {
  ThreadPool pool(1);
  SecondMoments moments(2);
  std::vector<int16_t> columns(2 * kStride);
  for (int n = 0; n < 100; ++n) {
    columns[n] = int16_t(n);
    columns[kStride + n] = int16_t(n + n % 3);
  }
  moments.add(columns, 100, pool);
  // What one weight loses, the other takes up: they are nearly one input.
  std::vector<float> weights{3.4f, 5.4f};
  std::vector<int8_t> integers;
  WeightRounder(moments, pool).round(weights, 1, -127, 127, integers, pool);
  EXPECT_EQ(integers[0] + integers[1], 9);
}

TEST(WeightRounder, TakesTheNearestWhereInputsHaveNothingInCommon) {
  ThreadPool pool(1);
  SecondMoments moments(3);
  std::vector<int16_t> columns(3 * kStride);
  for (int n = 0; n < 8; ++n)
    for (int k = 0; k < 3; ++k)
      columns[k * kStride + n] = (n >> k & 1) ? 50 : -50;
  moments.add(columns, 8, pool);
  std::vector<int8_t> integers;
  WeightRounder(moments, pool)
      .round({1.2f, -3.7f, 300.0f}, 1, -127, 127, integers, pool);
  EXPECT_EQ(integers, (std::vector<int8_t>{1, -4, 127}));
}

TEST(WeightRounder, LeavesDeadInputsNearest) {
  ThreadPool pool(1);
  SecondMoments moments(2);
  moments.add(std::vector<int16_t>(2 * kStride, 7), 10, pool);
  std::vector<int8_t> integers;
  WeightRounder(moments, pool)
      .round({0.4f, -8.6f}, 1, -127, 127, integers, pool);
  EXPECT_EQ(integers, (std::vector<int8_t>{0, -9}));
}

TEST(WeightRounder, GivesTheSameIntegersForAnyThreads) {
  constexpr int64_t kInputs = 100, kRows = 40;
  std::vector<float> weights = makeWeights(kRows, kInputs);
  std::vector<int8_t> found[2];
  for (int i : {0, 1}) {
    ThreadPool pool(1 + 2 * i);
    SecondMoments moments(kInputs);
    moments.add(makeColumns(kInputs, 500, 4, 9), 500, pool);
    WeightRounder(moments, pool)
        .round(weights, kRows, -127, 127, found[i], pool);
  }
  EXPECT_EQ(found[0], found[1]);
}

} // namespace
