// Normalizations: verification, roles and cost.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

/// Operands 1 and up hold one number for each channel of operand 0.
static LogicalResult verifyPerChannel(Operation *op) {
  ArrayRef<int64_t> input = getShape(op->getOperand(0));
  if (input.size() < 2)
    return op->emitOpError("expects an input of rank 2 or more, found rank ")
           << input.size();
  for (Value parameter : op->getOperands().drop_front())
    if (getShape(parameter) != ArrayRef(input[1]))
      return op->emitOpError("expects parameters of ")
             << input[1] << " elements, one a channel, found "
             << parameter.getType();
  return success();
}

LogicalResult BatchNormOp::verify() { return verifyPerChannel(*this); }

OperandRole BatchNormOp::getOperandRole(unsigned index) {
  return index == 0 ? OperandRole::Activation : OperandRole::Float;
}

int64_t BatchNormOp::getMacs() {
  return cast<ShapedType>(getOutput().getType()).getNumElements();
}

LogicalResult ScaleOp::verify() { return verifyPerChannel(*this); }

OperandRole ScaleOp::getOperandRole(unsigned index) {
  return index == 0   ? OperandRole::Activation
         : index == 1 ? OperandRole::Weight
                      : OperandRole::Bias;
}

SmallVector<int64_t> ScaleOp::getWeightBlock(unsigned index) {
  return index == 1 ? SmallVector<int64_t>{1} : SmallVector<int64_t>();
}

int64_t ScaleOp::getMacs() {
  return cast<ShapedType>(getOutput().getType()).getNumElements();
}

LogicalResult LayerNormOp::verify() {
  ArrayRef<int64_t> input = getShape(getInput());
  if (failed(checkAxis(getAxis(), input.size(), [&] { return emitOpError(); })))
    return failure();
  ArrayRef<int64_t> normalized = input.drop_front(getAxis());
  for (Value parameter : {getScale(), getBias()})
    if (parameter && getShape(parameter) != normalized)
      return emitOpError("expects scale and bias of shape [")
             << normalized << "], found " << parameter.getType();
  return success();
}

OperandRole LayerNormOp::getOperandRole(unsigned index) {
  return index == 0 ? OperandRole::Activation : OperandRole::Float;
}

} // namespace qc::top
