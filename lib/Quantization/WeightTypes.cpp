// Storage types of weights, and the integers that are stored.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/WeightTypes.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Quantization/GroupScales.h"
#include "qc/Quantization/Requantization.h"
#include "qc/Quantization/TieFree.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cfloat>
#include <cmath>

namespace qc {

//===----------------------------------------------------------------------===//
// Scales
//===----------------------------------------------------------------------===//

/// The squared error of `values` at `scale`, within integers up to `high`, or
/// more than `limit` as soon as it is.
static double getSquaredError(ArrayRef<float> values, double scale, double high,
                              double limit) {
  double error = 0, inverse = 1 / scale;
  for (float value : values) {
    double stored = std::clamp(std::nearbyint(value * inverse), -high, high);
    double difference = value - stored * scale;
    error += difference * difference;
    if (error > limit)
      break;
  }
  return error;
}

static double getMagnitude(ArrayRef<float> values) {
  double magnitude = 0;
  for (float value : values)
    magnitude = std::max<double>(magnitude, std::abs(value));
  return magnitude;
}

/// The power of two with the smallest squared error, from `scale` down: where
/// few weights are large, cutting them costs less than coarse steps for all.
static double searchPowerOfTwo(ArrayRef<float> values, double scale,
                               double floor, double high) {
  double best = scale;
  double error = getSquaredError(values, scale, high,
                                 std::numeric_limits<double>::infinity());
  for (scale /= 2; scale >= floor && error > 0; scale /= 2) {
    double candidate = getSquaredError(values, scale, high, error);
    if (candidate >= error)
      break;
    error = candidate;
    best = scale;
  }
  return best;
}

/// The scale with the smallest squared error, from `scale`, with which all
/// values are within `high`, down to half of it; `error` is that of `scale`.
static double searchCutScale(ArrayRef<float> values, double scale, double floor,
                             double high, double error) {
  constexpr int kSteps = 32;
  double best = scale;
  for (int i = 1; i <= kSteps && error > 0; ++i) {
    double smaller = static_cast<float>(scale * (1 - i / (2.0 * kSteps)));
    if (smaller < floor || smaller <= 0)
      break;
    double candidate = getSquaredError(values, smaller, high, error);
    if (candidate < error) {
      error = candidate;
      best = smaller;
    }
  }
  return best;
}

/// The scale of symmetric weights with the smallest squared error among those
/// that put the largest magnitude on an integer of the upper half of the range.
/// Weights that lie on a grid already (of an earlier quantization) find it.
static double searchWeightScale(ArrayRef<float> values, double floor,
                                const WeightScheme &scheme) {
  double magnitude = getMagnitude(values);
  double best = getWeightScale(magnitude, floor, scheme);
  // More bits leave nothing to gain.
  if (scheme.bits > 8 || magnitude == 0)
    return best;
  int64_t high = (int64_t(1) << (scheme.bits - 1)) - 1;
  if (scheme.powerOfTwo)
    return searchPowerOfTwo(values, best, std::max<double>(floor, FLT_MIN),
                            double(high));
  double error = getSquaredError(values, best, double(high),
                                 std::numeric_limits<double>::infinity());
  // With few steps it pays to cut the largest.
  if (scheme.bits < 8)
    return searchCutScale(values, best, floor, double(high), error);
  for (int64_t level = high - 1; level > high / 2 && error > 0; --level) {
    double scale = static_cast<float>(magnitude / level);
    if (scale < floor)
      continue;
    double candidate = getSquaredError(values, scale, double(high), error);
    if (candidate < error) {
      error = candidate;
      best = scale;
    }
  }
  return best;
}

double getLeastWeightScale(double bias, quant::UniformQuantizedType input,
                           quant::UniformQuantizedType output) {
  // A bias of 64 bits needs no more than its exact doubles.
  int bits = input.getStorageTypeIntegralWidth() == 16 ? 50 : 32;
  return std::max(std::abs(bias) / input.getScale() / std::ldexp(1.0, bits - 2),
                  kSmallestRatio * output.getScale() / input.getScale());
}

namespace {
/// The choice for one layer.
class ScaleChooser {
public:
  explicit ScaleChooser(const WeightRequest &request)
      : request(request), inputScale(request.input.getScale()),
        outputScale(request.output.getScale()) {}

  SmallVector<double> choose() const;
  SmallVector<double> chooseGroups() const;

private:
  double getFloor(double bias) const;
  double chooseOne(ArrayRef<float> values, double floor) const;
  double avoidTies(double scale) const;

  const WeightRequest &request;
  double inputScale, outputScale;
};
} // namespace

double ScaleChooser::getFloor(double bias) const {
  return getLeastWeightScale(bias, request.input, request.output);
}

double ScaleChooser::chooseOne(ArrayRef<float> values, double floor) const {
  return avoidTies(searchWeightScale(values, floor, request.scheme));
}

double ScaleChooser::avoidTies(double scale) const {
  if (request.output.getStorageTypeIntegralWidth() != 8 ||
      request.scheme.powerOfTwo)
    return scale;
  double ratio = getTieFreeRatio(inputScale * scale / outputScale);
  return static_cast<float>(ratio * outputScale / inputScale);
}

SmallVector<double> ScaleChooser::choose() const {
  if (request.bias.empty())
    return {getWeightScale(getMagnitude(request.values), getFloor(0),
                           request.scheme)};
  int64_t count = request.blocks.count();
  if (count == 1) {
    double floor = 0;
    for (float bias : request.bias)
      floor = std::max(floor, getFloor(bias));
    return {chooseOne(request.values, floor)};
  }
  std::vector<SmallVector<float, 0>> channels(count);
  request.blocks.forEachRun([&](int64_t first, int64_t size, int64_t block) {
    llvm::append_range(channels[block], request.values.slice(first, size));
  });
  SmallVector<double> scales;
  for (auto [channel, bias] : llvm::zip_equal(channels, request.bias))
    scales.push_back(chooseOne(channel, getFloor(bias)));
  return scales;
}

/// Each group has the factor with the smallest squared error; the channel's
/// scale is what the group with the largest asks for, over the largest factor.
SmallVector<double> ScaleChooser::chooseGroups() const {
  const top::Blocks &groups = request.groups;
  std::vector<SmallVector<float, 0>> values(groups.count());
  std::vector<int64_t> channelOf(groups.count());
  SmallVector<int64_t, 0> channels(request.values.size());
  request.blocks.forEachRun([&](int64_t first, int64_t size, int64_t block) {
    std::fill_n(channels.begin() + first, size, block);
  });
  groups.forEachRun([&](int64_t first, int64_t size, int64_t group) {
    channelOf[group] = channels[first];
    llvm::append_range(values[group], request.values.slice(first, size));
  });
  int64_t high = (int64_t(1) << (request.scheme.bits - 1)) - 1;
  int64_t most = getLargestFactor(-high, high);
  SmallVector<double> largest(request.blocks.count(), 0);
  for (auto [group, channel] : llvm::zip_equal(values, channelOf))
    largest[channel] =
        std::max(largest[channel], searchWeightScale(group, 0, request.scheme));
  for (auto [scale, bias] : llvm::zip_equal(largest, request.bias))
    scale = static_cast<float>(
        avoidTies(std::max(scale / double(most), getFloor(bias))));
  SmallVector<double> scales;
  for (auto [group, channel] : llvm::zip_equal(values, channelOf)) {
    double error = std::numeric_limits<double>::infinity();
    double best = 0;
    for (int64_t factor = most; factor > 0; --factor) {
      double scale = getGroupScale(largest[channel], factor);
      double candidate = getSquaredError(group, scale, double(high), error);
      if (candidate < error) {
        error = candidate;
        best = scale;
      }
    }
    scales.push_back(best);
  }
  return scales;
}

//===----------------------------------------------------------------------===//
// Types and integers
//===----------------------------------------------------------------------===//

RankedTensorType getWeightType(MLIRContext *context, const top::Blocks &blocks,
                               ArrayRef<double> scales,
                               const WeightScheme &scheme) {
  int64_t high = (int64_t(1) << (scheme.bits - 1)) - 1;
  return top::getBlockType(context, blocks, scales,
                           SmallVector<int64_t>(scales.size(), 0), scheme.bits,
                           /*isSigned=*/true, -high, high);
}

RankedTensorType chooseWeightType(MLIRContext *context,
                                  const WeightRequest &request) {
  ScaleChooser chooser(request);
  if (!request.groups.shape.empty() && !request.bias.empty())
    return getWeightType(context, request.groups, chooser.chooseGroups(),
                         request.scheme);
  return getWeightType(context, request.blocks, chooser.choose(),
                       request.scheme);
}

RankedTensorType getBiasType(MLIRContext *context, int64_t channels,
                             ArrayRef<double> scales, double inputScale) {
  SmallVector<double> units = llvm::map_to_vector(
      scales, [&](double scale) { return inputScale * scale; });
  top::Blocks blocks = top::Blocks::ofWhole(channels);
  if (units.size() > 1)
    blocks.block[0] = 1;
  WeightScheme scheme;
  scheme.bits = 32;
  return getWeightType(context, blocks, units, scheme);
}

template <typename Stored>
static ElementsAttr storeAs(ArrayRef<int64_t> values, RankedTensorType storage,
                            StringRef name) {
  SmallVector<Stored, 0> stored(values.begin(), values.end());
  bool isHalf = storage.getElementType().isInteger(4);
  if (isHalf)
    for (Stored &value : stored)
      value &= 15;
  ArrayRef<char> bytes(reinterpret_cast<const char *>(stored.data()),
                       stored.size() * sizeof(Stored));
  constexpr size_t kBlobBytes = 1024;
  if (bytes.size() < kBlobBytes)
    return DenseElementsAttr::getFromRawBuffer(storage, bytes);
  std::vector<char> halves;
  if constexpr (sizeof(Stored) == 1)
    if (isHalf)
      bytes = halves = packHalves(stored);
  return DenseResourceElementsAttr::get(
      storage, name,
      HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, kBlobAlignment,
                                                    /*dataIsMutable=*/false));
}

ElementsAttr storeIntegersAs(ArrayRef<int64_t> values, RankedTensorType storage,
                             StringRef name) {
  if (name.empty())
    name = "constant";
  unsigned bits = storage.getElementTypeBitWidth();
  return bits <= 8    ? storeAs<int8_t>(values, storage, name)
         : bits <= 16 ? storeAs<int16_t>(values, storage, name)
         : bits <= 32 ? storeAs<int32_t>(values, storage, name)
                      : storeAs<int64_t>(values, storage, name);
}

ElementsAttr storeIntegers(ArrayRef<int64_t> values, RankedTensorType type,
                           StringRef name) {
  auto element = cast<quant::QuantizedType>(type.getElementType());
  return storeIntegersAs(
      values, RankedTensorType::get(type.getShape(), element.getStorageType()),
      name);
}

ElementsAttr storeElements(ArrayRef<float> values, RankedTensorType type,
                           StringRef name) {
  auto element = cast<quant::QuantizedType>(type.getElementType());
  auto parameters = *top::BlockParameters::get(type);
  int64_t low = element.getStorageTypeMin(), high = element.getStorageTypeMax();
  SmallVector<int64_t, 0> stored(values.size());
  parameters.blocks.forEachRun([&](int64_t first, int64_t size, int64_t block) {
    for (int64_t i = first; i < first + size; ++i)
      stored[i] = quantizeValue(values[i], parameters.scales[block],
                                parameters.zeroPoints[block], low, high);
  });
  return storeIntegers(stored, type, name);
}

} // namespace qc
