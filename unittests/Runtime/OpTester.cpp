// Runs one kernel through the container and the C interface.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpTester.h"
#include "compute/Isa.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace qcrt;
using namespace qcrt::test;

template <typename T>
static Values unpackedAs(const std::vector<uint8_t> &bytes) {
  Values values;
  for (size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + i, sizeof(T));
    values.push_back(value);
  }
  return values;
}

std::vector<uint8_t> OpTester::runOnce(const char *isa, int threads,
                                       std::string &error) {
  program();
  setenv("QCRT_ISA", isa, 1);
  std::vector<uint8_t> file = bytesOf(content);
  qcrt_model *model = nullptr;
  std::vector<uint8_t> result;
  if (qcrt_open_memory(file.data(), file.size(), &model) != QCRT_OK ||
      qcrt_set_threads(model, threads) != QCRT_OK) {
    error = qcrt_last_error();
    return result;
  }
  std::vector<const void *> inputs;
  for (uint32_t index : content.inputs)
    inputs.push_back(data[index].data());
  qcrt_tensor_info info;
  EXPECT_EQ(qcrt_output_info(model, 0, &info), QCRT_OK);
  result.resize(info.byte_size);
  // The first result; others are computed, too.
  std::vector<void *> outputs(qcrt_output_count(model), nullptr);
  outputs[0] = result.data();
  size_t size = (qcrt_arena_size(model) + 63) / 64 * 64;
  void *arena = std::aligned_alloc(QCRT_ALIGNMENT, std::max<size_t>(size, 64));
  std::memset(arena, 0xA5, size);
  if (qcrt_run(model, arena, size, inputs.data(), outputs.data()) != QCRT_OK)
    error = qcrt_last_error();
  std::free(arena);
  qcrt_close(model);
  unsetenv("QCRT_ISA");
  return result;
}

std::vector<uint8_t> OpTester::runBytes(std::string &error) {
  std::vector<uint8_t> first;
  for (compute::Isa isa : compute::supportedIsas())
    for (int threads : {1, 3}) {
      std::vector<uint8_t> bytes =
          runOnce(compute::isaName(isa), threads, error);
      if (!error.empty())
        return {};
      if (first.empty())
        first = bytes;
      EXPECT_EQ(first, bytes) << "differs on " << compute::isaName(isa) << ", "
                              << threads << " threads";
    }
  return first;
}

Values OpTester::run() {
  std::string error;
  std::vector<uint8_t> bytes = runBytes(error);
  EXPECT_EQ(error, "");
  switch (content.tensors[content.outputs[0]].dtype) {
  case QCRT_I8:
    return unpackedAs<int8_t>(bytes);
  case QCRT_U8:
    return unpackedAs<uint8_t>(bytes);
  case QCRT_I16:
    return unpackedAs<int16_t>(bytes);
  case QCRT_F16: // as its bits
    return unpackedAs<uint16_t>(bytes);
  case QCRT_I32:
    return unpackedAs<int32_t>(bytes);
  default:
    return unpackedAs<int64_t>(bytes);
  }
}

std::vector<float> OpTester::runFloats() {
  std::string error;
  std::vector<uint8_t> bytes = runBytes(error);
  EXPECT_EQ(error, "");
  std::vector<float> values(bytes.size() / 4);
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

std::string OpTester::openError() {
  program();
  std::vector<uint8_t> file = bytesOf(content);
  qcrt_model *model = nullptr;
  if (qcrt_open_memory(file.data(), file.size(), &model) != QCRT_OK)
    return qcrt_last_error();
  qcrt_close(model);
  return "";
}

std::string OpTester::runError() {
  std::string error;
  runOnce("portable", 1, error);
  return error;
}

std::vector<uint8_t> test::bytesOf(const Program &program) {
  std::vector<uint8_t> bytes;
  std::string error;
  EXPECT_TRUE(writeProgram(program, bytes, error)) << error;
  return bytes;
}
