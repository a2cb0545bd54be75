// Arg max, top k and boxes that stand out: shapes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Numbers.h"

namespace qc::top {

LogicalResult ArgMaxOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  int64_t axis = adaptor.getAxis();
  if (failed(inferReduction(adaptor.getInput(), axis, adaptor.getKeepdims(),
                            types,
                            getInferenceErrors<ArgMaxOp>(context, location))))
    return failure();
  types.back() =
      RankedTensorType::get(cast<RankedTensorType>(types.back()).getShape(),
                            IntegerType::get(context, 64));
  return success();
}

LogicalResult TopKOp::inferReturnTypes(MLIRContext *context,
                                       std::optional<Location> location,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<TopKOp>(context, location);
  SmallVector<int64_t> shape(getShape(adaptor.getInput()));
  auto axis = static_cast<int64_t>(adaptor.getAxis());
  auto k = static_cast<int64_t>(adaptor.getK());
  if (failed(checkAxis(axis, static_cast<int64_t>(shape.size()), emit)))
    return failure();
  if (k < 1 || k > shape[axis])
    return emit() << "expects k from 1 to the " << shape[axis]
                  << " elements of dimension " << axis << ", found " << k;
  shape[axis] = k;
  types.push_back(getResultType(shape, adaptor.getInput().getType()));
  types.push_back(RankedTensorType::get(shape, IntegerType::get(context, 64)));
  return success();
}

LogicalResult NmsOp::inferReturnTypes(MLIRContext *context,
                                      std::optional<Location> location,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  auto emit = getInferenceErrors<NmsOp>(context, location);
  ArrayRef<int64_t> boxes = getShape(adaptor.getBoxes());
  ArrayRef<int64_t> scores = getShape(adaptor.getScores());
  if (boxes.size() != 3 || scores.size() != 3 || boxes[2] != 4 ||
      boxes[0] != scores[0] || boxes[1] != scores[2])
    return emit() << "expects boxes [N, B, 4] and scores [N, C, B], found "
                  << adaptor.getBoxes().getType() << " and "
                  << adaptor.getScores().getType();
  auto most = static_cast<int64_t>(adaptor.getMaxOutput());
  if (most < 1 || most > boxes[1])
    return emit() << "expects a max_output from 1 to the " << boxes[1]
                  << " boxes, found " << most;
  types.push_back(RankedTensorType::get({scores[0] * scores[1] * most, 3},
                                        IntegerType::get(context, 64)));
  return success();
}

} // namespace qc::top
