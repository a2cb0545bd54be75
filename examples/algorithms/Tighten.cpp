// A correction: all ranges are drawn in where the results of the integer
// network come nearer by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Algorithms.h"

#include "qc/Correction/Correction.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Quantization/Activations.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace qc {
namespace {

constexpr double kPart = 0.97; ///< of a range that is kept

FailureOr<CorrectionSummary> tighten(CorrectionContext &context) {
  auto before = context.scoreIntegers();
  if (failed(before))
    return failure();
  CorrectionSummary summary;
  summary.before = summary.after = *before;
  SmallVector<std::pair<Value, Type>> old;
  for (Value value : collectActivations(context.function)) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    auto range =
        type ? dyn_cast<quant::CalibratedQuantizedType>(type.getElementType())
             : quant::CalibratedQuantizedType();
    if (!range || hasFixedParameters(value))
      continue;
    old.push_back({value, type});
    setRange(value, range.getMin() * kPart, range.getMax() * kPart);
  }
  summary.counts = {{"tensors", int64_t(old.size())}};
  if (old.empty())
    return summary;
  updateFunctionType(context.function);
  context.forgetIntegers();
  auto after = context.scoreIntegers();
  if (failed(after))
    return failure();
  summary.after = *after;
  summary.kept = isBetter(*after, *before);
  if (summary.kept)
    return summary;
  for (auto [value, type] : old)
    value.setType(type);
  updateFunctionType(context.function);
  context.forgetIntegers();
  return summary;
}

} // namespace

Correction makeTighten() {
  // Behind the ranges of inputs, before anything belongs to the ranges.
  return {"tighten", "3 % less of every range", kInputRangesOrder + 1, tighten};
}

} // namespace qc
