// Reads, bounds and packs constant weights.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Weights.h"

#include <algorithm>
#include <cstdlib>

using namespace qcrt;
using namespace qcrt::compute;

static constexpr uint64_t limit32 = (uint64_t(1) << 31) - 1;

uint64_t ActivationRange::maxCentered() const {
  return static_cast<uint64_t>(
      std::max(highest() - zeroPoint, zeroPoint - lowest()));
}

uint64_t ActivationRange::maxStored() const {
  return static_cast<uint64_t>(std::max(highest(), -lowest()));
}

static uint64_t magnitude(int64_t value) {
  return value < 0 ? uint64_t(0) - static_cast<uint64_t>(value)
                   : static_cast<uint64_t>(value);
}

void Weights::measure() {
  magnitudes.assign(static_cast<size_t>(outputs), 0);
  int16_t low = 0, high = 0;
  for (int64_t o = 0; o < outputs; ++o) {
    const int16_t *own = row(o);
    uint64_t sum = 0;
    for (int64_t k = 0; k < reduction; ++k) {
      const int32_t value = own[k];
      sum += static_cast<uint32_t>(value < 0 ? -value : value);
      low = std::min(low, own[k]);
      high = std::max(high, own[k]);
    }
    magnitudes[static_cast<size_t>(o)] = sum;
  }
  lowest = low;
  highest = high;
}

std::vector<uint64_t>
Weights::accumulatorBounds(const ActivationRange &range) const {
  std::vector<uint64_t> bounds;
  for (size_t o = 0; o < bias.size(); ++o)
    bounds.push_back(magnitudes[o] * range.maxCentered() + magnitude(bias[o]));
  return bounds;
}

bool Weights::partialSumsFit32(const ActivationRange &range) const {
  // The start value is bias - z * sum(w); activations count as stored.
  const uint64_t most = range.maxStored() + magnitude(range.zeroPoint);
  for (size_t o = 0; o < bias.size(); ++o)
    if (magnitudes[o] * most + magnitude(bias[o]) > limit32)
      return false;
  return true;
}

/// False if a value leaves 16 bits.
template <typename T>
static bool readValues(const TensorView &tensor, int32_t zeroPoint,
                       std::vector<int16_t> &values) {
  const T *data = tensor.as<T>();
  values.resize(static_cast<size_t>(tensor.numElements()));
  bool fits = true;
  for (size_t i = 0; i < values.size(); ++i) {
    const int32_t value = static_cast<int32_t>(data[i]) - zeroPoint;
    values[i] = static_cast<int16_t>(value);
    fits &= value == values[i];
  }
  return fits;
}

/// Two a byte, the first in the low half.
static void unpackValues(const TensorView &tensor, int32_t zeroPoint,
                         std::vector<int16_t> &values) {
  const uint8_t *data = tensor.as<uint8_t>();
  values.resize(static_cast<size_t>(tensor.numElements()));
  for (size_t i = 0; i < values.size(); ++i) {
    const int32_t half = (data[i / 2] >> (i % 2 * 4)) & 15;
    values[i] = static_cast<int16_t>((half ^ 8) - 8 - zeroPoint);
  }
}

/// Multiplies groups of equal size along the last dimension with a factor each.
static bool applyFactors(PrepareContext &context, const TensorView &weight,
                         const TensorView &factors,
                         std::vector<int16_t> &values) {
  const int last = weight.rank - 1;
  if (!context.expectConstant(factors) ||
      !context.expectType(factors, QCRT_I8) ||
      !context.expectRank(factors, weight.rank))
    return false;
  bool fits = std::equal(factors.shape, factors.shape + last, weight.shape) &&
              weight.shape[last] % factors.shape[last] == 0;
  if (!fits)
    return context.refuse("factors '" + std::string(factors.name) +
                          "' do not divide the last dimension of weights '" +
                          weight.name + "' into groups");
  const size_t size =
      static_cast<size_t>(weight.shape[last] / factors.shape[last]);
  const int8_t *factor = factors.as<int8_t>();
  for (size_t i = 0; i < values.size(); ++i) {
    const int32_t value = values[i] * factor[i / size];
    fits &= factor[i / size] > 0 && value == static_cast<int16_t>(value);
    values[i] = static_cast<int16_t>(value);
  }
  return fits || context.refuse("factors '" + std::string(factors.name) +
                                "' hold a number below 1, or one with which "
                                "weights leave 16 bits");
}

template <typename T>
static void readBias(const TensorView &tensor, std::vector<int64_t> &bias) {
  bias.assign(tensor.as<T>(), tensor.as<T>() + tensor.numElements());
}

/// Far beyond any bias that a scale can give, and small enough for sums.
static constexpr int64_t maxBias = int64_t(1) << 60;

bool qcrt::compute::readWeights(PrepareContext &context,
                                const TensorView &weight,
                                const TensorView &bias,
                                const TensorView *factors, Weights &weights) {
  if (!context.expectConstant(weight) || !context.expectConstant(bias) ||
      (weight.dtype != QCRT_I4 &&
       !context.expectQuantized(weight, /*needScale=*/false)) ||
      !context.expectRank(bias, 1))
    return false;
  weights.outputs = weight.shape[0];
  weights.reduction = weight.product(1, weight.rank);
  if (bias.shape[0] != weights.outputs) {
    context.fail("bias '" + std::string(bias.name) + "' has " +
                 std::to_string(bias.shape[0]) + " elements, expected " +
                 std::to_string(weights.outputs));
    return false;
  }
  const int32_t zeroPoint = static_cast<int32_t>(weight.zeroPoint);
  bool fits = true;
  if (weight.dtype == QCRT_I4)
    unpackValues(weight, zeroPoint, weights.values);
  else
    dispatchStorage(weight.dtype, [&](auto zero) {
      fits = readValues<decltype(zero)>(weight, zeroPoint, weights.values);
    });
  if (!fits) {
    context.fail("weights '" + std::string(weight.name) +
                 "' leave 16 bits after their zero point " +
                 std::to_string(zeroPoint) + " is subtracted");
    return false;
  }
  if (factors && !applyFactors(context, weight, *factors, weights.values))
    return false;
  if (bias.dtype == QCRT_I32)
    readBias<int32_t>(bias, weights.bias);
  else if (bias.dtype == QCRT_I64)
    readBias<int64_t>(bias, weights.bias);
  else
    return context.expectType(bias, QCRT_I32);
  if (!std::all_of(weights.bias.begin(), weights.bias.end(),
                   [](int64_t b) { return b >= -maxBias && b <= maxBias; })) {
    context.fail("bias '" + std::string(bias.name) +
                 "' holds a value beyond 2^60");
    return false;
  }
  weights.measure();
  return true;
}

GemmFormat qcrt::compute::chooseFormat(bool bytes, bool wide,
                                       uint64_t maxWeight, uint64_t maxStored) {
  GemmFormat format;
  format.kind = bytes ? PanelKind::BytesU8S8 : PanelKind::PairsS16;
  format.wide = wide;
  if (!wide)
    return format;
  const uint64_t perGroup =
      static_cast<uint64_t>(elementsPerGroup(format.kind));
  maxWeight = std::max<uint64_t>(maxWeight, 1);
  // Below this length the 64-bit additions would outweigh a second plane.
  constexpr uint64_t usefulGroups = 16;
  if (limit32 / (maxStored * maxWeight) < usefulGroups * perGroup) {
    format.planes = 2;
    maxWeight = 128;
  }
  format.chunkGroups =
      static_cast<int64_t>(limit32 / (maxStored * maxWeight) / perGroup);
  return format;
}

ColumnBlocks ColumnBlocks::of(int64_t columns, const Microkernels &kernels) {
  ColumnBlocks result;
  result.vectors = (columns + kernels.lanes - 1) / kernels.lanes;
  result.blocks =
      (result.vectors + kernels.tileVectors - 1) / kernels.tileVectors;
  return result;
}

PackedMatrix::PackedMatrix(const GemmFormat &format,
                           const Microkernels &kernels, int64_t columns,
                           int64_t reduction)
    : format(format), layout(GroupLayout::of(format.kind, kernels)),
      lanes(kernels.lanes) {
  groups = format.groupsOf(reduction);
  vectorStride = groups * lanes * groupBytes;
  planeStride = (columns + lanes - 1) / lanes * vectorStride;
  bytes = Buffer<uint8_t>(static_cast<size_t>(planeStride) *
                          static_cast<size_t>(format.planes));
}

int64_t PackedMatrix::set(int64_t column, int64_t k, const int16_t *values,
                          int64_t count) {
  const int perGroup = elementsPerGroup(format.kind);
  const ptrdiff_t groupStride = lanes * groupBytes;
  uint8_t *group = bytes.data() + column / lanes * vectorStride +
                   k / perGroup * groupStride +
                   column % lanes * layout.laneStride;
  int element = static_cast<int>(k % perGroup);
  int64_t sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int16_t value = values[i];
    sum += value;
    uint8_t *to = group + element * layout.elementStride;
    if (format.kind == PanelKind::BytesU8S8) {
      *to = static_cast<uint8_t>(value);
    } else if (format.planes == 1) {
      std::memcpy(to, &value, sizeof(value));
    } else {
      const int16_t low = static_cast<int8_t>(value & 0xff);
      const int16_t high = static_cast<int16_t>((value - low) / 256);
      std::memcpy(to, &high, sizeof(high));
      std::memcpy(to + planeStride, &low, sizeof(low));
    }
    if (++element == perGroup) {
      element = 0;
      group += groupStride;
    }
  }
  return sum;
}
