// Kernels that only move data, against index arithmetic.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpTester.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

using namespace qcrt;
using namespace qcrt::test;

namespace {
const Format formats[] = {
    {QCRT_I8, 0.1, 4}, {QCRT_U8, 0.1, 9}, {QCRT_I16, 0.1, 0}};
bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}
} // namespace

TEST(Movement, ConcatAlongEveryAxis) {
  std::mt19937 random(1);
  for (const Format &format : formats)
    for (size_t axis = 0; axis < 3; ++axis) {
      Shape first = {2, 3, 4}, second = first, third = first, out = first;
      second[axis] = 1;
      third[axis] = 7;
      out[axis] += 8;
      Values parts[3] = {randomValues(random, first, format),
                         randomValues(random, second, format),
                         randomValues(random, third, format)};
      OpTester tester("concat");
      tester.input(format, first, parts[0]).input(format, second, parts[1]);
      tester.input(format, third, parts[2], true).output(format, out);
      tester.ints("axis", {int64_t(axis)});
      Values expected;
      forIndices(out, [&](Shape index) {
        const Shape *shapes[] = {&first, &second, &third};
        size_t part = 0;
        while (index[axis] >= (*shapes[part])[axis])
          index[axis] -= (*shapes[part++])[axis];
        expected.push_back(parts[part][size_t(offsetOf(*shapes[part], index))]);
      });
      EXPECT_EQ(tester.run(), expected);
    }
}

TEST(Movement, ConcatRefusesOtherParameters) {
  OpTester tester("concat");
  tester.input({QCRT_I8, 0.1, 0}, {2}, {1, 2});
  tester.input({QCRT_I8, 0.2, 0}, {2}, {1, 2}).output({QCRT_I8, 0.1, 0}, {4});
  tester.ints("axis", {0});
  EXPECT_TRUE(contains(tester.openError(), "differ in scale"));
}

TEST(Movement, SliceWithStrides) {
  std::mt19937 random(2);
  for (const Format &format : formats)
    for (int i = 0; i < 20; ++i) {
      Shape in = {3, 9, 8}, out = in;
      std::vector<int64_t> offsets(3), steps(3);
      for (size_t d = 0; d < 3; ++d) {
        offsets[d] = int64_t(random() % uint64_t(in[d]));
        steps[d] = int64_t(random() % 5) - 2;
        if (steps[d] == 0)
          steps[d] = 1;
        int64_t room = steps[d] < 0 ? offsets[d] : in[d] - 1 - offsets[d];
        out[d] =
            1 + int64_t(random() % uint64_t(room / std::abs(steps[d]) + 1));
      }
      Values x = randomValues(random, in, format), expected;
      forIndices(out, [&](const Shape &index) {
        Shape from(3);
        for (size_t d = 0; d < 3; ++d)
          from[d] = offsets[d] + index[d] * steps[d];
        expected.push_back(x[size_t(offsetOf(in, from))]);
      });
      OpTester tester("slice");
      tester.input(format, in, x).output(format, out);
      tester.ints("offsets", offsets).ints("sizes", out).ints("strides", steps);
      EXPECT_EQ(tester.run(), expected);
    }
}

TEST(Movement, SliceOutOfBoundsIsRefused) {
  auto error = [](int64_t offset, int64_t size, int64_t step) {
    OpTester tester("slice");
    tester.input({}, {4}, {1, 2, 3, 4}).output({}, {size});
    tester.ints("offsets", {offset}).ints("sizes", {size});
    tester.ints("strides", {step});
    return tester.openError();
  };
  EXPECT_EQ(error(3, 4, -1), "");
  EXPECT_TRUE(contains(error(1, 4, 1), "do not fit 4 elements"));
  EXPECT_TRUE(contains(error(2, 4, -1), "do not fit"));
  EXPECT_TRUE(contains(error(0, 2, int64_t(1) << 40), "do not fit"));
  EXPECT_TRUE(contains(error(0, 2, INT64_MIN), "'strides' holds"));
  EXPECT_TRUE(contains(error(7, 1, 1), "do not fit"));
}

TEST(Movement, TransposeEveryOrderOfFour) {
  std::mt19937 random(3);
  std::vector<int64_t> perm = {0, 1, 2, 3};
  do {
    const Format &format = formats[random() % 3];
    Shape in = {2, 35, 3, 40}, out;
    for (int64_t d : perm)
      out.push_back(in[size_t(d)]);
    Values x = randomValues(random, in, format), expected;
    forIndices(out, [&](const Shape &index) {
      Shape from(4);
      for (size_t d = 0; d < 4; ++d)
        from[size_t(perm[d])] = index[d];
      expected.push_back(x[size_t(offsetOf(in, from))]);
    });
    OpTester tester("transpose");
    tester.input(format, in, x).output(format, out).ints("perm", perm);
    EXPECT_EQ(tester.run(), expected);
  } while (std::next_permutation(perm.begin(), perm.end()));
}

TEST(Movement, TransposeRefusesRepeatedDimensions) {
  OpTester tester("transpose");
  tester.input({}, {2, 2}, {1, 2, 3, 4}).output({}, {2, 2});
  tester.ints("perm", {0, 0});
  EXPECT_TRUE(contains(tester.openError(), "not a permutation"));
}

TEST(Movement, Expand) {
  std::mt19937 random(4);
  const Format &format = formats[2];
  Shape in = {3, 1, 2}, out = {2, 3, 4, 2};
  Values x = randomValues(random, in, format), expected;
  forIndices(out, [&](const Shape &index) {
    expected.push_back(x[size_t(offsetOf(in, index))]);
  });
  OpTester tester("expand");
  tester.input(format, in, x).output(format, out);
  EXPECT_EQ(tester.run(), expected);
  OpTester scalar("expand");
  scalar.input(format, {}, {7}).output(format, {3});
  EXPECT_EQ(scalar.run(), Values({7, 7, 7}));
  OpTester bad("expand");
  bad.input(format, {3}, {1, 2, 3}).output(format, {4});
  EXPECT_TRUE(contains(bad.openError(), "does not broadcast"));
}

TEST(Movement, Reshape) {
  Values x(24);
  std::iota(x.begin(), x.end(), 0);
  OpTester tester("reshape");
  tester.input({}, {2, 3, 4}, x).output({}, {6, 4});
  EXPECT_EQ(tester.run(), x);
  OpTester bad("reshape");
  bad.input({}, {2, 3, 4}, x).output({}, {6, 5});
  EXPECT_TRUE(contains(bad.openError(), "24 elements"));
}

TEST(Movement, PadInEveryMode) {
  std::mt19937 random(5);
  for (const char *mode : {"constant", "reflect", "edge"})
    for (const Format &format : formats) {
      Shape in = {2, 4, 5, 3}, out = {3, 7, 8, 2};
      std::vector<int64_t> pads = {0, 2, 0, -1, 1, 1, 3, 0};
      Values x = randomValues(random, in, format), expected;
      forIndices(out, [&](const Shape &index) {
        Shape from(4);
        bool fill = false;
        for (size_t d = 0; d < 4; ++d) {
          from[d] = index[d] - pads[d];
          bool outside = from[d] < 0 || from[d] >= in[d];
          if (mode == std::string("edge"))
            from[d] = std::min(std::max<int64_t>(from[d], 0), in[d] - 1);
          else if (mode == std::string("reflect") && outside)
            from[d] = from[d] < 0 ? -from[d] : 2 * (in[d] - 1) - from[d];
          else
            fill = fill || outside;
        }
        expected.push_back(fill ? 42 : x[size_t(offsetOf(in, from))]);
      });
      OpTester tester("pad");
      tester.input(format, in, x).output(format, out);
      tester.ints("pads", pads).text("mode", mode).ints("value", {42});
      EXPECT_EQ(tester.run(), expected) << mode;
    }
}

TEST(Movement, PadErrors) {
  OpTester reflect("pad");
  reflect.input({}, {2}, {1, 2}).output({}, {6});
  reflect.ints("pads", {2, 2}).text("mode", "reflect");
  EXPECT_TRUE(contains(reflect.openError(), "too small to be reflected"));
  OpTester size("pad");
  size.input({}, {2}, {1, 2}).output({}, {5});
  size.ints("pads", {1, 1}).text("mode", "edge");
  EXPECT_TRUE(contains(size.openError(), "is not the result's 5"));
}

TEST(Movement, GatherChecksIndices) {
  std::mt19937 random(6);
  const Format &format = formats[0];
  for (qcrt_dtype type : {QCRT_I32, QCRT_I64}) {
    Shape in = {2, 5, 3}, indexShape = {2, 2}, out = {2, 2, 2, 3};
    Values x = randomValues(random, in, format), indices = {4, 0, -1, -5};
    Values expected;
    forIndices(out, [&](const Shape &index) {
      int64_t pick = indices[size_t(index[1] * 2 + index[2])];
      Shape from = {index[0], pick < 0 ? pick + 5 : pick, index[3]};
      expected.push_back(x[size_t(offsetOf(in, from))]);
    });
    OpTester tester("gather");
    tester.input(format, in, x).input({type, 0, 0}, indexShape, indices);
    tester.output(format, out).ints("axis", {1});
    EXPECT_EQ(tester.run(), expected);
    for (int64_t wrong : {5, -6}) {
      OpTester bad("gather");
      bad.input(format, in, x);
      bad.input({type, 0, 0}, indexShape, {0, 1, wrong, 0});
      bad.output(format, out).ints("axis", {1});
      EXPECT_EQ(bad.runError(), "gather: an index is out of range");
    }
  }
}
