// Passes that decide where the tensors of a program lie.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SCHEDULE_PASSES_H
#define QC_SCHEDULE_PASSES_H

#include "mlir/Pass/Pass.h"

namespace qc {

#define GEN_PASS_DECL
#include "qc/Schedule/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "qc/Schedule/Passes.h.inc"

} // namespace qc

#endif // QC_SCHEDULE_PASSES_H
