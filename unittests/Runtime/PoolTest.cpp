// Pooling, reductions and resizing against loops over their definitions.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpTester.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace qcrt;
using namespace qcrt::test;

namespace {
const Format formats[] = {
    {QCRT_I8, 0.1, 4}, {QCRT_U8, 0.1, 9}, {QCRT_I16, 0.01, 0}};

struct WindowCase {
  int64_t kernel, stride, begin, end, dilation;
};
const WindowCase windows[] = {{3, 2, 1, 1, 1},
                              {2, 2, 0, 0, 1},
                              {3, 1, 1, 2, 2},
                              {1, 3, 0, 0, 1},
                              {4, 2, 1, 0, 1}};

int64_t outputSize(int64_t size, const WindowCase &w) {
  int64_t extent = (w.kernel - 1) * w.dilation + 1;
  return (size + w.begin + w.end - extent) / w.stride + 1;
}

/// Calls visit(input index or -1) for the taps of one dimension.
template <typename Visit>
void taps(const WindowCase &w, int64_t position, int64_t size, Visit visit) {
  for (int64_t k = 0; k < w.kernel; ++k) {
    int64_t i = position * w.stride - w.begin + k * w.dilation;
    if (i < size + w.end)
      visit(i < 0 || i >= size ? -1 : i);
  }
}

OpTester poolTester(const char *kernel, const WindowCase &h,
                    const WindowCase &w) {
  OpTester tester(kernel);
  tester.ints("kernel", {h.kernel, w.kernel});
  tester.ints("strides", {h.stride, w.stride});
  tester.ints("pads", {h.begin, w.begin, h.end, w.end});
  tester.ints("dilations", {h.dilation, w.dilation});
  return tester;
}
} // namespace

TEST(Pool, MaxPool) {
  std::mt19937 random(1);
  for (const WindowCase &h : windows)
    for (const WindowCase &w : windows) {
      const Format &format = formats[random() % 3];
      Shape in = {2, 9, 11, int64_t(random() % 40 + 1)};
      Shape out = {2, outputSize(9, h), outputSize(11, w), in[3]};
      Values x = randomValues(random, in, format), expected;
      forIndices(out, [&](const Shape &index) {
        int64_t best = INT64_MIN;
        taps(h, index[1], in[1], [&](int64_t i) {
          taps(w, index[2], in[2], [&](int64_t j) {
            if (i >= 0 && j >= 0)
              best = std::max(
                  best, x[size_t(offsetOf(in, {index[0], i, j, index[3]}))]);
          });
        });
        expected.push_back(best);
      });
      OpTester tester = poolTester("max_pool", h, w);
      tester.input(format, in, x).output(format, out);
      EXPECT_EQ(tester.run(), expected);
    }
}

TEST(Pool, AvgPoolWithAndWithoutPadding) {
  std::mt19937 random(2);
  for (bool include : {false, true})
    for (const WindowCase &h : windows)
      for (const WindowCase &w : windows) {
        const Format &format = formats[random() % 3];
        const Format &to = formats[random() % 3];
        Shape in = {1, 9, 11, 5};
        Shape out = {1, outputSize(9, h), outputSize(11, w), 5};
        Values x = randomValues(random, in, format), sums;
        std::vector<int64_t> counts;
        forIndices(out, [&](const Shape &index) {
          int64_t sum = 0, count = 0;
          taps(h, index[1], in[1], [&](int64_t i) {
            taps(w, index[2], in[2], [&](int64_t j) {
              bool inside = i >= 0 && j >= 0;
              count += include || inside;
              if (inside)
                sum += x[size_t(offsetOf(in, {0, i, j, index[3]}))] -
                       format.zeroPoint;
            });
          });
          sums.push_back(sum);
          counts.push_back(count);
        });
        std::set<int64_t> distinct(counts.begin(), counts.end());
        std::vector<int64_t> divisors(distinct.begin(), distinct.end());
        std::vector<double> ratios;
        for (int64_t divisor : divisors)
          ratios.push_back(format.scale / (to.scale * double(divisor)));
        Ratio ratio = Ratio::of(ratios);
        Values expected;
        for (size_t i = 0; i < sums.size(); ++i) {
          auto place = std::find(divisors.begin(), divisors.end(), counts[i]);
          expected.push_back(
              clampTo(referenceRescale(ratio, sums[i],
                                       size_t(place - divisors.begin())) +
                          to.zeroPoint,
                      to));
        }
        OpTester tester = poolTester("avg_pool", h, w);
        tester.input(format, in, x).output(to, out).requant(ratio);
        tester.ints("divisors", divisors);
        tester.ints("count_include_pad", {include});
        EXPECT_EQ(tester.run(), expected);
      }
}

TEST(Pool, RefusesWindowsItCannotDo) {
  OpTester tester = poolTester("avg_pool", windows[0], windows[0]);
  tester.input({}, {1, 4, 4, 1}, Values(16)).output({}, {1, 2, 2, 1});
  tester.requant(Ratio()).ints("divisors", {9}).ints("count_include_pad", {0});
  EXPECT_NE(tester.openError().find("lacks 4"), std::string::npos);
  OpTester outside = poolTester("max_pool", {1, 4, 0, 9, 1}, windows[3]);
  outside.input({}, {1, 4, 4, 1}, Values(16)).output({}, {1, 2, 2, 1});
  EXPECT_NE(outside.openError().find("wholly in the padding"),
            std::string::npos);
  OpTester huge =
      poolTester("max_pool", {1, int64_t(1) << 40, 0, 0, 1}, windows[3]);
  huge.input({}, {1, 4, 4, 1}, Values(16)).output({}, {1, 2, 2, 1});
  EXPECT_NE(huge.openError().find("'strides' holds"), std::string::npos);
}

TEST(Reduce, EverySetOfAxes) {
  std::mt19937 random(3);
  const Shape in = {3, 4, 5, 6};
  for (unsigned set = 0; set < 16; ++set)
    for (bool keep : {false, true})
      for (const char *kernel :
           {"reduce_mean", "reduce_sum", "reduce_max", "reduce_min"}) {
        const Format &format = formats[random() % 3];
        bool sum = kernel[7] == 's' || kernel[8] == 'e';
        const Format &to = sum ? formats[random() % 3] : format;
        Shape kept, out;
        std::vector<int64_t> axes;
        int64_t count = 1;
        for (size_t d = 0; d < 4; ++d) {
          bool reduced = set >> d & 1;
          kept.push_back(reduced ? 1 : in[d]);
          if (reduced) {
            axes.push_back(int64_t(d));
            count *= in[d];
          }
          if (!reduced || keep)
            out.push_back(kept.back());
        }
        Values x = randomValues(random, in, format);
        Values sums(size_t(elements(kept)));
        Values most(sums.size(), INT64_MIN), least(sums.size(), INT64_MAX);
        forIndices(in, [&](const Shape &index) {
          size_t o = size_t(offsetOf(kept, index));
          int64_t q = x[size_t(offsetOf(in, index))];
          sums[o] += q - format.zeroPoint;
          most[o] = std::max(most[o], q);
          least[o] = std::min(least[o], q);
        });
        Ratio ratio = Ratio::of({1.3 / double(count)}, "half_even");
        Values expected = kernel[8] == 'a' ? most : least;
        if (sum) {
          expected.clear();
          for (int64_t value : sums)
            expected.push_back(
                clampTo(referenceRescale(ratio, value) + to.zeroPoint, to));
        }
        OpTester tester(kernel);
        tester.input(format, in, x).output(to, out).ints("axes", axes);
        tester.ints("keepdims", {keep});
        if (sum)
          tester.requant(ratio);
        EXPECT_EQ(tester.run(), expected) << kernel << " " << set;
      }
}

TEST(Reduce, LongSumsDoNotOverflow) {
  const int64_t count = 70000; // times 32767 leaves 32 bits
  Format format = {QCRT_I16, 0.1, 0};
  Ratio ratio = Ratio::of({1.0 / double(count)});
  OpTester tester("reduce_mean");
  tester.input(format, {count}, Values(size_t(count), 32767));
  tester.output(format, {1}).requant(ratio);
  tester.ints("axes", {0}).ints("keepdims", {1});
  EXPECT_EQ(tester.run(), Values({32767}));
}

TEST(Reduce, RefusesBadAxes) {
  for (std::vector<int64_t> axes :
       {std::vector<int64_t>{2}, std::vector<int64_t>{0, 0},
        std::vector<int64_t>{-1}}) {
    OpTester tester("reduce_max");
    tester.input({}, {2, 2}, Values(4)).output({}, {1, 2});
    tester.ints("axes", axes).ints("keepdims", {1});
    EXPECT_NE(tester.openError().find("'axes' holds"), std::string::npos);
  }
}

namespace {
double coordinate(const std::string &kind, int64_t i, double scale, int64_t in,
                  int64_t out) {
  if (kind == "asymmetric")
    return double(i) / scale;
  // Whole in these tests, unless it is not near the result's size.
  double length = scale * double(in);
  if (std::abs(length - double(out)) < 1e-3)
    length = double(out);
  if (kind == "align_corners")
    return out == 1 ? 0 : double(i) * double(in - 1) / (length - 1);
  if (kind == "pytorch_half_pixel" && out == 1)
    return 0;
  return (double(i) + 0.5) / scale - 0.5;
}
const char *const coordinateKinds[] = {"asymmetric", "half_pixel",
                                       "align_corners", "pytorch_half_pixel"};
const Shape sizes[] = {{10, 14}, {3, 5}, {5, 1}, {1, 21}};

/// Of an image of 5 by 7; some would make a part of a pixel more.
std::vector<double> getScales(const Shape &size, std::mt19937 &random) {
  double more = random() % 2 ? 0.4 : 0;
  return {(double(size[0]) + more) / 5, (double(size[1]) + more) / 7};
}
} // namespace

TEST(Resize, Nearest) {
  std::mt19937 random(4);
  for (const char *kind : coordinateKinds)
    for (std::string mode :
         {"floor", "ceil", "round_prefer_floor", "round_prefer_ceil"})
      for (const Shape &size : sizes) {
        const Format &format = formats[random() % 3];
        Shape in = {2, 5, 7, 3}, out = {2, size[0], size[1], 3};
        std::vector<double> scales = getScales(size, random);
        Values x = randomValues(random, in, format), expected;
        auto source = [&](size_t d, int64_t i) {
          double c = coordinate(kind, i, scales[d - 1], in[d], out[d]);
          double r = mode == "floor"                ? std::floor(c)
                     : mode == "ceil"               ? std::ceil(c)
                     : mode == "round_prefer_floor" ? std::ceil(c - 0.5)
                                                    : std::floor(c + 0.5);
          return std::min(std::max<int64_t>(int64_t(r), 0), in[d] - 1);
        };
        forIndices(out, [&](const Shape &index) {
          Shape from = {index[0], source(1, index[1]), source(2, index[2]),
                        index[3]};
          expected.push_back(x[size_t(offsetOf(in, from))]);
        });
        OpTester tester("resize_nearest");
        tester.input(format, in, x).output(format, out);
        tester.text("coordinate_transformation", kind);
        tester.text("nearest_mode", mode).numbers("scales", scales);
        EXPECT_EQ(tester.run(), expected) << kind << " " << mode;
      }
}

TEST(Resize, LinearIsRoundedOnce) {
  std::mt19937 random(5);
  for (const char *kind : coordinateKinds)
    for (const Shape &size : sizes)
      for (const Format &format : formats)
        for (const std::string rounding : {"single", "double", "half_even"}) {
          const Format &to = formats[random() % 3];
          Shape in = {2, 5, 7, 19}, out = {2, size[0], size[1], 19};
          std::vector<double> scales = getScales(size, random);
          // Of two channels to more than a block; ratios that can tie or not.
          in[3] = out[3] = std::vector<int64_t>{2, 19, 1030}[random() % 3];
          int64_t denominators[] = {int64_t(1) << random() % 12,
                                    int64_t(random() % 2048 + 1)};
          if (random() % 2)
            denominators[1] = denominators[0];
          double change = random() % 2 ? 1 : 0.7;
          Ratio ratio = Ratio::of(
              {change / double(denominators[0] * denominators[1])}, rounding);
          Values x = randomValues(random, in, format), expected;
          forIndices(out, [&](const Shape &index) {
            int64_t first[2], second[2], weight[2];
            for (size_t d = 0; d < 2; ++d) {
              double c = coordinate(kind, index[d + 1], scales[d], in[d + 1],
                                    out[d + 1]);
              c = std::min(std::max(c, 0.0), double(in[d + 1] - 1));
              first[d] = int64_t(c);
              second[d] = std::min(first[d] + 1, in[d + 1] - 1);
              weight[d] =
                  std::llrint((c - double(first[d])) * double(denominators[d]));
            }
            auto at = [&](int64_t i, int64_t j) {
              return x[size_t(offsetOf(in, {index[0], i, j, index[3]}))] -
                     format.zeroPoint;
            };
            const int64_t restY = denominators[0] - weight[0];
            const int64_t restX = denominators[1] - weight[1];
            int64_t sum = at(first[0], first[1]) * restY * restX +
                          at(first[0], second[1]) * restY * weight[1] +
                          at(second[0], first[1]) * weight[0] * restX +
                          at(second[0], second[1]) * weight[0] * weight[1];
            expected.push_back(
                clampTo(referenceRescale(ratio, sum) + to.zeroPoint, to));
          });
          OpTester tester("resize_linear");
          tester.input(format, in, x).output(to, out).requant(ratio);
          tester.text("coordinate_transformation", kind);
          tester.ints("denominators", {denominators[0], denominators[1]});
          tester.numbers("scales", scales);
          EXPECT_EQ(tester.run(), expected) << kind << " " << rounding;
        }
}

TEST(Resize, RefusesDenominatorsThatCouldOverflow) {
  for (std::vector<int64_t> bad : {Shape{2}, Shape{0, 2}, Shape{2, 2049}}) {
    OpTester tester("resize_linear");
    tester.input({}, {1, 2, 2, 1}, Values(4)).output({}, {1, 4, 4, 1});
    tester.text("coordinate_transformation", "asymmetric");
    tester.numbers("scales", {2.0, 2.0}).requant(Ratio());
    tester.ints("denominators", bad);
    EXPECT_NE(tester.openError().find("'denominators'"), std::string::npos);
  }
}

TEST(Resize, NearestKeepsParameters) {
  OpTester tester("resize_nearest");
  tester.input({}, {1, 2, 2, 1}, Values(4));
  tester.output({QCRT_I8, 0.5, 0}, {1, 4, 4, 1});
  tester.text("coordinate_transformation", "asymmetric");
  tester.text("nearest_mode", "floor").numbers("scales", {2.0, 2.0});
  EXPECT_NE(tester.openError().find("differ in scale"), std::string::npos);
}

TEST(Resize, RefusesBadScales) {
  OpTester tester("resize_nearest");
  tester.input({}, {1, 2, 2, 1}, Values(4)).output({}, {1, 4, 4, 1});
  tester.text("coordinate_transformation", "asymmetric");
  tester.text("nearest_mode", "floor").numbers("scales", {0.0, 2.0});
  EXPECT_NE(tester.openError().find("must hold positive numbers"),
            std::string::npos);
}
