// The widths that a module asks for and its target allows.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_CHOOSEWIDTHS_H
#define QC_TARGET_CHOOSEWIDTHS_H

#include "qc/Quantization/AssignWidths.h"
#include "qc/Target/TargetBackend.h"

namespace qc {

/// The width of each activation of `function`, of top, as its module asks for
/// it (`qc.precision`, `qc.int16_tensors`, `qc.widths`) and the support rules
/// of `backend` allow it. Those called `more` have 16 bits as well.
FailureOr<ActivationWidths> chooseWidths(func::FuncOp function,
                                         const TargetBackend &backend,
                                         ArrayRef<std::string> more = {});

} // namespace qc

#endif // QC_TARGET_CHOOSEWIDTHS_H
