// The pass that assigns storage types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_ASSIGN_PASSES_H
#define QC_ASSIGN_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace qc {

#define GEN_PASS_DECL
#include "qc/Assign/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "qc/Assign/Passes.h.inc"

} // namespace qc

#endif // QC_ASSIGN_PASSES_H
