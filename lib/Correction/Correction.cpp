// What corrections of a calibrated network share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/Correction.h"
#include "qc/Conversion/TopToTpu/Passes.h"
#include "qc/Correction/BiasCorrection.h"
#include "qc/Correction/InputRanges.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"
#include "qc/Statistics/Metrics.h"
#include "qc/Support/EditDistance.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace qc {

ArrayRef<Correction> getCorrections() {
  // Ranges come first: biases belong to the scales that follow from them.
  static const Correction corrections[] = {
      {"inputs", "ranges of inputs, by the network's results", tuneInputRanges},
      {"bias", "each channel's mean behind its activation", correctBiases}};
  return corrections;
}

Status checkCorrections(ArrayRef<std::string> names) {
  std::vector<std::string> known{"none"};
  for (const Correction &correction : getCorrections())
    known.push_back(correction.name);
  for (const std::string &name : names) {
    if (!llvm::is_contained(known, name))
      return error("unknown correction '", name, "'", suggestName(name, known));
    if (name == "none" && names.size() > 1)
      return error("correction 'none' does not go with others");
  }
  return ok();
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
  manager.addPass(createConvertTopToTpu());
  manager.addNestedPass<func::FuncOp>(createPropagateLayout());
  manager.addPass(createCSEPass());
  if (failed(manager.run(*made)))
    return failure();
  integers = std::move(made);
  return *integers;
}

FailureOr<std::unique_ptr<FloatRunner>>
FloatRunner::create(func::FuncOp function, ThreadPool &pool) {
  std::unique_ptr<FloatRunner> runner(new FloatRunner(pool));
  for (int i = 0; i < pool.size(); ++i) {
    auto executor = FloatExecutor::create(function, ExecutorOptions{1});
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

double getMeanSqnr(const Results &references, const Results &results,
                   Half half) {
  double sum = 0;
  int64_t count = 0;
  for (size_t i = half; i < references.size(); i += kHalves)
    for (auto [reference, result] : llvm::zip_equal(references[i], results[i]))
      if (reference.dtype() == DType::F32 && result.dtype() == DType::F32) {
        sum += compareTensors(reference, result).sqnr;
        ++count;
      }
  return count ? sum / count : 0;
}

} // namespace qc
