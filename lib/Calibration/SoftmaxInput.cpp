// What of a tensor the softmaxes that read it can see.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Calibration/SoftmaxInput.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Activations.h"

#include <algorithm>
#include <limits>

namespace qc {

/// The axis of a reshape's operand that is `axis` of its result: one with as
/// many elements, and with as many before it.
static std::optional<int64_t> followBack(top::ReshapeOp op, int64_t axis) {
  ArrayRef<int64_t> from = top::getShape(op.getInput());
  ArrayRef<int64_t> to = top::getShape(op.getOutput());
  int64_t before = 1, seen = 1;
  for (int64_t size : to.take_front(axis))
    before *= size;
  for (auto [dim, size] : llvm::enumerate(from)) {
    if (seen == before && size == to[axis])
      return static_cast<int64_t>(dim);
    seen *= size;
  }
  return std::nullopt;
}

static std::optional<int64_t> getAxisOf(Operation *reader) {
  if (auto softmax = dyn_cast<top::SoftmaxOp>(reader))
    return softmax.getAxis();
  auto reshape = dyn_cast<top::ReshapeOp>(reader);
  if (!reshape)
    return std::nullopt;
  auto axis = getSoftmaxAxis(reshape.getOutput());
  return axis ? followBack(reshape, *axis) : std::nullopt;
}

std::optional<int64_t> getSoftmaxAxis(Value value) {
  std::optional<int64_t> common;
  for (Operation *reader : value.getUsers()) {
    auto axis = getAxisOf(reader);
    if (!axis || (common && *common != *axis))
      return std::nullopt;
    common = axis;
  }
  return common;
}

SoftmaxAxes findSoftmaxAxes(func::FuncOp function) {
  SoftmaxAxes axes;
  for (Value value : collectActivations(function))
    if (auto axis = getSoftmaxAxis(value))
      axes[getTensorName(value)] = *axis;
  return axes;
}

Tensor clampToSoftmaxReach(const Tensor &data, int64_t axis) {
  int64_t size = data.dim(axis), inner = 1;
  for (int64_t dim = axis + 1; dim < data.rank(); ++dim)
    inner *= data.dim(dim);
  Tensor result = data.clone();
  for (int64_t row = 0; row < data.numElements() / size; ++row) {
    float *values =
        result.data<float>() + row / inner * inner * size + row % inner;
    float largest = -std::numeric_limits<float>::infinity();
    for (int64_t i = 0; i < size; ++i)
      largest = std::max(largest, values[i * inner]);
    // What is not a number stays one: the calibrator tells of it.
    for (int64_t i = 0; i < size; ++i)
      if (values[i * inner] < largest - kSoftmaxReach)
        values[i * inner] = largest - kSoftmaxReach;
  }
  return result;
}

} // namespace qc
