// Constants and parameter changes: verification, folding, layout.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "VerifyUtils.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"

namespace qc::tpu {

LogicalResult ConstantOp::verify() {
  auto value = dyn_cast<RankedTensorType>(getValue().getType());
  auto result = cast<RankedTensorType>(getOutput().getType());
  Type element = result.getElementType();
  if (auto quantized = dyn_cast<quant::QuantizedType>(element))
    element = quantized.getStorageType();
  bool stores =
      value && value.getShape() == result.getShape() &&
      value.getElementType().isIntOrFloat() && element.isIntOrFloat() &&
      value.getElementTypeBitWidth() == element.getIntOrFloatBitWidth() &&
      isa<FloatType>(value.getElementType()) == isa<FloatType>(element);
  if (!stores)
    return emitOpError("value of type ")
           << getValue().getType() << " does not store a " << result;
  return success();
}

/// The stored elements: matchers of constants rely on getting a value, and
/// tell constants apart by value and result type.
OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

Operation *TpuDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                           Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  auto tensorType = dyn_cast<RankedTensorType>(type);
  if (!elements || !tensorType ||
      cast<ShapedType>(elements.getType()).getShape() != tensorType.getShape())
    return nullptr;
  return ConstantOp::create(builder, loc, type, elements);
}

LogicalResult RequantizeOp::verify() {
  return verifyRequant(*this, getRequant(), 1, getClamp(), getOutput());
}

SmallVector<unsigned> RequantizeOp::getInPlaceOperands(unsigned) {
  return reuseIfSameWidth(getInput(), getOutput());
}

Operation *QuantizeOp::rebuildPermuted(OpBuilder &builder,
                                       ArrayRef<int64_t> perm,
                                       ValueRange operands) {
  return cloneWithPermutedTypes(*this, builder, perm, operands);
}

Operation *DequantizeOp::rebuildPermuted(OpBuilder &builder,
                                         ArrayRef<int64_t> perm,
                                         ValueRange operands) {
  return cloneWithPermutedTypes(*this, builder, perm, operands);
}

Operation *RequantizeOp::rebuildPermuted(OpBuilder &builder,
                                         ArrayRef<int64_t> perm,
                                         ValueRange operands) {
  return cloneWithPermutedTypes(*this, builder, perm, operands);
}

} // namespace qc::tpu
