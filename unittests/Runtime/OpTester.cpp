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

/// floor(t / 2^n) for any n >= 0.
static __int128 floorShift(__int128 t, int n) { return t >> n; }

int64_t test::referenceRound(const std::string &kind,
                             const std::string &rounding, __int128 t, int n) {
  if (n < 0) {
    t *= __int128(1) << -n;
    n = 0;
  }
  const __int128 one = 1, half = n ? one << (n - 1) : 0;
  __int128 result;
  if (rounding == "half_even") {
    result = floorShift(t + half, n);
    bool tie = n > 0 && t + half == result * (one << n);
    if (tie && (result & 1))
      --result;
  } else if (rounding == "double" && kind == "pow2") {
    result = t >= 0 ? floorShift(t + half, n) : -floorShift(-t + half, n);
  } else if (rounding == "double" && n > 31) {
    // As the classic kernels: doubling high multiply, then a rounding shift
    // with ties away from zero.
    __int128 high = floorShift(t + (one << 30), 31);
    __int128 second = one << (n - 32);
    result = high >= 0 ? floorShift(high + second, n - 31)
                       : -floorShift(-high + second, n - 31);
  } else {
    result = floorShift(t + half, n);
  }
  const __int128 bound = one << 62;
  return static_cast<int64_t>(std::min(std::max(result, -bound), bound));
}

int64_t test::referenceRescale(const Ratio &ratio, int64_t a, size_t i) {
  if (ratio.kind == "f32") {
    size_t entry = ratio.scales.size() == 1 ? 0 : i;
    float product =
        static_cast<float>(a) * static_cast<float>(ratio.scales[entry]);
    return std::llrint(std::min(std::max(product, -1e9f), 1e9f));
  }
  size_t entry = ratio.shifts.size() == 1 ? 0 : i;
  int64_t multiplier = ratio.kind == "pow2" ? 1 : ratio.multipliers[entry];
  return referenceRound(ratio.kind, ratio.rounding, __int128(a) * multiplier,
                        static_cast<int>(ratio.shifts[entry]));
}

int64_t test::clampTo(int64_t value, const Format &format) {
  return std::min(std::max(value, format.low()), format.high());
}

int64_t test::quantized(double value, const Format &format) {
  if (std::isnan(value))
    return format.zeroPoint;
  double real = std::nearbyint(value) + static_cast<double>(format.zeroPoint);
  return static_cast<int64_t>(
      std::min(std::max(real, static_cast<double>(format.low())),
               static_cast<double>(format.high())));
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
  std::vector<uint8_t> bytes(values.size() * width);
  for (size_t i = 0; i < values.size(); ++i)
    std::memcpy(bytes.data() + i * width, &values[i], width);
  return bytes;
}

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

OpTester::OpTester(std::string kernel) {
  content.producer = "test";
  content.target = "generic";
  content.instructions.emplace_back();
  content.instructions[0].kernel = std::move(kernel);
  content.instructions[0].sources = {"node"};
}

Program &OpTester::program() {
  finish();
  return content;
}

size_t OpTester::addTensor(const Format &format, const Shape &shape,
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

OpTester &OpTester::input(const Format &format, const Shape &shape,
                          const Values &values, bool constant) {
  size_t index = addTensor(format, shape,
                           constant ? TensorKind::Constant : TensorKind::Input);
  data[index] = packed(format.dtype, values);
  content.instructions[0].inputs.push_back(static_cast<uint32_t>(index));
  return *this;
}

OpTester &OpTester::floats(const Shape &shape, const std::vector<float> &values,
                           bool constant) {
  size_t index = addTensor({QCRT_F32, 0, 0}, shape,
                           constant ? TensorKind::Constant : TensorKind::Input);
  data[index].resize(values.size() * 4);
  std::memcpy(data[index].data(), values.data(), values.size() * 4);
  content.instructions[0].inputs.push_back(static_cast<uint32_t>(index));
  return *this;
}

OpTester &OpTester::output(const Format &format, const Shape &shape) {
  size_t index = addTensor(format, shape, TensorKind::Output);
  content.instructions[0].outputs.push_back(static_cast<uint32_t>(index));
  return *this;
}

OpTester &OpTester::floatOutput(const Shape &shape) {
  return output({QCRT_F32, 0, 0}, shape);
}

OpTester &OpTester::ints(const std::string &key,
                         const std::vector<int64_t> &values) {
  content.instructions[0].attributes.push_back(intAttribute(key, values));
  return *this;
}

OpTester &OpTester::numbers(const std::string &key,
                            const std::vector<double> &values) {
  content.instructions[0].attributes.push_back(floatAttribute(key, values));
  return *this;
}

OpTester &OpTester::text(const std::string &key, const std::string &value) {
  content.instructions[0].attributes.push_back(textAttribute(key, value));
  return *this;
}

OpTester &OpTester::requant(const Ratio &ratio, const std::string &prefix) {
  text(prefix + ".kind", ratio.kind).text(prefix + ".rounding", ratio.rounding);
  if (ratio.kind == "f32")
    return numbers(prefix + ".scales", ratio.scales);
  if (ratio.kind != "pow2")
    ints(prefix + ".multipliers", ratio.multipliers);
  return ints(prefix + ".shifts", ratio.shifts);
}

/// Places the tensors one after the other and fills the lists.
void OpTester::finish() {
  if (finished)
    return;
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
}

std::vector<uint8_t> OpTester::runOnce(const char *isa, int threads,
                                       std::string &error) {
  finish();
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
  void *output = result.data();
  size_t size = (qcrt_arena_size(model) + 63) / 64 * 64;
  void *arena = std::aligned_alloc(QCRT_ALIGNMENT, std::max<size_t>(size, 64));
  std::memset(arena, 0xA5, size);
  if (qcrt_run(model, arena, size, inputs.data(), &output) != QCRT_OK)
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
  finish();
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
