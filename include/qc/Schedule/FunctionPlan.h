// The memory plan of a function and how the IR carries it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In the IR a plan is `qc.address` on every op with results in the arena and on
// every argument (byte offsets, one a result), and on the module
// `qc.arena_size` and `qc.arena_lower_bound` in bytes: the largest of its
// functions, which run one at a time. `qc.arguments_overwritten` says that the
// plan gives the memory of arguments away after their last use.
#ifndef QC_SCHEDULE_FUNCTIONPLAN_H
#define QC_SCHEDULE_FUNCTIONPLAN_H

#include "qc/Schedule/MemoryPlanner.h"
#include "qc/Support/MLIR.h"

#include "llvm/ADT/MapVector.h"

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace qc {

inline constexpr llvm::StringLiteral kArenaSizeAttr = "qc.arena_size";
inline constexpr llvm::StringLiteral kArenaLowerBoundAttr =
    "qc.arena_lower_bound";

inline constexpr llvm::StringLiteral kArgumentsOverwrittenAttr =
    "qc.arguments_overwritten";

/// Alignment of tensors in the arena, the one that the runtime asks for.
inline constexpr uint64_t kTensorAlignment = 64;

struct PlanOptions {
  uint64_t alignment = kTensorAlignment;
  /// Arguments stay as the caller filled them.
  bool keepArguments = true;
};

struct FunctionPlan {
  /// Byte offsets of the values that are not constants, in order of appearance.
  llvm::MapVector<Value, uint64_t> addresses;
  uint64_t arenaBytes = 0;
  /// The most bytes that are live at once (see getLiveLowerBound).
  uint64_t lowerBound = 0;
  bool keepsArguments = true;
};

/// Plans `function`; the plan has passed verifyMemoryPlan. Fails with an error
/// at the op that cannot be planned.
FailureOr<FunctionPlan> planFunction(func::FuncOp function,
                                     const MemoryPlanner &planner,
                                     const PlanOptions &options = {});

/// Writes the addresses of a plan as attributes of ops and arguments.
void attachPlan(func::FuncOp function, const FunctionPlan &plan);

/// True if the module says how large its arena is.
bool hasMemoryPlan(ModuleOp module);

/// The plan that the attributes of `function` and its module hold. Fails with
/// an error at the op whose address is missing or malformed.
FailureOr<FunctionPlan> readPlan(func::FuncOp function);

/// Follows the function's execution and fails with an error at the op that
/// would read something overwritten, or write over what is still read. Does not
/// use live ranges or anything else that plans are made with.
LogicalResult verifyFunctionPlan(func::FuncOp function,
                                 const FunctionPlan &plan,
                                 uint64_t alignment = kTensorAlignment);

} // namespace qc

#endif // QC_SCHEDULE_FUNCTIONPLAN_H
