// Chooses the quantized type of every activation of a calibrated function.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/AssignParameters.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Quantization/TieFree.h"

#include "mlir/IR/Matchers.h"

namespace qc {

namespace {
class Assigner {
public:
  Assigner(func::FuncOp function, const QuantSpec &spec,
           const Precision &precision, ActivationTypes &types)
      : function(function), spec(spec), precision(precision), types(types) {}

  LogicalResult run();

private:
  bool isActivation(Value value) const;
  FailureOr<ValueRange1D> getOwnRange(Value value) const;
  Value getMovedOperand(Value value) const;
  void shareBackwards(Operation *join);

  func::FuncOp function;
  const QuantSpec &spec;
  const Precision &precision;
  ActivationTypes &types;
  /// Ranges of the values that do not take theirs from an operand.
  llvm::DenseMap<Value, ValueRange1D> ranges;
};
} // namespace

/// A float tensor that is computed when the network runs.
bool Assigner::isActivation(Value value) const {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || matchPattern(value, m_Constant()))
    return false;
  return isa<quant::CalibratedQuantizedType>(type.getElementType()) ||
         isa<FloatType>(type.getElementType());
}

FailureOr<ValueRange1D> Assigner::getOwnRange(Value value) const {
  std::optional<ValueRange1D> fixed;
  if (auto result = dyn_cast<OpResult>(value))
    if (auto op = dyn_cast<QuantizableOpInterface>(result.getOwner()))
      fixed = op.getFixedOutputRange(result.getResultNumber());
  auto calibrated = dyn_cast<quant::CalibratedQuantizedType>(
      cast<RankedTensorType>(value.getType()).getElementType());
  if (fixed && (spec.fullFixedRanges || !calibrated))
    return *fixed;
  if (!calibrated)
    return emitError(value.getLoc())
           << "'" << getTensorName(value)
           << "' has no calibrated range; run --calibrate first or give its "
              "range in a calibration table";
  ValueRange1D range{calibrated.getMin(), calibrated.getMax()};
  if (fixed) {
    range.min = std::max(range.min, fixed->min);
    range.max = std::min(range.max, fixed->max);
  }
  return range;
}

/// The one activation whose parameters `value` shares because its op only
/// moves data; null when it has parameters of its own.
Value Assigner::getMovedOperand(Value value) const {
  auto op = value.getDefiningOp<QuantizableOpInterface>();
  if (!op || !op.sharesParameters())
    return {};
  Value moved;
  for (Value operand : op->getOperands()) {
    if (!isActivation(operand))
      continue;
    if (moved)
      return {};
    moved = operand;
  }
  return moved;
}

/// Lets the operands of `join` that nobody else reads be produced in the range
/// of its result, through ops that only move data.
void Assigner::shareBackwards(Operation *join) {
  for (Value operand : join->getOperands()) {
    if (!isActivation(operand))
      continue;
    Value source = operand;
    while (source.hasOneUse()) {
      Value moved = getMovedOperand(source);
      if (!moved)
        break;
      source = moved;
    }
    if (source.hasOneUse() && !isa<BlockArgument>(source) &&
        !getMovedOperand(source))
      ranges[source] = ranges.lookup(join->getResult(0));
  }
}

LogicalResult Assigner::run() {
  SmallVector<Value> activations;
  for (Value argument : function.getArguments())
    if (isActivation(argument))
      activations.push_back(argument);
  SmallVector<Operation *> joins;
  for (Operation &op : function.getBody().front()) {
    for (Value result : op.getResults())
      if (isActivation(result))
        activations.push_back(result);
    auto quantizable = dyn_cast<QuantizableOpInterface>(op);
    if (quantizable && quantizable.sharesParameters() &&
        llvm::count_if(op.getOperands(),
                       [&](Value v) { return isActivation(v); }) > 1)
      joins.push_back(&op);
  }

  bool complete = true;
  for (Value value : activations) {
    if (getMovedOperand(value))
      continue;
    auto range = getOwnRange(value);
    complete &= succeeded(range);
    if (succeeded(range))
      ranges[value] = *range;
  }
  if (!complete)
    return failure();

  // From the last to the first, so that nested joins end in the outer range.
  for (Operation *join : llvm::reverse(joins))
    shareBackwards(join);

  for (Value value : activations) {
    if (Value moved = getMovedOperand(value))
      types[value] = types.lookup(moved);
    else
      types[value] = getActivationType(value.getContext(), ranges.lookup(value),
                                       precision.activation);
  }
  return success();
}

LogicalResult assignParameters(func::FuncOp function, const QuantSpec &spec,
                               const Precision &precision,
                               ActivationTypes &types) {
  if (failed(Assigner(function, spec, precision, types).run()))
    return failure();
  if (!precision.activation.powerOfTwo)
    makeTieFree(function, types);
  return success();
}

} // namespace qc
