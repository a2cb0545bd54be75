// A small program that uses most of what a file can hold, and how to run any.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpBuilder.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

using namespace qcrt;
using namespace qcrt::test;

static ProgramTensor tensor(const char *name, const Shape &shape,
                            TensorKind kind, uint64_t offset, float scale = 1) {
  ProgramTensor result;
  result.name = name;
  result.shape = shape;
  result.kind = kind;
  result.arenaOffset = offset;
  result.scales = {scale};
  result.zeroPoint = 3;
  return result;
}

Program test::exampleProgram() {
  static const int8_t offsets[4] = {1, -2, 3, -4};
  Program program;
  program.producer = "qcrt tests";
  program.target = "generic";
  program.targetOptions = "chip=none";
  program.provenance = {{"model", "example"}, {"method", "by hand"}};
  program.tensors = {
      tensor("image", {1, 4, 4, 4}, TensorKind::Input, 0, 0.5f),
      tensor("offsets", {4}, TensorKind::Constant, 0, 0.25f),
      tensor("sum", {1, 4, 4, 4}, TensorKind::Activation, 0, 0.5f),
      tensor("rows", {1, 2, 8, 4}, TensorKind::Activation, 0, 0.5f),
      tensor("pooled", {1, 1, 4, 4}, TensorKind::Output, 64, 0.5f),
  };
  program.tensors[0].preprocess = "scale=1/255";
  program.tensors[0].picture = "s8 layout=nhwc";
  program.tensors[1].data = offsets;
  program.instructions = {
      {"add",
       {0, 1},
       {2},
       {textAttribute("requant.kind", "mul32"),
        textAttribute("requant.rounding", "single"),
        intAttribute("requant.multipliers", {1 << 30, 1 << 29}),
        intAttribute("requant.shifts", {30}),
        intAttribute("clamp", {-100, 100})},
       {"conv1", "relu1"},
       "npu"},
      {"reshape", {2}, {3}, {}, {"reshape"}, "npu"},
      {"max_pool",
       {3},
       {4},
       {intAttribute("kernel", {2, 2}), intAttribute("strides", {2, 2}),
        intAttribute("pads", {0, 0, 0, 0}), intAttribute("dilations", {1, 1})},
       {"pool"},
       "cpu"},
  };
  program.inputs = {0};
  program.outputs = {4};
  program.arenaSize = 128;
  program.lowerBound = 80;
  return program;
}

namespace {
struct Close {
  void operator()(qcrt_model *model) const { qcrt_close(model); }
};
struct Free {
  void operator()(void *memory) const { std::free(memory); }
};
} // namespace

std::string test::runModel(const std::vector<uint8_t> &file, unsigned seed,
                           std::vector<uint8_t> *outputs) {
  qcrt_model *opened = nullptr;
  if (qcrt_open_memory(file.data(), file.size(), &opened) != QCRT_OK)
    return qcrt_last_error();
  std::unique_ptr<qcrt_model, Close> model(opened);
  size_t size = (qcrt_arena_size(opened) + 63) / 64 * 64;
  if (size > (size_t(1) << 28))
    return "too large for a test";
  std::unique_ptr<void, Free> arena(
      std::aligned_alloc(QCRT_ALIGNMENT, std::max<size_t>(size, 64)));
  std::memset(arena.get(), 0, size);
  std::mt19937 random(seed);
  std::vector<std::vector<uint8_t>> data;
  std::vector<const void *> inputs;
  for (size_t i = 0; i < qcrt_input_count(opened); ++i) {
    qcrt_tensor_info info;
    if (qcrt_input_info(opened, i, &info) != QCRT_OK)
      return qcrt_last_error();
    data.emplace_back(info.byte_size);
    for (uint8_t &byte : data.back())
      byte = static_cast<uint8_t>(random());
    if (info.dtype == QCRT_F32) // finite, of all sizes, none of them zero
      for (size_t k = 0; k < info.byte_size; k += sizeof(float)) {
        float value = float(int(random() % 4096) * 2 - 4095) / 600.0f;
        std::memcpy(data.back().data() + k, &value, sizeof(value));
      }
    if (info.dtype == QCRT_F16) // finite ones
      for (size_t k = 1; k < info.byte_size; k += 2)
        data.back()[k] &= 0xbb;
  }
  for (const auto &bytes : data)
    inputs.push_back(bytes.data());
  std::vector<std::vector<uint8_t>> results;
  std::vector<void *> pointers;
  for (size_t i = 0; i < qcrt_output_count(opened); ++i) {
    qcrt_tensor_info info;
    if (qcrt_output_info(opened, i, &info) != QCRT_OK)
      return qcrt_last_error();
    results.emplace_back(info.byte_size);
  }
  for (auto &bytes : results)
    pointers.push_back(bytes.data());
  if (qcrt_run(opened, arena.get(), size, inputs.data(), pointers.data()) !=
      QCRT_OK)
    return qcrt_last_error();
  for (const auto &bytes : results)
    if (outputs)
      outputs->insert(outputs->end(), bytes.begin(), bytes.end());
  return "";
}
