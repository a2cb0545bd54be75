// Softmax and normalisations: verification and layout.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "VerifyUtils.h"

namespace qc::tpu {

LogicalResult SoftmaxOp::verify() {
  return verifyAxis(*this, getAxis(),
                    cast<RankedTensorType>(getInput().getType()));
}

LogicalResult LogSoftmaxOp::verify() {
  return verifyAxis(*this, getAxis(),
                    cast<RankedTensorType>(getInput().getType()));
}

template <typename AxisOp>
static Operation *rebuildWithAxis(AxisOp op, OpBuilder &builder,
                                  ArrayRef<int64_t> perm, ValueRange operands) {
  Operation *rebuilt = cloneWithPermutedTypes(op, builder, perm, operands);
  cast<AxisOp>(rebuilt).setAxis(permutedDimension(op.getAxis(), perm));
  return rebuilt;
}

Operation *SoftmaxOp::rebuildPermuted(OpBuilder &builder,
                                      ArrayRef<int64_t> perm,
                                      ValueRange operands) {
  return rebuildWithAxis(*this, builder, perm, operands);
}

Operation *LogSoftmaxOp::rebuildPermuted(OpBuilder &builder,
                                         ArrayRef<int64_t> perm,
                                         ValueRange operands) {
  return rebuildWithAxis(*this, builder, perm, operands);
}

LogicalResult LayerNormOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  if (failed(verifyAxis(*this, getAxis(), input)) ||
      failed(verifyShape(*this, getOutput(), input.getShape())))
    return failure();
  int64_t count = 1;
  for (int64_t size : input.getShape().drop_front(getAxis()))
    count *= size;
  for (Value parameter : {getScale(), getBias()})
    if (cast<ShapedType>(parameter.getType()).getNumElements() != count)
      return emitOpError("expects scale and bias of ")
             << count << " elements, found " << parameter.getType();
  return success();
}

} // namespace qc::tpu
