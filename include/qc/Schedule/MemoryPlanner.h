// Algorithms that place buffers into one arena, and how they are found by name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Placing intervals into the least memory is NP-hard (dynamic storage
// allocation); on networks the greedy orders here usually meet the lower bound.
#ifndef QC_SCHEDULE_MEMORYPLANNER_H
#define QC_SCHEDULE_MEMORYPLANNER_H

#include "qc/Schedule/MemoryPlan.h"

#include "qc/Support/Registry.h"

#include <functional>
#include <memory>
#include <vector>

namespace mlir {
class MLIRContext;
}

namespace qc {

/// A deterministic algorithm: the same buffers give the same plan.
class MemoryPlanner {
public:
  virtual ~MemoryPlanner();
  virtual MemoryPlan plan(const std::vector<LiveBuffer> &buffers) const = 0;
};

/// Larger buffers first, each into the smallest gap among those that are live
/// with it.
std::unique_ptr<MemoryPlanner> createGreedyBySizePlanner();

/// Steps with the most live bytes first, and their buffers by size: what makes
/// the peak is placed while there is still room to choose.
std::unique_ptr<MemoryPlanner> createGreedyByBreadthPlanner();

/// Tries both and takes the smaller plan, the first of equals.
std::unique_ptr<MemoryPlanner> createSmallestPlanner();

/// Starts from the smaller of the greedy plans and, while it does not meet the
/// lower bound, tries other orders of placing. At most about a second.
std::unique_ptr<MemoryPlanner> createHillClimbPlanner();

/// What makes planners, by name.
using MemoryPlannerRegistry =
    Registry<std::function<std::unique_ptr<MemoryPlanner>()>>;

/// The built-in ones: `greedy-by-size`, `greedy-by-breadth`, `smallest` and
/// `hill-climb`.
void registerAllPlanners(MemoryPlannerRegistry &registry);

/// Those that are attached to `context`, as a session's are; where none are (a
/// test's context), the built-in ones.
const MemoryPlannerRegistry &getMemoryPlanners(mlir::MLIRContext *context);

} // namespace qc

#endif // QC_SCHEDULE_MEMORYPLANNER_H
