// Resizing of images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

namespace qc {

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
  auto type = RankedTensorType::get(
      applyPermutation<int64_t>(resultShape, channelsLast),
      tpu::getActivationElement(data.getType()));
  auto scales = op.getScales().take_back(2);
  Operation *resized;
  if (op.getMode() == "nearest")
    resized = tpu::ResizeNearestOp::create(
        lowering.builder, loc, type, data, op.getCoordinateTransformation(),
        op.getNearestMode(), scales);
  else
    resized = tpu::ResizeLinearOp::create(lowering.builder, loc, type, data,
                                          op.getCoordinateTransformation(),
                                          scales);
  setSourcePermutation(resized, channelsLast);
  auto rescaled =
      lowering.rescale(loc, resized->getResult(0), lowering.getType(op.getOutput()));
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
