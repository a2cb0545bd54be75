// Constants and parameter changes: verification, folding, layout.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "VerifyUtils.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"

namespace qc::tpu {

LogicalResult ConstantOp::verify() {
  auto value = cast<RankedTensorType>(getValue().getType());
  auto result = cast<RankedTensorType>(getOutput().getType());
  Type element = result.getElementType();
  if (auto quantized = dyn_cast<quant::QuantizedType>(element))
    element = quantized.getStorageType();
  if (value.getShape() != result.getShape() ||
      value.getElementTypeBitWidth() != element.getIntOrFloatBitWidth() ||
      isa<FloatType>(value.getElementType()) != isa<FloatType>(element))
    return emitOpError("value of type ")
           << value << " does not store a " << result;
  return success();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) {
  // A quantized result must keep its type, which an attribute cannot carry.
  return getValue().getType() == getOutput().getType() ? OpFoldResult(getValue())
                                                       : OpFoldResult();
}

Operation *TpuDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                           Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, type, elements);
}

LogicalResult RequantizeOp::verify() {
  return verifyRequant(*this, getRequant(), 1, getClamp(), getOutput());
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
