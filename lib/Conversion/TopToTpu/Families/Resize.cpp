// Resizing of images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

#include <cmath>

namespace qc {

/// What an op says of all its dimensions, for height and width: a line is an
/// image of height 1.
template <typename T>
static SmallVector<T> ofImage(ArrayRef<T> dimensions, T neutral) {
  SmallVector<T> image(dimensions.drop_front(2));
  if (image.size() == 1)
    image.insert(image.begin(), neutral);
  return image;
}

/// How `ratio` is rounded: to even, as floats do, where results end on exact
/// halves. That takes a ratio of few binary digits, as of scales that coincide.
static tpu::Rounding getRounding(double ratio, const QuantSpec &spec) {
  int exponent;
  double digits = std::ldexp(std::frexp(ratio, &exponent), 20);
  bool ties =
      spec.kind == tpu::RequantKind::Pow2 || digits == std::nearbyint(digits);
  return ties ? tpu::Rounding::HalfEven : spec.rounding;
}

/// Both directions with one rounding.
static FailureOr<Operation *> createLinear(top::ResizeOp op, Value data,
                                           ArrayRef<int64_t> shape,
                                           Location loc, Lowering &lowering) {
  auto input = cast<RankedTensorType>(data.getType());
  auto element = lowering.getType(op.getOutput());
  SmallVector<int64_t> denominators =
      ofImage<int64_t>(op.getWeightDenominators(), 1);
  double ratio = tpu::getActivationElement(input).getScale() /
                 element.getScale() / (denominators[0] * denominators[1]);
  auto requant = makeRequant(op.getLoc(), {ratio}, lowering.getDivisionKind(),
                             getRounding(ratio, lowering.spec));
  if (failed(requant))
    return failure();
  return tpu::ResizeLinearOp::create(
             lowering.builder, loc, RankedTensorType::get(shape, element), data,
             op.getCoordinateTransformation(),
             ofImage<double>(op.getScales(), 1), denominators, *requant,
             DenseI64ArrayAttr())
      .getOperation();
}

/// Movement of pixels; parameters that differ are changed behind it.
static FailureOr<Operation *> createNearest(top::ResizeOp op, Value data,
                                            ArrayRef<int64_t> shape,
                                            Location loc, Lowering &lowering) {
  auto type =
      RankedTensorType::get(shape, tpu::getActivationElement(data.getType()));
  return tpu::ResizeNearestOp::create(lowering.builder, loc, type, data,
                                      op.getCoordinateTransformation(),
                                      op.getNearestMode(),
                                      ofImage<double>(op.getScales(), 1))
      .getOperation();
}

static LogicalResult lowerResize(top::ResizeOp op, Lowering &lowering) {
  auto source = cast<RankedTensorType>(op.getInput().getType()).getShape();
  auto result = cast<RankedTensorType>(op.getOutput().getType()).getShape();
  if ((source.size() != 3 && source.size() != 4) ||
      source.take_front(2) != result.take_front(2))
    return op.emitOpError("at '")
           << getDisplayName(op)
           << "' has an integer form only for the width, or height and width, "
              "of N, C, (height,) width, found "
           << op.getInput().getType() << " to " << op.getOutput().getType();
  return lowering.lowerAsImage(
      op.getLoc(), op.getInput(), op.getOutput(),
      [&](Value data, ArrayRef<int64_t> shape,
          Location loc) -> FailureOr<Value> {
        auto create = op.getMode() == "nearest" ? createNearest : createLinear;
        auto resized = create(op, data, shape, loc, lowering);
        if (failed(resized))
          return failure();
        setSourcePermutation(*resized, {0, 2, 3, 1});
        return lowering.rescale(loc, (*resized)->getResult(0),
                                lowering.getType(op.getOutput()));
      });
}

static StringRef getTpuName(top::ResizeOp op) {
  return op.getMode() == "nearest" ? tpu::ResizeNearestOp::getOperationName()
                                   : tpu::ResizeLinearOp::getOperationName();
}

void populateResizeLowerings(LoweringRegistry &registry) {
  registry.add<top::ResizeOp>(lowerResize, getTpuName);
}

} // namespace qc
