// Checks of a program that need no kernels.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ProgramChecks.h"
#include "FileLayout.h"

#include <algorithm>
#include <cmath>

using namespace qcrt;

static bool fail(std::string &error, const std::string &text) {
  error = text;
  return false;
}

static bool checkShape(const ProgramTensor &tensor, uint64_t &byteSize,
                       std::string &error) {
  std::string where = "tensor '" + tensor.name + "'";
  if (tensor.shape.size() > QCRT_MAX_RANK)
    return fail(error, where + " has rank " +
                           std::to_string(tensor.shape.size()) + ", at most " +
                           std::to_string(QCRT_MAX_RANK) + " is supported");
  byteSize = qcrt_dtype_size(tensor.dtype);
  for (int64_t dimension : tensor.shape) {
    if (dimension < 1)
      return fail(error, where + " has dimension " + std::to_string(dimension) +
                             ", expected at least 1");
    if (byteSize > maxBytes / uint64_t(dimension))
      return fail(error, where + " is larger than " + std::to_string(maxBytes) +
                             " bytes");
    byteSize *= uint64_t(dimension);
  }
  byteSize = qcrt::byteSize(tensor);
  return true;
}

static bool checkScales(const ProgramTensor &tensor, std::string &error) {
  std::string where = "tensor '" + tensor.name + "'";
  int64_t rank = static_cast<int64_t>(tensor.shape.size());
  if (tensor.axis < -1 || tensor.axis >= rank)
    return fail(error, where + " has quantized axis " +
                           std::to_string(tensor.axis) + ", but rank " +
                           std::to_string(rank));
  size_t count = tensor.scales.size();
  size_t expected =
      tensor.axis < 0 ? 1 : static_cast<size_t>(tensor.shape[tensor.axis]);
  if (count != 0 && count != expected)
    return fail(error, where + " has " + std::to_string(count) +
                           " scales, expected none or " +
                           std::to_string(expected));
  for (float scale : tensor.scales)
    if (!std::isfinite(scale) || scale <= 0)
      return fail(error, where + " has a scale that is not a positive number");
  return true;
}

static bool checkPermutation(const ProgramTensor &tensor, std::string &error) {
  std::vector<int64_t> sorted = tensor.sourcePermutation;
  std::sort(sorted.begin(), sorted.end());
  bool good = sorted.empty() || sorted.size() == tensor.shape.size();
  for (size_t i = 0; good && i < sorted.size(); ++i)
    good = sorted[i] == static_cast<int64_t>(i);
  return good ||
         fail(error, "tensor '" + tensor.name +
                         "' has a source permutation that is none of its " +
                         std::to_string(tensor.shape.size()) + " dimensions");
}

bool qcrt::checkTensor(ProgramTensor &tensor, uint64_t &byteSize,
                       std::string &error) {
  if (!checkShape(tensor, byteSize, error) || !checkScales(tensor, error) ||
      !checkPermutation(tensor, error))
    return false;
  if (tensor.dtype == QCRT_I4 && tensor.kind != TensorKind::Constant)
    return fail(error, "tensor '" + tensor.name +
                           "' has type i4 and is no constant; only constants "
                           "are packed");
  int64_t low, high;
  storageRange(tensor.dtype, low, high);
  if (tensor.qmin == 0 && tensor.qmax == 0) {
    tensor.qmin = low;
    tensor.qmax = high;
  }
  auto inside = [&](int64_t value) { return value >= low && value <= high; };
  if (!inside(tensor.qmin) || !inside(tensor.qmax) ||
      !inside(tensor.zeroPoint) || tensor.qmin > tensor.qmax)
    return fail(error, "tensor '" + tensor.name + "' has range [" +
                           std::to_string(tensor.qmin) + ", " +
                           std::to_string(tensor.qmax) + "] and zero point " +
                           std::to_string(tensor.zeroPoint) +
                           ", which its type " + qcrt_dtype_name(tensor.dtype) +
                           " cannot hold");
  return true;
}

bool qcrt::checkPacking(const ProgramTensor &tensor, std::string &error) {
  if (tensor.dtype != QCRT_I4)
    return true;
  uint64_t count = 1;
  for (int64_t dimension : tensor.shape)
    count *= uint64_t(dimension);
  const auto *bytes = static_cast<const uint8_t *>(tensor.data);
  return count % 2 == 0 || bytes[count / 2] >> 4 == 0 ||
         fail(error, "constant '" + tensor.name + "' has " +
                         std::to_string(count) +
                         " elements of i4 and something behind them in its "
                         "last byte");
}

static bool checkConstants(const Program &program, std::string &error) {
  std::vector<const ProgramTensor *> constants;
  for (const ProgramTensor &tensor : program.tensors)
    if (tensor.kind == TensorKind::Constant)
      constants.push_back(&tensor);
  std::sort(constants.begin(), constants.end(),
            [](const ProgramTensor *a, const ProgramTensor *b) {
              return a->arenaOffset < b->arenaOffset;
            });
  for (size_t i = 1; i < constants.size(); ++i) {
    const ProgramTensor &before = *constants[i - 1], &after = *constants[i];
    if (before.arenaOffset + byteSize(before) > after.arenaOffset)
      return fail(error, "constants '" + before.name + "' and '" + after.name +
                             "' overlap");
  }
  return true;
}

static bool checkIndices(const Program &program,
                         const std::vector<uint32_t> &indices,
                         const std::string &where, std::string &error) {
  for (uint32_t index : indices)
    if (index >= program.tensors.size())
      return fail(error, where + " refers to tensor " + std::to_string(index) +
                             ", but there are only " +
                             std::to_string(program.tensors.size()));
  return true;
}

static bool checkInputs(const Program &program, std::vector<bool> &defined,
                        std::string &error) {
  for (size_t i = 0; i < program.tensors.size(); ++i)
    defined[i] = program.tensors[i].kind == TensorKind::Constant;
  for (uint32_t index : program.inputs) {
    const ProgramTensor &tensor = program.tensors[index];
    if (tensor.kind != TensorKind::Input || defined[index])
      return fail(error, "tensor '" + tensor.name +
                             "' in the list of inputs is not an input, or is "
                             "listed twice");
    defined[index] = true;
  }
  return true;
}

static bool checkInstruction(const Program &program, size_t number,
                             std::vector<bool> &defined, std::string &error) {
  const ProgramInstruction &instruction = program.instructions[number];
  std::string where =
      "instruction " + std::to_string(number) + " (" + instruction.kernel + ")";
  if (!checkIndices(program, instruction.inputs, where, error) ||
      !checkIndices(program, instruction.outputs, where, error))
    return false;
  if (instruction.placement != "npu" && instruction.placement != "cpu")
    return fail(error, where + " is placed on '" + instruction.placement +
                           "', expected npu or cpu");
  for (uint32_t index : instruction.inputs)
    if (!defined[index])
      return fail(error, where + " reads tensor '" +
                             program.tensors[index].name +
                             "' before it is written");
  for (uint32_t index : instruction.outputs) {
    TensorKind kind = program.tensors[index].kind;
    bool writable =
        kind == TensorKind::Output || kind == TensorKind::Activation;
    if (!writable || defined[index])
      return fail(error, where + " writes tensor '" +
                             program.tensors[index].name +
                             "', which is not writable or is written already");
    defined[index] = true;
  }
  return true;
}

bool qcrt::checkProgram(const Program &program, std::string &error) {
  std::vector<bool> defined(program.tensors.size());
  if (!checkConstants(program, error) ||
      !checkIndices(program, program.inputs, "the list of inputs", error) ||
      !checkIndices(program, program.outputs, "the list of outputs", error) ||
      !checkInputs(program, defined, error))
    return false;
  for (size_t i = 0; i < program.instructions.size(); ++i)
    if (!checkInstruction(program, i, defined, error))
      return false;
  for (uint32_t index : program.outputs)
    if (!defined[index])
      return fail(error, "output '" + program.tensors[index].name +
                             "' is never written");
  return true;
}
