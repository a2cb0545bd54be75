// Chooses the quantized type of every activation of a calibrated function.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/AssignParameters.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/TieFree.h"
#include "qc/Quantization/UsefulRanges.h"

namespace qc {

namespace {
class Assigner {
public:
  Assigner(func::FuncOp function, const QuantSpec &spec,
           const ActivationWidths &widths, ActivationTypes &types)
      : function(function), spec(spec), widths(widths), types(types) {}

  LogicalResult run();

private:
  FailureOr<ValueRange1D> getOwnRange(Value value) const;
  void shareBackwards(Operation *op);
  void setType(Value value);

  func::FuncOp function;
  const QuantSpec &spec;
  const ActivationWidths &widths;
  ActivationTypes &types;
  /// Ranges of the values that do not take theirs from an operand.
  llvm::DenseMap<Value, ValueRange1D> ranges;
};
} // namespace

static std::optional<ValueRange1D> getCalibratedRange(Value value) {
  auto calibrated = dyn_cast<quant::CalibratedQuantizedType>(
      cast<RankedTensorType>(value.getType()).getElementType());
  if (!calibrated)
    return std::nullopt;
  return ValueRange1D{calibrated.getMin(), calibrated.getMax()};
}

FailureOr<ValueRange1D> Assigner::getOwnRange(Value value) const {
  if (auto given = getStorageType(value))
    return getRepresentableRange(given);
  std::optional<ValueRange1D> fixed;
  if (auto result = dyn_cast<OpResult>(value))
    if (auto op = dyn_cast<QuantizableOpInterface>(result.getOwner()))
      fixed = op.getFixedOutputRange(result.getResultNumber());
  auto calibrated = getCalibratedRange(value);
  if (fixed && (spec.fullFixedRanges || !calibrated))
    return *fixed;
  if (!calibrated)
    return emitError(value.getLoc())
           << "'" << getTensorName(value)
           << "' has no calibrated range; run --calibrate first or give its "
              "range in a calibration table";
  ValueRange1D range = *calibrated;
  if (fixed) {
    range.min = std::max(range.min, fixed->min);
    range.max = std::min(range.max, fixed->max);
  }
  return range;
}

/// Whether `op` only limits its operand, element by element.
static bool isClamp(Operation *op) {
  auto quantizable = dyn_cast<QuantizableOpInterface>(op);
  if (!quantizable || op->getNumOperands() != 1 || op->getNumResults() != 1)
    return false;
  ScaleRelation relation = quantizable.getScaleRelation();
  return relation.kind == ScaleRelation::Sum && relation.divisor == 1 &&
         cast<RankedTensorType>(op->getOperand(0).getType()).getShape() ==
             cast<RankedTensorType>(op->getResult(0).getType()).getShape();
}

/// Whether `range` in the place of `own` costs more than a bit.
static bool isMuchWider(ValueRange1D range, ValueRange1D own) {
  return range.max - range.min > 2 * (own.max - own.min);
}

/// Lets the operands of a join or a clamp that nobody else reads be produced in
/// the range of its result, through ops that only move data. What a clamp cuts
/// saturates where it is made, in finer steps, and is not rounded again. Parts
/// of a tensor that is split go with the rest of it: where others read that,
/// the range must not be much wider than its own.
void Assigner::shareBackwards(Operation *op) {
  bool clamps = isClamp(op);
  // A join may read one operand several times.
  auto hasOneUser = [](Value value) {
    return !value.use_empty() && llvm::all_equal(value.getUsers());
  };
  for (Value operand : getActivationOperands(op)) {
    Value source = operand;
    bool hasOthers = false;
    while (hasOneUser(source)) {
      Value moved = getMovedOperand(source);
      if (!moved)
        break;
      for (Value part : source.getDefiningOp()->getResults())
        hasOthers |= part != source && !part.use_empty();
      source = moved;
    }
    ValueRange1D joined = ranges.lookup(op->getResult(0));
    if (hasOneUser(source) && (clamps || !isa<BlockArgument>(source)) &&
        !getMovedOperand(source) && !hasFixedParameters(source) &&
        !(hasOthers && isMuchWider(joined, ranges.lookup(source))))
      ranges[source] = joined;
  }
}

/// The type of `value`, and that of its copy in the other width if one is read.
void Assigner::setType(Value value) {
  MLIRContext *context = value.getContext();
  if (auto given = getStorageType(value)) {
    ranges[value] = getRepresentableRange(given);
    types.types[value] = given;
  } else if (Value moved = getMovedOperand(value)) {
    ranges[value] = ranges.lookup(moved);
    bool copied = widths.getBits(moved) != widths.getBits(value);
    types.types[value] = (copied ? types.copies : types.types).lookup(moved);
  } else {
    types.types[value] = getActivationType(context, ranges.lookup(value),
                                           widths.getScheme(value));
  }
  if (llvm::any_of(value.getUses(),
                   [&](OpOperand &use) { return widths.readsCopy(use); }))
    types.copies[value] = getActivationType(context, ranges.lookup(value),
                                            widths.getCopyScheme(value));
}

LogicalResult Assigner::run() {
  // What only layers in float read and make needs no range.
  SmallVector<Value> activations = llvm::to_vector(
      llvm::make_filter_range(collectActivations(function), [](Value value) {
        return getCalibratedRange(value) || !isFloatOnly(value);
      }));
  SmallVector<Operation *> sharing;
  for (Operation &op : function.getBody().front())
    if (isClamp(&op) || joinsValues(&op))
      sharing.push_back(&op);

  bool complete = true;
  ValueRanges all;
  for (Value value : activations) {
    if (getMovedOperand(value)) {
      all[value] = getCalibratedRange(value).value_or(kUnlimited);
      continue;
    }
    auto range = getOwnRange(value);
    complete &= succeeded(range);
    if (succeeded(range))
      all[value] = *range;
  }
  if (!complete)
    return failure();
  settleRanges(function, widths, all);
  for (Value value : activations)
    if (!getMovedOperand(value))
      ranges[value] = all.lookup(value);

  // From the last to the first, so that nested joins end in the outer range.
  for (Operation *op : llvm::reverse(sharing))
    shareBackwards(op);
  for (Value value : activations)
    setType(value);
  return success();
}

LogicalResult assignParameters(func::FuncOp function, const QuantSpec &spec,
                               const ActivationWidths &widths,
                               ActivationTypes &types) {
  if (failed(Assigner(function, spec, widths, types).run()))
    return failure();
  makeTieFree(function, widths, types);
  return success();
}

} // namespace qc
