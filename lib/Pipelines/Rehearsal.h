// What can be known of a compile before the network is calibrated.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_REHEARSAL_H
#define QC_LIB_PIPELINES_REHEARSAL_H

#include "qc/Support/MLIR.h"

namespace qc {

/// Quantizes a copy of prepared `module` with placeholders for ranges, and
/// legalizes it when `legalizes`. Null after the errors that these phases would
/// end in after a calibration that may take an hour.
OwningOpRef<ModuleOp> rehearse(ModuleOp module, bool legalizes, bool allowCpu);

} // namespace qc

#endif // QC_LIB_PIPELINES_REHEARSAL_H
