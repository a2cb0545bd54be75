// What of each activation its readers can tell apart.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/UsefulRanges.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Quantization/Activations.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace qc {

/// The axis of the used value, as the op that uses it says.
static std::optional<int64_t>
getPeakAxis(OpOperand &use, const llvm::DenseMap<Value, int64_t> &axes) {
  auto reader = dyn_cast<QuantizableOpInterface>(use.getOwner());
  if (!reader)
    return std::nullopt;
  std::optional<int64_t> behind;
  // What reads through another op sees what the readers of all results see.
  if (reader.sharesParameters())
    for (Value result : reader->getResults()) {
      auto found = axes.find(result);
      if (found == axes.end() || (behind && *behind != found->second))
        return std::nullopt;
      behind = found->second;
    }
  return reader.getPeakAxis(use.getOperandNumber(), behind);
}

llvm::DenseMap<Value, int64_t> findPeakAxes(func::FuncOp function) {
  llvm::DenseMap<Value, int64_t> axes;
  SmallVector<Value> activations = collectActivations(function);
  for (Value value : llvm::reverse(activations)) {
    std::optional<int64_t> common;
    bool agree = true;
    for (OpOperand &use : value.getUses()) {
      auto axis = getPeakAxis(use, axes);
      agree &= axis && (!common || *common == *axis);
      common = axis;
    }
    if (agree && common)
      axes[value] = *common;
  }
  return axes;
}

ValueRange1D getUsefulRange(QuantizableOpInterface op, unsigned index,
                            ArrayRef<KnownValues> operands,
                            ValueRange1D result) {
  ValueRange1D useful = op.getUsefulRange(index, operands, result);
  // Infinities cancel where nothing is known; no float is beyond the others.
  if (!(useful.min >= -FLT_MAX))
    useful.min = kUnlimited.min;
  if (!(useful.max <= FLT_MAX))
    useful.max = kUnlimited.max;
  return useful.min <= useful.max ? useful : kUnlimited;
}

static ValueRange1D unite(ValueRange1D a, ValueRange1D b) {
  return {std::min(a.min, b.min), std::max(a.max, b.max)};
}

/// The part of `range` in `limits`; the nearer end of these where it lies
/// beside them.
static ValueRange1D clampTo(ValueRange1D range, ValueRange1D limits) {
  return {std::clamp(range.min, limits.min, limits.max),
          std::clamp(range.max, limits.min, limits.max)};
}

namespace {
class Visitor {
public:
  Visitor(func::FuncOp function, const ActivationWidths &widths,
          const ValueRanges &ranges)
      : widths(widths), ranges(ranges), peakAxes(findPeakAxes(function)) {}

  ValueRange1D find(Value value);

private:
  KnownValues know(Value operand) const;
  ValueRange1D findThrough(OpOperand &use) const;

  const ActivationWidths &widths;
  const ValueRanges &ranges;
  llvm::DenseMap<Value, int64_t> peakAxes;
  /// Of the activations that were visited.
  ValueRanges useful;
};
} // namespace

KnownValues Visitor::know(Value operand) const {
  if (!isActivation(operand))
    return getConstantValues(operand).value_or(KnownValues{kUnlimited});
  auto found = ranges.find(operand);
  if (found == ranges.end())
    return {kUnlimited};
  ValueRange1D range = unite(found->second, {0, 0});
  double steps = std::ldexp(1.0, widths.getScheme(operand).bits) - 1;
  double step = (range.max - range.min) / steps;
  return {range, std::isinf(step) ? 0 : step};
}

/// What of the operand makes a difference to the op that uses it.
ValueRange1D Visitor::findThrough(OpOperand &use) const {
  Operation *op = use.getOwner();
  auto quantizable = dyn_cast<QuantizableOpInterface>(op);
  if (!quantizable || op->getNumResults() == 0)
    return kUnlimited;
  // Of the result: what its readers see of what it holds.
  ValueRange1D seen = useful.lookup(op->getResult(0));
  for (Value result : op->getResults().drop_front())
    seen = unite(seen, useful.lookup(result));
  ValueRange1D held = ranges.lookup(op->getResult(0));
  bool moves = quantizable.sharesParameters();
  SmallVector<KnownValues> operands(op->getNumOperands(),
                                    KnownValues{kUnlimited});
  // Weights and tables, which can be large, are nobody's concern here.
  for (OpOperand &operand : op->getOpOperands())
    if (!moves && quantizable.getOperandRole(operand.getOperandNumber()) ==
                      OperandRole::Activation)
      operands[operand.getOperandNumber()] = know(operand.get());
  ValueRange1D own = getUsefulRange(quantizable, use.getOperandNumber(),
                                    operands, clampTo(held, seen));
  if (!moves)
    return own;
  // What is moved is as wide as its source, whatever was seen of it.
  ValueRange1D both{std::max(seen.min, own.min), std::min(seen.max, own.max)};
  return both.min <= both.max ? both : seen;
}

ValueRange1D Visitor::find(Value value) {
  std::optional<ValueRange1D> all;
  for (OpOperand &use : value.getUses()) {
    ValueRange1D through = findThrough(use);
    all = all ? unite(*all, through) : through;
  }
  ValueRange1D &found = useful[value] = all.value_or(kUnlimited);
  if (peakAxes.contains(value))
    found.min = std::max(found.min, ranges.lookup(value).min);
  return found;
}

void visitUsefulRanges(func::FuncOp function, const ActivationWidths &widths,
                       ValueRanges &ranges,
                       function_ref<void(Value, ValueRange1D)> visit) {
  Visitor visitor(function, widths, ranges);
  SmallVector<Value> activations = collectActivations(function);
  for (Value value : llvm::reverse(activations))
    visit(value, visitor.find(value));
}

static double getExtent(ValueRange1D range, const ActivationScheme &scheme) {
  range = unite(range, {0, 0});
  return scheme.symmetric ? std::max(-range.min, range.max)
                          : range.max - range.min;
}

ValueRange1D narrowToUseful(ValueRange1D range, ValueRange1D useful,
                            const ActivationScheme &scheme) {
  // Scales stay normal numbers.
  constexpr double kLeastExtent = 1e-30;
  ValueRange1D narrowed = clampTo(range, useful);
  double extent = getExtent(narrowed, scheme);
  return extent >= kLeastExtent && extent < getExtent(range, scheme) / 2
             ? narrowed
             : range;
}

ValueRange1D holdConstants(Value value, ValueRange1D range,
                           ValueRange1D useful) {
  auto contents = getConstantContents(value.getDefiningOp());
  if (!contents)
    return range;
  ValueRange1D held = clampTo(*contents, useful);
  if (std::isfinite(held.min))
    range.min = std::min(range.min, held.min);
  if (std::isfinite(held.max))
    range.max = std::max(range.max, held.max);
  return range;
}

void settleRanges(func::FuncOp function, const ActivationWidths &widths,
                  ValueRanges &ranges) {
  visitUsefulRanges(
      function, widths, ranges, [&](Value value, ValueRange1D useful) {
        auto result = dyn_cast<OpResult>(value);
        auto op = result ? dyn_cast<QuantizableOpInterface>(result.getOwner())
                         : QuantizableOpInterface();
        if (getStorageType(value) || hasFixedParameters(value) ||
            (op && op.getFixedOutputRange(result.getResultNumber())))
          return;
        ValueRange1D &range = ranges[value];
        range = narrowToUseful(holdConstants(value, range, useful), useful,
                               widths.getScheme(value));
      });
}

} // namespace qc
