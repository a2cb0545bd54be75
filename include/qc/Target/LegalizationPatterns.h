// Rewrites that several targets ask for in `addLegalizationPatterns`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_LEGALIZATIONPATTERNS_H
#define QC_TARGET_LEGALIZATIONPATTERNS_H

#include "mlir/IR/PatternMatch.h"

namespace qc {

/// Transposes of more than `maxRank` dimensions become ones of fewer, between
/// reshapes: dimensions that stay neighbours are one, dimensions of one vanish.
/// Reshapes in a row become one. A channel shuffle (five dimensions) needs
/// three.
void addCollapseTranspose(mlir::RewritePatternSet &patterns, int64_t maxRank);

} // namespace qc

#endif // QC_TARGET_LEGALIZATIONPATTERNS_H
