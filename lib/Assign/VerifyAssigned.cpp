// Storage types that go together.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Assign.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Quantization/Activations.h"

namespace qc {

/// "'x' (!quant.uniform<...>, given: by hand)".
static std::string describe(Value value) {
  std::string text = "'" + getTensorName(value) + "' (";
  llvm::raw_string_ostream stream(text);
  stream << cast<RankedTensorType>(value.getType()).getElementType();
  if (ParametersAttr parameters = getParameters(value))
    stream << ", " << stringifyParameterSource(parameters.getSource()) << ": "
           << parameters.getWords();
  return text + ")";
}

LogicalResult verifyAssigned(func::FuncOp function) {
  bool fits = true;
  for (Operation &op : function.getBody().front()) {
    // What several values are joined in is rescaled; one is only moved.
    if (!sharesParameters(&op) || joinsValues(&op) || isInFloat(&op))
      continue;
    for (Value operand : getActivationOperands(&op))
      for (Value result : op.getResults()) {
        auto from = getStorageType(operand), to = getStorageType(result);
        if (!from || !to || from == to)
          continue;
        op.emitError()
            << "'" << getDisplayName(&op) << "' (" << op.getName()
            << ") only moves values, but " << describe(operand) << " and "
            << describe(result)
            << " have different storage types; give them one, or let "
               "one follow the other";
        fits = false;
      }
  }
  return success(fits);
}

} // namespace qc
