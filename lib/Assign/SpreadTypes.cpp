// Storage types that follow from others because values are only moved.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Assign.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/IntegerFormOpInterface.h"
#include "qc/Quantization/Activations.h"

namespace qc {

/// Gives `value` the type of `source`, unless it has one.
static void follow(Value value, Value source) {
  auto type = getStorageType(source);
  if (!type || getStorageType(value))
    return;
  value.setType(RankedTensorType::get(
      cast<RankedTensorType>(value.getType()).getShape(), type));
  setParameters(value, ParametersAttr::get(
                           value.getContext(), ParameterSource::Rule,
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
    if (!sharesParameters(&op) || op.getNumResults() != 1)
      continue;
    for (Value operand : getActivationOperands(&op))
      if (hasOneReader(operand))
        follow(operand, op.getResult(0));
  }
  for (Operation &op : block)
    for (Value result : op.getResults())
      if (Value moved = isActivation(result) ? getMovedOperand(result) : Value())
        follow(result, moved);
}

bool isAssigned(func::FuncOp function) {
  if (!hasStorageTypes(function))
    return false;
  for (Operation &op : function.getBody().front()) {
    auto form = dyn_cast<IntegerFormOpInterface>(op);
    for (OpOperand &operand : op.getOpOperands())
      if (form && operand.get().getDefiningOp<top::ConstantOp>() &&
          form.getConstantForm(operand.getOperandNumber()) ==
              ConstantForm::Weight)
        return false;
  }
  return true;
}

} // namespace qc
