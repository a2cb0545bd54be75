// Reductions, softmax and normalizations over floats, against plain loops in
// double.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatTestSupport.h"

using namespace qcrt;
using namespace qcrt::test;

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
