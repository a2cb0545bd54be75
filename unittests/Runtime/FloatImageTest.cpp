// Convolutions, matrix products, pools and resizes over floats, against plain
// loops in double.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatTestSupport.h"

using namespace qcrt;
using namespace qcrt::test;

namespace {
/// Spatial attributes, and the sizes that follow from them.
struct Geometry {
  Shape kernel, strides, pads, dilations;

  int64_t outOf(int64_t in, size_t d) const {
    int64_t span = (kernel[d] - 1) * dilations[d] + 1;
    return (in + pads[d] + pads[d + kernel.size()] - span) / strides[d] + 1;
  }
};
} // namespace

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
