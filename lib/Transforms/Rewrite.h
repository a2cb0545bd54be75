// The rewrite driver of the prepare passes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_TRANSFORMS_REWRITE_H
#define QC_LIB_TRANSFORMS_REWRITE_H

#include "qc/Support/MLIR.h"

#include "mlir/IR/PatternMatch.h"

namespace qc {

/// Applies `patterns` inside `root` until none matches. Without `fold`, only
/// the patterns and the removal of dead ops change anything, so that a module
/// in which nothing matches stays as it is. Whatever replaces an op takes over
/// its names (see Names.h). Emits an error when the patterns do not come to
/// rest.
LogicalResult applyPatterns(Operation *root, RewritePatternSet patterns,
                            bool fold = false);

/// Creates an op like `op`, in its place, that computes the value of `last`:
/// its result type, and its location with the names of `op` behind.
Operation *cloneAs(RewriterBase &rewriter, Operation *op, Operation *last,
                   ValueRange operands);

/// True for ops with `act_min` and `act_max` of which one is set.
bool hasActivation(Operation *op);

} // namespace qc

#endif // QC_LIB_TRANSFORMS_REWRITE_H
