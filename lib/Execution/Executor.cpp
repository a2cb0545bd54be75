// What all executors share: input checks, the choice of one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/Executor.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Execution/TpuExecutor.h"

namespace qc {

Probe::~Probe() = default;
Executor::~Executor() = default;

FailureOr<std::unique_ptr<Executor>>
Executor::create(ModuleOp module, const ExecutorOptions &options) {
  FailureOr<func::FuncOp> function = getEntryFunction(module);
  if (failed(function))
    return failure();
  if (isTpuFunction(*function)) {
    FailureOr<std::unique_ptr<TpuExecutor>> executor =
        TpuExecutor::create(module, options);
    if (failed(executor))
      return failure();
    return std::unique_ptr<Executor>(std::move(*executor));
  }
  FailureOr<std::unique_ptr<FloatExecutor>> executor =
      FloatExecutor::create(*function, options);
  if (failed(executor))
    return failure();
  return std::unique_ptr<Executor>(std::move(*executor));
}

Status Executor::checkInputs(ArrayRef<Tensor> inputTensors) const {
  if (inputTensors.size() != inputs.size())
    return error("the network has ", inputs.size(), " inputs, got ",
                 inputTensors.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TensorInfo &expected = inputs[i];
    const Tensor &given = inputTensors[i];
    if (given.shape() != expected.shape || given.dtype() != expected.dtype)
      return error("input '", expected.name, "' is ",
                   shapeString(expected.shape), " ", dtypeName(expected.dtype),
                   ", got ", shapeString(given.shape()), " ",
                   dtypeName(given.dtype()));
  }
  return ok();
}

} // namespace qc
