// Weights that are no numbers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/FiniteWeights.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/SourceNodes.h"
#include "qc/Quantization/Activations.h"

#include "mlir/IR/Matchers.h"

#include <cmath>

namespace qc {

namespace {
/// A constant operand with values that are not finite.
struct Finding {
  OpOperand *operand;
  SmallVector<float> values;
};
} // namespace

static StringRef getRoleName(OperandRole role) {
  switch (role) {
  case OperandRole::Weight:
    return "weight";
  case OperandRole::Bias:
    return "bias";
  default:
    return "parameter";
  }
}

static bool isParameter(OperandRole role) {
  return role == OperandRole::Weight || role == OperandRole::Bias ||
         role == OperandRole::Float;
}

/// "[2, 1, 0, 0]" of the element at row-major `position`.
static std::string describePlace(ArrayRef<int64_t> shape, int64_t position) {
  SmallVector<int64_t> place(shape.size());
  for (size_t i = shape.size(); i-- > 0; position /= shape[i])
    place[i] = position % shape[i];
  std::string text;
  for (int64_t index : place)
    text += (text.empty() ? "[" : ", ") + std::to_string(index);
  return text.empty() ? "[]" : text + "]";
}

static void describe(const Finding &finding, InFlightDiagnostic &error) {
  auto isBad = [](float value) { return !std::isfinite(value); };
  Operation *op = finding.operand->getOwner();
  Value value = finding.operand->get();
  auto role = cast<QuantizableOpInterface>(op).getOperandRole(
      finding.operand->getOperandNumber());
  const auto *first = llvm::find_if(finding.values, isBad);
  error.attachNote(op->getLoc())
      << getRoleName(role) << " '" << getTensorName(value) << "' of '"
      << getDisplayName(op) << "' (" << op->getName() << ") holds "
      << (std::isnan(*first) ? "NaN" : "infinity") << " at "
      << describePlace(cast<ShapedType>(value.getType()).getShape(),
                       first - finding.values.begin())
      << ", " << llvm::count_if(finding.values, isBad) << " of "
      << finding.values.size() << " values are not finite" << describeNodes(op);
}

LogicalResult checkFiniteWeights(func::FuncOp function) {
  std::vector<Finding> findings;
  for (Operation &op : function.getBody().front()) {
    auto quantizable = dyn_cast<QuantizableOpInterface>(op);
    if (!quantizable)
      continue;
    for (OpOperand &operand : op.getOpOperands()) {
      auto type = cast<ShapedType>(operand.get().getType());
      if (matchPattern(operand.get(), m_Constant()) &&
          type.getNumElements() > kMostConstantElements)
        return emitError(op.getLoc())
               << "constant '" << getTensorName(operand.get()) << "' of '"
               << getDisplayName(&op) << "' has " << type.getNumElements()
               << " elements, at most " << kMostConstantElements
               << " can be quantized";
      if (!isParameter(quantizable.getOperandRole(operand.getOperandNumber())))
        continue;
      auto values = getFloatElements(operand.get());
      if (values && !llvm::all_of(*values, [](float value) {
            return std::isfinite(value);
          }))
        findings.push_back({&operand, std::move(*values)});
    }
  }
  if (findings.empty())
    return success();
  InFlightDiagnostic error =
      function.emitError()
      << "holds weights that are not finite, which no integer stands for; "
         "repair the model or train it again";
  for (const Finding &finding : findings)
    describe(finding, error);
  return failure();
}

} // namespace qc
