// The pass verify-memory-plan: checks the addresses in the IR.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Schedule/FunctionPlan.h"
#include "qc/Schedule/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {
#define GEN_PASS_DEF_VERIFYMEMORYPLAN
#include "qc/Schedule/Passes.h.inc"

namespace {
struct VerifyMemoryPlan : impl::VerifyMemoryPlanBase<VerifyMemoryPlan> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      FailureOr<FunctionPlan> plan = readPlan(function);
      if (failed(plan) || failed(verifyFunctionPlan(function, *plan)))
        return signalPassFailure();
    }
    markAllAnalysesPreserved();
  }
};
} // namespace
} // namespace qc
