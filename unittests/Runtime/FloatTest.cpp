// Kernels over floats, against plain loops in double.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernel.h"
#include "OpTester.h"
#include "floats/Functions.h"
#include "floats/Halves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

using namespace qcrt;
using namespace qcrt::test;

namespace {
using Floats = std::vector<float>;
using Doubles = std::vector<double>;

Floats randomFloats(std::mt19937 &random, const Shape &shape,
                    double scale = 1) {
  std::normal_distribution<double> normal(0, scale);
  Floats values;
  for (int64_t i = 0; i < elements(shape); ++i)
    values.push_back(float(normal(random)));
  return values;
}

/// Each within `bound` times its size (magnitudes, or that of the values).
void expectNear(const Floats &actual, const Doubles &expected,
                const Doubles &magnitudes, double bound) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    double size = std::max(std::abs(magnitudes[i]), 1e-30);
    ASSERT_LE(std::abs(actual[i] - expected[i]) / size, bound)
        << "element " << i << ": " << actual[i] << " for " << expected[i];
  }
}

void expectNear(const Floats &actual, const Doubles &expected, double bound) {
  expectNear(actual, expected, expected, bound);
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

/// Spatial attributes, and the sizes that follow from them.
struct Geometry {
  Shape kernel, strides, pads, dilations;

  int64_t outOf(int64_t in, size_t d) const {
    int64_t span = (kernel[d] - 1) * dilations[d] + 1;
    return (in + pads[d] + pads[d + kernel.size()] - span) / strides[d] + 1;
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

TEST(FloatFunctions, ErrorBounds) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(0, 1);
  auto relative = [](double value, long double exact) {
    return double(std::abs((value - exact) / exact));
  };
  for (int i = 0; i < 100000; ++i) {
    double x = float((uniform(random) - 0.5) * (i % 2 ? 1300 : 8));
    EXPECT_LE(relative(laneExp(x), std::exp((long double)x)),
              std::ldexp(1, -44))
        << x;
    double y = float(std::exp((uniform(random) - 0.5) * (i % 2 ? 160 : 1)));
    long double log = std::log((long double)y);
    double size = std::max(double(std::abs(log)), std::ldexp(1, -10));
    EXPECT_LE(std::abs(double(laneLog(y) - log)) / size, std::ldexp(1, -44))
        << y;
    double z =
        float((uniform(random) - 0.5) * std::exp(uniform(random) * 12 - 8));
    EXPECT_LE(relative(laneTanh(z), std::tanh((long double)z)),
              std::ldexp(1, -34))
        << z;
    EXPECT_LE(relative(laneErf(z), std::erf((long double)z)),
              std::ldexp(1, -34))
        << z;
    long double sigmoid = 1 / (1 + std::exp(-(long double)z));
    EXPECT_LE(relative(laneSigmoid(z), sigmoid), std::ldexp(1, -43)) << z;
    double unit = uniform(random);
    EXPECT_LE(relative(laneLogOnePlus(unit), std::log1p((long double)unit)),
              std::ldexp(1, -40))
        << unit;
    double angle =
        float((uniform(random) - 0.5) * std::exp2(uniform(random) * 23 - 2));
    EXPECT_LE(
        std::abs(double(laneSine(angle, 0) - std::sin((long double)angle))),
        std::ldexp(1, -33))
        << angle;
    EXPECT_LE(
        std::abs(double(laneSine(angle, 1) - std::cos((long double)angle))),
        std::ldexp(1, -33))
        << angle;
  }
}

TEST(FloatFunctions, SpecialValues) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Floats in = {infinity, -infinity, nan, 0.0f, -0.0f, 1e30f, -1e30f};
  struct Case {
    const char *kernel;
    Floats expected;
  };
  const Case cases[] = {
      {"exp", {infinity, 0, nan, 1, 1, infinity, 0}},
      {"log", {infinity, nan, nan, -infinity, -infinity, 69.0775528f, nan}},
      {"tanh", {1, -1, nan, 0, 0, 1, -1}},
      {"sigmoid", {1, 0, nan, 0.5f, 0.5f, 1, 0}},
      {"erf", {1, -1, nan, 0, 0, 1, -1}},
      {"relu", {infinity, 0, nan, 0, 0, 1e30f, 0}},
      {"sqrt", {infinity, nan, nan, 0, 0, 1e15f, nan}},
      {"floor", {infinity, -infinity, nan, 0, 0, 1e30f, -1e30f}},
      {"abs", {infinity, infinity, nan, 0, 0, 1e30f, 1e30f}},
      {"reciprocal", {0, 0, nan, infinity, -infinity, 1e-30f, -1e-30f}},
      {"ceil", {infinity, -infinity, nan, 0, 0, 1e30f, -1e30f}},
      {"round", {infinity, -infinity, nan, 0, 0, 1e30f, -1e30f}},
      {"sign", {1, -1, nan, 0, 0, 1, -1}},
      {"softplus", {infinity, 0, nan, 0.693147181f, 0.693147181f, 1e30f, 0}},
  };
  for (const Case &test : cases) {
    OpTester tester(std::string("float.") + test.kernel);
    tester.floats({7}, in).floatOutput({7});
    Floats actual = tester.runFloats();
    for (size_t i = 0; i < in.size(); ++i)
      if (std::isnan(test.expected[i]))
        EXPECT_TRUE(std::isnan(actual[i])) << test.kernel << " of " << in[i];
      else
        EXPECT_FLOAT_EQ(actual[i], test.expected[i])
            << test.kernel << " of " << in[i];
  }
}

TEST(FloatFunctions, OfOneValue) {
  auto clip = [](double x, double low, double high) {
    return std::min(std::max(x, low), high);
  };
  auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  const double alpha = float(0.3), beta = float(0.45);
  struct Case {
    const char *kernel;
    std::function<double(double)> function;
    bool alpha = false, positive = false;
  };
  const Case cases[] = {
      {"abs", [](double x) { return std::abs(x); }},
      {"elu", [&](double x) { return x >= 0 ? x : alpha * std::expm1(x); },
       true},
      {"ceil", [](double x) { return std::ceil(x); }},
      {"cos", [](double x) { return std::cos(x); }},
      {"erf", [](double x) { return std::erf(x); }},
      {"exp", [](double x) { return std::exp(x); }},
      {"floor", [](double x) { return std::floor(x); }},
      {"hard_sigmoid", [&](double x) { return clip(alpha * x + beta, 0, 1); },
       true},
      {"hard_swish", [&](double x) { return x * clip(x / 6 + 0.5, 0, 1); }},
      {"leaky_relu", [&](double x) { return x < 0 ? alpha * x : x; }, true},
      {"log", [](double x) { return std::log(x); }, false, true},
      {"mish",
       [&](double x) { return x * std::tanh(std::log1p(std::exp(x))); }},
      {"neg", [](double x) { return -x; }},
      {"reciprocal", [](double x) { return 1 / x; }},
      {"relu", [](double x) { return x < 0 ? 0 : x; }},
      {"round", [](double x) { return std::nearbyint(x); }},
      {"sigmoid", sigmoid},
      {"sign", [](double x) { return double((x > 0) - (x < 0)); }},
      {"sin", [](double x) { return std::sin(x); }},
      {"softplus", [](double x) { return std::log1p(std::exp(x)); }},
      {"silu", [&](double x) { return x * sigmoid(x); }},
      {"sqrt", [](double x) { return std::sqrt(x); }, false, true},
      {"tanh", [](double x) { return std::tanh(x); }},
  };
  std::mt19937 random(3);
  const Shape shape = {3, 1500}; // more than a block
  for (const Case &test : cases)
    for (double scale : {0.001, 1.0, 6.0}) {
      Floats x = randomFloats(random, shape, scale);
      Doubles expected, sizes;
      for (float &value : x) {
        value = test.positive ? std::abs(value) : value;
        expected.push_back(test.function(value));
        // Steps that a float takes before the last one show near zeros.
        bool clips = test.kernel[0] == 'h';
        sizes.push_back(clips ? 1 + std::abs(value) : expected.back());
        if (test.positive)
          sizes.back() = std::max(std::abs(sizes.back()), 1e-3);
      }
      OpTester tester(std::string("float.") + test.kernel);
      tester.floats(shape, x).floatOutput(shape);
      if (test.alpha)
        tester.numbers("alpha", {alpha});
      if (test.kernel == std::string("hard_sigmoid"))
        tester.numbers("beta", {beta});
      SCOPED_TRACE(test.kernel);
      expectNear(tester.runFloats(), expected, sizes, 1.3e-7);
    }
}

TEST(FloatFunctions, Gelu) {
  std::mt19937 random(4);
  Floats x = randomFloats(random, {2000}, 3);
  for (bool approximate : {false, true}) {
    Doubles expected, sizes;
    for (double v : x) {
      double inner = std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v);
      expected.push_back(approximate ? v / 2 * (1 + std::tanh(inner))
                                     : v / 2 * std::erfc(-v / std::sqrt(2.0)));
      sizes.push_back(std::max(std::abs(expected.back()), 1e-3));
    }
    OpTester tester("float.gelu");
    tester.floats({2000}, x).floatOutput({2000});
    tester.text("approximate", approximate ? "tanh" : "none");
    expectNear(tester.runFloats(), expected, sizes, 1.3e-7);
  }
}

TEST(FloatFunctions, ClipWithOneBound) {
  OpTester tester("float.clip");
  tester.floats({4}, {-7, -0.5, 0.5, 7}).floatOutput({4});
  tester.numbers("max", {1});
  EXPECT_EQ(tester.runFloats(), (Floats{-7, -0.5, 0.5, 1}));
}

TEST(FloatFunctions, OfTwoValues) {
  struct Case {
    const char *kernel;
    std::function<double(double, double)> function;
    bool clamps = false;
  };
  const Case cases[] = {
      {"add", [](double a, double b) { return a + b; }, true},
      {"sub", [](double a, double b) { return a - b; }, true},
      {"mul", [](double a, double b) { return a * b; }, true},
      {"div", [](double a, double b) { return a / b; }, true},
      {"min", [](double a, double b) { return std::min(a, b); }},
      {"max", [](double a, double b) { return std::max(a, b); }},
      {"pow", [](double a, double b) { return std::pow(a, b); }},
      {"prelu", [](double a, double b) { return a < 0 ? a * b : a; }},
  };
  const Shape shapes[] = {{3, 4, 70}, {70}, {4, 1}, {3, 1, 1}, {1}, {1, 70}};
  std::mt19937 random(5);
  for (const Case &test : cases)
    for (const Shape &first : shapes)
      for (const Shape &second : shapes) {
        const std::string kernel = test.kernel;
        Shape out = {3, 4, 70};
        if (first != out && second != out)
          continue;
        if (kernel == "prelu" && first != out)
          continue;
        Floats a = randomFloats(random, first);
        Floats b = randomFloats(random, second);
        if (kernel == "pow") {
          for (float &value : a)
            value = std::abs(value) + 0.01f;
          b[0] = second.size() == 1 ? 0.5f : 2.0f;
        }
        Doubles expected;
        forIndices(out, [&](const Shape &index) {
          double value = test.function(a[size_t(offsetOf(first, index))],
                                       b[size_t(offsetOf(second, index))]);
          if (test.clamps)
            value = std::min(std::max(value, -0.5), 1.5);
          expected.push_back(value);
        });
        OpTester tester("float." + kernel);
        tester.floats(first, a).floats(second, b).floatOutput(out);
        if (test.clamps)
          tester.numbers("act_min", {-0.5}).numbers("act_max", {1.5});
        SCOPED_TRACE(kernel);
        expectNear(tester.runFloats(), expected, 1.3e-7);
      }
}

TEST(FloatFunctions, PowOfNegativeNumbers) {
  OpTester tester("float.pow");
  tester.floats({4}, {-2, -2, -3, 2}).floats({4}, {2, 3, 0, -1});
  tester.floatOutput({4});
  expectNear(tester.runFloats(), {4, -8, 1, 0.5}, 1e-7);
}

TEST(FloatFunctions, Cast) {
  const Floats in = {
      -300.7f, -1.5f, 0.99f,  1.5f,
      255.5f,  4e9f,  -1e20f, std::numeric_limits<float>::quiet_NaN()};
  struct Case {
    qcrt_dtype to;
    Values expected;
  };
  const int64_t low = INT64_MIN;
  const Case cases[] = {
      {QCRT_I8, {-128, -1, 0, 1, 127, 127, -128, 0}},
      {QCRT_U8, {0, 0, 0, 1, 255, 255, 0, 0}},
      {QCRT_I16, {-300, -1, 0, 1, 255, 32767, -32768, 0}},
      {QCRT_I32, {-300, -1, 0, 1, 255, INT32_MAX, INT32_MIN, 0}},
      {QCRT_I64, {-300, -1, 0, 1, 255, 4000000000, low, 0}},
  };
  for (const Case &test : cases) {
    OpTester tester("float.cast");
    tester.floats({8}, in).output({test.to, 0, 0}, {8});
    EXPECT_EQ(tester.run(), test.expected);
  }
  OpTester back("float.cast");
  back.input({QCRT_I64, 0, 0}, {3}, {-5, 0, 16777217}).floatOutput({3});
  EXPECT_EQ(back.runFloats(), (Floats{-5, 0, 16777216}));
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

TEST(FloatRows, Reductions) {
  std::mt19937 random(6);
  const Shape in = {3, 5, 4, 1100};
  const std::vector<Shape> axes = {{3}, {0}, {1, 2}, {2, 3}, {0, 1, 2, 3}, {1}};
  for (const char *kernel :
       {"reduce_mean", "reduce_sum", "reduce_max", "reduce_min"})
    for (const Shape &reduced : axes) {
      Floats x = randomFloats(random, in);
      Shape out = in;
      for (int64_t axis : reduced)
        out[size_t(axis)] = 1;
      const bool sums = kernel[7] == 'm' ? kernel[8] == 'e' : true;
      const bool largest = kernel[8] == 'a';
      Doubles total(size_t(elements(out)), sums ? 0 : largest ? -1e9 : 1e9);
      Doubles sizes(total.size(), 0);
      forIndices(in, [&](const Shape &index) {
        size_t to = size_t(offsetOf(out, index));
        double value = x[size_t(offsetOf(in, index))];
        sizes[to] += std::abs(value);
        total[to] = sums      ? total[to] + value
                    : largest ? std::max(total[to], value)
                              : std::min(total[to], value);
      });
      const double count = double(x.size()) / double(total.size());
      for (size_t i = 0; i < total.size() && kernel[7] == 'm' && sums; ++i) {
        total[i] /= count;
        sizes[i] /= count;
      }
      OpTester tester(std::string("float.") + kernel);
      tester.floats(in, x).floatOutput(out).ints("axes", reduced);
      tester.ints("keepdims", {1});
      SCOPED_TRACE(kernel);
      expectNear(tester.runFloats(), total, sizes, 1e-7);
    }
}

TEST(FloatRows, Softmax) {
  std::mt19937 random(7);
  const Shape shape = {3, 40, 90};
  for (bool logarithm : {false, true})
    for (size_t axis = 0; axis < 3; ++axis) {
      Floats x = randomFloats(random, shape, 5);
      Doubles sums(x.size() / size_t(shape[axis]), 0), expected, sizes;
      Shape row = shape;
      row[axis] = 1;
      forIndices(shape, [&](const Shape &index) {
        sums[size_t(offsetOf(row, index))] +=
            std::exp(double(x[size_t(offsetOf(shape, index))]));
      });
      forIndices(shape, [&](const Shape &index) {
        double value = x[size_t(offsetOf(shape, index))];
        double sum = sums[size_t(offsetOf(row, index))];
        expected.push_back(logarithm ? value - std::log(sum)
                                     : std::exp(value) / sum);
        sizes.push_back(logarithm ? 1 + std::abs(expected.back())
                                  : expected.back());
      });
      OpTester tester(logarithm ? "float.log_softmax" : "float.softmax");
      tester.floats(shape, x).floatOutput(shape).ints("axis", {int64_t(axis)});
      expectNear(tester.runFloats(), expected, sizes, 2e-7);
    }
}

TEST(FloatRows, SoftmaxOfLargeValues) {
  OpTester tester("float.softmax");
  tester.floats({3}, {1e4f, 1e4f, -1e4f}).floatOutput({3}).ints("axis", {0});
  EXPECT_EQ(tester.runFloats(), (Floats{0.5f, 0.5f, 0}));
}

TEST(FloatRows, LayerNorm) {
  std::mt19937 random(8);
  const Shape shape = {4, 5, 60};
  const double epsilon = float(1e-3);
  for (int64_t axis : {1, 2})
    for (int64_t hasScale : {0, 1})
      for (int64_t hasBias : {0, 1}) {
        Shape row(shape.begin() + axis, shape.end());
        const size_t size = size_t(elements(row));
        Floats x = randomFloats(random, shape, 3);
        Floats scale = randomFloats(random, row);
        Floats bias = randomFloats(random, row);
        for (float &value : x)
          value += 20; // a mean that is large beside the deviation
        Doubles expected, sizes;
        for (size_t first = 0; first < x.size(); first += size) {
          double mean = 0, variance = 0;
          for (size_t i = 0; i < size; ++i)
            mean += x[first + i] / double(size);
          for (size_t i = 0; i < size; ++i)
            variance +=
                (x[first + i] - mean) * (x[first + i] - mean) / double(size);
          for (size_t i = 0; i < size; ++i) {
            double value =
                (x[first + i] - mean) / std::sqrt(variance + epsilon);
            value = value * (hasScale ? scale[i] : 1) + (hasBias ? bias[i] : 0);
            expected.push_back(value);
            sizes.push_back(1 + std::abs(value));
          }
        }
        OpTester tester("float.layer_norm");
        tester.floats(shape, x);
        if (hasScale)
          tester.floats(row, scale, true);
        if (hasBias)
          tester.floats(row, bias, true);
        tester.floatOutput(shape).ints("axis", {axis});
        tester.numbers("epsilon", {epsilon});
        tester.ints("operandSegmentSizes", {1, hasScale, hasBias});
        expectNear(tester.runFloats(), expected, sizes, 1e-7);
      }
}

TEST(FloatRows, ScaleAndBatchNorm) {
  std::mt19937 random(9);
  const Shape shape = {2, 3, 70};
  for (bool norm : {false, true}) {
    Floats x = randomFloats(random, shape), parts[4];
    for (Floats &part : parts)
      part = randomFloats(random, {3});
    for (float &variance : parts[3])
      variance = std::abs(variance);
    Doubles expected, sizes;
    for (size_t i = 0; i < x.size(); ++i) {
      size_t c = i / 70 % 3;
      double value = norm ? (x[i] - double(parts[2][c])) /
                                std::sqrt(parts[3][c] + double(float(1e-3)))
                          : x[i];
      double product = value * parts[0][c];
      value = product + parts[1][c];
      expected.push_back(norm ? value : std::max(value, 0.25));
      sizes.push_back(std::abs(product) + std::abs(parts[1][c]) + 0.25);
    }
    OpTester tester(norm ? "float.batch_norm" : "float.scale");
    tester.floats(shape, x);
    for (size_t i = 0; i < (norm ? 4 : 2); ++i)
      tester.floats({3}, parts[i], true);
    tester.floatOutput(shape);
    if (norm)
      tester.numbers("epsilon", {double(float(1e-3))});
    else
      tester.numbers("act_min", {0.25});
    expectNear(tester.runFloats(), expected, sizes, 1e-7);
  }
}

//===----------------------------------------------------------------------===//
// Images
//===----------------------------------------------------------------------===//

/// x and y of two spatial dimensions; one is a line of height 1.
static void checkConv(std::mt19937 &random, const Shape &x, int64_t outputs,
                      int64_t group, const Geometry &g, bool bias,
                      bool constant) {
  const size_t spatial = x.size() - 2;
  Shape w = {outputs, x[1] / group}, y = {x[0], outputs};
  for (size_t d = 0; d < spatial; ++d) {
    w.push_back(g.kernel[d]);
    y.push_back(g.outOf(x[d + 2], d));
  }
  Floats in = randomFloats(random, x), weights = randomFloats(random, w);
  Floats biases = randomFloats(random, {outputs});
  Doubles expected, sizes;
  Shape inner(w.begin() + 1, w.end());
  forIndices(y, [&](const Shape &at) {
    double sum = bias ? biases[size_t(at[1])] : 0, size = std::abs(sum);
    forIndices(inner, [&](const Shape &tap) {
      Shape from = {at[0], at[1] / (outputs / group) * w[1] + tap[0]};
      for (size_t d = 0; d < spatial; ++d) {
        from.push_back(at[d + 2] * g.strides[d] - g.pads[d] +
                       tap[d + 1] * g.dilations[d]);
        if (from.back() < 0 || from.back() >= x[d + 2])
          return;
      }
      Shape weight = {at[1]};
      weight.insert(weight.end(), tap.begin(), tap.end());
      double product = double(in[size_t(offsetOf(x, from))]) *
                       weights[size_t(offsetOf(w, weight))];
      sum += product;
      size += std::abs(product);
    });
    expected.push_back(std::min(sum, 4.0));
    sizes.push_back(size);
  });
  OpTester tester("float.conv");
  tester.floats(x, in).floats(w, weights, constant);
  if (bias)
    tester.floats({outputs}, biases, true);
  tester.floatOutput(y).ints("strides", g.strides).ints("pads", g.pads);
  tester.ints("dilations", g.dilations).ints("group", {group});
  tester.numbers("act_max", {4});
  SCOPED_TRACE(std::to_string(x[1]) + " to " + std::to_string(outputs));
  expectNear(tester.runFloats(), expected, sizes, 4e-7);
}

TEST(FloatImages, Conv) {
  std::mt19937 random(10);
  const Geometry same = {{3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}};
  const Geometry half = {{3, 2}, {2, 3}, {1, 0, 0, 2}, {1, 2}};
  const Geometry point = {{1, 1}, {1, 1}, {0, 0, 0, 0}, {1, 1}};
  const Geometry skip = {{1, 1}, {2, 2}, {0, 0, 0, 0}, {1, 1}};
  const Geometry wide = {{5, 5}, {1, 1}, {6, 6, 6, 6}, {3, 3}};
  for (bool constant : {false, true}) {
    checkConv(random, {2, 5, 9, 11}, 13, 1, same, true, constant);
    checkConv(random, {1, 40, 12, 13}, 17, 1, same, true, constant);
    checkConv(random, {1, 8, 9, 11}, 12, 4, half, false, constant);
    checkConv(random, {1, 300, 5, 7}, 9, 1, point, true, constant);
    checkConv(random, {1, 12, 12, 12}, 8, 1, skip, true, constant);
    checkConv(random, {2, 6, 20, 40}, 6, 6, same, true, constant);
    checkConv(random, {1, 6, 9, 11}, 12, 6, half, true, constant);
    checkConv(random, {1, 4, 14, 15}, 5, 1, wide, true, constant);
    checkConv(random, {1, 30, 9, 9}, 1, 1, same, true, constant);
    // More rows than are computed at a time, steps, and taps far apart.
    checkConv(random, {1, 4, 300, 70}, 4, 4, same, true, constant);
    checkConv(random, {1, 4, 150, 131}, 8, 4,
              {{5, 5}, {2, 2}, {2, 2, 2, 2}, {1, 1}}, false, constant);
    checkConv(random, {1, 2, 1102, 1001}, 2, 2,
              {{2, 2}, {1, 1}, {0, 0, 0, 0}, {1100, 1}}, true, constant);
  }
}

TEST(FloatImages, ConvToOnePixel) {
  std::mt19937 random(11);
  for (bool constant : {false, true}) {
    checkConv(random, {3, 300, 1, 1}, 150, 1,
              {{1, 1}, {1, 1}, {0, 0, 0, 0}, {1, 1}}, true, constant);
    checkConv(random, {2, 20, 4, 5}, 33, 1,
              {{4, 5}, {1, 1}, {0, 0, 0, 0}, {1, 1}}, false, constant);
  }
}

TEST(FloatImages, ConvAlongALine) {
  std::mt19937 random(12);
  checkConv(random, {2, 6, 40}, 8, 1, {{5}, {2}, {2, 1}, {1}}, true, true);
  checkConv(random, {1, 6, 40}, 6, 6, {{3}, {1}, {2, 0}, {2}}, false, true);
}

TEST(FloatImages, ConvRefusesSizesThatDoNotFollow) {
  OpTester tester("float.conv");
  tester.floats({1, 1, 4, 4}, Floats(16)).floats({1, 1, 3, 3}, Floats(9), true);
  tester.floatOutput({1, 1, 4, 4}).ints("strides", {1, 1});
  tester.ints("pads", {0, 0, 0, 0}).ints("dilations", {1, 1});
  EXPECT_TRUE(contains(tester.openError(), "does not become 4 with this"));
}

TEST(FloatImages, Deconv) {
  std::mt19937 random(13);
  struct Case {
    Shape x, added;
    int64_t outputs, group;
    Geometry g;
  };
  const Case cases[] = {
      {{1, 6, 5, 7}, {0, 0}, 8, 1, {{2, 2}, {2, 2}, {0, 0, 0, 0}, {1, 1}}},
      {{2, 6, 5, 4}, {1, 0}, 9, 3, {{3, 4}, {2, 3}, {1, 1, 1, 2}, {1, 1}}},
      {{1, 6, 5, 4}, {0, 1}, 6, 6, {{3, 3}, {2, 2}, {1, 0, 0, 1}, {2, 1}}},
      {{1, 3, 9}, {1}, 5, 1, {{4}, {2}, {1, 1}, {1}}},
  };
  for (const Case &c : cases)
    for (bool bias : {false, true}) {
      const size_t spatial = c.x.size() - 2;
      Shape w = {c.x[1], c.outputs / c.group}, y = {c.x[0], c.outputs};
      for (size_t d = 0; d < spatial; ++d) {
        w.push_back(c.g.kernel[d]);
        y.push_back((c.x[d + 2] - 1) * c.g.strides[d] + c.added[d] +
                    (c.g.kernel[d] - 1) * c.g.dilations[d] + 1 - c.g.pads[d] -
                    c.g.pads[d + spatial]);
      }
      Floats in = randomFloats(random, c.x), weights = randomFloats(random, w);
      Floats biases = randomFloats(random, {c.outputs});
      Doubles expected, sizes;
      forIndices(y, [&](const Shape &index) {
        expected.push_back(bias ? biases[size_t(index[1])] : 0);
        sizes.push_back(std::abs(expected.back()) + 1e-3);
      });
      Shape inner(w.begin() + 1, w.end());
      forIndices(c.x, [&](const Shape &from) {
        forIndices(inner, [&](const Shape &tap) {
          Shape weight = {from[1]};
          weight.insert(weight.end(), tap.begin(), tap.end());
          Shape to = {from[0], from[1] / (c.x[1] / c.group) * w[1] + tap[0]};
          for (size_t d = 0; d < spatial; ++d) {
            to.push_back(from[d + 2] * c.g.strides[d] - c.g.pads[d] +
                         tap[d + 1] * c.g.dilations[d]);
            if (to.back() < 0 || to.back() >= y[d + 2])
              return;
          }
          double product = double(in[size_t(offsetOf(c.x, from))]) *
                           weights[size_t(offsetOf(w, weight))];
          expected[size_t(offsetOf(y, to))] += product;
          sizes[size_t(offsetOf(y, to))] += std::abs(product);
        });
      });
      OpTester tester("float.deconv");
      tester.floats(c.x, in).floats(w, weights, bias);
      if (bias)
        tester.floats({c.outputs}, biases, true);
      tester.floatOutput(y).ints("strides", c.g.strides);
      tester.ints("pads", c.g.pads).ints("dilations", c.g.dilations);
      tester.ints("output_padding", c.added).ints("group", {c.group});
      expectNear(tester.runFloats(), expected, sizes, 4e-7);
    }
}

TEST(FloatImages, MatMul) {
  std::mt19937 random(14);
  struct Case {
    Shape left, right, out; // of the stacks
    int64_t rows, columns, depth;
  };
  const Case cases[] = {
      {{}, {}, {}, 7, 40, 300},           {{}, {}, {}, 1, 130, 33},
      {{3}, {1}, {3}, 65, 5, 4},          {{2, 1}, {3}, {2, 3}, 4, 6, 5},
      {{2, 3}, {2, 3}, {2, 3}, 3, 3, 64},
  };
  for (const Case &c : cases)
    for (bool left : {false, true})
      for (bool right : {false, true})
        for (bool constant : {false, true}) {
          auto with = [](Shape stack, int64_t a, int64_t b, bool swap) {
            stack.push_back(swap ? b : a);
            stack.push_back(swap ? a : b);
            return stack;
          };
          Shape a = with(c.left, c.rows, c.depth, left);
          Shape b = with(c.right, c.depth, c.columns, right);
          Shape out = with(c.out, c.rows, c.columns, false);
          Floats x = randomFloats(random, a), w = randomFloats(random, b);
          Floats bias = randomFloats(random, {c.columns});
          Doubles expected, sizes;
          forIndices(out, [&](const Shape &index) {
            Shape outer(index.begin(), index.end() - 2);
            double sum = constant ? bias[size_t(index.back())] : 0;
            double size = std::abs(sum);
            for (int64_t k = 0; k < c.depth; ++k) {
              Shape fromA = with(outer, index[index.size() - 2], k, left);
              Shape fromB = with(outer, k, index.back(), right);
              double product = double(x[size_t(offsetOf(a, fromA))]) *
                               w[size_t(offsetOf(b, fromB))];
              sum += product;
              size += std::abs(product);
            }
            expected.push_back(std::max(sum, -1.0));
            sizes.push_back(size);
          });
          OpTester tester("float.matmul");
          tester.floats(a, x).floats(b, w, constant);
          if (constant)
            tester.floats({c.columns}, bias, true);
          tester.floatOutput(out).ints("transpose_lhs", {left});
          tester.ints("transpose_rhs", {right}).numbers("act_min", {-1});
          expectNear(tester.runFloats(), expected, sizes, 4e-7);
        }
}

TEST(FloatImages, Pools) {
  std::mt19937 random(15);
  struct Case {
    Shape x, y;
    Geometry g;
  };
  const Case cases[] = {
      {{2, 3, 9, 11}, {2, 3, 5, 4}, {{3, 2}, {2, 3}, {1, 1, 1, 0}, {1, 1}}},
      {{1, 2, 7, 7}, {1, 2, 1, 1}, {{7, 7}, {1, 1}, {0, 0, 0, 0}, {1, 1}}},
      {{1, 2, 9, 300}, {1, 2, 7, 298}, {{2, 2}, {1, 1}, {0, 0, 0, 0}, {2, 2}}},
      {{1, 2, 8, 8}, {1, 2, 4, 4}, {{3, 3}, {2, 2}, {0, 0, 0, 0}, {1, 1}}},
      {{2, 3, 10}, {2, 3, 5}, {{3}, {2}, {1, 1}, {1}}},
  };
  for (const Case &c : cases)
    for (int kind = 0; kind < 3; ++kind) {
      const bool maximum = kind == 0, include = kind == 2;
      Floats x = randomFloats(random, c.x);
      Doubles expected, sizes;
      const size_t spatial = c.x.size() - 2;
      forIndices(c.y, [&](const Shape &at) {
        double sum = 0, largest = -1e9, size = 0;
        int64_t inside = 0, padded = 0;
        forIndices(c.g.kernel, [&](const Shape &tap) {
          Shape from = {at[0], at[1]};
          bool isInside = true, isPadded = true;
          for (size_t d = 0; d < spatial; ++d) {
            from.push_back(at[d + 2] * c.g.strides[d] - c.g.pads[d] +
                           tap[d] * c.g.dilations[d]);
            isInside &= from.back() >= 0 && from.back() < c.x[d + 2];
            isPadded &= from.back() < c.x[d + 2] + c.g.pads[d + spatial];
          }
          padded += isPadded;
          inside += isInside;
          if (!isInside)
            return;
          double value = x[size_t(offsetOf(c.x, from))];
          sum += value;
          size += std::abs(value);
          largest = std::max(largest, value);
        });
        double divisor = double(include ? padded : inside);
        expected.push_back(maximum ? largest : sum / divisor);
        sizes.push_back(maximum ? largest : size / divisor);
      });
      OpTester tester(maximum ? "float.max_pool" : "float.avg_pool");
      tester.floats(c.x, x).floatOutput(c.y).ints("kernel", c.g.kernel);
      tester.ints("strides", c.g.strides).ints("pads", c.g.pads);
      tester.ints("dilations", c.g.dilations).ints("ceil_mode", {1});
      if (!maximum)
        tester.ints("count_include_pad", {include});
      expectNear(tester.runFloats(), expected, sizes, 1e-7);
    }
}

TEST(FloatImages, PoolRefusesWindowsInPadding) {
  OpTester tester("float.max_pool");
  tester.floats({1, 1, 2, 2}, Floats(4)).floatOutput({1, 1, 3, 3});
  tester.ints("kernel", {1, 1}).ints("strides", {2, 2});
  tester.ints("pads", {0, 0, 3, 3}).ints("dilations", {1, 1});
  EXPECT_TRUE(contains(tester.openError(), "lies wholly in the padding"));
}

TEST(FloatImages, Resize) {
  std::mt19937 random(16);
  const Shape x = {2, 3, 5, 6}, y = {2, 3, 8, 15};
  const double scales[] = {1, 1, 1.6, 2.5};
  Floats in = randomFloats(random, x);
  for (bool linear : {false, true}) {
    Doubles expected, sizes;
    forIndices(y, [&](const Shape &at) {
      double position[4], sum = 0;
      for (size_t d = 0; d < 4; ++d) {
        position[d] = (double(at[d]) + 0.5) / scales[d] - 0.5;
        position[d] = linear ? position[d] : std::floor(position[d]);
        position[d] = std::min(std::max(position[d], 0.0), double(x[d] - 1));
      }
      // All corners of the cell, with the product of their weights.
      for (unsigned corner = 0; corner < 16; ++corner) {
        double weight = 1;
        Shape from;
        for (size_t d = 0; d < 4; ++d) {
          double first = std::floor(position[d]), part = position[d] - first;
          bool second = corner >> d & 1;
          weight *= second ? part : 1 - part;
          from.push_back(std::min(int64_t(first) + second, x[d] - 1));
        }
        sum += weight * in[size_t(offsetOf(x, from))];
      }
      expected.push_back(sum);
      sizes.push_back(1);
    });
    OpTester tester("float.resize");
    tester.floats(x, in).floatOutput(y);
    tester.text("mode", linear ? "linear" : "nearest");
    tester.text("coordinate_transformation", "half_pixel");
    tester.text("nearest_mode", "floor").numbers("scales", {1, 1, 1.6, 2.5});
    expectNear(tester.runFloats(), expected, sizes, linear ? 1e-6 : 0);
  }
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

TEST(FloatMovement, Pad) {
  OpTester tester("pad");
  tester.floats({1, 3}, {1, 2, 3}).floatOutput({1, 6});
  tester.ints("pads", {0, 1, 0, 2}).text("mode", "constant");
  tester.numbers("value", {0.25});
  EXPECT_EQ(tester.runFloats(), (Floats{0.25, 1, 2, 3, 0.25, 0.25}));
}

TEST(FloatMovement, PadOfIndices) {
  OpTester tester("pad");
  tester.input({QCRT_I64, 0, 0}, {2}, {5, 6}).output({QCRT_I64, 0, 0}, {3});
  tester.ints("pads", {0, 1}).text("mode", "constant").numbers("value", {-1});
  EXPECT_EQ(tester.run(), (Values{5, 6, -1}));
}

TEST(FloatMovement, Split) {
  std::mt19937 random(17);
  const Shape in = {2, 7, 3};
  Floats x = randomFloats(random, in);
  OpTester tester("split");
  tester.floats(in, x).floatOutput({2, 3, 3}).floatOutput({2, 4, 3});
  tester.ints("axis", {1});
  Floats expected; // of the first result
  forIndices({2, 3, 3}, [&](const Shape &index) {
    expected.push_back(x[size_t(offsetOf(in, index))]);
  });
  EXPECT_EQ(tester.runFloats(), expected);
  OpTester wrong("split");
  wrong.floats(in, x).floatOutput({2, 3, 3}).floatOutput({2, 3, 3});
  wrong.ints("axis", {1});
  EXPECT_TRUE(contains(wrong.openError(), "the results have 6 elements"));
}

TEST(FloatMovement, WrongTypesAreRefused) {
  for (const char *kernel : {"float.relu", "float.softmax", "float.add"}) {
    OpTester tester(kernel);
    tester.input({QCRT_I8, 0.1, 0}, {2}, {1, 2});
    if (kernel[6] == 'a')
      tester.floats({2}, {1, 2});
    if (kernel[6] == 's')
      tester.ints("axis", {0});
    tester.floatOutput({2});
    EXPECT_TRUE(contains(tester.openError(), "expected f32")) << kernel;
  }
}

//===----------------------------------------------------------------------===//
// 16 bits
//===----------------------------------------------------------------------===//

/// The value of a half by its definition.
static double valueOfHalf(uint16_t half) {
  int exponent = half >> 10 & 31, mantissa = half & 1023;
  double value = exponent == 0 ? std::ldexp(mantissa, -24)
                               : std::ldexp(1024 + mantissa, exponent - 25);
  return half & 0x8000 ? -value : value;
}

TEST(FloatHalves, EveryHalfIsItsValueAndComesBack) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    uint16_t half = uint16_t(bits), back;
    float value;
    halvesToFloats(&half, 1, &value);
    floatsToHalves(&value, 1, &back);
    if ((bits & 0x7c00) != 0x7c00)
      ASSERT_EQ(value, valueOfHalf(half)) << bits;
    if (value == value)
      ASSERT_EQ(back, half) << bits;
    else
      ASSERT_GT(back & 0x7fff, 0x7c00) << bits;
  }
}

TEST(FloatHalves, RoundsToTheNearest) {
  std::mt19937 random(18);
  for (int i = 0; i < 200000; ++i) {
    uint16_t below = uint16_t(random() % 0x7bff), above = uint16_t(below + 1);
    double low = valueOfHalf(below), high = valueOfHalf(above);
    double middle = (low + high) / 2; // a float holds it
    float in[3] = {float(middle), std::nextafter(float(middle), 0.0f),
                   std::nextafter(float(middle), 1e9f)};
    uint16_t out[3];
    floatsToHalves(in, 3, out);
    ASSERT_EQ(out[0], below & 1 ? above : below) << middle;
    ASSERT_EQ(out[1], below) << middle;
    ASSERT_EQ(out[2], above) << middle;
  }
  const float ends[] = {65519.9f, 65520.0f, -1e30f, 1e-30f};
  uint16_t stored[4];
  floatsToHalves(ends, 4, stored);
  EXPECT_EQ(stored[0], 0x7bff);
  EXPECT_EQ(stored[1], 0x7c00);
  EXPECT_EQ(stored[2], 0xfc00);
  EXPECT_EQ(stored[3], 0);
}

TEST(FloatHalves, KernelsComputeInFloat) {
  // 1 + 2^-11 is no half: a sum in 16 bits would lose each of the addends.
  OpTester sum("float.reduce_sum");
  Values halves(2049, 0x1000); // 2^-11
  halves[0] = 0x3c00;          // 1
  sum.input({QCRT_F16, 0, 0}, {2049}, halves).floatOutput({1});
  sum.ints("axes", {0}).ints("keepdims", {1});
  EXPECT_EQ(sum.runFloats(), (Floats{2}));
  OpTester stored("float.add");
  stored.input({QCRT_F16, 0, 0}, {2}, {0x3c00, 0x4000})
      .floats({2}, {0.25f, 1e6f});
  stored.output({QCRT_F16, 0, 0}, {2});
  EXPECT_EQ(stored.run(), (Values{0x3d00, 0x7c00})); // 1.25, infinity
}
