// Passes that prepare a float network for calibration.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes.td is the specification of each pass. All of them work on a whole
// module, so that the names of new resource blobs do not depend on threads.
#ifndef QC_TRANSFORMS_PASSES_H
#define QC_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace qc {

#define GEN_PASS_DECL
#include "qc/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "qc/Transforms/Passes.h.inc"

} // namespace qc

#endif // QC_TRANSFORMS_PASSES_H
