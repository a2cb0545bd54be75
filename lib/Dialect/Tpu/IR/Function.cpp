// Functions of one activation: verification, layout, reuse of memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "VerifyUtils.h"

namespace qc::tpu {

LogicalResult LutOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  auto output = cast<RankedTensorType>(getOutput().getType());
  if (input.getShape() != output.getShape())
    return emitOpError("expects input and result of the same shape");
  auto table = cast<RankedTensorType>(getTable().getType());
  if (table.getRank() != 1)
    return emitOpError("expects a table of rank 1, found ") << table;
  auto element = getActivationElement(input);
  if (element.getStorageTypeIntegralWidth() == 8) {
    if (table.getDimSize(0) != 256)
      return emitOpError("expects 256 entries for an 8-bit input, found ")
             << table.getDimSize(0);
    return success();
  }
  int64_t steps = table.getDimSize(0) - 1;
  if (steps < 2 || steps > 65536 || (steps & (steps - 1)) != 0 ||
      !table.getElementType().isInteger(32))
    return emitOpError(
               "expects 2^k + 1 entries of i32 for a 16-bit input, found ")
           << table;
  if (getFracBits() < 0 || getFracBits() > 15)
    return emitOpError("expects 0 to 15 frac_bits, found ") << getFracBits();
  return success();
}

SmallVector<unsigned> LutOp::getPermutedOperands() { return {0}; }

Operation *LutOp::rebuildPermuted(OpBuilder &builder, ArrayRef<int64_t> perm,
                                  ValueRange operands) {
  return cloneWithPermutedTypes(*this, builder, perm, operands);
}

SmallVector<unsigned> LutOp::getInPlaceOperands(unsigned) {
  return reuseIfSameWidth(getInput(), getOutput());
}

LogicalResult PreluOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  auto slope = cast<RankedTensorType>(getSlope().getType());
  if (slope.getRank() != 1 ||
      (slope.getDimSize(0) != 1 &&
       (input.getRank() == 0 ||
        slope.getDimSize(0) != input.getShape().back())))
    return emitOpError("expects one slope or one for each channel of ")
           << input << ", found " << slope;
  if (failed(verifyShape(*this, getOutput(), input.getShape())))
    return failure();
  if (failed(verifyRequant(*this, getRequant(), 1, getClamp(), getOutput())))
    return failure();
  return verifyRequant(*this, getRequantNegative(), slope.getDimSize(0),
                       std::nullopt, getOutput());
}

SmallVector<unsigned> PreluOp::getInPlaceOperands(unsigned) {
  return reuseIfSameWidth(getInput(), getOutput());
}

LogicalResult ClipOp::verify() {
  return verifyClamp(*this, getClamp(), getOutput());
}

Operation *ClipOp::rebuildPermuted(OpBuilder &builder, ArrayRef<int64_t> perm,
                                   ValueRange operands) {
  return cloneWithPermutedTypes(*this, builder, perm, operands);
}

SmallVector<unsigned> ClipOp::getInPlaceOperands(unsigned) { return {0}; }

} // namespace qc::tpu
