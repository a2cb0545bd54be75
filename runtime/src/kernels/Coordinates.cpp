// Where a resized image takes its pixels from, as ONNX Resize defines it.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Coordinates.h"

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

bool qcrt::readCoordinates(PrepareContext &context, std::vector<double> &rows,
                           std::vector<double> &columns) {
  if (!context.expectOperands(1, 1))
    return false;
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  auto transformation = static_cast<Transformation>(
      context.attributes.choice("coordinate_transformation", names));
  std::vector<double> scales = context.attributes.numbers("scales");
  if (context.failed() || !context.expectRank(in, 4) ||
      !context.expectRank(out, 4) || !context.expectMappable(in) ||
      !context.expectMappable(out))
    return false;
  if (scales.size() != 2 || !(scales[0] > 1e-9 && scales[0] < 1e9) ||
      !(scales[1] > 1e-9 && scales[1] < 1e9))
    return context.refuse("attribute 'scales' must hold two positive numbers, "
                          "of height and width");
  if (in.shape[0] != out.shape[0] || in.shape[3] != out.shape[3])
    return context.refuse("input and result differ in batch or channels");
  std::vector<double> *lists[] = {&rows, &columns};
  for (int d = 0; d < 2; ++d)
    for (int64_t i = 0; i < out.shape[1 + d]; ++i)
      lists[d]->push_back(coordinate(transformation, i,
                                     scales[static_cast<size_t>(d)],
                                     in.shape[1 + d], out.shape[1 + d]));
  return true;
}
