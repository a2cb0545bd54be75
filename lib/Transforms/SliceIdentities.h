// Patterns on slices, splits, concats and gathers that undo each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_TRANSFORMS_SLICEIDENTITIES_H
#define QC_LIB_TRANSFORMS_SLICEIDENTITIES_H

#include "mlir/IR/PatternMatch.h"

namespace qc {

void populateSliceIdentities(mlir::RewritePatternSet &patterns);

} // namespace qc

#endif // QC_LIB_TRANSFORMS_SLICEIDENTITIES_H
