// The correct pass.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CORRECTION_PASSES_H
#define QC_CORRECTION_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

#include <functional>

namespace qc {

#define GEN_PASS_DECL
#include "qc/Correction/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "qc/Correction/Passes.h.inc"

/// The pass with a listener to how long each correction takes.
std::unique_ptr<Pass>
createCorrect(const CorrectOptions &options,
              std::function<void(StringRef name, double seconds)> onStep);

} // namespace qc

#endif // QC_CORRECTION_PASSES_H
