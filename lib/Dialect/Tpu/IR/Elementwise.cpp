// Elementwise ops of two activations: broadcasting, layout, reuse of memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "VerifyUtils.h"

namespace qc::tpu {

static LogicalResult verifyBroadcast(Operation *op) {
  auto result = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<int64_t> shape(result.getRank(), 1);
  for (Value operand : op->getOperands()) {
    auto type = cast<RankedTensorType>(operand.getType());
    if (type.getRank() > result.getRank())
      return op->emitOpError("operand ")
             << type << " has a higher rank than the result " << result;
    int64_t offset = result.getRank() - type.getRank();
    for (auto [i, size] : llvm::enumerate(type.getShape())) {
      int64_t &common = shape[offset + i];
      if (size != 1 && common != 1 && size != common)
        return op->emitOpError("operand shapes do not broadcast");
      common = std::max(common, size);
    }
  }
  return verifyShape(op, op->getResult(0), shape);
}

/// A transpose passes when no operand relies on implicit leading dimensions.
static bool operandsHaveRank(Operation *op, size_t rank) {
  return llvm::all_of(op->getOperandTypes(), [&](Type type) {
    return size_t(cast<RankedTensorType>(type).getRank()) == rank;
  });
}

/// Operands that are not broadcast and are stored as wide as the result.
static SmallVector<unsigned> getReusableOperands(Operation *op) {
  SmallVector<unsigned> reusable;
  auto result = cast<RankedTensorType>(op->getResult(0).getType());
  for (auto [i, type] : llvm::enumerate(op->getOperandTypes())) {
    auto operand = cast<RankedTensorType>(type);
    if (operand.getShape() == result.getShape() &&
        getStorageBits(operand.getElementType()) ==
            getStorageBits(result.getElementType()))
      reusable.push_back(i);
  }
  return reusable;
}

static LogicalResult verifySum(Operation *op, RequantAttr requant) {
  if (requant.getKind() == RequantKind::Float) {
    if (requant.getScales().size() != 2)
      return op->emitOpError("expects a scale for each operand");
    return success();
  }
  if (requant.getMultipliers().size() != 2 || requant.getShifts().size() != 1)
    return op->emitOpError(
        "expects a multiplier for each operand and one shift");
  return success();
}

#define QC_BINARY_OP(OP)                                                       \
  bool OP::canPermute(ArrayRef<int64_t> perm) {                                \
    return operandsHaveRank(*this, perm.size());                               \
  }                                                                            \
  Operation *OP::rebuildPermuted(OpBuilder &builder, ArrayRef<int64_t> perm,   \
                                 ValueRange operands) {                        \
    return cloneWithPermutedTypes(*this, builder, perm, operands);             \
  }                                                                            \
  SmallVector<unsigned> OP::getInPlaceOperands(unsigned) {                     \
    return getReusableOperands(*this);                                         \
  }

QC_BINARY_OP(AddOp)
QC_BINARY_OP(SubOp)
QC_BINARY_OP(MulOp)
QC_BINARY_OP(DivOp)
QC_BINARY_OP(MinOp)
QC_BINARY_OP(MaxOp)
QC_BINARY_OP(PowOp)
#undef QC_BINARY_OP

template <typename BinaryOp> static LogicalResult verifyExact(BinaryOp op) {
  if (failed(verifyBroadcast(op)))
    return failure();
  return verifyClamp(op, op.getClamp(), op.getOutput());
}

LogicalResult AddOp::verify() {
  return failed(verifySum(*this, getRequant())) ? failure()
                                                : verifyExact(*this);
}

LogicalResult SubOp::verify() {
  return failed(verifySum(*this, getRequant())) ? failure()
                                                : verifyExact(*this);
}

LogicalResult MulOp::verify() {
  if (failed(verifyBroadcast(*this)))
    return failure();
  return verifyRequant(*this, getRequant(), 1, getClamp(), getOutput());
}

LogicalResult DivOp::verify() { return verifyExact(*this); }
LogicalResult MinOp::verify() { return verifyExact(*this); }
LogicalResult MaxOp::verify() { return verifyExact(*this); }
LogicalResult PowOp::verify() { return verifyExact(*this); }

} // namespace qc::tpu
