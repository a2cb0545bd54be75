// Activations that could have 16 bits, with all that goes along.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/WidthCandidates.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Quantization/Activations.h"
#include "qc/Target/ChooseWidths.h"
#include "qc/Target/CycleEstimate.h"
#include "qc/Target/TargetRegistry.h"

#include <set>

namespace qc {

FailureOr<std::unique_ptr<WidthCandidates>>
WidthCandidates::create(CorrectionContext &context) {
  auto backend =
      TargetRegistry::create(context.function->getParentOfType<ModuleOp>());
  auto module = context.getIntegers();
  auto integers =
      succeeded(module) ? getEntryFunction(*module) : FailureOr<func::FuncOp>();
  if (failed(backend) || failed(integers))
    return failure();
  std::unique_ptr<WidthCandidates> search(
      new WidthCandidates(context, std::move(*backend)));
  // Kept, as the context makes others when something changes.
  search->kept = OwningOpRef<ModuleOp>(module->clone());
  auto own = getEntryFunction(*search->kept);
  if (failed(own))
    return failure();
  search->integers = *own;
  return std::move(search);
}

/// Whether the range of `value` may be chosen again.
static bool isFree(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return isa<quant::CalibratedQuantizedType>(type.getElementType()) &&
         !hasFixedParameters(value);
}

std::vector<WidthCandidate> WidthCandidates::find(func::FuncOp assigned) const {
  func::FuncOp function = context.function;
  std::vector<WidthCandidate> candidates;
  QuantSpec spec = backend->getQuantSpec();
  auto precision = getPrecision(function->getParentOfType<ModuleOp>(), spec);
  if (failed(precision) || precision->activation.bits != 8 ||
      !spec.findWideScheme())
    return candidates;
  auto present = chooseWidths(function, *backend);
  if (failed(present))
    return candidates;
  llvm::StringMap<Value> rounded;
  for (Value value : collectActivations(assigned))
    rounded[getTensorName(value)] = value;
  // What a target does not allow is no candidate, and no news.
  ScopedDiagnosticHandler silence(function.getContext(),
                                  [](Diagnostic &) { return success(); });
  std::set<std::vector<void *>> seen;
  SmallVector<Value> activations = collectActivations(function);
  for (Value value : activations) {
    std::string name = getTensorName(value);
    if (name.empty() || present->getBits(value) > 8 || !isFree(value))
      continue;
    auto widths = chooseWidths(function, *backend, name);
    if (failed(widths) || widths->getBits(value) == 8)
      continue;
    WidthCandidate candidate;
    candidate.name = name;
    std::vector<void *> key;
    for (Value other : activations)
      if (widths->getBits(other) > present->getBits(other)) {
        candidate.values.push_back(other);
        key.push_back(other.getAsOpaquePointer());
        if (Value found = rounded.lookup(getTensorName(other)))
          candidate.rounded.push_back(found);
      }
    if (llvm::all_of(candidate.values, isFree) && seen.insert(key).second)
      candidates.push_back(std::move(candidate));
  }
  return candidates;
}

double WidthCandidates::estimate(ArrayRef<const WidthCandidate *> wide) const {
  std::set<std::string> names;
  for (const WidthCandidate *candidate : wide)
    for (Value value : candidate->values)
      names.insert(getTensorName(value));
  // Conversions between orders have names of their own.
  auto isWide = [&](Value value) {
    while (names.count(getTensorName(value)) == 0) {
      Operation *op = value.getDefiningOp();
      if (!isa_and_nonnull<tpu::TransposeOp, tpu::ReshapeOp>(op))
        return false;
      value = op->getOperand(0);
    }
    return true;
  };
  return estimateCycles(integers, backend->getTargetSpec().rates, isWide);
}

FailureOr<double> WidthCandidates::estimateNow() const {
  auto module = context.getIntegers();
  auto entry =
      succeeded(module) ? getEntryFunction(*module) : FailureOr<func::FuncOp>();
  if (failed(entry))
    return failure();
  return estimateCycles(*entry, backend->getTargetSpec().rates);
}

} // namespace qc
