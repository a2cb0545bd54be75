// The check dialect: registration and verification.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Check/IR/Check.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace qc::check {

void CheckDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "qc/Dialect/Check/IR/CheckOps.cpp.inc"
      >();
}

Type getComparedElement(Type elementType) {
  auto quantized = dyn_cast<quant::QuantizedType>(elementType);
  if (!quantized)
    return elementType;
  return isa<quant::CalibratedQuantizedType>(quantized)
             ? quantized.getExpressedType()
             : quantized.getStorageType();
}

/// Fails when values of the two types cannot be compared. A quant type keeps
/// its signedness beside a signless storage type, a constant may have either.
static LogicalResult verifyComparable(Operation *op, ShapedType actual,
                                      ShapedType expected) {
  if (actual.getShape() != expected.getShape())
    return op->emitOpError("cannot compare shapes of ")
           << actual << " and " << expected;
  Type lhs = getComparedElement(actual.getElementType());
  Type rhs = getComparedElement(expected.getElementType());
  bool integers = isa<IntegerType>(lhs) && isa<IntegerType>(rhs) &&
                  lhs.getIntOrFloatBitWidth() == rhs.getIntOrFloatBitWidth();
  if (lhs != rhs && !integers)
    return op->emitOpError("cannot compare elements of type ")
           << lhs << " and " << rhs;
  return success();
}

static LogicalResult verifyComparable(Operation *op, Value actual,
                                      ShapedType expected) {
  return verifyComparable(op, cast<ShapedType>(actual.getType()), expected);
}

/// Fails when the number of representable values between is negative.
template <typename OpTy> static LogicalResult verifyUlp(OpTy op) {
  IntegerAttr ulp = op.getMaxUlpAttr();
  if (ulp && ulp.getInt() < 0)
    return op.emitOpError("expects max_ulp that is not negative, found ")
           << ulp.getInt();
  return success();
}

LogicalResult ExpectEqOp::verify() {
  return verifyComparable(*this, getActual(),
                          cast<ShapedType>(getExpected().getType()));
}

LogicalResult ExpectEqConstOp::verify() {
  return verifyComparable(*this, getActual(), getValue().getShapedType());
}

LogicalResult ExpectAlmostEqOp::verify() {
  if (failed(verifyUlp(*this)))
    return failure();
  return verifyComparable(*this, getActual(),
                          cast<ShapedType>(getExpected().getType()));
}

LogicalResult ExpectAlmostEqConstOp::verify() {
  if (failed(verifyUlp(*this)))
    return failure();
  return verifyComparable(*this, getActual(), getValue().getShapedType());
}

LogicalResult ExpectRelMaxOp::verify() {
  return verifyComparable(*this, getActual(),
                          cast<ShapedType>(getExpected().getType()));
}

} // namespace qc::check

#define GET_OP_CLASSES
#include "qc/Dialect/Check/IR/CheckOps.cpp.inc"

#include "qc/Dialect/Check/IR/CheckDialect.cpp.inc"
