// Biases that give each channel the mean that it has in the float network.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rounding weights shifts the mean of a channel, and what comes before shifts
// it further. Layer by layer, on the quantized prefix as it has been corrected
// so far, the bias is moved until the mean of the stored result, behind its
// fused activation, is that of the float network.
#ifndef QC_CORRECTION_BIASCORRECTION_H
#define QC_CORRECTION_BIASCORRECTION_H

#include "qc/Correction/Correction.h"

namespace qc {

/// Corrects the biases of the context's network. A channel keeps its change
/// only if its mean over held-out samples comes nearer as well. Fails after an
/// error.
FailureOr<CorrectionSummary> correctBiases(CorrectionContext &context);

/// How near the integer network's results would come on held-out samples with
/// biases that were corrected, if not to the last: what another correction has
/// gained may hide behind shifted means. Changes nothing. Fails after an error.
FailureOr<Score> scoreWithBiases(CorrectionContext &context);

} // namespace qc

#endif // QC_CORRECTION_BIASCORRECTION_H
