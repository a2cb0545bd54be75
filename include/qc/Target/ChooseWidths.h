// The widths that a module asks for and its target allows.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_CHOOSEWIDTHS_H
#define QC_TARGET_CHOOSEWIDTHS_H

#include "qc/Quantization/AssignWidths.h"
#include "qc/Target/TargetBackend.h"

namespace qc {

/// The width of each activation of `function`, of top, as its module asks for
/// it (`qc.precision`, `qc.int16_tensors`) and the support rules of `backend`
/// allow it.
FailureOr<ActivationWidths> chooseWidths(func::FuncOp function,
                                         const TargetBackend &backend);

} // namespace qc

#endif // QC_TARGET_CHOOSEWIDTHS_H
