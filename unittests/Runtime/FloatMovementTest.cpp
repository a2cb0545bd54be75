// Floats that are moved or stored in 16 bits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatTestSupport.h"
#include "floats/Halves.h"

using namespace qcrt;
using namespace qcrt::test;

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
