// Random operands and calls of the compute kernels through their factories.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ComputeTestSupport.h"

#include "compute/Isa.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace qcrt;
using namespace qcrt::test;

int64_t test::lowest(qcrt_dtype dtype) {
  return dtype == QCRT_U8    ? 0
         : dtype == QCRT_I4  ? -8
         : dtype == QCRT_I8  ? -128
         : dtype == QCRT_I16 ? -32768
                             : INT32_MIN;
}
int64_t test::highest(qcrt_dtype dtype) {
  return dtype == QCRT_U8    ? 255
         : dtype == QCRT_I4  ? 7
         : dtype == QCRT_I8  ? 127
         : dtype == QCRT_I16 ? 32767
                             : INT32_MAX;
}

int64_t Operand::count() const {
  int64_t result = 1;
  for (int64_t extent : shape)
    result *= extent;
  return result;
}

void Operand::randomize(std::mt19937 &random, int64_t low, int64_t high) {
  values.resize(static_cast<size_t>(count()));
  const bool extremes = random() % 4 == 0;
  for (int64_t &value : values)
    value = extremes ? (random() % 2 ? low : high) : pick(random, low, high);
}

RequantText RequantText::random(std::mt19937 &random, size_t channels,
                                double typical, qcrt_dtype result) {
  static const char *const kinds[] = {"mul32", "mul32", "mul32",
                                      "mul16", "pow2",  "f32"};
  static const char *const roundings[] = {"single", "double", "half_even"};
  RequantText text;
  text.kind = kinds[random() % 6];
  text.rounding = roundings[random() % 3];
  const size_t entries = random() % 3 ? channels : 1;
  for (size_t i = 0; i < entries; ++i) {
    // Aim at the result's range; now and then far off.
    double spread =
        std::exp2(static_cast<double>(pick(random, -300, 200)) / 100);
    if (random() % 16 == 0)
      spread = std::exp2(static_cast<double>(pick(random, -30, 10)));
    double scale = static_cast<double>(highest(result)) / typical * spread;
    int exponent;
    double mantissa =
        std::frexp(scale, &exponent); // scale = mantissa * 2^exponent
    if (text.kind == "f32") {
      text.scales.push_back(static_cast<float>(scale));
    } else if (text.kind == "pow2") {
      text.shifts.push_back(std::clamp(-exponent, -30, 45));
    } else if (text.kind == "mul16") {
      text.multipliers.push_back(
          std::min<int64_t>(std::llround(mantissa * 32768), 32767));
      text.shifts.push_back(std::clamp(15 - exponent, 0, 46));
    } else {
      text.multipliers.push_back(
          std::min<int64_t>(std::llround(mantissa * 2147483648.0), 2147483647));
      text.shifts.push_back(std::clamp(31 - exponent, 2, 62));
    }
  }
  if (random() % 2) {
    int64_t a = pick(random, lowest(result), highest(result));
    int64_t b = pick(random, lowest(result), highest(result));
    text.clamp = {std::min(a, b), std::max(a, b)};
  }
  return text;
}

static void addInts(Attributes &attributes, const std::string &key,
                    const std::vector<int64_t> &ints) {
  Attributes::Value value;
  value.key = key;
  value.ints = ints;
  attributes.add(std::move(value));
}

void RequantText::addTo(Attributes &attributes) const {
  Attributes::Value value;
  value.key = "requant.kind";
  value.text = kind;
  attributes.add(value);
  value.key = "requant.rounding";
  value.text = rounding;
  attributes.add(value);
  if (!multipliers.empty())
    addInts(attributes, "requant.multipliers", multipliers);
  if (!shifts.empty())
    addInts(attributes, "requant.shifts", shifts);
  if (!scales.empty()) {
    Attributes::Value floats;
    floats.key = "requant.scales";
    floats.floats = scales;
    attributes.add(std::move(floats));
  }
  if (!clamp.empty())
    addInts(attributes, "clamp", clamp);
}

namespace {
/// Memory of exactly the tensor's size, so that a sanitizer sees any access
/// beyond it.
class Storage {
public:
  explicit Storage(const Operand &operand) {
    size_t size = static_cast<size_t>(
        bytesOf(operand.dtype, static_cast<uint64_t>(operand.count())));
    if (posix_memalign(&start, QCRT_ALIGNMENT, size ? size : 1))
      std::abort();
  }
  ~Storage() { std::free(start); }
  Storage(const Storage &) = delete;

  uint8_t *data() { return static_cast<uint8_t *>(start); }

private:
  void *start = nullptr;
};
} // namespace

template <typename T>
static void writeValues(const std::vector<int64_t> &values, void *to) {
  for (size_t i = 0; i < values.size(); ++i)
    static_cast<T *>(to)[i] = static_cast<T>(values[i]);
}
template <typename T>
static void readValues(const void *from, std::vector<int64_t> &values) {
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<const T *>(from)[i];
}

/// Two a byte.
static void writeHalves(const std::vector<int64_t> &values, uint8_t *to) {
  for (size_t i = 0; i < values.size(); ++i) {
    const unsigned half = static_cast<unsigned>(values[i]) & 15;
    to[i / 2] = static_cast<uint8_t>(i % 2 ? to[i / 2] | half << 4 : half);
  }
}

static void write(const Operand &operand, void *to) {
  switch (operand.dtype) {
  case QCRT_I4:
    return writeHalves(operand.values, static_cast<uint8_t *>(to));
  case QCRT_I8:
    return writeValues<int8_t>(operand.values, to);
  case QCRT_U8:
    return writeValues<uint8_t>(operand.values, to);
  case QCRT_I16:
    return writeValues<int16_t>(operand.values, to);
  case QCRT_I32:
    return writeValues<int32_t>(operand.values, to);
  default:
    return writeValues<int64_t>(operand.values, to);
  }
}

static TensorView viewOf(const Operand &operand, const char *name,
                         const float *scale) {
  TensorView view;
  view.name = name;
  view.dtype = operand.dtype;
  view.rank = static_cast<int>(operand.shape.size());
  for (size_t d = 0; d < operand.shape.size(); ++d)
    view.shape[d] = operand.shape[d];
  view.scales = scale;
  view.numScales = 1;
  view.zeroPoint = operand.zeroPoint;
  view.qmin = lowest(operand.dtype);
  view.qmax = highest(operand.dtype);
  view.constant = operand.constant;
  return view;
}

static Attributes attributesOf(const Case &test) {
  Attributes attributes;
  test.requant.addTo(attributes);
  for (const auto &[key, ints] : test.keys)
    addInts(attributes, key, ints);
  attributes.finish();
  return attributes;
}

Requant Case::readRequant() const {
  static const float scale = 1.0f;
  TensorView view = viewOf(output, "y", &scale);
  Attributes attributes = attributesOf(*this);
  PrepareContext context{nullptr, 0, nullptr, 0, attributes, ""};
  RequantRules rules;
  rules.channels =
      std::max<int64_t>(1, static_cast<int64_t>(std::max(
                               requant.scales.size(), requant.shifts.size())));
  Requant result;
  qcrt::readRequant(context, view, rules, result);
  return result;
}

std::string Case::run(const char *isa, int threads) {
  static const float scale = 1.0f;
  static const char *const names[] = {"x", "w", "b", "f"};
  setenv("QCRT_ISA", isa, 1);
  std::vector<std::unique_ptr<Storage>> storage;
  std::vector<TensorView> views;
  for (const Operand &input : inputs) {
    storage.push_back(std::make_unique<Storage>(input));
    write(input, storage.back()->data());
    views.push_back(viewOf(input, names[views.size()], &scale));
    views.back().data = input.constant ? storage.back()->data() : nullptr;
  }
  TensorView result = viewOf(output, "y", &scale);
  Storage resultStorage(output);

  Attributes attributes = attributesOf(*this);
  PrepareContext context{
      views.data(), static_cast<int>(views.size()), &result, 1, attributes, ""};
  KernelFactory factory = KernelRegistry::all().find(kernel);
  if (!factory)
    return "no kernel " + kernel;
  std::unique_ptr<Kernel> prepared = factory(context);
  unsetenv("QCRT_ISA");
  if (!prepared)
    return context.error.empty() ? attributes.error() : context.error;
  if (const char *unused = attributes.unused())
    return std::string("unused attribute ") + unused;

  for (size_t i = 0; i < views.size(); ++i)
    views[i].data = storage[i]->data();
  result.data = resultStorage.data();
  Operand scratch;
  scratch.shape = {static_cast<int64_t>(prepared->scratchBytes(threads))};
  Storage scratchStorage(scratch);
  std::memset(scratchStorage.data(), 0xa5,
              static_cast<size_t>(scratch.shape[0]));
  ThreadPool pool(threads);
  RunContext run{views.data(), &result, scratchStorage.data(), pool};
  if (const char *error = prepared->run(run))
    return error;
  output.values.assign(static_cast<size_t>(output.count()), 0);
  if (output.dtype == QCRT_I8)
    readValues<int8_t>(result.data, output.values);
  else if (output.dtype == QCRT_U8)
    readValues<uint8_t>(result.data, output.values);
  else
    readValues<int16_t>(result.data, output.values);
  return "";
}

static std::string shapeText(const Operand &operand) {
  std::string text = qcrt_dtype_name(operand.dtype);
  for (int64_t extent : operand.shape)
    text += " " + std::to_string(extent);
  return text + " zero point " + std::to_string(operand.zeroPoint);
}

std::string Case::describe() const {
  std::string text = kernel;
  for (const Operand &input : inputs)
    text += "\n  in " + shapeText(input);
  text += "\n  out " + shapeText(output);
  for (const auto &[key, ints] : keys) {
    text += "\n  " + key;
    for (int64_t value : ints)
      text += " " + std::to_string(value);
  }
  return text + "\n  " + requant.kind + " " + requant.rounding;
}

std::string test::compareAll(Case &test, const std::vector<int64_t> &expected) {
  for (compute::Isa isa : compute::supportedIsas())
    for (int threads : {1, 3}) {
      std::string where = std::string(compute::isaName(isa)) + ", " +
                          std::to_string(threads) + " threads: ";
      std::string error = test.run(compute::isaName(isa), threads);
      if (!error.empty())
        return where + error + "\n" + test.describe();
      for (size_t i = 0; i < expected.size(); ++i)
        if (test.output.values[i] != expected[i])
          return where + "element " + std::to_string(i) + " is " +
                 std::to_string(test.output.values[i]) + ", expected " +
                 std::to_string(expected[i]) + "\n" + test.describe();
    }
  return "";
}
