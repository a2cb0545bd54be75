// Where a resized image takes its pixels from, as ONNX Resize defines it.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Coordinates.h"
#include "Rounding.h"

#include <cmath>

using namespace qcrt;

namespace {
enum Transformation { Asymmetric, HalfPixel, AlignCorners, PytorchHalfPixel };
const char *const names[] = {"asymmetric", "half_pixel", "align_corners",
                             "pytorch_half_pixel", nullptr};
} // namespace

/// The size of a dimension before it was rounded down; whole where float32, in
/// which models hold scales, cannot tell.
static double resizedLength(double scale, int64_t inSize, int64_t outSize) {
  double length = scale * static_cast<double>(inSize);
  double size = static_cast<double>(outSize);
  return std::abs(length - size) <= std::ldexp(size, -22) ? size : length;
}

static double coordinate(Transformation transformation, int64_t index,
                         double scale, int64_t inSize, int64_t outSize) {
  double x = static_cast<double>(index);
  switch (transformation) {
  case Asymmetric:
    return x / scale;
  case HalfPixel:
    return (x + 0.5) / scale - 0.5;
  case AlignCorners:
    return outSize == 1 ? 0
                        : x * static_cast<double>(inSize - 1) /
                              (resizedLength(scale, inSize, outSize) - 1);
  case PytorchHalfPixel:
    return outSize > 1 ? (x + 0.5) / scale - 0.5 : 0;
  }
  return 0;
}

bool qcrt::readCoordinates(PrepareContext &context, int first, int count,
                           std::vector<double> *coordinates) {
  if (!context.expectOperands(1, 1))
    return false;
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  auto transformation = static_cast<Transformation>(
      context.attributes.choice("coordinate_transformation", names));
  std::vector<double> scales = context.attributes.numbers("scales");
  if (context.failed() || !context.expectRank(out, in.rank) ||
      !context.expectMappable(in) || !context.expectMappable(out))
    return false;
  if (scales.size() != static_cast<size_t>(count))
    return context.refuse("attribute 'scales' holds " +
                          std::to_string(scales.size()) +
                          " numbers, expected " + std::to_string(count));
  for (int d = 0; d < in.rank; ++d) {
    if (d < first || d >= first + count) {
      if (in.shape[d] != out.shape[d])
        return context.refuse("input and result differ in dimension " +
                              std::to_string(d));
      continue;
    }
    const double scale = scales[static_cast<size_t>(d - first)];
    if (!(scale > 1e-9 && scale < 1e9))
      return context.refuse("attribute 'scales' must hold positive numbers");
    for (int64_t i = 0; i < out.shape[d]; ++i)
      coordinates[d - first].push_back(
          coordinate(transformation, i, scale, in.shape[d], out.shape[d]));
  }
  return true;
}

NearestMode qcrt::readNearestMode(Attributes &attributes) {
  const char *const modes[] = {"floor", "ceil", "round_prefer_floor",
                               "round_prefer_ceil", nullptr};
  return static_cast<NearestMode>(attributes.choice("nearest_mode", modes));
}

int64_t qcrt::nearestElement(NearestMode mode, double x, int64_t size) {
  double rounded = 0;
  switch (mode) {
  case NearestMode::Floor:
    rounded = std::floor(x);
    break;
  case NearestMode::Ceil:
    rounded = std::ceil(x);
    break;
  case NearestMode::RoundPreferFloor:
    rounded = std::ceil(x - 0.5);
    break;
  case NearestMode::RoundPreferCeil:
    rounded = std::floor(x + 0.5);
    break;
  }
  return static_cast<int64_t>(
      clampTo(rounded, 0.0, static_cast<double>(size - 1)));
}
