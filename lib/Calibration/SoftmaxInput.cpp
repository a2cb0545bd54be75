// What of a tensor those that read it can see.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Calibration/SoftmaxInput.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/UsefulRanges.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace qc {

SoftmaxAxes findSoftmaxAxes(func::FuncOp function) {
  SoftmaxAxes axes;
  for (auto [value, axis] : findPeakAxes(function))
    axes[getTensorName(value)] = axis;
  return axes;
}

Tensor clampToSoftmaxReach(const Tensor &data, int64_t axis) {
  int64_t size = data.dim(axis), inner = 1;
  for (int64_t dim = axis + 1; dim < data.rank(); ++dim)
    inner *= data.dim(dim);
  Tensor result = data.clone();
  constexpr auto reach = static_cast<float>(kExponentialReach);
  for (int64_t row = 0; row < data.numElements() / size; ++row) {
    float *values =
        result.data<float>() + row / inner * inner * size + row % inner;
    float largest = -std::numeric_limits<float>::infinity();
    for (int64_t i = 0; i < size; ++i)
      largest = std::max(largest, values[i * inner]);
    // What is not a number stays one: the calibrator tells of it.
    for (int64_t i = 0; i < size; ++i)
      if (values[i * inner] < largest - reach)
        values[i * inner] = largest - reach;
  }
  return result;
}

SeenParts findSeenParts(func::FuncOp function,
                        const std::map<std::string, ValueRange1D> &known) {
  SeenParts parts;
  for (const auto &[name, axis] : findSoftmaxAxes(function))
    parts[name].softmaxAxis = axis;
  ValueRanges ranges;
  for (Value value : collectActivations(function)) {
    auto calibrated = dyn_cast<quant::CalibratedQuantizedType>(
        cast<RankedTensorType>(value.getType()).getElementType());
    auto found = known.find(getTensorName(value));
    ranges[value] = found != known.end() ? found->second
                    : calibrated
                        ? ValueRange1D{calibrated.getMin(), calibrated.getMax()}
                        : kUnlimited;
  }
  visitUsefulRanges(function, ActivationWidths(), ranges,
                    [&](Value value, ValueRange1D useful) {
                      if (std::isfinite(useful.min) ||
                          std::isfinite(useful.max))
                        parts[getTensorName(value)].useful = useful;
                    });
  return parts;
}

/// `data` clamped, where what is beyond makes it more than twice as wide: less
/// is the calibration's business, and its errors are told.
static Tensor clampToUseful(const Tensor &data, ValueRange1D useful) {
  const auto *values = data.data<float>();
  ValueRange1D range{0, 0};
  for (int64_t i = 0; i < data.numElements(); ++i) {
    range.min = std::min<double>(range.min, values[i]);
    range.max = std::max<double>(range.max, values[i]);
  }
  ValueRange1D narrowed = narrowToUseful(range, useful, ActivationScheme());
  if (narrowed.min == range.min && narrowed.max == range.max)
    return data;
  Tensor result = data.clone();
  auto *clamped = result.data<float>();
  for (int64_t i = 0; i < data.numElements(); ++i)
    if (!std::isnan(clamped[i]))
      clamped[i] = static_cast<float>(
          std::clamp<double>(clamped[i], useful.min, useful.max));
  return result;
}

Tensor clampToSeen(const Tensor &data, const SeenPart &part) {
  return clampToUseful(
      part.softmaxAxis ? clampToSoftmaxReach(data, *part.softmaxAxis) : data,
      part.useful);
}

} // namespace qc
