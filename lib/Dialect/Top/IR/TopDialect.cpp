// The top dialect: registration, constants and the shape helpers of its ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace qc::top {

void TopDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "qc/Dialect/Top/IR/TopOps.cpp.inc"
      >();
}

bool isFloatElement(Type type) {
  if (auto calibrated = dyn_cast<quant::CalibratedQuantizedType>(type))
    type = calibrated.getExpressedType();
  return type.isF32() || type.isF16();
}

Type getExpressedElement(Type elementType) {
  if (auto calibrated = dyn_cast<quant::CalibratedQuantizedType>(elementType))
    return calibrated.getExpressedType();
  return elementType;
}

bool areCompatibleTypes(TypeRange inferred, TypeRange actual) {
  if (inferred.size() != actual.size())
    return false;
  return llvm::all_of(llvm::zip(inferred, actual), [](auto pair) {
    auto lhs = dyn_cast<RankedTensorType>(std::get<0>(pair));
    auto rhs = dyn_cast<RankedTensorType>(std::get<1>(pair));
    return lhs && rhs && lhs.getShape() == rhs.getShape() &&
           getExpressedElement(lhs.getElementType()) ==
               getExpressedElement(rhs.getElementType());
  });
}

RankedTensorType getResultType(ArrayRef<int64_t> shape, Type like) {
  return RankedTensorType::get(
      shape, getExpressedElement(cast<ShapedType>(like).getElementType()));
}

std::optional<SmallVector<int64_t>> broadcastShapes(ArrayRef<int64_t> lhs,
                                                    ArrayRef<int64_t> rhs) {
  SmallVector<int64_t> shape(std::max(lhs.size(), rhs.size()), 1);
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t l = i < lhs.size() ? lhs[lhs.size() - 1 - i] : 1;
    int64_t r = i < rhs.size() ? rhs[rhs.size() - 1 - i] : 1;
    if (l != r && l != 1 && r != 1)
      return std::nullopt;
    shape[shape.size() - 1 - i] = l == 1 ? r : l;
  }
  return shape;
}

std::optional<int64_t> getWindowCount(int64_t size, int64_t kernel,
                                      int64_t stride, int64_t dilation,
                                      int64_t padBegin, int64_t padEnd,
                                      bool ceilMode) {
  int64_t span = dilation * (kernel - 1) + 1;
  int64_t room = size + padBegin + padEnd - span;
  if (room < 0 || stride <= 0)
    return std::nullopt;
  int64_t count = room / stride + 1;
  if (ceilMode && room % stride != 0 && count * stride < size + padBegin)
    ++count;
  return count;
}

} // namespace qc::top

#define GET_OP_CLASSES
#include "qc/Dialect/Top/IR/TopOps.cpp.inc"

#include "qc/Dialect/Top/IR/TopDialect.cpp.inc"
