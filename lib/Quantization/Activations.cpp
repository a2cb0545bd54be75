// Which values of a float function are activations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/Activations.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Matchers.h"

namespace qc {

bool isActivation(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || matchPattern(value, m_Constant()))
    return false;
  return isa<quant::CalibratedQuantizedType>(type.getElementType()) ||
         isa<FloatType>(type.getElementType());
}

SmallVector<Value> collectActivations(func::FuncOp function) {
  SmallVector<Value> activations;
  llvm::copy_if(function.getArguments(), std::back_inserter(activations),
                isActivation);
  for (Operation &op : function.getBody().front())
    llvm::copy_if(op.getResults(), std::back_inserter(activations),
                  isActivation);
  return activations;
}

SmallVector<Value> getActivationOperands(Operation *op) {
  SmallVector<Value> operands;
  llvm::copy_if(op->getOperands(), std::back_inserter(operands), isActivation);
  return operands;
}

bool sharesParameters(Operation *op) {
  auto quantizable = dyn_cast_or_null<QuantizableOpInterface>(op);
  return quantizable && quantizable.sharesParameters();
}

Value getMovedOperand(Value value) {
  Operation *op = value.getDefiningOp();
  if (!sharesParameters(op))
    return {};
  SmallVector<Value> operands = getActivationOperands(op);
  return operands.size() == 1 ? operands.front() : Value();
}

} // namespace qc
