// What corrections of a calibrated network share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/Correction.h"
#include "qc/Assign/Passes.h"
#include "qc/Conversion/TopToTpu/Passes.h"
#include "qc/Correction/BiasCorrection.h"
#include "qc/Correction/Equalization.h"
#include "qc/Correction/InputRanges.h"
#include "qc/Correction/WeightRounding.h"
#include "qc/Correction/WidthChoice.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Statistics/Metrics.h"
#include "qc/Support/EditDistance.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace qc {

Status CorrectionRegistry::add(Correction correction) {
  std::string name = correction.name;
  return Registry::add(name, std::move(correction));
}

std::vector<const Correction *> CorrectionRegistry::getInOrder() const {
  std::vector<const Correction *> all;
  for (const auto &[name, correction] : getEntries())
    all.push_back(&correction);
  llvm::stable_sort(all, [](const Correction *a, const Correction *b) {
    return a->order < b->order;
  });
  return all;
}

void registerAllCorrections(CorrectionRegistry &registry) {
  Correction builtin[] = {
      {"inputs", "ranges of inputs, by the network's results",
       kInputRangesOrder, tuneInputRanges, /*changesTensors=*/false,
       Effort::Low},
      {"equalize", "channels scaled across layers to fill their ranges",
       kEqualizeOrder, equalizeChannels, /*changesTensors=*/true,
       Effort::Default},
      {"rounding", "weights rounded for the sums that they are in",
       kRoundingOrder, roundWeights, /*changesTensors=*/false, Effort::Default},
      {"widths", "16 bits for the few activations that pay for it",
       kWidthsOrder, chooseActivationWidths, /*changesTensors=*/false,
       Effort::High},
      {"bias", "each channel's mean behind its activation", kBiasOrder,
       correctBiases, /*changesTensors=*/false, Effort::Low}};
  for (Correction &correction : builtin)
    (void)registry.add(std::move(correction));
}

Result<Effort> parseEffort(const std::string &name) {
  std::vector<std::string> known{"low", "default", "high"};
  auto found = llvm::find(known, name);
  if (found == known.end())
    return error("unknown effort '", name, "'", suggestName(name, known));
  return Effort(found - known.begin());
}

Status checkCorrections(const CorrectionRegistry &registry,
                        ArrayRef<std::string> names) {
  std::vector<std::string> known{"none"};
  for (const Correction *correction : registry.getInOrder())
    known.push_back(correction->name);
  for (const std::string &name : names) {
    if (!llvm::is_contained(known, name))
      return error("unknown correction '", name, "'", suggestName(name, known));
    if (name == "none" && names.size() > 1)
      return error("correction 'none' does not go with others");
  }
  return ok();
}

void CorrectionContext::keepFloat() {
  if (!floats)
    floats = function->getParentOfType<ModuleOp>().clone();
}

func::FuncOp CorrectionContext::getFloat() {
  return floats ? floats->lookupSymbol<func::FuncOp>(function.getName())
                : function;
}

FailureOr<ModuleOp> CorrectionContext::getIntegers() {
  if (integers)
    return *integers;
  OwningOpRef<ModuleOp> made(function->getParentOfType<ModuleOp>().clone());
  // Remarks are those of the phase that quantizes for good.
  ScopedDiagnosticHandler silence(function.getContext(), [](Diagnostic &found) {
    return success(found.getSeverity() == DiagnosticSeverity::Remark);
  });
  PassManager manager(function.getContext());
  manager.addPass(createAssignQuantization());
  manager.addPass(createConvertTopToTpu());
  manager.addNestedPass<func::FuncOp>(createPropagateLayout());
  manager.addPass(createCSEPass());
  if (failed(manager.run(*made)))
    return failure();
  integers = std::move(made);
  return *integers;
}

OwningOpRef<ModuleOp> CorrectionContext::makeAssigned() {
  OwningOpRef<ModuleOp> made(function->getParentOfType<ModuleOp>().clone());
  ScopedDiagnosticHandler silence(function.getContext(), [](Diagnostic &found) {
    return success(found.getSeverity() == DiagnosticSeverity::Remark);
  });
  PassManager manager(function.getContext());
  manager.addPass(createAssignQuantization());
  return succeeded(manager.run(*made)) ? std::move(made)
                                       : OwningOpRef<ModuleOp>();
}

FailureOr<std::unique_ptr<FloatRunner>>
FloatRunner::create(func::FuncOp function, ThreadPool &pool) {
  std::unique_ptr<FloatRunner> runner(new FloatRunner(pool));
  for (int i = 0; i < pool.size(); ++i) {
    auto executor =
        FloatExecutor::create(function, ExecutorOptions{1, /*rounds=*/false});
    if (failed(executor))
      return failure();
    runner->executors.push_back(std::move(*executor));
  }
  return std::move(runner);
}

Status FloatRunner::run(int64_t samples,
                        llvm::function_ref<Status(int64_t, Executor &)> body) {
  return pool.runUntilFailure(samples, [&](int64_t i, int worker) {
    return body(i, *executors[worker]);
  });
}

std::vector<ResultEnergy> getEnergies(ArrayRef<Tensor> references,
                                      ArrayRef<Tensor> results) {
  std::vector<ResultEnergy> energies;
  for (auto [reference, result] : llvm::zip_equal(references, results))
    if (reference.dtype() == DType::F32 && result.dtype() == DType::F32) {
      ErrorAccumulator error;
      error.add(reference, result);
      energies.push_back({error.getSignal(), error.getNoise()});
    }
  return energies;
}

Score scoreResults(const Results &references, const Results &results,
                   Half half) {
  std::vector<std::vector<ResultEnergy>> samples;
  for (size_t i = half; i < references.size(); i += kHalves)
    samples.push_back(getEnergies(references[i], results[i]));
  return getScore(samples);
}

FailureOr<Score> CorrectionContext::scoreIntegers() {
  if (integerScore)
    return *integerScore;
  FailureOr<ModuleOp> module = getIntegers();
  if (failed(module))
    return failure();
  auto executor = TpuExecutor::create(*module, ExecutorOptions{pool.size()});
  if (failed(executor))
    return failure();
  Results results(samples.size());
  for (size_t i = kHeldOut; i < results.size(); i += kHalves)
    if (Status ran = (*executor)->run(samples[i].inputs, results[i]); !ran)
      return function.emitError() << ran.message();
  integerScore = scoreResults(references, results, kHeldOut);
  return *integerScore;
}

} // namespace qc
