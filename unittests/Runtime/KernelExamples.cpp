// A small program of every kernel, with data.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpBuilder.h"

using namespace qcrt;
using namespace qcrt::test;

namespace {
using Examples = std::map<std::string, std::vector<OpBuilder>>;

const Format i8 = {QCRT_I8, 0.1, 3}, i16 = {QCRT_I16, 0.01, 0};
const Format weights = {QCRT_I8, 0.02, 0}, none = {QCRT_I32, 0, 0};

OpBuilder &add(Examples &examples, const std::string &kernel) {
  examples[kernel].emplace_back(kernel);
  return examples[kernel].back();
}

/// Values of all sizes that fit 8 bits.
Values values(int64_t count) {
  std::mt19937 random(static_cast<unsigned>(count));
  Values result;
  for (int64_t i = 0; i < count; ++i)
    result.push_back(int64_t(random() % 255) - 127);
  return result;
}

void addElementwise(Examples &examples) {
  Ratio ratio, pair;
  pair.multipliers = {1 << 30, 1 << 29};
  for (const Format &format : {i8, i16}) {
    for (const char *kernel :
         {"add", "sub", "mul", "div", "min", "max", "pow"}) {
      OpBuilder &tester = add(examples, kernel);
      tester.input(format, {2, 3, 4}, values(24)).input(format, {4}, values(4));
      tester.output(format, {2, 3, 4}).ints("clamp", {-5, 100});
      if (kernel == std::string("mul"))
        tester.requant(ratio);
      if (kernel == std::string("add") || kernel == std::string("sub"))
        tester.requant(pair);
    }
    add(examples, "clip")
        .input(format, {6}, values(6))
        .output(format, {6})
        .ints("clamp", {0, 5});
    add(examples, "quantize")
        .floats({6}, std::vector<float>(6))
        .output(format, {6});
    add(examples, "dequantize").input(format, {6}, values(6)).floatOutput({6});
    add(examples, "requantize")
        .input(format, {6}, values(6))
        .output(i8, {6})
        .requant(ratio);
    add(examples, "prelu")
        .input(format, {2, 3}, values(6))
        .input(weights, {3}, values(3), true)
        .output(format, {2, 3})
        .requant(ratio)
        .requant(Ratio::of({0.1, 0.2, 0.3}), "requant_negative");
  }
  add(examples, "lut")
      .input(i8, {6}, values(6))
      .input(i8, {256}, values(256), true)
      .output(i8, {6})
      .ints("frac_bits", {0});
  add(examples, "lut")
      .input(i16, {6}, values(6))
      .input(none, {5}, values(5), true)
      .output(i16, {6})
      .ints("frac_bits", {4});
}

void addPictures(Examples &examples) {
  const Format u8 = {QCRT_U8, 0, 0}, s8 = {QCRT_I8, 0, 0};
  const Format result = {QCRT_I8, 1, -128};
  auto table = [](int64_t rows) {
    Values entries = values(rows * 256);
    return entries;
  };
  auto bytes = [](int64_t count) {
    Values pixels = values(count);
    for (int64_t &pixel : pixels)
      pixel += 128;
    return pixels;
  };
  for (const char *matrix : {"bt601-full", "bt601-video", "bt709"})
    add(examples, "picture")
        .input(u8, {1, 6, 8}, bytes(48))
        .input(s8, {3, 256}, table(3), true)
        .output(result, {1, 4, 6, 3})
        .text("format", "nv12")
        .text("layout", "nhwc")
        .text("trained", "bgr")
        .text("matrix", matrix);
  for (const char *format : {"rgb", "yuv444", "s8"})
    add(examples, "picture")
        .input(format[0] == 's' ? s8 : u8, {2, 3, 4, 5},
               format[0] == 's' ? values(120) : bytes(120))
        .input(s8, {1, 256}, table(1), true)
        .output(result, {2, 4, 4, 3})
        .text("format", format)
        .text("layout", "nchw")
        .text("trained", format[0] == 's' ? "same" : "rgb")
        .text("matrix", "bt601-full");
  add(examples, "float.picture")
      .input(u8, {1, 4, 5, 1}, bytes(20))
      .floatOutput({1, 1, 4, 5})
      .text("format", "gray")
      .text("layout", "nhwc")
      .text("trained", "gray")
      .text("matrix", "bt601-full")
      .numbers("factor", {0.017})
      .numbers("offset", {-2.1});
}

void addMovement(Examples &examples) {
  add(examples, "concat")
      .input(i8, {2, 3}, values(6))
      .input(i8, {2, 2}, values(4))
      .output(i8, {2, 5})
      .ints("axis", {1});
  add(examples, "slice")
      .input(i8, {4, 5}, values(20))
      .output(i8, {2, 3})
      .ints("offsets", {3, 0})
      .ints("sizes", {2, 3})
      .ints("strides", {-2, 2});
  for (const char *mode : {"constant", "reflect", "edge"})
    add(examples, "pad")
        .input(i8, {2, 3}, values(6))
        .output(i8, {3, 6})
        .ints("pads", {0, 1, 1, 2})
        .text("mode", mode)
        .ints("value", {1});
  add(examples, "reshape").input(i8, {2, 3}, values(6)).output(i8, {6});
  add(examples, "transpose")
      .input(i8, {2, 3, 4}, values(24))
      .output(i8, {4, 2, 3})
      .ints("perm", {2, 0, 1});
  add(examples, "expand").input(i8, {3, 1}, values(3)).output(i8, {2, 3, 4});
  add(examples, "gather")
      .input(i8, {4, 3}, values(12))
      .input(none, {2}, {1, -1}, true)
      .output(i8, {2, 3})
      .ints("axis", {0});
}

void addImages(Examples &examples) {
  for (const char *kernel : {"max_pool", "avg_pool"}) {
    OpBuilder &tester = add(examples, kernel);
    tester.input(i8, {1, 5, 5, 3}, values(75)).output(i8, {1, 3, 3, 3});
    tester.ints("kernel", {3, 3}).ints("strides", {2, 2});
    tester.ints("pads", {1, 1, 1, 1}).ints("dilations", {1, 1});
    if (kernel[0] == 'a')
      tester.ints("divisors", {4, 6, 9})
          .ints("count_include_pad", {0})
          .requant(Ratio::of({0.25, 0.16, 0.11}));
  }
  for (const char *kernel :
       {"reduce_mean", "reduce_sum", "reduce_max", "reduce_min"}) {
    OpBuilder &tester = add(examples, kernel);
    tester.input(i8, {2, 3, 4}, values(24)).output(i8, {2, 1, 4});
    tester.ints("axes", {1}).ints("keepdims", {1});
    if (kernel[8] == 'e' || kernel[7] == 's')
      tester.requant(Ratio());
  }
  for (const char *kernel : {"softmax", "log_softmax"})
    add(examples, kernel)
        .input(i8, {2, 6}, values(12))
        .output(i8, {2, 6})
        .ints("axis", {1});
  add(examples, "layer_norm")
      .input(i8, {2, 6}, values(12))
      .floats({6}, std::vector<float>(6, 1), true)
      .floats({6}, std::vector<float>(6), true)
      .output(i8, {2, 6})
      .ints("axis", {1})
      .numbers("epsilon", {1e-5});
  for (const char *kernel : {"resize_nearest", "resize_linear"}) {
    OpBuilder &tester = add(examples, kernel);
    tester.input(i8, {1, 3, 3, 2}, values(18)).output(i8, {1, 6, 6, 2});
    tester.text("coordinate_transformation", "half_pixel");
    tester.text("nearest_mode", "floor").numbers("scales", {2, 2});
    if (kernel[7] == 'l')
      tester.ints("denominators", {4, 4})
          .requant(Ratio::of({1.0 / 16}, "half_even"));
  }
}

void addProducts(Examples &examples) {
  for (const Format &format : {i8, i16}) {
    Format bias = {format.dtype == QCRT_I8 ? QCRT_I32 : QCRT_I64, 0, 0};
    for (int64_t group : {1, 4}) {
      OpBuilder &tester = add(examples, "conv2d");
      tester.input(format, {1, 5, 5, 4}, values(100));
      tester.input(weights, {4, 3, 3, 4 / group}, values(144 / group), true);
      tester.input(bias, {4}, values(4), true).output(format, {1, 3, 3, 4});
      tester.ints("strides", {2, 2}).ints("pads", {1, 1, 1, 1});
      tester.ints("dilations", {1, 1}).ints("group", {group});
      tester.requant(Ratio::of({0.1, 0.2, 0.3, 0.4}));
    }
    // Weights of 4 bits, with factors of groups.
    const Format halves = {QCRT_I4, 0.5, 0};
    Values small = values(45);
    for (int64_t &value : small)
      value = value % 8;
    add(examples, "fully_connected")
        .input(format, {2, 15}, values(30))
        .input(halves, {3, 15}, small, true)
        .input(bias, {3}, values(3), true)
        .input({QCRT_I8, 0, 0}, {3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, true)
        .output(format, {2, 3})
        .requant(Ratio::of({0.1}));
    add(examples, "deconv2d")
        .input(format, {1, 3, 3, 2}, values(18))
        .input(weights, {2, 2, 2, 2}, values(16), true)
        .input(bias, {2}, values(2), true)
        .output(format, {1, 6, 6, 2})
        .ints("strides", {2, 2})
        .ints("pads", {0, 0, 0, 0})
        .ints("dilations", {1, 1})
        .ints("group", {1})
        .requant(Ratio::of({0.1}));
    add(examples, "fully_connected")
        .input(format, {2, 6}, values(12))
        .input(weights, {3, 6}, values(18), true)
        .input(bias, {3}, values(3), true)
        .output(format, {2, 3})
        .requant(Ratio::of({0.1}));
    add(examples, "matmul")
        .input(format, {2, 3, 4}, values(24))
        .input(format, {4, 5}, values(20))
        .output(format, {2, 3, 5})
        .ints("transpose_lhs", {0})
        .ints("transpose_rhs", {0})
        .requant(Ratio::of({0.1}));
  }
}
} // namespace

Examples test::kernelExamples() {
  Examples examples;
  addPictures(examples);
  addElementwise(examples);
  addMovement(examples);
  addImages(examples);
  addProducts(examples);
  addFloatExamples(examples);
  return examples;
}
