// Elementwise kernels against their definitions.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpTester.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

using namespace qcrt;
using namespace qcrt::test;

namespace {
const Format formats[] = {{QCRT_I8, 0.05, 0},
                          {QCRT_I8, 0.031, -7},
                          {QCRT_U8, 0.04, 120},
                          {QCRT_I16, 0.0011, 0},
                          {QCRT_I16, 0.001, 3}};

struct Shapes {
  Shape a, b, out;
};
const Shapes broadcasts[] = {
    {{2, 3, 37}, {2, 3, 37}, {2, 3, 37}},
    {{1, 4, 5, 6}, {6}, {1, 4, 5, 6}},
    {{2, 1, 1, 6}, {2, 4, 5, 6}, {2, 4, 5, 6}},
    {{2, 4, 5, 1}, {2, 4, 5, 6}, {2, 4, 5, 6}},
    {{3, 1}, {1, 4}, {3, 4}},
    {{}, {2, 2}, {2, 2}},
    {{}, {}, {}},
    {{5000}, {1}, {5000}},
    {{2, 3, 2, 3, 2, 1, 2, 2}, {3, 1, 3, 1, 1, 2, 1}, {2, 3, 2, 3, 2, 1, 2, 2}},
};

/// Runs a kernel of two operands with every format and broadcast; expected
/// says the stored result for stored operands.
void checkBinary(
    const std::string &kernel, const Ratio *ratio, const Format *outFormat,
    const std::function<int64_t(int64_t, int64_t, const Format &,
                                const Format &, const Format &)> &expected) {
  std::mt19937 random(17);
  for (const Shapes &shapes : broadcasts) {
    const Format &first = formats[random() % 5],
                 &second = formats[random() % 5];
    const Format &out = outFormat ? *outFormat : formats[random() % 5];
    Values a = randomValues(random, shapes.a, first);
    Values b = randomValues(random, shapes.b, second);
    OpTester tester(kernel);
    tester.input(first, shapes.a, a).input(second, shapes.b, b);
    tester.output(out, shapes.out);
    if (ratio)
      tester.requant(*ratio);
    Values wanted;
    forIndices(shapes.out, [&](const Shape &index) {
      int64_t x = a[size_t(offsetOf(shapes.a, index))];
      int64_t y = b[size_t(offsetOf(shapes.b, index))];
      wanted.push_back(expected(x, y, first, second, out));
    });
    EXPECT_EQ(tester.run(), wanted) << kernel;
  }
}

double real(int64_t q, const Format &format) {
  return static_cast<double>(q - format.zeroPoint) *
         static_cast<double>(static_cast<float>(format.scale));
}
} // namespace

TEST(Elementwise, AddAndSubRoundOnce) {
  for (const char *rounding : {"single", "double", "half_even"})
    for (int64_t shift : {16, 17, 20, 31, 33, 46, 47})
      for (int sign : {1, -1}) {
        Ratio ratio;
        ratio.rounding = rounding;
        ratio.multipliers = {1518500249, 1073741830};
        ratio.shifts = {shift};
        checkBinary(sign > 0 ? "add" : "sub", &ratio, nullptr,
                    [&](int64_t x, int64_t y, const Format &a, const Format &b,
                        const Format &out) {
                      __int128 sum =
                          __int128(x - a.zeroPoint) * ratio.multipliers[0] +
                          sign * __int128(y - b.zeroPoint) *
                              ratio.multipliers[1];
                      return clampTo(
                          referenceRound("mul32", rounding, sum, int(shift)) +
                              out.zeroPoint,
                          out);
                    });
      }
}

TEST(Elementwise, AddWithFloatScales) {
  Ratio ratio;
  ratio.kind = "f32";
  ratio.scales = {0.7, 0.013};
  checkBinary("add", &ratio, nullptr,
              [&](int64_t x, int64_t y, const Format &a, const Format &b,
                  const Format &out) {
                float first = static_cast<float>(x - a.zeroPoint) * 0.7f;
                float second = static_cast<float>(y - b.zeroPoint) * 0.013f;
                return quantized(first + second, out);
              });
}

TEST(Elementwise, Mul) {
  for (const char *rounding : {"single", "double", "half_even"}) {
    Ratio ratio = Ratio::of({0.00171}, rounding);
    checkBinary("mul", &ratio, nullptr,
                [&](int64_t x, int64_t y, const Format &a, const Format &b,
                    const Format &out) {
                  int64_t product = (x - a.zeroPoint) * (y - b.zeroPoint);
                  return clampTo(
                      referenceRescale(ratio, product) + out.zeroPoint, out);
                });
  }
}

TEST(Elementwise, DivMinMaxPowInDouble) {
  const Format out = {QCRT_I16, 0.002, 12};
  const double scale = static_cast<double>(static_cast<float>(out.scale));
  auto check = [&](const char *kernel,
                   const std::function<double(double, double)> &function) {
    checkBinary(kernel, nullptr, &out,
                [&](int64_t x, int64_t y, const Format &a, const Format &b,
                    const Format &to) {
                  return quantized(function(real(x, a), real(y, b)) / scale,
                                   to);
                });
  };
  check("div", [](double x, double y) { return x / y; });
  check("min", [](double x, double y) { return std::min(x, y); });
  check("max", [](double x, double y) { return std::max(x, y); });
  check("pow", [](double x, double y) { return std::pow(x, y); });
}

TEST(Elementwise, EveryWidthBesideEveryOther) {
  std::mt19937 random(23);
  const Shape shape = {3, 211};
  Ratio sum, product = Ratio::of({0.00171});
  sum.multipliers = {1518500249, 1073741830};
  sum.shifts = {33};
  for (const Format &first : formats)
    for (const Format &second : formats)
      for (const Format &out : formats) {
        Values a = randomValues(random, shape, first);
        Values b = randomValues(random, shape, second);
        Values sums, products;
        for (size_t i = 0; i < a.size(); ++i) {
          int64_t x = a[i] - first.zeroPoint, y = b[i] - second.zeroPoint;
          __int128 total = __int128(x) * sum.multipliers[0] +
                           __int128(y) * sum.multipliers[1];
          sums.push_back(clampTo(
              referenceRound("mul32", sum.rounding, total, 33) + out.zeroPoint,
              out));
          products.push_back(
              clampTo(referenceRescale(product, x * y) + out.zeroPoint, out));
        }
        OpTester add("add"), mul("mul");
        add.input(first, shape, a).input(second, shape, b);
        add.output(out, shape).requant(sum);
        EXPECT_EQ(add.run(), sums);
        mul.input(first, shape, a).input(second, shape, b);
        mul.output(out, shape).requant(product);
        EXPECT_EQ(mul.run(), products);
      }
}

TEST(Elementwise, BroadcastErrors) {
  OpTester tester("add");
  tester.input({}, {3}, {1, 2, 3}).input({}, {2}, {1, 2}).output({}, {3});
  Ratio ratio;
  ratio.multipliers = {1 << 30, 1 << 30};
  tester.requant(ratio);
  EXPECT_NE(tester.openError().find("do not broadcast"), std::string::npos);
}

TEST(Elementwise, Quantize) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::mt19937 random(5);
  for (const Format &format : formats) {
    std::vector<float> x = {0.0f,          -0.0f, infinity, -infinity,
                            std::nanf(""), 1e30f, -1e30f,   1e-40f};
    for (int i = 0; i < 3000; ++i)
      x.push_back(std::ldexp(static_cast<float>(int32_t(random())),
                             -int(random() % 20) - 24));
    for (int i = -300; i < 300; ++i) // exact ties
      x.push_back((static_cast<float>(i) + 0.5f) *
                  static_cast<float>(format.scale));
    Shape shape = {static_cast<int64_t>(x.size())};
    OpTester tester("quantize");
    tester.floats(shape, x).output(format, shape);
    Values expected;
    for (float value : x)
      expected.push_back(
          quantized(value / static_cast<float>(format.scale), format));
    EXPECT_EQ(tester.run(), expected);
  }
}

/// Numbers that enter as integers become what their floats would.
TEST(Elementwise, QuantizeIntegers) {
  Values x = {0, 1, -1, 7, 126, -3000, 2147483647};
  for (qcrt_dtype type : {QCRT_I32, QCRT_I64})
    for (const Format &format : formats) {
      OpTester tester("quantize");
      tester.input({type, 0, 0}, {7}, x).output(format, {7});
      Values expected;
      for (int64_t value : x)
        expected.push_back(quantized(static_cast<float>(value) /
                                         static_cast<float>(format.scale),
                                     format));
      EXPECT_EQ(tester.run(), expected);
    }
  OpTester bad("quantize");
  bad.input({QCRT_I8, 0.5, 0}, {1}, {1}).output(formats[0], {1});
  EXPECT_NE(bad.openError(), "");
}

TEST(Elementwise, Dequantize) {
  std::mt19937 random(6);
  for (const Format &format : formats) {
    Shape shape = {3, 1111};
    Values x = randomValues(random, shape, format);
    OpTester tester("dequantize");
    tester.input(format, shape, x).floatOutput(shape);
    std::vector<float> expected;
    for (int64_t q : x)
      expected.push_back(static_cast<float>(q - format.zeroPoint) *
                         static_cast<float>(format.scale));
    EXPECT_EQ(tester.runFloats(), expected);
  }
}

TEST(Elementwise, Clip) {
  Format format = {QCRT_U8, 0.1, 10};
  Values x, expected;
  for (int64_t q = 0; q < 256; ++q) {
    x.push_back(q);
    expected.push_back(std::min<int64_t>(std::max<int64_t>(q, 10), 70));
  }
  OpTester tester("clip");
  tester.input(format, {256}, x).output(format, {256}).ints("clamp", {10, 70});
  EXPECT_EQ(tester.run(), expected);
  OpTester bad("clip");
  bad.input(format, {256}, x).output(format, {256}).ints("clamp", {10, 300});
  EXPECT_NE(bad.openError().find("'clamp' holds 300"), std::string::npos);
}

TEST(Elementwise, LutOfBytes) {
  std::mt19937 random(7);
  for (qcrt_dtype in : {QCRT_I8, QCRT_U8})
    for (qcrt_dtype out : {QCRT_I8, QCRT_U8, QCRT_I16}) {
      Format from = {in, 0.1, 0}, to = {out, 0.1, 0};
      Shape shape = {2, 1000};
      Values table = randomValues(random, {256}, to);
      Values x = randomValues(random, shape, from), expected;
      for (int64_t q : x)
        expected.push_back(table[size_t(q - from.low())]);
      OpTester tester("lut");
      tester.input(from, shape, x).input(to, {256}, table, true);
      tester.output(to, shape).ints("frac_bits", {0});
      tester.text("function", "sigmoid").numbers("params", {});
      EXPECT_EQ(tester.run(), expected);
    }
}

TEST(Elementwise, LutOfKnotsInterpolates) {
  std::mt19937 random(8);
  for (int k : {1, 9, 16})
    for (qcrt_dtype out : {QCRT_I8, QCRT_I16}) {
      Format from = {QCRT_I16, 0.001, 0}, to = {out, 0.001, 0};
      const int fracBits = 6, stepBits = 16 - k;
      Values table;
      for (int64_t i = 0; i <= int64_t(1) << k; ++i)
        table.push_back(int32_t(random()) >> 10);
      Shape shape = {3000};
      Values x = randomValues(random, shape, from), expected;
      for (int64_t q : x) {
        int64_t position = q + 32768, knot = position >> stepBits;
        int64_t part = position - (knot << stepBits);
        int64_t sum = table[size_t(knot)] * ((1 << stepBits) - part);
        if (part)
          sum += table[size_t(knot) + 1] * part;
        expected.push_back(clampTo(
            referenceRound("pow2", "single", sum, stepBits + fracBits), to));
      }
      OpTester tester("lut");
      tester.input(from, shape, x);
      tester.input({QCRT_I32, 0, 0}, {int64_t(table.size())}, table, true);
      tester.output(to, shape).ints("frac_bits", {fracBits});
      EXPECT_EQ(tester.run(), expected);
    }
}

TEST(Elementwise, LutRefusesWrongTables) {
  OpTester tester("lut");
  tester.input({}, {4}, {1, 2, 3, 4}).input({}, {4}, {1, 2, 3, 4}, true);
  tester.output({}, {4}).ints("frac_bits", {0});
  EXPECT_NE(tester.openError().find("256 entries"), std::string::npos);
  OpTester variable("lut");
  variable.input({}, {4}, {1, 2, 3, 4}).input({}, {256}, Values(256));
  variable.output({}, {4}).ints("frac_bits", {0});
  EXPECT_NE(variable.openError().find("must be a constant"), std::string::npos);
}

TEST(Elementwise, Prelu) {
  std::mt19937 random(9);
  for (const Format &in : formats)
    for (int64_t slopes : {1, 5}) {
      const qcrt_dtype results[] = {in.dtype, QCRT_I8, QCRT_I16};
      Format slopeFormat = {QCRT_I8, 0.01, 0};
      Format out = {results[random() % 3], 0.05, 1};
      Shape shape = {2, 3, 5};
      Values x = randomValues(random, shape, in);
      Values slope = randomValues(random, {slopes}, slopeFormat), expected;
      Ratio positive = Ratio::of({0.71});
      std::vector<double> ratios;
      for (int64_t c = 0; c < slopes; ++c)
        ratios.push_back(0.003 * static_cast<double>(c + 1));
      Ratio negative = Ratio::of(ratios, "half_even");
      for (size_t i = 0; i < x.size(); ++i) {
        int64_t value = x[i] - in.zeroPoint;
        size_t c = slopes == 1 ? 0 : i % 5;
        int64_t result = value >= 0
                             ? referenceRescale(positive, value)
                             : referenceRescale(negative, value * slope[c], c);
        expected.push_back(clampTo(result + out.zeroPoint, out));
      }
      OpTester tester("prelu");
      tester.input(in, shape, x).input(slopeFormat, {slopes}, slope, true);
      tester.output(out, shape).requant(positive);
      tester.requant(negative, "requant_negative");
      EXPECT_EQ(tester.run(), expected);
    }
}
