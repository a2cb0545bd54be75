// Resizing of images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Lowering.h"

namespace qc {

/// The resized image in the parameters of its input.
static Operation *createResize(top::ResizeOp op, Lowering &lowering, Value data,
                               ArrayRef<int64_t> shape, Location loc) {
  auto type = RankedTensorType::get(shape,
                                    tpu::getActivationElement(data.getType()));
  // A line is an image of height 1.
  SmallVector<double> scales(op.getScales().drop_front(2));
  if (scales.size() == 1)
    scales.insert(scales.begin(), 1.0);
  if (op.getMode() == "nearest")
    return tpu::ResizeNearestOp::create(
        lowering.builder, loc, type, data, op.getCoordinateTransformation(),
        op.getNearestMode(), scales);
  return tpu::ResizeLinearOp::create(lowering.builder, loc, type, data,
                                     op.getCoordinateTransformation(), scales);
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
        Operation *resized = createResize(op, lowering, data, shape, loc);
        if (result.size() == 4)
          setSourcePermutation(resized, {0, 2, 3, 1});
        return lowering.rescale(loc, resized->getResult(0),
                                lowering.getType(op.getOutput()));
      });
}

void populateResizeLowerings(LoweringRegistry &registry) {
  registry.add<top::ResizeOp>(lowerResize);
}

} // namespace qc
