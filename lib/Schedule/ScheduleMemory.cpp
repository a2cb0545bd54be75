// The pass schedule-memory: addresses for every tensor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Schedule/FunctionPlan.h"
#include "qc/Schedule/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/MathExtras.h"

namespace qc {
#define GEN_PASS_DEF_SCHEDULEMEMORY
#include "qc/Schedule/Passes.h.inc"

namespace {
struct ScheduleMemory : impl::ScheduleMemoryBase<ScheduleMemory> {
  using ScheduleMemoryBase::ScheduleMemoryBase;

  void runOnOperation() override {
    if (failed(run()))
      signalPassFailure();
  }

private:
  LogicalResult run() {
    auto known = getMemoryPlanners(&getContext()).get(planner);
    if (!known)
      return getOperation().emitError() << known.message();
    std::unique_ptr<MemoryPlanner> algorithm = (**known)();
    if (!llvm::isPowerOf2_64(alignment) || alignment < kTensorAlignment ||
        alignment > (uint64_t(1) << 20))
      return getOperation().emitError("alignment is ")
             << uint64_t(alignment) << ", expected a power of two from "
             << kTensorAlignment << " to 1048576";
    uint64_t bytes = 0, bound = 0;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      FailureOr<FunctionPlan> plan =
          planFunction(function, *algorithm, {alignment, keepArguments});
      if (failed(plan))
        return failure();
      attachPlan(function, *plan);
      bytes = std::max(bytes, plan->arenaBytes);
      bound = std::max(bound, plan->lowerBound);
    }
    Builder builder(&getContext());
    getOperation()->setAttr(kArenaSizeAttr, builder.getI64IntegerAttr(bytes));
    getOperation()->setAttr(kArenaLowerBoundAttr,
                            builder.getI64IntegerAttr(bound));
    if (keepArguments)
      getOperation()->removeAttr(kArgumentsOverwrittenAttr);
    else
      getOperation()->setAttr(kArgumentsOverwrittenAttr, builder.getUnitAttr());
    arenaBytes += bytes;
    lowerBoundBytes += bound;
    return success();
  }
};
} // namespace
} // namespace qc
