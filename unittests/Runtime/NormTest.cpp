// Softmax, layer norm and the elementary functions below them.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Elementary.h"
#include "OpTester.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace qcrt;
using namespace qcrt::test;

namespace {
const Format inputs[] = {
    {QCRT_I8, 0.1, 4}, {QCRT_U8, 0.21, 128}, {QCRT_I16, 0.0007, 0}};

/// Largest distance in units of the result.
int64_t worst(const Values &a, const Values &b) {
  int64_t result = a.size() == b.size() ? 0 : INT64_MAX;
  for (size_t i = 0; i < a.size() && i < b.size(); ++i)
    result = std::max(result, std::abs(a[i] - b[i]));
  return result;
}

double real(int64_t q, const Format &format) {
  return double(q - format.zeroPoint) * double(float(format.scale));
}
} // namespace

TEST(Elementary, ErrorBounds) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(0, 1);
  const double bound = std::ldexp(1, -50);
  for (int i = 0; i < 200000; ++i) {
    double x = (uniform(random) - 0.5) * 1400;
    long double exact = std::exp(static_cast<long double>(x));
    EXPECT_LE(std::abs(double((portableExp(x) - exact) / exact)), bound) << x;
    double y = std::exp((uniform(random) - 0.5) * (i % 2 ? 1400 : 1));
    long double log = std::log(static_cast<long double>(y));
    double size = std::max(double(std::abs(log)), std::ldexp(1, -10));
    EXPECT_LE(std::abs(double(portableLog(y) - log)) / size, bound) << y;
  }
}

TEST(Elementary, SpecialCases) {
  EXPECT_EQ(portableExp(0), 1);
  EXPECT_EQ(portableExp(-1000), 0);
  EXPECT_TRUE(std::isinf(portableExp(1000)));
  EXPECT_TRUE(std::isfinite(portableExp(709)));
  EXPECT_TRUE(std::isnan(portableExp(std::nan(""))));
  EXPECT_EQ(portableLog(1), 0);
  EXPECT_TRUE(std::isinf(portableLog(0)));
  EXPECT_TRUE(std::isnan(portableLog(-1)));
  EXPECT_NEAR(portableLog(4.9e-324), std::log(4.9e-324), 1e-12);
  EXPECT_EQ(portablePow(0, 0), 1);
  EXPECT_EQ(portablePow(0, 2), 0);
  EXPECT_TRUE(std::isinf(portablePow(0, -2)));
  EXPECT_NEAR(portablePow(-2, 3), -8, 1e-13);
  EXPECT_NEAR(portablePow(-2, 2), 4, 1e-13);
  EXPECT_TRUE(std::isnan(portablePow(-2, 0.5)));
  EXPECT_EQ(portablePow(1, 1e300), 1);
}

TEST(Softmax, WithinOneOfFloat) {
  std::mt19937 random(2);
  const Format outputs[] = {{QCRT_U8, 1.0 / 256, 0},
                            {QCRT_I8, 1.0 / 256, -128},
                            {QCRT_I16, 1.0 / 32768, 0}};
  const Shape shape = {3, 40, 5};
  for (bool logarithm : {false, true})
    for (const Format &in : inputs)
      for (Format out : outputs)
        for (size_t axis = 0; axis < 3; ++axis) {
          if (logarithm)
            out = {out.dtype, out.dtype == QCRT_I16 ? 0.001 : 0.2, out.high()};
          Values x = randomValues(random, shape, in);
          Values expected(x.size());
          forIndices(shape, [&](const Shape &index) {
            Shape other = index;
            double most = -1e300, sum = 0;
            for (other[axis] = 0; other[axis] < shape[axis]; ++other[axis])
              most =
                  std::max(most, real(x[size_t(offsetOf(shape, other))], in));
            for (other[axis] = 0; other[axis] < shape[axis]; ++other[axis])
              sum +=
                  std::exp(real(x[size_t(offsetOf(shape, other))], in) - most);
            size_t here = size_t(offsetOf(shape, index));
            double value = real(x[here], in) - most;
            value = logarithm ? value - std::log(sum) : std::exp(value) / sum;
            expected[here] = quantized(value / double(float(out.scale)), out);
          });
          OpTester tester(logarithm ? "log_softmax" : "softmax");
          tester.input(in, shape, x).output(out, shape);
          tester.ints("axis", {int64_t(axis)});
          EXPECT_LE(worst(tester.run(), expected), 1) << logarithm << axis;
        }
}

TEST(LayerNorm, WithinOneOfFloat) {
  std::mt19937 random(3);
  const Shape shape = {4, 3, 17};
  // Every width in and out, and every axis of each.
  for (size_t i = 0; i < 27; ++i) {
    const Format &in = inputs[i / 9];
    const size_t axis = i % 3;
    const qcrt_dtype to = inputs[i / 3 % 3].dtype;
    Format out = {to, to == QCRT_I16 ? 0.0002 : 0.05, 3};
    Values x = randomValues(random, shape, in);
    if (in.dtype == QCRT_U8) // constant rows have no variance
      std::fill(x.begin(), x.end(), 200);
    int64_t size = 1;
    for (size_t d = axis; d < 3; ++d)
      size *= shape[d];
    std::vector<float> gain, bias;
    for (int64_t k = 0; k < size; ++k) {
      gain.push_back(float(random() % 1000) / 500.0f - 0.5f);
      bias.push_back(float(random() % 1000) / 500.0f - 1.0f);
    }
    const double epsilon = 1e-5;
    Values expected;
    for (size_t first = 0; first < x.size(); first += size_t(size)) {
      long double mean = 0, variance = 0;
      for (int64_t k = 0; k < size; ++k)
        mean += real(x[first + size_t(k)], in);
      mean /= size;
      for (int64_t k = 0; k < size; ++k) {
        long double d = real(x[first + size_t(k)], in) - mean;
        variance += d * d;
      }
      variance /= size;
      for (int64_t k = 0; k < size; ++k) {
        long double d = real(x[first + size_t(k)], in) - mean;
        double value =
            double(d / std::sqrt(variance + epsilon)) * gain[size_t(k)] +
            bias[size_t(k)];
        expected.push_back(quantized(value / double(float(out.scale)), out));
      }
    }
    Shape normalised(shape.begin() + long(axis), shape.end());
    OpTester tester("layer_norm");
    tester.input(in, shape, x).floats(normalised, gain, true);
    tester.floats(normalised, bias, true).output(out, shape);
    tester.ints("axis", {int64_t(axis)}).numbers("epsilon", {epsilon});
    EXPECT_LE(worst(tester.run(), expected), 1) << axis;
  }
}

TEST(LayerNorm, RefusesBadFactors) {
  auto error = [](std::vector<float> gain, double epsilon) {
    OpTester tester("layer_norm");
    tester.input({}, {2, 2}, Values(4));
    tester.floats({int64_t(gain.size())}, gain, true);
    tester.floats({2}, {0, 0}, true).output({}, {2, 2});
    tester.ints("axis", {1}).numbers("epsilon", {epsilon});
    return tester.openError();
  };
  EXPECT_EQ(error({1, 1}, 0), "");
  EXPECT_NE(error({1, 1, 1}, 0).find("3 elements"), std::string::npos);
  EXPECT_NE(error({1, std::nanf("")}, 0).find("not finite"), std::string::npos);
  EXPECT_NE(error({1, 1}, -1).find("negative"), std::string::npos);
}
