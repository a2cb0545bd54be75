// Ranges of activations in the IR.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Calibration/Ranges.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Activations.h"
#include "qc/Support/ThreadPool.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Remarks.h"

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

FailureOr<CalibrationTable> chooseRanges(func::FuncOp function,
                                         const StatisticsFile &statistics,
                                         const ThresholdMethod &method,
                                         const ActivationWidths &widths,
                                         int threads) {
  SmallVector<Value> activations = collectActivations(function);
  CalibrationTable table;
  table.samples = statistics.samples;
  table.entries.resize(activations.size());
  llvm::DenseSet<Value> results = findResults(function);
  Status status =
      parallelFor(activations.size(), threads, [&](int64_t i) -> Status {
        std::string name = getTensorName(activations[i]);
        if (name.empty())
          return error("an activation has no name, by which its range would be "
                       "found: give arguments `qc.name` and ops a named "
                       "location");
        auto found = statistics.tensors.find(name);
        if (found == statistics.tensors.end())
          return error("the statistics lack tensor '", name,
                       "'; gather them from this model, prepared the same way");
        const ActivationScheme &scheme = widths.getScheme(activations[i]);
        ThresholdRequest request;
        request.bits = scheme.bits;
        request.symmetric = scheme.symmetric;
        auto choice = method.choose(found->second, request);
        if (!choice)
          return choice.takeError().withContext("tensor '" + name + "'");
        if (results.contains(activations[i])) {
          choice->min = std::min(found->second.min(), choice->min);
          choice->max = std::max(found->second.max(), choice->max);
          choice->why = "extremes, being a result";
        }
        table.entries[i] = {name, std::max(std::abs(choice->min), choice->max),
                            choice->min, choice->max, choice->why};
        return ok();
      });
  if (!status)
    return function.emitError() << status.message();
  return table;
}

void setRange(Value value, double low, double high) {
  // The type needs an interval that is not empty and contains zero. Ranges are
  // float32 numbers: a table's text reads back as the same ones.
  float min = std::min(static_cast<float>(low), 0.0f);
  float max = std::max(static_cast<float>(high), 0.0f);
  if (min == max)
    max = std::numeric_limits<float>::min();
  auto type = cast<RankedTensorType>(value.getType());
  Type element = top::getExpressedElement(type.getElementType());
  value.setType(RankedTensorType::get(
      type.getShape(), quant::CalibratedQuantizedType::get(element, min, max)));
}

void updateFunctionType(func::FuncOp function) {
  auto terminator =
      cast<func::ReturnOp>(function.getBody().front().getTerminator());
  function.setFunctionType(FunctionType::get(
      function.getContext(), function.getBody().getArgumentTypes(),
      terminator.getOperandTypes()));
}

LogicalResult annotateRanges(func::FuncOp function,
                             const CalibrationTable &table) {
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
    const auto *entry = entries.lookup(name);
    setRange(value, entry->min, entry->max);
  }
  updateFunctionType(function);
  return success();
}

void remarkReasons(func::FuncOp function, const CalibrationTable &table) {
  llvm::StringMap<const CalibrationTable::Entry *> entries;
  for (const CalibrationTable::Entry &entry : table.entries)
    entries[entry.name] = &entry;
  for (Value value : collectActivations(function))
    if (const auto *entry = entries.lookup(getTensorName(value)))
      remark::analysis(
          value.getLoc(),
          remark::RemarkOpts::name("range").category(kRangeRemarks))
          << remark::metric(kRemarkTensor, entry->name)
          << remark::metric("Min", entry->min)
          << remark::metric("Max", entry->max)
          << remark::metric(kRemarkReason, entry->why);
}

std::optional<CalibrationTable> readRanges(func::FuncOp function) {
  CalibrationTable table;
  for (Value value : collectActivations(function)) {
    auto calibrated = dyn_cast<quant::CalibratedQuantizedType>(
        cast<RankedTensorType>(value.getType()).getElementType());
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
