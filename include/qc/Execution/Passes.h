// Passes that execute IR, and the registration of all kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXECUTION_PASSES_H
#define QC_EXECUTION_PASSES_H

#include "mlir/Pass/Pass.h"

namespace qc {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "qc/Execution/Passes.h.inc"

/// Attaches the kernels of all op families to their ops.
void registerKernels(mlir::DialectRegistry &registry);

} // namespace qc

#endif // QC_EXECUTION_PASSES_H
