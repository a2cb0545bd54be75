// Cycles that a program is estimated to take on its target.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_CYCLEESTIMATE_H
#define QC_TARGET_CYCLEESTIMATE_H

#include "qc/Support/MLIR.h"
#include "qc/Target/TargetSpec.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

/// Cycles of tpu `function`: of each op the longer of its multiply-accumulates
/// and of the bytes that it moves. An op has the slower rate when an activation
/// that it reads has 16 bits. `isWide` says of values that shall be counted as
/// if they had 16 bits; null: none. 0 where the rates are not known.
///
/// An estimate, to compare widths by: it knows nothing of tiling, on-chip
/// memory or overlap.
double estimateCycles(func::FuncOp function, const ComputeRates &rates,
                      function_ref<bool(Value)> isWide = {});

/// The same of one op.
double estimateOpCycles(Operation *op, const ComputeRates &rates);

} // namespace qc

#endif // QC_TARGET_CYCLEESTIMATE_H
