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

/// Hears of what the pass does; either may be null.
struct CorrectListener {
  std::function<void(StringRef name, double seconds)> onStep;
  /// The network as it is behind the corrections that give tensors other
  /// numbers and names, and before those that change what it computes.
  std::function<void(ModuleOp)> onRenamed;
};
std::unique_ptr<Pass> createCorrect(const CorrectOptions &options,
                                    CorrectListener listener);

} // namespace qc

#endif // QC_CORRECTION_PASSES_H
