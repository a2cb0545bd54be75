// Valid one-kernel programs with a few values changed: each must be refused
// with a message or run without harm. Meant for builds with sanitizers.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernel.h"
#include "OpTester.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>

using namespace qcrt;
using namespace qcrt::test;

namespace {
using Examples = std::map<std::string, std::vector<OpTester>>;

const Format i8 = {QCRT_I8, 0.1, 3}, i16 = {QCRT_I16, 0.01, 0};
const Format weights = {QCRT_I8, 0.02, 0}, none = {QCRT_I32, 0, 0};

OpTester &add(Examples &examples, const std::string &kernel) {
  examples[kernel].emplace_back(kernel);
  return examples[kernel].back();
}

Values zeros(int64_t count) { return Values(size_t(count)); }

void addElementwise(Examples &examples) {
  Ratio ratio, pair;
  pair.multipliers = {1 << 30, 1 << 29};
  for (const Format &format : {i8, i16}) {
    for (const char *kernel :
         {"add", "sub", "mul", "div", "min", "max", "pow"}) {
      OpTester &tester = add(examples, kernel);
      tester.input(format, {2, 3, 4}, zeros(24)).input(format, {4}, zeros(4));
      tester.output(format, {2, 3, 4}).ints("clamp", {-5, 100});
      if (kernel == std::string("mul"))
        tester.requant(ratio);
      if (kernel == std::string("add") || kernel == std::string("sub"))
        tester.requant(pair);
    }
    add(examples, "clip")
        .input(format, {6}, zeros(6))
        .output(format, {6})
        .ints("clamp", {0, 5});
    add(examples, "quantize")
        .floats({6}, std::vector<float>(6))
        .output(format, {6});
    add(examples, "dequantize").input(format, {6}, zeros(6)).floatOutput({6});
    add(examples, "requantize")
        .input(format, {6}, zeros(6))
        .output(i8, {6})
        .requant(ratio);
    add(examples, "prelu")
        .input(format, {2, 3}, zeros(6))
        .input(weights, {3}, zeros(3), true)
        .output(format, {2, 3})
        .requant(ratio)
        .requant(Ratio::of({0.1, 0.2, 0.3}), "requant_negative");
  }
  add(examples, "lut")
      .input(i8, {6}, zeros(6))
      .input(i8, {256}, zeros(256), true)
      .output(i8, {6})
      .ints("frac_bits", {0});
  add(examples, "lut")
      .input(i16, {6}, zeros(6))
      .input(none, {5}, zeros(5), true)
      .output(i16, {6})
      .ints("frac_bits", {4});
}

void addMovement(Examples &examples) {
  add(examples, "concat")
      .input(i8, {2, 3}, zeros(6))
      .input(i8, {2, 2}, zeros(4))
      .output(i8, {2, 5})
      .ints("axis", {1});
  add(examples, "slice")
      .input(i8, {4, 5}, zeros(20))
      .output(i8, {2, 3})
      .ints("offsets", {3, 0})
      .ints("sizes", {2, 3})
      .ints("strides", {-2, 2});
  for (const char *mode : {"constant", "reflect", "edge"})
    add(examples, "pad")
        .input(i8, {2, 3}, zeros(6))
        .output(i8, {3, 6})
        .ints("pads", {0, 1, 1, 2})
        .text("mode", mode)
        .ints("value", {1});
  add(examples, "reshape").input(i8, {2, 3}, zeros(6)).output(i8, {6});
  add(examples, "transpose")
      .input(i8, {2, 3, 4}, zeros(24))
      .output(i8, {4, 2, 3})
      .ints("perm", {2, 0, 1});
  add(examples, "expand").input(i8, {3, 1}, zeros(3)).output(i8, {2, 3, 4});
  add(examples, "gather")
      .input(i8, {4, 3}, zeros(12))
      .input(none, {2}, {1, -1}, true)
      .output(i8, {2, 3})
      .ints("axis", {0});
}

void addImages(Examples &examples) {
  for (const char *kernel : {"max_pool", "avg_pool"}) {
    OpTester &tester = add(examples, kernel);
    tester.input(i8, {1, 5, 5, 3}, zeros(75)).output(i8, {1, 3, 3, 3});
    tester.ints("kernel", {3, 3}).ints("strides", {2, 2});
    tester.ints("pads", {1, 1, 1, 1}).ints("dilations", {1, 1});
    if (kernel[0] == 'a')
      tester.ints("divisors", {4, 6, 9})
          .ints("count_include_pad", {0})
          .requant(Ratio::of({0.25, 0.16, 0.11}));
  }
  for (const char *kernel :
       {"reduce_mean", "reduce_sum", "reduce_max", "reduce_min"}) {
    OpTester &tester = add(examples, kernel);
    tester.input(i8, {2, 3, 4}, zeros(24)).output(i8, {2, 1, 4});
    tester.ints("axes", {1}).ints("keepdims", {1});
    if (kernel[8] == 'e' || kernel[7] == 's')
      tester.requant(Ratio());
  }
  for (const char *kernel : {"softmax", "log_softmax"})
    add(examples, kernel)
        .input(i8, {2, 6}, zeros(12))
        .output(i8, {2, 6})
        .ints("axis", {1});
  add(examples, "layer_norm")
      .input(i8, {2, 6}, zeros(12))
      .floats({6}, std::vector<float>(6, 1), true)
      .floats({6}, std::vector<float>(6), true)
      .output(i8, {2, 6})
      .ints("axis", {1})
      .numbers("epsilon", {1e-5});
  for (const char *kernel : {"resize_nearest", "resize_linear"})
    add(examples, kernel)
        .input(i8, {1, 3, 3, 2}, zeros(18))
        .output(i8, {1, 6, 6, 2})
        .text("coordinate_transformation", "half_pixel")
        .text("nearest_mode", "floor")
        .numbers("scales", {2, 2});
}

void addProducts(Examples &examples) {
  for (const Format &format : {i8, i16}) {
    Format bias = {format.dtype == QCRT_I8 ? QCRT_I32 : QCRT_I64, 0, 0};
    for (int64_t group : {1, 4}) {
      OpTester &tester = add(examples, "conv2d");
      tester.input(format, {1, 5, 5, 4}, zeros(100));
      tester.input(weights, {4, 3, 3, 4 / group}, zeros(144 / group), true);
      tester.input(bias, {4}, zeros(4), true).output(format, {1, 3, 3, 4});
      tester.ints("strides", {2, 2}).ints("pads", {1, 1, 1, 1});
      tester.ints("dilations", {1, 1}).ints("group", {group});
      tester.requant(Ratio::of({0.1, 0.2, 0.3, 0.4}));
    }
    add(examples, "deconv2d")
        .input(format, {1, 3, 3, 2}, zeros(18))
        .input(weights, {2, 2, 2, 2}, zeros(16), true)
        .input(bias, {2}, zeros(2), true)
        .output(format, {1, 6, 6, 2})
        .ints("strides", {2, 2})
        .ints("pads", {0, 0, 0, 0})
        .ints("dilations", {1, 1})
        .ints("group", {1})
        .requant(Ratio::of({0.1}));
    add(examples, "fully_connected")
        .input(format, {2, 6}, zeros(12))
        .input(weights, {3, 6}, zeros(18), true)
        .input(bias, {3}, zeros(3), true)
        .output(format, {2, 3})
        .requant(Ratio::of({0.1}));
    add(examples, "matmul")
        .input(format, {2, 3, 4}, zeros(24))
        .input(format, {4, 5}, zeros(20))
        .output(format, {2, 3, 5})
        .ints("transpose_lhs", {0})
        .ints("transpose_rhs", {0})
        .requant(Ratio::of({0.1}));
  }
}

int64_t oddNumber(std::mt19937 &random) {
  const int64_t numbers[] = {0,
                             1,
                             -1,
                             2,
                             3,
                             7,
                             127,
                             128,
                             255,
                             -129,
                             65536,
                             int64_t(1) << 31,
                             -(int64_t(1) << 31),
                             int64_t(1) << 40,
                             INT64_MAX,
                             INT64_MIN};
  return numbers[random() % 16];
}

void changeAttribute(std::mt19937 &random, ProgramInstruction &instruction) {
  if (instruction.attributes.empty())
    return;
  auto &attribute =
      instruction.attributes[random() % instruction.attributes.size()];
  switch (random() % 6) {
  case 0:
    attribute.key += "x";
    break;
  case 1:
    attribute.ints.push_back(oddNumber(random));
    attribute.text.clear();
    attribute.floats.clear();
    break;
  case 2:
    if (!attribute.floats.empty())
      attribute.floats[random() % attribute.floats.size()] =
          random() % 2 ? 1e300 : -0.0;
    break;
  default:
    if (!attribute.ints.empty())
      attribute.ints[random() % attribute.ints.size()] = oddNumber(random);
  }
}

void changeTensor(std::mt19937 &random, ProgramTensor &tensor) {
  bool constant = tensor.kind == TensorKind::Constant;
  switch (random() % 6) {
  case 0:
    tensor.zeroPoint = oddNumber(random);
    break;
  case 1:
    tensor.scales = {std::ldexp(1.0f, int(random() % 250) - 125)};
    break;
  case 2:
    if (!constant)
      tensor.dtype = qcrt_dtype(random() % 6);
    break;
  case 3:
    if (!tensor.shape.empty() && !constant)
      tensor.shape.erase(tensor.shape.begin());
    break;
  case 4:
    tensor.kind = constant ? tensor.kind : TensorKind(random() % 2);
    break;
  default:
    if (!tensor.shape.empty()) {
      int64_t &size = tensor.shape[random() % tensor.shape.size()];
      int64_t most = constant ? size : 9; // the data are no longer
      size = 1 + int64_t(random()) % most;
    }
  }
}
} // namespace

/// Gives a constant other bytes, kept in storage.
static void changeData(std::mt19937 &random, ProgramTensor &tensor,
                       std::vector<uint8_t> &storage) {
  storage.resize(size_t(elements(tensor.shape)) *
                 qcrt_dtype_size(tensor.dtype));
  bool extremes = random() % 2;
  for (size_t i = 0; i < storage.size(); ++i)
    storage[i] = extremes ? (i % 8 == 7 ? 0x7f : 0xff) : uint8_t(random());
  tensor.data = storage.data();
}

TEST(Fuzz, ChangedInstructionsDoNoHarm) {
  Examples examples;
  addElementwise(examples);
  addMovement(examples);
  addImages(examples);
  addProducts(examples);
  for (const std::string &kernel : KernelRegistry::all().names())
    ASSERT_TRUE(examples.count(kernel)) << "no example of " << kernel;
  std::mt19937 random(1);
  for (auto &[kernel, testers] : examples)
    for (OpTester &tester : testers) {
      Program original = tester.program();
      ASSERT_EQ(runModel(bytesOf(original), 1, nullptr), "") << kernel;
      for (int i = 0; i < 300; ++i) {
        Program program = original;
        program.arenaSize += 1 << 16; // room for larger tensors
        for (ProgramTensor &tensor : program.tensors)
          if (tensor.kind == TensorKind::Output)
            tensor.arenaOffset += 1 << 15;
        for (unsigned c = 0; c < 1 + random() % 2; ++c)
          if (random() % 2)
            changeAttribute(random, program.instructions[0]);
          else
            changeTensor(random,
                         program.tensors[random() % program.tensors.size()]);
        std::vector<uint8_t> bytes, storage;
        ProgramTensor &last =
            program.tensors[program.instructions[0].inputs.back()];
        if (last.kind == TensorKind::Constant && random() % 3 == 0)
          changeData(random, last, storage);
        std::string error;
        if (writeProgram(program, bytes, error))
          runModel(bytes, unsigned(i), nullptr);
      }
    }
}
