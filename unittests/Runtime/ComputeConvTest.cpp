// conv2d, deconv2d and fully_connected against plain loops, with every
// instruction set and number of threads.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ComputeTestSupport.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace qcrt;
using namespace qcrt::test;

namespace {

struct Types {
  qcrt_dtype input, weight, output;
};

const Types typeChoices[] = {
    {QCRT_I8, QCRT_I8, QCRT_I8},   {QCRT_U8, QCRT_I8, QCRT_U8},
    {QCRT_I8, QCRT_I8, QCRT_I16},  {QCRT_U8, QCRT_I8, QCRT_I8},
    {QCRT_I16, QCRT_I8, QCRT_I16}, {QCRT_I16, QCRT_I16, QCRT_I16},
    {QCRT_I16, QCRT_I8, QCRT_I8},  {QCRT_I8, QCRT_I16, QCRT_I8},
    {QCRT_U8, QCRT_U8, QCRT_U8},   {QCRT_I16, QCRT_I8, QCRT_U8},
    {QCRT_U8, QCRT_I8, QCRT_I16},
};

int64_t zeroPointOf(std::mt19937 &random, qcrt_dtype type) {
  switch (random() % 4) {
  case 0:
    return lowest(type);
  case 1:
    return highest(type);
  case 2:
    return pick(random, lowest(type), highest(type));
  default:
    return type == QCRT_U8 ? 128 : 0;
  }
}

/// Fills in operands of given shapes; returns the typical accumulator.
double fill(std::mt19937 &random, Case &test, const Types &types,
            double reduction) {
  Operand &x = test.inputs[0], &w = test.inputs[1], &b = test.inputs[2];
  x.dtype = types.input;
  x.zeroPoint = zeroPointOf(random, x.dtype);
  x.randomize(random, lowest(x.dtype), highest(x.dtype));
  w.dtype = types.weight;
  w.constant = b.constant = true;
  w.zeroPoint = w.dtype == QCRT_U8 ? pick(random, 0, 255) : 0;
  w.randomize(random, w.zeroPoint ? 0 : lowest(w.dtype) + 1, highest(w.dtype));
  b.dtype = types.input == QCRT_I16 ? QCRT_I64 : QCRT_I32;
  double typical = std::sqrt(reduction) *
                   static_cast<double>(highest(x.dtype)) *
                   static_cast<double>(highest(w.dtype)) / 2;
  int64_t bias = static_cast<int64_t>(std::min(typical, 1e9));
  b.randomize(random, -bias, bias);
  test.output.dtype = types.output;
  test.output.zeroPoint = zeroPointOf(random, types.output);
  return typical;
}

struct ConvShape {
  int64_t batch, height, width, channels, outputs, kernelH, kernelW, group;
  int64_t strides[2], pads[4], dilations[2];
};

int64_t extent(int64_t in, int64_t before, int64_t after, int64_t kernel,
               int64_t dilation, int64_t stride) {
  int64_t span = in + before + after - (kernel - 1) * dilation - 1;
  return span < 0 ? 0 : span / stride + 1;
}

Case makeConv(std::mt19937 &random, const ConvShape &s, const Types &types) {
  Case test;
  test.kernel = "conv2d";
  test.inputs.resize(3);
  test.inputs[0].shape = {s.batch, s.height, s.width, s.channels};
  test.inputs[1].shape = {s.outputs, s.kernelH, s.kernelW,
                          s.channels / s.group};
  test.inputs[2].shape = {s.outputs};
  test.output.shape = {s.batch,
                       extent(s.height, s.pads[0], s.pads[2], s.kernelH,
                              s.dilations[0], s.strides[0]),
                       extent(s.width, s.pads[1], s.pads[3], s.kernelW,
                              s.dilations[1], s.strides[1]),
                       s.outputs};
  test.keys = {{"strides", {s.strides[0], s.strides[1]}},
               {"pads", {s.pads[0], s.pads[1], s.pads[2], s.pads[3]}},
               {"dilations", {s.dilations[0], s.dilations[1]}},
               {"group", {s.group}}};
  double typical =
      fill(random, test, types,
           static_cast<double>(s.kernelH * s.kernelW * s.channels / s.group));
  test.requant = RequantText::random(random, static_cast<size_t>(s.outputs),
                                     typical, types.output);
  return test;
}

std::vector<int64_t> plainConv(const Case &test, const ConvShape &s) {
  const Operand &x = test.inputs[0], &w = test.inputs[1], &b = test.inputs[2];
  const Operand &y = test.output;
  const Requant requant = test.readRequant();
  const int64_t perGroup = s.channels / s.group;
  std::vector<int64_t> result;
  for (int64_t n = 0; n < s.batch; ++n)
    for (int64_t oh = 0; oh < y.shape[1]; ++oh)
      for (int64_t ow = 0; ow < y.shape[2]; ++ow)
        for (int64_t o = 0; o < s.outputs; ++o) {
          int64_t sum = b.values[static_cast<size_t>(o)];
          const int64_t first = o / (s.outputs / s.group) * perGroup;
          for (int64_t kh = 0; kh < s.kernelH; ++kh)
            for (int64_t kw = 0; kw < s.kernelW; ++kw) {
              int64_t ih = oh * s.strides[0] - s.pads[0] + kh * s.dilations[0];
              int64_t iw = ow * s.strides[1] - s.pads[1] + kw * s.dilations[1];
              if (ih < 0 || ih >= s.height || iw < 0 || iw >= s.width)
                continue;
              for (int64_t c = 0; c < perGroup; ++c)
                sum += (x.values[static_cast<size_t>(
                            ((n * s.height + ih) * s.width + iw) * s.channels +
                            first + c)] -
                        x.zeroPoint) *
                       (w.values[static_cast<size_t>(
                            ((o * s.kernelH + kh) * s.kernelW + kw) * perGroup +
                            c)] -
                        w.zeroPoint);
            }
          result.push_back(requant.apply(sum, static_cast<size_t>(o)));
        }
  return result;
}

void checkConv(std::mt19937 &random, const ConvShape &s, const Types &types) {
  Case test = makeConv(random, s, types);
  for (int64_t e : test.output.shape)
    if (e == 0)
      return;
  EXPECT_EQ(compareAll(test, plainConv(test, s)), "");
}

ConvShape randomShape(std::mt19937 &random) {
  ConvShape s = {};
  s.batch = pick(random, 1, 2);
  s.height = pick(random, 1, 12);
  s.width = pick(random, 1, 12);
  s.kernelH = pick(random, 1, 4);
  s.kernelW = pick(random, 1, 4);
  s.group = random() % 3 ? 1 : pick(random, 1, 5);
  s.channels = s.group * pick(random, 1, random() % 4 ? 12 : 70);
  s.outputs = s.group * pick(random, 1, random() % 4 ? 20 : 150);
  for (int64_t &stride : s.strides)
    stride = random() % 2 ? 1 : pick(random, 1, 3);
  for (int64_t &pad : s.pads)
    pad = random() % 2 ? 0 : pick(random, 0, 3);
  for (int64_t &dilation : s.dilations)
    dilation = random() % 2 ? 1 : pick(random, 1, 3);
  return s;
}

/// Windows that the kernels treat specially: one pixel, and one channel a
/// group.
ConvShape pointwise(std::mt19937 &random) {
  ConvShape s = randomShape(random);
  s.kernelH = s.kernelW = 1;
  s.pads[0] = s.pads[1] = s.pads[2] = s.pads[3] = 0;
  if (random() % 3)
    s.strides[0] = s.strides[1] = 1;
  return s;
}
ConvShape depthwise(std::mt19937 &random) {
  ConvShape s = randomShape(random);
  s.group = s.channels = s.outputs = pick(random, 1, random() % 2 ? 20 : 200);
  return s;
}

} // namespace

TEST(ComputeConv, RandomShapes) {
  std::mt19937 random(1);
  for (int i = 0; i < 400; ++i)
    checkConv(random, randomShape(random), typeChoices[random() % 9]);
}

TEST(ComputeConv, Pointwise) {
  std::mt19937 random(2);
  for (int i = 0; i < 250; ++i)
    checkConv(random, pointwise(random), typeChoices[random() % 9]);
}

TEST(ComputeConv, Depthwise) {
  std::mt19937 random(3);
  for (int i = 0; i < 400; ++i)
    checkConv(random, depthwise(random), typeChoices[random() % 9]);
}

TEST(ComputeConv, ManyRowsAndColumns) {
  std::mt19937 random(4);
  ConvShape s = {1, 40, 41, 30, 70, 1, 1, 1, {1, 1}, {0, 0, 0, 0}, {1, 1}};
  for (const Types &types : {typeChoices[0], typeChoices[1], typeChoices[4]})
    checkConv(random, s, types);
  ConvShape window = {1, 33, 31, 3, 32, 3, 3, 1, {2, 2}, {0, 0, 1, 1}, {1, 1}};
  for (const Types &types : {typeChoices[0], typeChoices[1]})
    checkConv(random, window, types);
}

// Beyond 66,000 products of 8-bit numbers, or few of 16-bit ones, 32 bits are
// not enough for the sum.
TEST(ComputeConv, WideAccumulators) {
  std::mt19937 random(5);
  ConvShape s = {1, 1, 1, 70000, 3, 1, 1, 1, {1, 1}, {0, 0, 0, 0}, {1, 1}};
  for (const Types &types : {typeChoices[0], typeChoices[1], typeChoices[4],
                             typeChoices[5], typeChoices[7]}) {
    Case test = makeConv(random, s, types);
    Operand &x = test.inputs[0], &w = test.inputs[1];
    x.zeroPoint = lowest(x.dtype);
    x.values.assign(x.values.size(), highest(x.dtype));
    w.values.assign(w.values.size(), highest(w.dtype));
    EXPECT_EQ(compareAll(test, plainConv(test, s)), "");
  }
}

namespace {
/// Weights of 4 bits in place of those of `test`, with factors of groups of
/// `groupSize` inputs unless that is 0. Returns the same with the products in 8
/// bits.
Case narrowWeights(std::mt19937 &random, Case &test, int64_t groupSize) {
  Operand &w = test.inputs[1];
  w.dtype = QCRT_I4;
  w.zeroPoint = 0;
  w.randomize(random, groupSize ? -7 : -8, 7);
  Case wide = test;
  wide.inputs[1].dtype = QCRT_I8;
  if (groupSize == 0)
    return wide;
  Operand factors;
  factors.dtype = QCRT_I8;
  factors.constant = true;
  factors.shape = w.shape;
  factors.shape.back() /= groupSize;
  factors.randomize(random, 1, 18);
  for (size_t i = 0; i < w.values.size(); ++i)
    wide.inputs[1].values[i] *=
        factors.values[i / static_cast<size_t>(groupSize)];
  test.inputs.push_back(factors);
  return wide;
}
} // namespace

// Packed, with and without factors: what their products in 8 bits give.
TEST(ComputeConv, WeightsOfFourBits) {
  std::mt19937 random(9);
  for (int i = 0; i < 150; ++i) {
    ConvShape s = i % 3 ? pointwise(random) : randomShape(random);
    const int64_t groupSize = pick(random, 0, 3);
    s.channels *= groupSize ? groupSize : 1;
    Case test = makeConv(random, s, typeChoices[i % 2 ? 0 : 4]);
    const bool isEmpty = test.output.count() == 0;
    Case wide = narrowWeights(random, test, groupSize);
    if (!isEmpty)
      EXPECT_EQ(compareAll(test, plainConv(wide, s)), "");
  }
}

TEST(ComputeConv, RefusesFactorsThatDoNotFit) {
  std::mt19937 random(10);
  ConvShape s = {1, 5, 5, 8, 3, 3, 3, 1, {1, 1}, {0, 0, 0, 0}, {1, 1}};
  Case good = makeConv(random, s, typeChoices[0]);
  narrowWeights(random, good, 4);
  EXPECT_EQ(good.run("portable", 1), "");
  Case bad = good;
  bad.inputs[3].shape.back() = 3;
  bad.inputs[3].values.assign(81, 1);
  EXPECT_EQ(bad.run("portable", 1), "factors 'f' do not divide the last "
                                    "dimension of weights 'w' into groups");
  bad = good;
  bad.inputs[3].values[5] = 0;
  EXPECT_NE(bad.run("portable", 1).find("hold a number below 1"),
            std::string::npos);
  bad = good;
  bad.inputs[3].dtype = QCRT_U8;
  EXPECT_EQ(bad.run("portable", 1), "tensor 'f' has type u8, expected i8");
  bad = good;
  bad.inputs[3].constant = false;
  EXPECT_EQ(bad.run("portable", 1), "tensor 'f' must be a constant");
}

TEST(ComputeConv, RefusesWhatDoesNotFit) {
  std::mt19937 random(6);
  ConvShape s = {1, 5, 5, 4, 8, 3, 3, 1, {1, 1}, {0, 0, 0, 0}, {1, 1}};
  Case good = makeConv(random, s, typeChoices[0]);
  Case bad = good;
  bad.output.shape[1] = 4;
  EXPECT_EQ(bad.run("portable", 1),
            "result 'y' has extent 4 in dimension 1, the window gives 3");
  bad = good;
  bad.keys[3].second = {2};
  EXPECT_EQ(bad.run("portable", 1), "weights of 8 outputs and 4 inputs do not "
                                    "fit 4 channels in 2 groups");
  bad = good;
  bad.inputs[2].shape = {7};
  bad.inputs[2].values.resize(7);
  EXPECT_EQ(bad.run("portable", 1), "bias 'b' has 7 elements, expected 8");
  bad = good;
  bad.inputs[1].constant = false;
  EXPECT_NE(bad.run("portable", 1), "");
}

TEST(ComputeFullyConnected, RandomShapes) {
  std::mt19937 random(7);
  for (int i = 0; i < 150; ++i) {
    const Types &types = typeChoices[random() % 9];
    ConvShape s = {1,
                   1,
                   random() % 3 ? 1 : pick(random, 1, 70),
                   0,
                   0,
                   1,
                   1,
                   1,
                   {1, 1},
                   {0, 0, 0, 0},
                   {1, 1}};
    s.channels = pick(random, 1, 600);
    s.outputs = pick(random, 1, 300);
    Case test = makeConv(random, s, types);
    std::vector<int64_t> expected = plainConv(test, s);
    test.kernel = "fully_connected";
    test.keys.clear();
    test.inputs[0].shape = {s.width, s.channels};
    test.inputs[1].shape = {s.outputs, s.channels};
    test.output.shape = {s.width, s.outputs};
    EXPECT_EQ(compareAll(test, expected), "");
  }
}

static std::vector<int64_t> plainDeconv(const Case &test, const ConvShape &s) {
  const Operand &x = test.inputs[0], &w = test.inputs[1], &b = test.inputs[2];
  const Operand &y = test.output;
  const Requant requant = test.readRequant();
  const int64_t perGroup = s.channels / s.group;
  std::vector<int64_t> sums(static_cast<size_t>(y.count()));
  for (size_t i = 0; i < sums.size(); ++i)
    sums[i] = b.values[i % static_cast<size_t>(s.outputs)];
  for (int64_t n = 0; n < s.batch; ++n)
    for (int64_t ih = 0; ih < s.height; ++ih)
      for (int64_t iw = 0; iw < s.width; ++iw)
        for (int64_t kh = 0; kh < s.kernelH; ++kh)
          for (int64_t kw = 0; kw < s.kernelW; ++kw) {
            int64_t oh = ih * s.strides[0] - s.pads[0] + kh * s.dilations[0];
            int64_t ow = iw * s.strides[1] - s.pads[1] + kw * s.dilations[1];
            if (oh < 0 || oh >= y.shape[1] || ow < 0 || ow >= y.shape[2])
              continue;
            for (int64_t o = 0; o < s.outputs; ++o)
              for (int64_t c = 0; c < perGroup; ++c)
                sums[static_cast<size_t>(
                    ((n * y.shape[1] + oh) * y.shape[2] + ow) * s.outputs +
                    o)] +=
                    (x.values[static_cast<size_t>(
                         ((n * s.height + ih) * s.width + iw) * s.channels +
                         o / (s.outputs / s.group) * perGroup + c)] -
                     x.zeroPoint) *
                    (w.values[static_cast<size_t>(
                         ((o * s.kernelH + kh) * s.kernelW + kw) * perGroup +
                         c)] -
                     w.zeroPoint);
          }
  for (size_t i = 0; i < sums.size(); ++i)
    sums[i] = requant.apply(sums[i], i % static_cast<size_t>(s.outputs));
  return sums;
}

TEST(ComputeDeconv, RandomShapes) {
  std::mt19937 random(8);
  for (int i = 0; i < 250; ++i) {
    ConvShape s = randomShape(random);
    s.height = std::min<int64_t>(s.height, 7);
    Case test = makeConv(random, s, typeChoices[random() % 9]);
    test.kernel = "deconv2d";
    const int64_t in[] = {s.height, s.width};
    const int64_t kernel[] = {s.kernelH, s.kernelW};
    for (size_t d = 0; d < 2; ++d)
      test.output.shape[d + 1] = std::max<int64_t>(
          1, (in[d] - 1) * s.strides[d] - s.pads[d] - s.pads[d + 2] +
                 (kernel[d] - 1) * s.dilations[d] + 1 +
                 pick(random, 0, s.strides[d] - 1));
    EXPECT_EQ(compareAll(test, plainDeconv(test, s)), "");
  }
}
