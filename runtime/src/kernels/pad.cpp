// pad: elements added around (or, with negative amounts, taken away).
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Kernel.h"
#include "Rounding.h"
#include "floats/Halves.h"

#include <algorithm>
#include <cstring>

using namespace qcrt;

namespace {
enum Mode { Constant, Reflect, Edge };
const char *const modeNames[] = {"constant", "reflect", "edge", nullptr};

class Pad : public Kernel {
public:
  bool read(PrepareContext &context);
  const char *run(const RunContext &context) const override;

private:
  bool readFill(PrepareContext &context, const TensorView &out);
  bool buildMap(PrepareContext &context, int dimension, int64_t size,
                int64_t begin, int64_t outSize);
  /// Input offset in elements of a row of the result, -1 if it is all fill.
  int64_t locate(int64_t row) const;
  template <typename T> void copyRow(const T *in, int64_t from, T *out) const;
  template <typename T> void copyAll(const RunContext &context) const;

  Mode mode = Constant;
  int rank = 1;
  int64_t inShape[QCRT_MAX_RANK] = {}, outShape[QCRT_MAX_RANK] = {};
  /// Per dimension of the result, the index in the input, -1 for fill.
  std::vector<int64_t> maps[QCRT_MAX_RANK];
  /// Part of a row that is one run of the input.
  int64_t runBegin = 0, runEnd = 0;
  int64_t rows = 1;
  unsigned char fill[8] = {};
};
} // namespace

bool Pad::readFill(PrepareContext &context, const TensorView &out) {
  if (!out.isQuantized()) {
    double number = context.attributes.has("value")
                        ? context.attributes.number("value")
                        : 0;
    auto put = [&](auto value) { std::memcpy(fill, &value, sizeof(value)); };
    const float real = static_cast<float>(number);
    uint16_t half;
    floatsToHalves(&real, 1, &half);
    if (out.dtype == QCRT_F32)
      put(real);
    else if (out.dtype == QCRT_F16)
      put(half);
    else
      put(static_cast<int64_t>(clampTo(number, -0x1p31, 0x1p31 - 1)));
    return !context.failed();
  }
  // Little endian: the low bytes are the value in any width.
  int64_t value =
      context.attributes.integerOr("value", out.zeroPoint, out.qmin, out.qmax);
  std::memcpy(fill, &value, sizeof(value));
  return !context.failed();
}

bool Pad::buildMap(PrepareContext &context, int dimension, int64_t size,
                   int64_t begin, int64_t outSize) {
  std::vector<int64_t> &map = maps[dimension];
  for (int64_t i = 0; i < outSize; ++i) {
    int64_t from = i - begin;
    if (mode == Edge)
      from = std::min(std::max<int64_t>(from, 0), size - 1);
    if (mode == Reflect) {
      if (from < 0)
        from = -from;
      if (from >= size)
        from = 2 * (size - 1) - from;
      if (from < 0 || from >= size)
        return context.refuse("dimension " + std::to_string(dimension) +
                              " of " + std::to_string(size) +
                              " elements is too small to be reflected so far");
    }
    map.push_back(from < 0 || from >= size ? -1 : from);
  }
  return true;
}

bool Pad::read(PrepareContext &context) {
  if (!context.expectOperands(1, 1))
    return false;
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  const int64_t most = int64_t(1) << 40;
  mode = static_cast<Mode>(context.attributes.choice("mode", modeNames));
  auto pads = context.attributes.integers(
      "pads", 2 * static_cast<size_t>(in.rank), -most, most);
  if (context.failed() || !context.expectSameParameters(in, out) ||
      !context.expectRank(out, in.rank) || !readFill(context, out))
    return false;
  if (!context.expectMappable(out))
    return false;
  if (in.rank == 0)
    return context.refuse("a scalar cannot be padded");
  rank = in.rank;
  for (int i = 0; i < rank; ++i) {
    int64_t begin = pads[static_cast<size_t>(i)];
    int64_t end = pads[static_cast<size_t>(i + rank)];
    inShape[i] = in.shape[i];
    outShape[i] = out.shape[i];
    if (in.shape[i] + begin + end != out.shape[i])
      return context.refuse("dimension " + std::to_string(i) + " of " +
                            std::to_string(in.shape[i]) + " elements with " +
                            std::to_string(begin) + " and " +
                            std::to_string(end) + " more is not the result's " +
                            std::to_string(out.shape[i]));
    if (!buildMap(context, i, in.shape[i], begin, out.shape[i]))
      return false;
  }
  rows = out.product(0, rank - 1);
  int64_t begin = pads[static_cast<size_t>(rank - 1)];
  runBegin = std::min(std::max<int64_t>(begin, 0), outShape[rank - 1]);
  runEnd = std::max(runBegin,
                    std::min(begin + inShape[rank - 1], outShape[rank - 1]));
  return true;
}

int64_t Pad::locate(int64_t row) const {
  int64_t from = 0, stride = inShape[rank - 1];
  for (int i = rank - 2; i >= 0; --i) {
    int64_t index = maps[i][static_cast<size_t>(row % outShape[i])];
    if (index < 0)
      return -1;
    row /= outShape[i];
    from += index * stride;
    stride *= inShape[i];
  }
  return from;
}

template <typename T>
void Pad::copyRow(const T *in, int64_t from, T *out) const {
  const int64_t size = outShape[rank - 1];
  const std::vector<int64_t> &map = maps[rank - 1];
  T value;
  std::memcpy(&value, fill, sizeof(T));
  if (from < 0) {
    std::fill(out, out + size, value);
    return;
  }
  auto slow = [&](int64_t i) {
    int64_t index = map[static_cast<size_t>(i)];
    out[i] = index < 0 ? value : in[from + index];
  };
  for (int64_t i = 0; i < runBegin; ++i)
    slow(i);
  if (runEnd > runBegin)
    std::memcpy(out + runBegin, in + from + map[static_cast<size_t>(runBegin)],
                static_cast<size_t>(runEnd - runBegin) * sizeof(T));
  for (int64_t i = runEnd; i < size; ++i)
    slow(i);
}

template <typename T> void Pad::copyAll(const RunContext &context) const {
  const T *in = context.inputs[0].as<T>();
  T *out = context.outputs[0].as<T>();
  const int64_t size = outShape[rank - 1];
  auto piece = [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row)
      copyRow(in, locate(row), out + row * size);
  };
  context.pool.parallelFor(rows, std::max<int64_t>(1, 131072 / size), piece);
}

const char *Pad::run(const RunContext &context) const {
  switch (qcrt_dtype_size(context.outputs[0].dtype)) {
  case 1:
    copyAll<uint8_t>(context);
    break;
  case 2:
    copyAll<uint16_t>(context);
    break;
  case 4:
    copyAll<uint32_t>(context);
    break;
  default:
    copyAll<uint64_t>(context);
  }
  return nullptr;
}

void qcrt::registerPad(KernelRegistry &registry) {
  registry.add("pad", makeKernel<Pad>);
}
