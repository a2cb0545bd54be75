// The smallest and the largest of what values hold, over a data set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_CORRECTION_VALUEEXTREMES_H
#define QC_LIB_CORRECTION_VALUEEXTREMES_H

#include "qc/Correction/Correction.h"
#include "qc/Interfaces/QuantizableOpInterface.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace qc {

/// Runs the float network of `context` on all samples that there are.
/// Infinities are passed over. Fails after an error.
FailureOr<llvm::DenseMap<Value, ValueRange1D>>
findExtremes(CorrectionContext &context, const llvm::DenseSet<Value> &values);

} // namespace qc

#endif // QC_LIB_CORRECTION_VALUEEXTREMES_H
