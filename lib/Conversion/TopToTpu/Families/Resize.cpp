// Resizing of images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

namespace qc {

/// One rounding, to even: whole factors end on exact halves, and floats round
/// those so.
static FailureOr<Operation *> createLinear(top::ResizeOp op, Value data,
                                           ArrayRef<int64_t> shape,
                                           Lowering &lowering) {
  auto input = cast<RankedTensorType>(data.getType());
  auto element = lowering.getType(op.getOutput());
  auto scales = op.getScales().take_back(2);
  SmallVector<int64_t> denominators = op.getWeightDenominators();
  denominators.erase(denominators.begin(), denominators.end() - 2);
  double ratio = tpu::getActivationElement(input).getScale() /
                 element.getScale() / (denominators[0] * denominators[1]);
  auto requant = makeRequant(op.getLoc(), {ratio}, lowering.getDivisionKind(),
                             tpu::Rounding::HalfEven);
  if (failed(requant))
    return failure();
  return tpu::ResizeLinearOp::create(lowering.builder, op.getLoc(),
                                     RankedTensorType::get(shape, element),
                                     data, op.getCoordinateTransformation(),
                                     scales, denominators, *requant,
                                     DenseI64ArrayAttr())
      .getOperation();
}

/// Movement of pixels; parameters that differ are changed behind it.
static FailureOr<Operation *> createNearest(top::ResizeOp op, Value data,
                                            ArrayRef<int64_t> shape,
                                            Lowering &lowering) {
  auto type =
      RankedTensorType::get(shape, tpu::getActivationElement(data.getType()));
  return tpu::ResizeNearestOp::create(lowering.builder, op.getLoc(), type, data,
                                      op.getCoordinateTransformation(),
                                      op.getNearestMode(),
                                      op.getScales().take_back(2))
      .getOperation();
}

static LogicalResult lowerResize(top::ResizeOp op, Lowering &lowering) {
  auto sourceShape = cast<RankedTensorType>(op.getInput().getType()).getShape();
  auto resultShape =
      cast<RankedTensorType>(op.getOutput().getType()).getShape();
  if (sourceShape.size() != 4 || sourceShape[0] != resultShape[0] ||
      sourceShape[1] != resultShape[1])
    return op.emitOpError("at '")
           << getDisplayName(op)
           << "' has an integer form only for height and width of NCHW, found "
           << op.getInput().getType() << " to " << op.getOutput().getType();
  auto input = lowering.getActivation(op.getInput());
  if (failed(input))
    return failure();
  static constexpr int64_t channelsLast[] = {0, 2, 3, 1};
  Location loc = op.getLoc();
  Value data = lowering.toChannelsLast(deriveName(loc, "_in"), *input);
  auto create = op.getMode() == "nearest" ? createNearest : createLinear;
  auto resized = create(
      op, data, applyPermutation<int64_t>(resultShape, channelsLast), lowering);
  if (failed(resized))
    return failure();
  setSourcePermutation(*resized, channelsLast);
  auto rescaled = lowering.rescale(loc, (*resized)->getResult(0),
                                   lowering.getType(op.getOutput()));
  if (failed(rescaled))
    return failure();
  lowering.map(op.getOutput(), lowering.toChannelsFirst(loc, *rescaled));
  return success();
}

static StringRef getTpuName(top::ResizeOp op) {
  return op.getMode() == "nearest" ? tpu::ResizeNearestOp::getOperationName()
                                   : tpu::ResizeLinearOp::getOperationName();
}

void populateResizeLowerings(LoweringRegistry &registry) {
  registry.add<top::ResizeOp>(lowerResize, getTpuName);
}

} // namespace qc
