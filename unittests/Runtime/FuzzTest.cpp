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
      tensor.dtype = qcrt_dtype(random() % 7);
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
  auto examples = kernelExamples();
  for (const std::string &kernel : KernelRegistry::all().names())
    ASSERT_TRUE(examples.count(kernel)) << "no example of " << kernel;
  std::mt19937 random(1);
  for (auto &[kernel, testers] : examples)
    for (OpBuilder &tester : testers) {
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
