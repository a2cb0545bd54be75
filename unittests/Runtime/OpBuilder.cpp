// Programs of one instruction.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpBuilder.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace qcrt;
using namespace qcrt::test;

int64_t Format::low() const {
  return dtype == QCRT_U8 ? 0 : dtype == QCRT_I8 ? -128 : -32768;
}
int64_t Format::high() const {
  return dtype == QCRT_U8 ? 255 : dtype == QCRT_I8 ? 127 : 32767;
}

Ratio Ratio::of(const std::vector<double> &ratios,
                const std::string &rounding) {
  Ratio result;
  result.rounding = rounding;
  result.multipliers.clear();
  result.shifts.clear();
  for (double ratio : ratios) {
    int exponent;
    double mantissa = std::frexp(ratio, &exponent);
    int64_t multiplier = std::llround(std::ldexp(mantissa, 31));
    if (multiplier == int64_t(1) << 31) {
      multiplier /= 2;
      ++exponent;
    }
    result.multipliers.push_back(multiplier);
    result.shifts.push_back(31 - exponent);
  }
  return result;
}

int64_t test::elements(const Shape &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

Values test::randomValues(std::mt19937 &random, const Shape &shape,
                          const Format &format) {
  Values values;
  bool extremes = random() % 8 == 0;
  int64_t low = format.low(), span = format.high() - low + 1;
  for (int64_t i = 0; i < elements(shape); ++i) {
    int64_t value = low + static_cast<int64_t>(random() % uint64_t(span));
    values.push_back(extremes ? (random() % 2 ? low : format.high()) : value);
  }
  return values;
}

int64_t test::offsetOf(const Shape &shape, const Shape &index) {
  int64_t offset = 0;
  size_t extra = index.size() - shape.size();
  for (size_t d = 0; d < shape.size(); ++d)
    offset = offset * shape[d] + (shape[d] == 1 ? 0 : index[d + extra]);
  return offset;
}

static std::vector<uint8_t> packed(qcrt_dtype dtype, const Values &values) {
  size_t width = qcrt_dtype_size(dtype);
  std::vector<uint8_t> bytes(bytesOf(dtype, values.size()));
  if (dtype == QCRT_I4) {
    for (size_t i = 0; i < values.size(); ++i)
      bytes[i / 2] = static_cast<uint8_t>(
          bytes[i / 2] | (static_cast<unsigned>(values[i]) & 15) << i % 2 * 4);
    return bytes;
  }
  for (size_t i = 0; i < values.size(); ++i)
    std::memcpy(bytes.data() + i * width, &values[i], width);
  return bytes;
}

OpBuilder::OpBuilder(std::string kernel) {
  content.producer = "test";
  content.target = "generic";
  content.instructions.emplace_back();
  content.instructions[0].kernel = std::move(kernel);
  content.instructions[0].sources = {"node"};
}

size_t OpBuilder::addTensor(const Format &format, const Shape &shape,
                            TensorKind kind) {
  ProgramTensor tensor;
  tensor.name = "t" + std::to_string(content.tensors.size());
  tensor.dtype = format.dtype;
  tensor.shape = shape;
  tensor.kind = kind;
  tensor.zeroPoint = format.zeroPoint;
  if (format.dtype != QCRT_F32 && format.scale > 0)
    tensor.scales = {static_cast<float>(format.scale)};
  content.tensors.push_back(tensor);
  data.emplace_back();
  return content.tensors.size() - 1;
}

OpBuilder &OpBuilder::input(const Format &format, const Shape &shape,
                            const Values &values, bool constant) {
  size_t index = addTensor(format, shape,
                           constant ? TensorKind::Constant : TensorKind::Input);
  data[index] = packed(format.dtype, values);
  content.instructions[0].inputs.push_back(static_cast<uint32_t>(index));
  return *this;
}

OpBuilder &OpBuilder::floats(const Shape &shape,
                             const std::vector<float> &values, bool constant) {
  size_t index = addTensor({QCRT_F32, 0, 0}, shape,
                           constant ? TensorKind::Constant : TensorKind::Input);
  data[index].resize(values.size() * 4);
  std::memcpy(data[index].data(), values.data(), values.size() * 4);
  content.instructions[0].inputs.push_back(static_cast<uint32_t>(index));
  return *this;
}

OpBuilder &OpBuilder::output(const Format &format, const Shape &shape) {
  size_t index = addTensor(format, shape, TensorKind::Output);
  content.instructions[0].outputs.push_back(static_cast<uint32_t>(index));
  return *this;
}

OpBuilder &OpBuilder::floatOutput(const Shape &shape) {
  return output({QCRT_F32, 0, 0}, shape);
}

OpBuilder &OpBuilder::retype(size_t index, const Format &format) {
  content.tensors[index].dtype = format.dtype;
  return *this;
}

OpBuilder &OpBuilder::ints(const std::string &key,
                           const std::vector<int64_t> &values) {
  content.instructions[0].attributes.push_back(intAttribute(key, values));
  return *this;
}

OpBuilder &OpBuilder::numbers(const std::string &key,
                              const std::vector<double> &values) {
  content.instructions[0].attributes.push_back(floatAttribute(key, values));
  return *this;
}

OpBuilder &OpBuilder::text(const std::string &key, const std::string &value) {
  content.instructions[0].attributes.push_back(textAttribute(key, value));
  return *this;
}

OpBuilder &OpBuilder::requant(const Ratio &ratio, const std::string &prefix) {
  text(prefix + ".kind", ratio.kind).text(prefix + ".rounding", ratio.rounding);
  if (ratio.kind == "f32")
    return numbers(prefix + ".scales", ratio.scales);
  if (ratio.kind != "pow2")
    ints(prefix + ".multipliers", ratio.multipliers);
  return ints(prefix + ".shifts", ratio.shifts);
}

/// Places the tensors one after the other and fills the lists.
Program &OpBuilder::program() {
  if (finished)
    return content;
  finished = true;
  for (size_t i = 0; i < content.tensors.size(); ++i) {
    ProgramTensor &tensor = content.tensors[i];
    if (tensor.kind == TensorKind::Constant) {
      tensor.data = data[i].data();
      continue;
    }
    tensor.arenaOffset = content.arenaSize;
    uint64_t bytes =
        uint64_t(elements(tensor.shape)) * qcrt_dtype_size(tensor.dtype);
    content.arenaSize += (bytes + 63) / 64 * 64;
    auto &list =
        tensor.kind == TensorKind::Input ? content.inputs : content.outputs;
    list.push_back(static_cast<uint32_t>(i));
  }
  return content;
}
