// Storage types that follow from others because values are only moved.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Assign.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/IntegerFormOpInterface.h"
#include "qc/Quantization/Activations.h"

#include "mlir/IR/Matchers.h"

namespace qc {

void followStorageType(Value value, Value source) {
  auto type = getStorageType(source);
  if (!type || getStorageType(value))
    return;
  value.setType(RankedTensorType::get(
      cast<RankedTensorType>(value.getType()).getShape(), type));
  setParameters(value,
                ParametersAttr::get(value.getContext(), ParameterSource::Rule,
                                    "as '" + getTensorName(source) + "'",
                                    hasFixedParameters(source)));
}

/// Whether one op alone reads `value`, maybe several times.
static bool hasOneReader(Value value) {
  return !value.use_empty() && llvm::all_equal(value.getUsers());
}

void spreadStorageTypes(func::FuncOp function) {
  Block &block = function.getBody().front();
  // What a result is joined or moved from is made in its type, where nobody
  // else reads it.
  for (Operation &op : llvm::reverse(block)) {
    if (!sharesParameters(&op) || op.getNumResults() != 1 || isInFloat(&op))
      continue;
    for (Value operand : getActivationOperands(&op))
      if (hasOneReader(operand))
        followStorageType(operand, op.getResult(0));
  }
  for (Operation &op : block)
    for (Value result : op.getResults())
      if (Value moved =
              isActivation(result) ? getMovedOperand(result) : Value())
        followStorageType(result, moved);
}

SmallVector<OpOperand *> collectWeights(func::FuncOp function) {
  SmallVector<OpOperand *> weights;
  for (Operation &op : function.getBody().front()) {
    auto form = dyn_cast<IntegerFormOpInterface>(op);
    if (!form || isInFloat(&op))
      continue;
    for (OpOperand &operand : op.getOpOperands())
      if (matchPattern(operand.get(), m_Constant()) &&
          form.getConstantForm(operand.getOperandNumber()) ==
              ConstantForm::Weight)
        weights.push_back(&operand);
  }
  return weights;
}

bool isAssigned(func::FuncOp function) {
  return hasStorageTypes(function) &&
         llvm::all_of(collectWeights(function), [](OpOperand *weight) {
           return weight->get().getDefiningOp<top::QuantizedConstantOp>();
         });
}

} // namespace qc
