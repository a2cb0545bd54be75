// Scatter, grid sample and roi align: shapes and verification.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Numbers.h"

namespace qc::top {

LogicalResult ScatterOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<ScatterOp>(context, location);
  ArrayRef<int64_t> input = getShape(adaptor.getInput());
  ArrayRef<int64_t> indices = getShape(adaptor.getIndices());
  ArrayRef<int64_t> updates = getShape(adaptor.getUpdates());
  if (input.size() != 2 || indices.size() != 1 || updates.size() != 2 ||
      updates[0] != indices[0] || updates[1] != input[1])
    return emit() << "expects rows, an index for each of the updates, and "
                     "updates of the size of a row, found "
                  << adaptor.getInput().getType() << ", "
                  << adaptor.getIndices().getType() << " and "
                  << adaptor.getUpdates().getType();
  types.push_back(getResultTypeLike(adaptor.getInput().getType()));
  return success();
}

LogicalResult ScatterOp::verify() {
  auto element = [](Value value) {
    return getExpressedElement(
        cast<ShapedType>(value.getType()).getElementType());
  };
  if (element(getInput()) == element(getUpdates()) ||
      (isFloatElement(element(getInput())) &&
       isFloatElement(element(getUpdates()))))
    return success();
  return emitOpError("expects updates of the element type of the input, found ")
         << element(getUpdates()) << " and " << element(getInput());
}

LogicalResult GridSampleOp::inferReturnTypes(MLIRContext *context,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  ArrayRef<int64_t> input = getShape(adaptor.getInput());
  ArrayRef<int64_t> grid = getShape(adaptor.getGrid());
  if (input.size() != 4 || grid.size() != 4 || grid[0] != input[0] ||
      grid[3] != 2)
    return getInferenceErrors<GridSampleOp>(context, location)()
           << "expects images [N, C, H, W] and a grid [N, h, w, 2], found "
           << adaptor.getInput().getType() << " and "
           << adaptor.getGrid().getType();
  types.push_back(getResultType({input[0], input[1], grid[1], grid[2]},
                                adaptor.getInput().getType()));
  return success();
}

LogicalResult RoiAlignOp::inferReturnTypes(MLIRContext *context,
                                           std::optional<Location> location,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<RoiAlignOp>(context, location);
  ArrayRef<int64_t> input = getShape(adaptor.getInput());
  ArrayRef<int64_t> rois = getShape(adaptor.getRois());
  ArrayRef<int64_t> batch = getShape(adaptor.getBatch());
  if (input.size() != 4 || rois.size() != 2 || rois[1] != 4 ||
      batch.size() != 1 || batch[0] != rois[0])
    return emit() << "expects images [N, C, H, W], boxes [M, 4] and the image "
                     "of each [M], found "
                  << adaptor.getInput().getType() << ", "
                  << adaptor.getRois().getType() << " and "
                  << adaptor.getBatch().getType();
  auto height = static_cast<int64_t>(adaptor.getHeight());
  auto width = static_cast<int64_t>(adaptor.getWidth());
  auto samples = static_cast<int64_t>(adaptor.getSamplingRatio());
  if (failed(checkRange({height, width}, 1, "sizes of the result", emit)) ||
      failed(checkRange(samples, 0, "samples of a bin", emit)))
    return failure();
  types.push_back(getResultType({rois[0], input[1], height, width},
                                adaptor.getInput().getType()));
  return success();
}

} // namespace qc::top
