// The file format: round trip, damage, and files that lie.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FileLayout.h"
#include "OpTester.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>

using namespace qcrt;
using namespace qcrt::test;

namespace {
std::string openError(const std::vector<uint8_t> &file) {
  qcrt_model *model = nullptr;
  if (qcrt_open_memory(file.data(), file.size(), &model) == QCRT_OK) {
    qcrt_close(model);
    return "";
  }
  EXPECT_EQ(model, nullptr);
  EXPECT_STRNE(qcrt_last_error(), "");
  return qcrt_last_error();
}

/// What opening says after a change of the program.
std::string errorAfter(const std::function<void(Program &)> &change) {
  Program program = exampleProgram();
  change(program);
  return openError(bytesOf(program));
}

/// Makes the checksum fit whatever the bytes are now.
void sign(std::vector<uint8_t> &file) {
  uint64_t checksum = fileChecksum(file.data(), file.size());
  std::memcpy(file.data() + offsetof(FileHeader, checksum), &checksum, 8);
}
} // namespace

#define EXPECT_ERROR(error, part)                                              \
  EXPECT_NE((error).find(part), std::string::npos) << (error)

TEST(Container, RoundTrip) {
  Program before = exampleProgram(), after;
  before.tensors[0].sourcePermutation = {0, 2, 3, 1};
  std::vector<uint8_t> file = bytesOf(before);
  EXPECT_EQ(file, bytesOf(before)) << "the bytes are not deterministic";
  std::string error;
  ASSERT_TRUE(readProgram(file.data(), file.size(), after, error)) << error;
  EXPECT_EQ(after.producer, before.producer);
  EXPECT_EQ(after.targetOptions, "chip=none");
  EXPECT_EQ(after.provenance, before.provenance);
  EXPECT_EQ(after.inputs, before.inputs);
  EXPECT_EQ(after.outputs, before.outputs);
  EXPECT_EQ(after.lowerBound, 80u);
  ASSERT_EQ(after.tensors.size(), before.tensors.size());
  EXPECT_EQ(after.tensors[0].preprocess, "scale=1/255");
  EXPECT_EQ(after.tensors[0].picture, "s8 layout=nhwc");
  EXPECT_EQ(after.tensors[0].sourcePermutation,
            before.tensors[0].sourcePermutation);
  EXPECT_EQ(after.tensors[0].qmin, -128);
  EXPECT_EQ(std::memcmp(after.tensors[1].data, before.tensors[1].data, 4), 0);
  ASSERT_EQ(after.instructions.size(), 3u);
  EXPECT_EQ(after.instructions[0].attributes[2].ints,
            before.instructions[0].attributes[2].ints);
  EXPECT_EQ(after.instructions[0].sources, before.instructions[0].sources);
  EXPECT_EQ(bytesOf(after), file) << "writing again gives other bytes";
  EXPECT_EQ(openError(file), "");
}

TEST(Container, ConstantsAreAligned) {
  Program program = exampleProgram(), after;
  std::vector<uint8_t> file = bytesOf(program);
  std::string error;
  ASSERT_TRUE(readProgram(file.data(), file.size(), after, error));
  auto *data = static_cast<const uint8_t *>(after.tensors[1].data);
  EXPECT_EQ((data - file.data()) % 64, 0);
}

TEST(Container, EveryFlippedBitIsRefused) {
  std::vector<uint8_t> file = bytesOf(exampleProgram());
  for (size_t i = 0; i < file.size(); ++i)
    for (int bit : {0, 3, 7}) {
      file[i] ^= uint8_t(1 << bit);
      ASSERT_NE(openError(file), "") << "byte " << i;
      file[i] ^= uint8_t(1 << bit);
    }
  EXPECT_EQ(openError(file), "");
}

TEST(Container, EveryTruncationIsRefused) {
  std::vector<uint8_t> file = bytesOf(exampleProgram());
  for (size_t size = 0; size < file.size(); ++size) {
    // A copy of its own, so that reading past the end is seen.
    std::vector<uint8_t> part(file.begin(), file.begin() + long(size));
    part.shrink_to_fit();
    if (part.empty())
      part.reserve(1);
    ASSERT_NE(openError(part), "") << size << " bytes";
  }
  file.push_back(0);
  EXPECT_ERROR(openError(file), "truncated or damaged");
}

TEST(Container, DamageWithAFittingChecksumNeverCrashes) {
  const std::vector<uint8_t> original = bytesOf(exampleProgram());
  std::mt19937 random(1);
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::vector<uint8_t> file = original;
    int changes = 1 + int(random() % 3);
    for (int c = 0; c < changes; ++c) {
      size_t place = random() % file.size();
      file[place] = random() % 2 ? uint8_t(random())
                                 : uint8_t(file[place] ^ (1 << random() % 8));
    }
    sign(file);
    std::vector<uint8_t> outputs;
    accepted += runModel(file, 1, &outputs).empty();
  }
  EXPECT_GT(accepted, 0) << "names and scales may change";
  EXPECT_LT(accepted, 18000) << "most changes are seen even without checksum";
}

TEST(Container, HeaderErrors) {
  const std::vector<uint8_t> original = bytesOf(exampleProgram());
  auto withField = [&](size_t offset, uint64_t value, size_t width) {
    std::vector<uint8_t> file = original;
    std::memcpy(file.data() + offset, &value, width);
    sign(file);
    return openError(file);
  };
  EXPECT_ERROR(withField(0, 0, 1), "not a .qcb file");
  EXPECT_ERROR(withField(8, 9, 4), "format version 9 is not supported");
  EXPECT_ERROR(withField(16, 1, 8), "expected 1");
  EXPECT_ERROR(withField(24, UINT64_MAX, 8), "contradicts itself");
  EXPECT_ERROR(withField(32, 64, 8), "contradicts itself");
  EXPECT_ERROR(withField(40, UINT64_MAX, 8), "contradicts itself");
  EXPECT_ERROR(withField(48, 1, 8), "contradicts itself");
  EXPECT_ERROR(withField(68, 0, 4), "malformed"); // the file identifier
  std::vector<uint8_t> flipped = original;
  flipped.back() ^= 1;
  EXPECT_ERROR(openError(flipped), "checksum does not match");
}

TEST(Container, TensorErrors) {
  auto withTensor = [](size_t index,
                       const std::function<void(ProgramTensor &)> &change) {
    return errorAfter([&](Program &p) { change(p.tensors[index]); });
  };
  EXPECT_ERROR(withTensor(0, [](auto &t) { t.scales = {0}; }),
               "not a positive number");
  EXPECT_ERROR(withTensor(0, [](auto &t) { t.scales = {1, 2}; }), "2 scales");
  EXPECT_ERROR(withTensor(0, [](auto &t) { t.axis = 4; }), "quantized axis 4");
  EXPECT_ERROR(withTensor(0, [](auto &t) { t.zeroPoint = 200; }),
               "cannot hold");
  EXPECT_ERROR(withTensor(0, [](auto &t) { t.qmin = 5, t.qmax = 4; }),
               "cannot hold");
  EXPECT_ERROR(withTensor(0, [](auto &t) { t.arenaOffset = 32; }),
               "does not lie aligned");
  EXPECT_ERROR(withTensor(4, [](auto &t) { t.arenaOffset = 128; }),
               "does not lie aligned");
  EXPECT_ERROR(withTensor(4, [](auto &t) { t.arenaOffset = 0ull - 64; }),
               "does not lie aligned");
  EXPECT_ERROR(withTensor(0, [](auto &t) { t.sourcePermutation = {0, 0}; }),
               "permutation");
}

// Two elements a byte: what lies behind the last one is zero, and only
// constants are packed.
TEST(Container, PackedConstants) {
  static const uint8_t clean[2] = {0x9f, 0x07}, dirty[2] = {0x9f, 0x17};
  auto withPacked = [](const uint8_t *bytes) {
    Program program = exampleProgram();
    ProgramTensor weights;
    weights.name = "weights";
    weights.dtype = QCRT_I4;
    weights.kind = TensorKind::Constant;
    weights.shape = {3};
    weights.scales = {1};
    weights.data = bytes;
    program.tensors.push_back(weights);
    return program;
  };
  Program packed = withPacked(clean), after;
  EXPECT_EQ(byteSize(packed.tensors.back()), 2u);
  std::vector<uint8_t> file = bytesOf(packed);
  EXPECT_EQ(openError(file), "");
  std::string error;
  ASSERT_TRUE(readProgram(file.data(), file.size(), after, error)) << error;
  EXPECT_EQ(after.tensors.back().dtype, QCRT_I4);
  EXPECT_EQ(after.tensors.back().qmin, -8);
  EXPECT_EQ(std::memcmp(after.tensors.back().data, clean, 2), 0);
  EXPECT_ERROR(openError(bytesOf(withPacked(dirty))),
               "constant 'weights' has 3 elements of i4 and something behind "
               "them in its last byte");
  packed.tensors.back().zeroPoint = 9;
  EXPECT_ERROR(openError(bytesOf(packed)), "which its type i4 cannot hold");
  EXPECT_ERROR(errorAfter([](Program &p) { p.tensors[2].dtype = QCRT_I4; }),
               "has type i4 and is no constant");
  // Kernels of activations take no such constant.
  EXPECT_ERROR(errorAfter([](Program &p) { p.tensors[1].dtype = QCRT_I4; }),
               "has type i4, expected i8, u8 or i16");
}

TEST(Container, GraphErrors) {
  EXPECT_ERROR(errorAfter([](Program &p) { p.inputs = {}; }),
               "before it is written");
  EXPECT_ERROR(errorAfter([](Program &p) { p.inputs = {0, 0}; }),
               "listed twice");
  EXPECT_ERROR(errorAfter([](Program &p) { p.inputs = {2}; }),
               "is not an input");
  EXPECT_ERROR(errorAfter([](Program &p) {
                 std::swap(p.instructions[0], p.instructions[1]);
               }),
               "before it is written");
  EXPECT_ERROR(errorAfter([](Program &p) { p.instructions[1].outputs = {0}; }),
               "not writable");
  EXPECT_ERROR(errorAfter([](Program &p) { p.instructions.pop_back(); }),
               "never written");
  EXPECT_ERROR(errorAfter([](Program &p) { p.arenaSize = uint64_t(1) << 60; }),
               "too large");
  EXPECT_ERROR(errorAfter([](Program &p) { p.lowerBound = 1000; }),
               "smaller than its lower bound");
  EXPECT_ERROR(
      errorAfter([](Program &p) { p.instructions[0].placement = "gpu"; }),
      "expected npu or cpu");
}

TEST(Container, InstructionErrorsNameTheSource) {
  std::string error =
      errorAfter([](Program &p) { p.instructions[0].kernel = "frobnicate"; });
  EXPECT_ERROR(error, "instruction 0 (frobnicate of conv1, relu1): there is "
                      "no kernel 'frobnicate'");
  error = errorAfter(
      [](Program &p) { p.instructions[2].attributes[0].key = "kernels"; });
  EXPECT_ERROR(error, "attribute 'kernel' is missing");
  error = errorAfter([](Program &p) {
    p.instructions[1].attributes.push_back(intAttribute("color", {1}));
  });
  EXPECT_ERROR(error, "attribute 'color' is not known here");
  error = errorAfter([](Program &p) {
    p.instructions[2].attributes.push_back(p.instructions[2].attributes[0]);
  });
  EXPECT_ERROR(error, "two attributes have the same name");
}

TEST(Container, MemoryPlanErrors) {
  // The pool's result over its own input.
  EXPECT_ERROR(errorAfter([](Program &p) { p.tensors[4].arenaOffset = 0; }),
               "result 'pooled' overwrites 'rows', which is still needed");
  // An addition in place is fine as long as nobody needs the input later.
  EXPECT_ERROR(errorAfter([](Program &p) { p.outputs = {4, 0}; }),
               "result 'sum' overwrites 'image'");
  // A reshape in place keeps the bytes, so both may be read later.
  EXPECT_EQ(errorAfter([](Program &p) { p.outputs = {4, 2, 3}; }), "");
}

TEST(Container, ASmallTensorAnywhereInALargeOneIsFound) {
  for (uint64_t offset : {0, 64, 128, 192, 256}) {
    std::string error = errorAfter([&](Program &p) {
      p.tensors[0].shape = p.tensors[2].shape = {1, 8, 8, 4};
      p.tensors[3].shape = {1, 4, 16, 4};
      p.tensors[4].shape = {1, 2, 8, 4};
      p.tensors[4].arenaOffset = offset;
      p.arenaSize = 320;
    });
    if (offset < 256)
      EXPECT_ERROR(error, "result 'pooled' overwrites 'rows', which is still");
    else
      EXPECT_EQ(error, "");
  }
}

TEST(Container, InputsThatOverlap) {
  auto addInput = [](Program &p, uint64_t offset) {
    p.tensors.push_back(p.tensors[0]);
    p.tensors.back().name = "other";
    p.tensors.back().arenaOffset = offset;
    p.inputs.push_back(uint32_t(p.tensors.size() - 1));
    p.arenaSize = 192;
  };
  EXPECT_ERROR(errorAfter([&](Program &p) { addInput(p, 0); }),
               "inputs 'image' and 'other' overlap in the arena");
  EXPECT_EQ(errorAfter([&](Program &p) { addInput(p, 128); }), "");
  // Nothing reads it: its place is free from the second instruction on.
  EXPECT_EQ(errorAfter([&](Program &p) { addInput(p, 64); }), "");
}

TEST(Container, WriterErrors) {
  std::vector<uint8_t> bytes;
  std::string error;
  Program program = exampleProgram();
  program.tensors[1].data = nullptr;
  EXPECT_FALSE(writeProgram(program, bytes, error));
  EXPECT_ERROR(error, "constant 'offsets' has no data");
  program = exampleProgram();
  program.outputs = {9};
  EXPECT_FALSE(writeProgram(program, bytes, error));
  EXPECT_ERROR(error, "refers to tensor 9");
  program = exampleProgram();
  program.tensors[0].shape = {int64_t(1) << 40, int64_t(1) << 40};
  EXPECT_FALSE(writeProgram(program, bytes, error));
  EXPECT_ERROR(error, "too large");
}

TEST(Container, ChecksumIsTheKnownOne) {
  // The check value of CRC-64/XZ.
  EXPECT_EQ(crc64("123456789", 9), 0x995DC9BBDF1939FAu);
  uint64_t first = crc64("1234", 4);
  EXPECT_EQ(crc64("56789", 5, first), 0x995DC9BBDF1939FAu);
}
