// Memory planners by name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Attached.h"
#include "qc/Schedule/MemoryPlanner.h"

namespace qc {

void registerAllPlanners(MemoryPlannerRegistry &registry) {
  (void)registry.add("greedy-by-size", createGreedyBySizePlanner);
  (void)registry.add("greedy-by-breadth", createGreedyByBreadthPlanner);
  (void)registry.add("hill-climb", createHillClimbPlanner);
  (void)registry.add("smallest", createSmallestPlanner);
}

const MemoryPlannerRegistry &getMemoryPlanners(mlir::MLIRContext *context) {
  if (const auto *attached = getAttached<MemoryPlannerRegistry>(context))
    return *attached;
  static const MemoryPlannerRegistry builtin = [] {
    MemoryPlannerRegistry registry("memory planner");
    registerAllPlanners(registry);
    return registry;
  }();
  return builtin;
}

} // namespace qc
