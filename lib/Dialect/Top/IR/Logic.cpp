// Comparisons, choices and integers: shapes and verification.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Numbers.h"

namespace qc::top {

LogicalResult CompareOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  if (failed(inferBroadcast(adaptor.getLhs(), adaptor.getRhs(), types,
                            getInferenceErrors<CompareOp>(context, location))))
    return failure();
  types.back() =
      RankedTensorType::get(cast<RankedTensorType>(types.back()).getShape(),
                            IntegerType::get(context, 1));
  return success();
}

LogicalResult SelectOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto chosen =
      broadcastShapes(getShape(adaptor.getYes()), getShape(adaptor.getNo()));
  auto shape = chosen
                   ? broadcastShapes(*chosen, getShape(adaptor.getCondition()))
                   : std::nullopt;
  if (!shape)
    return getInferenceErrors<SelectOp>(context, location)()
           << "cannot broadcast " << adaptor.getCondition().getType() << ", "
           << adaptor.getYes().getType() << " and " << adaptor.getNo().getType()
           << " to one shape";
  types.push_back(getResultType(*shape, adaptor.getYes().getType()));
  return success();
}

LogicalResult SelectOp::verify() {
  auto element = [](Value value) {
    return getExpressedElement(
        cast<ShapedType>(value.getType()).getElementType());
  };
  if (element(getYes()) == element(getNo()) ||
      (isFloatElement(element(getYes())) && isFloatElement(element(getNo()))))
    return success();
  return emitOpError("chooses between elements of two types, ")
         << element(getYes()) << " and " << element(getNo());
}

LogicalResult IntegerOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferBroadcast(adaptor.getLhs(), adaptor.getRhs(), types,
                        getInferenceErrors<IntegerOp>(context, location));
}

} // namespace qc::top
