// Ranges of activations in the IR.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Calibration/Ranges.h"
#include "qc/Calibration/Calibrator.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Support/ThreadPool.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace qc {

FailureOr<CalibrationTable> chooseRanges(func::FuncOp function,
                                         const StatisticsFile &statistics,
                                         const ThresholdMethod &method,
                                         const ActivationWidths &widths,
                                         int threads) {
  SmallVector<Value> activations = getActivations(function);
  CalibrationTable table;
  table.samples = statistics.samples;
  table.entries.resize(activations.size());
  Status status = parallelFor(
      activations.size(), threads, [&](int64_t i) -> Status {
        std::string name = getTensorName(activations[i]);
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
        table.entries[i] = {name,
                            std::max(std::abs(choice->min), choice->max),
                            choice->min, choice->max};
        return ok();
      });
  if (!status)
    return function.emitError() << status.message();
  return table;
}

/// `type` with its float element calibrated to [min, max].
static RankedTensorType calibrate(RankedTensorType type, double min,
                                  double max) {
  Type element = top::getExpressedElement(type.getElementType());
  return RankedTensorType::get(
      type.getShape(), quant::CalibratedQuantizedType::get(element, min, max));
}

LogicalResult annotateRanges(func::FuncOp function,
                             const CalibrationTable &table) {
  SmallVector<Value> activations = getActivations(function);
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
    // The type needs an interval that is not empty and contains zero. Ranges
    // are float32 numbers: a table's text reads back as the same ones.
    float min = std::min(static_cast<float>(entry->min), 0.0f);
    float max = std::max(static_cast<float>(entry->max), 0.0f);
    if (min == max)
      max = std::numeric_limits<float>::min();
    value.setType(calibrate(cast<RankedTensorType>(value.getType()), min, max));
  }
  auto terminator =
      cast<func::ReturnOp>(function.getBody().front().getTerminator());
  function.setFunctionType(FunctionType::get(
      function.getContext(), function.getBody().getArgumentTypes(),
      terminator.getOperandTypes()));
  return success();
}

std::optional<CalibrationTable> readRanges(func::FuncOp function) {
  CalibrationTable table;
  for (Value value : getActivations(function)) {
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
