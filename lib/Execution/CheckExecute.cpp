// Executes the functions that hold expectations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/Executor.h"
#include "qc/Execution/Passes.h"

#include "qc/Dialect/Check/IR/Check.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

#define GEN_PASS_DEF_CHECKEXECUTE
#include "qc/Execution/Passes.h.inc"

static bool hasExpectations(func::FuncOp function) {
  auto result = function.walk([](Operation *op) {
    return isa_and_nonnull<check::CheckDialect>(op->getDialect())
               ? WalkResult::interrupt()
               : WalkResult::advance();
  });
  return result.wasInterrupted();
}

namespace {

struct CheckExecute : impl::CheckExecuteBase<CheckExecute> {
  using CheckExecuteBase::CheckExecuteBase;

  /// Expectations report by themselves, at their location.
  LogicalResult execute(func::FuncOp function) {
    if (function.getNumArguments() > 0)
      return function.emitError()
             << "cannot be executed because it takes arguments; use constants";
    FailureOr<std::unique_ptr<FloatExecutor>> executor =
        FloatExecutor::create(function, {threads});
    if (failed(executor))
      return failure();
    SmallVector<Tensor> outputs;
    Status status = (*executor)->run({}, outputs);
    return status ? success() : function.emitError() << status.message();
  }

  void runOnOperation() override {
    bool hasErrors = false, hasRun = false;
    ScopedDiagnosticHandler handler(&getContext(), [&](Diagnostic &diagnostic) {
      hasErrors |= diagnostic.getSeverity() == DiagnosticSeverity::Error;
      return failure();
    });
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (!hasExpectations(function))
        continue;
      hasRun = true;
      hasErrors |= failed(execute(function));
    }
    if (!hasRun)
      getOperation().emitError() << "holds no expectations to execute";
    if (hasErrors)
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace

} // namespace qc
