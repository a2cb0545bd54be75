// Rounding and rescaling against the definition in wide integers.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Requant.h"
#include "OpTester.h"
#include "loops/Loops.h"

#include <gtest/gtest.h>

using namespace qcrt;
using namespace qcrt::test;

namespace {
struct Case {
  const char *kind, *rounding;
  RequantMode mode;
};
const Case cases[] = {{"mul32", "single", RequantMode::Single},
                      {"mul32", "double", RequantMode::Double},
                      {"mul32", "half_even", RequantMode::HalfEven},
                      {"mul16", "single", RequantMode::Single},
                      {"mul16", "double", RequantMode::Double},
                      {"mul16", "half_even", RequantMode::HalfEven},
                      {"pow2", "single", RequantMode::Single},
                      {"pow2", "double", RequantMode::HalfAway},
                      {"pow2", "half_even", RequantMode::HalfEven}};

/// An entry that the kind allows.
RequantLane randomLane(std::mt19937 &random, const std::string &kind) {
  auto pick = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % uint64_t(high - low + 1));
  };
  if (kind == "mul32")
    return {static_cast<int32_t>(pick(1 << 30, (int64_t(1) << 31) - 1)),
            static_cast<int32_t>(pick(2, 62)), 0};
  if (kind == "mul16")
    return {static_cast<int32_t>(pick(1 << 14, (1 << 15) - 1)),
            static_cast<int32_t>(pick(0, 46)), 0};
  int64_t shift = pick(-30, 45);
  return {shift < 0 ? int32_t(1) << -shift : 1,
          shift < 0 ? 0 : static_cast<int32_t>(shift), 0};
}

int64_t randomAccumulator(std::mt19937 &random, int bits) {
  uint64_t wide = (uint64_t(random()) << 32) | random();
  int64_t value = static_cast<int64_t>(wide >> (64 - (random() % bits + 1)));
  if (random() % 4 == 0) // near ties
    value = (value >> 8 << 8) + 128;
  return random() % 2 ? value : -value;
}

int64_t saturated(int64_t value) { // what any clamp makes of it
  return std::min<int64_t>(std::max<int64_t>(value, -(1 << 20)), 1 << 20);
}
} // namespace

TEST(Requant, NarrowEqualsDefinition) {
  std::mt19937 random(1);
  for (const Case &test : cases)
    for (int i = 0; i < 20000; ++i) {
      RequantLane lane = randomLane(random, test.kind);
      int32_t a = static_cast<int32_t>(randomAccumulator(random, 31));
      int64_t expected = referenceRescale(test.kind, test.rounding, a,
                                          lane.multiplier, lane.shift);
      int64_t found = 0;
      dispatchMode(test.mode, [&](auto mode) {
        found = rescale<decltype(mode)::value>(a, lane);
      });
      ASSERT_EQ(found, expected)
          << test.kind << " " << test.rounding << ": " << a << " * "
          << lane.multiplier << " >> " << lane.shift;
    }
}

TEST(Requant, WideEqualsDefinition) {
  std::mt19937 random(2);
  for (const Case &test : cases)
    for (int i = 0; i < 40000; ++i) {
      RequantLane lane = randomLane(random, test.kind);
      int64_t a = randomAccumulator(random, 61);
      int64_t expected = referenceRescale(test.kind, test.rounding, a,
                                          lane.multiplier, lane.shift);
      int64_t found = 0;
      dispatchMode(test.mode, [&](auto mode) {
        found = rescaleWide<decltype(mode)::value>(a, lane);
      });
      ASSERT_EQ(saturated(found), saturated(expected))
          << test.kind << " " << test.rounding << ": " << a << " * "
          << lane.multiplier << " >> " << lane.shift;
    }
}

TEST(Requant, TiesOfEachRounding) {
  const RequantLane half = {1, 1, 0};
  EXPECT_EQ(rescale<RequantMode::Single>(3, half), 2);
  EXPECT_EQ(rescale<RequantMode::Single>(-3, half), -1);
  EXPECT_EQ(rescale<RequantMode::HalfAway>(-3, half), -2);
  EXPECT_EQ(rescale<RequantMode::HalfEven>(5, half), 2);
  EXPECT_EQ(rescale<RequantMode::HalfEven>(-3, half), -2);
  EXPECT_EQ(roundHalfEven(2.5f), 2);
  EXPECT_EQ(roundHalfEven(-3.5f), -4);
  EXPECT_EQ(roundHalfEven(0.49999997f), 0);
  EXPECT_EQ(roundHalfEven(1e15 + 0.5), 1000000000000000);
}

TEST(Requant, TiesOfAnInexactMultiplier) {
  // Sixths: a sum of 9 is one and a half, of 15 two and a half.
  const RequantLane sixth = {1431655765, 33, 0};
  const std::pair<int32_t, int32_t> cases[] = {
      {9, 2},  {15, 2}, {21, 4}, {-9, -2},  {-15, -2}, {-21, -4},  {8, 1},
      {10, 2}, {14, 2}, {16, 3}, {-14, -2}, {-16, -3}, {759, 126}, {765, 128}};
  for (auto [sum, expected] : cases) {
    EXPECT_EQ(rescale<RequantMode::HalfEven>(sum, sixth), expected) << sum;
    int32_t block[1] = {sum};
    loops().rescale(RequantMode::HalfEven, block, 1, sixth, {0, -32768, 32767},
                    block);
    EXPECT_EQ(block[0], expected) << sum;
  }
}

TEST(Requant, RequantizeKernelEqualsDefinition) {
  std::mt19937 random(3);
  const Format formats[] = {
      {QCRT_I8, 0.1, 5}, {QCRT_U8, 0.1, 130}, {QCRT_I16, 0.001, 0}};
  for (const Format &in : formats)
    for (const Format &out : formats)
      for (const char *rounding : {"single", "double", "half_even"})
        for (int kind = 0; kind < 4; ++kind) {
          Ratio ratio = Ratio::of({in.scale / out.scale * 1.37}, rounding);
          if (kind == 1) {
            ratio.kind = "mul16";
            ratio.multipliers[0] >>= 16;
            ratio.shifts[0] -= 16;
          } else if (kind == 2) {
            ratio.kind = "pow2";
            ratio.shifts = {static_cast<int64_t>(random() % 12) - 3};
          } else if (kind == 3) {
            ratio.kind = "f32";
            ratio.scales = {in.scale / out.scale};
          }
          Shape shape = {3, 7, 501};
          Values x = randomValues(random, shape, in);
          OpTester tester("requantize");
          tester.input(in, shape, x).output(out, shape).requant(ratio);
          Values expected;
          for (int64_t q : x)
            expected.push_back(clampTo(
                referenceRescale(ratio, q - in.zeroPoint) + out.zeroPoint,
                out));
          EXPECT_EQ(tester.run(), expected) << ratio.kind << " " << rounding;
        }
}

TEST(Requant, BadAttributesAreRefused) {
  auto tester = [](const Ratio &ratio) {
    OpTester tester("requantize");
    tester.input({}, {4}, {1, 2, 3, 4}).output({}, {4}).requant(ratio);
    return tester.openError();
  };
  auto contains = [](const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
  };
  Ratio ratio;
  EXPECT_EQ(tester(ratio), "");
  ratio.multipliers = {5};
  EXPECT_TRUE(contains(tester(ratio), "'requant.multipliers' holds 5"));
  ratio = Ratio();
  ratio.shifts = {63};
  EXPECT_TRUE(contains(tester(ratio), "'requant.shifts' holds 63"));
  ratio = Ratio();
  ratio.shifts = {31, 31};
  EXPECT_TRUE(contains(tester(ratio), "2 entries"));
  ratio = Ratio();
  ratio.kind = "mul64";
  EXPECT_TRUE(contains(tester(ratio), "expected one of mul32, mul16"));
  ratio = Ratio();
  ratio.kind = "f32";
  ratio.scales = {-1};
  EXPECT_TRUE(contains(tester(ratio), "negative"));
}
