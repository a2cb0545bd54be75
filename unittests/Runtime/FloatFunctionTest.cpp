// Functions over floats, element by element, against the same in double.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatTestSupport.h"
#include "Kernel.h"
#include "floats/Functions.h"

#include <functional>
#include <limits>

using namespace qcrt;
using namespace qcrt::test;

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
