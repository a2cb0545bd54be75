// Definitions of the op interfaces and the small helpers that their defaults
// use. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Interfaces/AliasOpInterface.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Interfaces/IntegerFormOpInterface.h"
#include "qc/Interfaces/LayoutOpInterface.h"
#include "qc/Interfaces/QuantizableOpInterface.h"
#include "qc/Interfaces/WeightedOpInterface.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

#include "qc/Interfaces/AliasOpInterface.cpp.inc"
#include "qc/Interfaces/CostOpInterface.cpp.inc"
#include "qc/Interfaces/IntegerFormOpInterface.cpp.inc"
#include "qc/Interfaces/LayoutOpInterface.cpp.inc"
#include "qc/Interfaces/QuantizableOpInterface.cpp.inc"
#include "qc/Interfaces/WeightedOpInterface.cpp.inc"

int64_t qc::permutedDimension(int64_t dim, ArrayRef<int64_t> perm) {
  return std::distance(perm.begin(), llvm::find(perm, dim));
}

SmallVector<int64_t> qc::invertPermutation(ArrayRef<int64_t> perm) {
  SmallVector<int64_t> inverse(perm.size());
  for (auto [i, p] : llvm::enumerate(perm))
    inverse[p] = i;
  return inverse;
}

RankedTensorType qc::permuteType(RankedTensorType type,
                                 ArrayRef<int64_t> perm) {
  Type element = type.getElementType();
  if (auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(element))
    element = quant::UniformQuantizedPerAxisType::get(
        perAxis.getFlags(), perAxis.getStorageType(),
        perAxis.getExpressedType(), perAxis.getScales(),
        perAxis.getZeroPoints(),
        permutedDimension(perAxis.getQuantizedDimension(), perm),
        perAxis.getStorageTypeMin(), perAxis.getStorageTypeMax());
  return RankedTensorType::get(applyPermutation(type.getShape(), perm),
                               element);
}

Operation *qc::cloneWithPermutedTypes(Operation *op, OpBuilder &builder,
                                      ArrayRef<int64_t> perm,
                                      ValueRange operands) {
  OperationState state(
      op->getLoc(), op->getName(), operands,
      llvm::map_to_vector(op->getResultTypes(), [&](Type type) -> Type {
        return permuteType(cast<RankedTensorType>(type), perm);
      }));
  state.propertiesAttr = op->getPropertiesAsAttribute();
  state.addAttributes(op->getDiscardableAttrDictionary().getValue());
  return builder.create(state);
}

unsigned qc::getStorageBits(Type elementType) {
  if (isa<quant::CalibratedQuantizedType>(elementType))
    return 32;
  if (auto quantized = dyn_cast<quant::QuantizedType>(elementType))
    return quantized.getStorageTypeIntegralWidth();
  if (elementType.isIntOrFloat())
    return std::max(8u, elementType.getIntOrFloatBitWidth());
  return 64;
}

int64_t qc::sumOfBytes(TypeRange types) {
  int64_t bytes = 0;
  for (Type type : types)
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      if (tensor.hasStaticShape())
        bytes += llvm::divideCeil(tensor.getNumElements() *
                                      getStorageBits(tensor.getElementType()),
                                  8);
  return bytes;
}

int64_t qc::countConstantElements(Operation *op) {
  int64_t elements = 0;
  for (Value operand : op->getOperands())
    if (Operation *def = operand.getDefiningOp();
        def && def->hasTrait<OpTrait::ConstantLike>())
      if (auto tensor = dyn_cast<RankedTensorType>(operand.getType()))
        elements += tensor.getNumElements();
  return elements;
}
