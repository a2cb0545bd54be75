// Stored constants: verification and folding.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

LogicalResult QuantizedConstantOp::verify() {
  auto value = dyn_cast<RankedTensorType>(getValue().getType());
  auto result = cast<RankedTensorType>(getOutput().getType());
  if (!BlockParameters::get(result))
    return emitOpError("expects scales that belong to the dimensions of the "
                       "result, found ")
           << result;
  auto element = cast<quant::QuantizedType>(result.getElementType());
  bool stores =
      value && value.getShape() == result.getShape() &&
      value.getElementType().isInteger(element.getStorageTypeIntegralWidth());
  if (!stores)
    return emitOpError("value of type ")
           << getValue().getType() << " does not store a " << result;
  return success();
}

/// The stored elements: matchers of constants rely on getting a value, and tell
/// constants apart by value and result type.
OpFoldResult QuantizedConstantOp::fold(FoldAdaptor) { return getValue(); }

} // namespace qc::top
