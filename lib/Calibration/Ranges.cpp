// Ranges of activations in the IR.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Calibration/Ranges.h"
#include "qc/Dialect/QC/IR/Inner.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Numbers.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/UsefulRanges.h"
#include "qc/Support/ThreadPool.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "llvm/ADT/MapVector.h"

namespace qc {

/// Results of `function`, and what they have their parameters from.
static llvm::DenseSet<Value> findResults(func::FuncOp function) {
  llvm::DenseSet<Value> results;
  for (Value value : function.front().getTerminator()->getOperands())
    for (; value && results.insert(value).second;
         value = getMovedOperand(value))
      ;
  return results;
}

/// What ops compare, choose or count by, and what that is made of, value by
/// value. The largest values decide there, which a method that clips for the
/// least mean error would make equal.
static llvm::DenseSet<Value> findCompared(func::FuncOp function) {
  llvm::DenseSet<Value> compared;
  SmallVector<Value> open;
  for (Operation &op : function.front())
    if (op.hasTrait<top::NoIntegerForm>())
      llvm::append_range(open, getActivationOperands(&op));
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (!compared.insert(value).second)
      continue;
    Operation *op = value.getDefiningOp();
    if (op && (sharesParameters(op) || isa<top::MulOp>(op) ||
               op->hasTrait<top::ElementwiseFunction>()))
      llvm::append_range(open, getActivationOperands(op));
  }
  return compared;
}

namespace {
/// Chooses the range of each activation: first by its own values alone, then by
/// those of them that make a difference to what is behind.
class RangeChooser {
public:
  RangeChooser(func::FuncOp function, const StatisticsFile &statistics,
               const ThresholdMethod &method, const ActivationWidths &widths)
      : statistics(statistics), method(method), widths(widths),
        activations(collectActivations(function)),
        results(findResults(function)), compared(findCompared(function)),
        function(function) {}

  FailureOr<CalibrationTable> run(int threads);

private:
  Status findStatistics();
  Result<ThresholdChoice> choose(Value value,
                                 const TensorStatistics &seen) const;
  Status settle(Value value, ValueRange1D useful);
  Value findOrigin(Value value) const;
  void warnOfInfinities();
  void joinSteps();

  const StatisticsFile &statistics;
  const ThresholdMethod &method;
  const ActivationWidths &widths;
  SmallVector<Value> activations;
  llvm::DenseSet<Value> results, compared;
  func::FuncOp function;
  llvm::DenseMap<Value, const TensorStatistics *> seen;
  llvm::DenseMap<Value, ThresholdChoice> choices;
  ValueRanges ranges;
  /// Values with infinities where all that they hold makes a difference.
  llvm::DenseSet<Value> unlimited;
};
} // namespace

Status RangeChooser::findStatistics() {
  for (Value value : activations) {
    std::string name = getTensorName(value);
    if (name.empty())
      return error("an activation has no name, by which its range would be "
                   "found: give arguments `qc.name` and ops a named location");
    auto found = statistics.tensors.find(name);
    if (found == statistics.tensors.end())
      return error("the statistics lack tensor '", name,
                   "'; gather them from this model, prepared the same way");
    seen[value] = &found->second;
  }
  return ok();
}

Result<ThresholdChoice>
RangeChooser::choose(Value value, const TensorStatistics &seen) const {
  const ActivationScheme &scheme = widths.getScheme(value);
  ThresholdRequest request;
  request.bits = scheme.bits;
  request.symmetric = scheme.symmetric;
  request.powerOfTwo = scheme.powerOfTwo;
  auto choice = method.choose(seen, request);
  if (!choice)
    return choice.takeError().withContext("tensor '" + getTensorName(value) +
                                          "'");
  if (results.contains(value) || compared.contains(value)) {
    choice->min = std::min(seen.min(), choice->min);
    choice->max = std::max(seen.max(), choice->max);
    choice->why = results.contains(value) ? "extremes, being a result"
                                          : "extremes, being compared";
  }
  return choice;
}

/// What `value` has its infinities from: the first tensor that holds any.
Value RangeChooser::findOrigin(Value value) const {
  for (Operation *op = value.getDefiningOp(); op; op = value.getDefiningOp()) {
    SmallVector<Value> operands = getActivationOperands(op);
    auto *found = llvm::find_if(operands, [&](Value operand) {
      return seen.lookup(operand)->infinityCount() != 0;
    });
    if (found == operands.end())
      break;
    value = *found;
  }
  return value;
}

/// Tells of infinities that no range can hold and nothing behind makes do
/// without, once for each tensor that they come from.
void RangeChooser::warnOfInfinities() {
  llvm::DenseSet<Value> told;
  for (Value value : activations) {
    if (!unlimited.contains(value))
      continue;
    Value origin = findOrigin(value);
    if (!told.insert(origin).second)
      continue;
    const TensorStatistics &all = *seen.lookup(origin);
    uint64_t count = all.infinityCount(), below = all.negativeInfinityCount();
    InFlightDiagnostic warning =
        mlir::emitWarning(origin.getLoc())
        << "'" << getTensorName(origin) << "' holds "
        << (below == count ? "-infinity"
            : below        ? "infinities"
                           : "infinity")
        << " " << count << (count == 1 ? " time" : " times")
        << " in the calibration samples, and nothing behind it limits that: ";
    const ThresholdChoice &choice = choices[value];
    warning << "the range of '" << getTensorName(value) << "' is " << choice.min
            << " to " << choice.max
            << "; let the model limit it (Clip, Max, Min) or end before it "
               "(--cut-at)";
  }
}

/// Chooses again where that is worth it: without values that make no difference
/// and with infinities that do.
Status RangeChooser::settle(Value value, ValueRange1D useful) {
  const TensorStatistics &all = *seen.lookup(value);
  uint64_t below = all.negativeInfinityCount();
  uint64_t above = all.infinityCount() - below;
  ValueRange1D extremes{all.min(), all.max()};
  ValueRange1D narrowed =
      narrowToUseful(extremes, useful, widths.getScheme(value));
  bool narrows = narrowed.min != extremes.min || narrowed.max != extremes.max;
  auto found = choices.find(value);
  if (narrows || (below && std::isfinite(useful.min)) ||
      (above && std::isfinite(useful.max))) {
    auto choice = choose(value, all.clampedTo(static_cast<float>(useful.min),
                                              static_cast<float>(useful.max)));
    if (!choice)
      return choice.takeError();
    choice->why += ", of what makes a difference";
    found = choices.insert_or_assign(value, std::move(*choice)).first;
  } else if (found == choices.end()) {
    return choose(value, all).takeError();
  }
  ThresholdChoice &choice = found->second;
  ValueRange1D held = holdConstants(value, {choice.min, choice.max}, useful);
  if (held.min < choice.min || held.max > choice.max)
    choice.why += ", widened to constants";
  if (widths.getScheme(value).symmetric) {
    held.max = std::max(-held.min, held.max);
    held.min = -held.max;
  }
  choice.min = static_cast<float>(held.min);
  choice.max = static_cast<float>(held.max);
  ranges[value] = held;
  if ((below && !std::isfinite(useful.min)) ||
      (above && !std::isfinite(useful.max))) {
    unlimited.insert(value);
    choice.why += ", without infinities";
  }
  return ok();
}

/// What is one tensor at different times has one range, which holds what the
/// samples bring at any of them. In 16 bits there is room for what others bring
/// besides: what leaves the range at one step is wrong at all that follow.
void RangeChooser::joinSteps() {
  constexpr float kRoom = 1.5f;
  llvm::MapVector<Attribute, SmallVector<Value>> steps;
  for (Value value : activations)
    if (Operation *op = value.getDefiningOp())
      if (auto tensor = op->getAttrOfType<StringAttr>(kInnerAttr))
        steps[tensor].push_back(value);
  for (const auto &[tensor, values] : steps) {
    float min = 0, max = 0;
    for (Value value : values) {
      min = std::min(min, choices[value].min);
      max = std::max(max, choices[value].max);
    }
    for (Value value : values) {
      float room = widths.getBits(value) > 8 ? kRoom : 1;
      ThresholdChoice &choice = choices[value];
      choice.min = room * min;
      choice.max = room * max;
      choice.why += ", of all steps";
    }
  }
}

FailureOr<CalibrationTable> RangeChooser::run(int threads) {
  if (Status complete = findStatistics(); !complete)
    return function.emitError() << complete.message();
  std::vector<std::optional<ThresholdChoice>> alone(activations.size());
  // What fails here may do without the values that it fails for.
  (void)parallelFor(activations.size(), threads, [&](int64_t i) -> Status {
    Value value = activations[i];
    if (auto choice = choose(value, *seen.lookup(value)))
      alone[i] = std::move(*choice);
    return ok();
  });
  for (auto [value, choice] : llvm::zip(activations, alone)) {
    const TensorStatistics &all = *seen.lookup(value);
    ranges[value] = choice ? ValueRange1D{choice->min, choice->max}
                           : ValueRange1D{all.min(), all.max()};
    if (choice)
      choices[value] = std::move(*choice);
  }

  Status status = ok();
  visitUsefulRanges(function, widths, ranges,
                    [&](Value value, ValueRange1D useful) {
                      if (status)
                        status = settle(value, useful);
                    });
  if (!status)
    return function.emitError() << status.message();
  warnOfInfinities();
  joinSteps();

  CalibrationTable table;
  table.samples = statistics.samples;
  for (Value value : activations) {
    const ThresholdChoice &choice = choices[value];
    table.entries.push_back({getTensorName(value),
                             std::max(std::abs(choice.min), choice.max),
                             choice.min, choice.max, choice.why});
  }
  return table;
}

FailureOr<CalibrationTable> chooseRanges(func::FuncOp function,
                                         const StatisticsFile &statistics,
                                         const ThresholdMethod &method,
                                         const ActivationWidths &widths,
                                         int threads) {
  return RangeChooser(function, statistics, method, widths).run(threads);
}

LogicalResult annotateRanges(func::FuncOp function,
                             const CalibrationTable &table,
                             const ActivationWidths &widths,
                             ParameterSource source) {
  SmallVector<Value> activations = collectActivations(function);
  std::vector<std::string> names;
  for (Value value : activations)
    names.push_back(getTensorName(value));
  if (Status known = table.checkNames(names); !known)
    return function.emitError() << known.message();
  llvm::StringMap<const CalibrationTable::Entry *> entries;
  for (const CalibrationTable::Entry &entry : table.entries)
    entries[entry.name] = &entry;
  for (auto [value, name] : llvm::zip(activations, names)) {
    if (getStorageType(value) || hasFixedParameters(value))
      continue;
    const auto *entry = entries.lookup(name);
    setParameters(value, ParametersAttr::get(function.getContext(), source,
                                             entry->why, /*fixed=*/false));
    if (!widths.getScheme(value).symmetric) {
      setRange(value, entry->min, entry->max);
      continue;
    }
    if (entry->threshold <= 0 && entry->min < entry->max)
      return function.emitError()
             << "the calibration table gives '" << name << "' the threshold "
             << entry->threshold << ", but its scheme is symmetric; write the "
             << "largest magnitude to represent";
    setRange(value, -entry->threshold, entry->threshold);
  }
  updateFunctionType(function);
  return success();
}

std::optional<CalibrationTable> readRanges(func::FuncOp function) {
  CalibrationTable table;
  for (Value value : collectActivations(function)) {
    auto calibrated = dyn_cast<quant::CalibratedQuantizedType>(
        cast<RankedTensorType>(value.getType()).getElementType());
    if (getStorageType(value))
      continue;
    if (!calibrated)
      return std::nullopt;
    table.entries.push_back(
        {getTensorName(value),
         std::max(std::abs(calibrated.getMin()), calibrated.getMax()),
         calibrated.getMin(), calibrated.getMax()});
  }
  return table;
}

} // namespace qc
