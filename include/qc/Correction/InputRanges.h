// Ranges of a network's inputs, by what they do to its results.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The channels of an input can be in different units: one that is large and
// matters little may take the whole range (the energy in a spectrum beside the
// other coefficients). No statistic of the input alone shows that. Behind the
// first layers training has made channels alike, so that only inputs need this.
#ifndef QC_CORRECTION_INPUTRANGES_H
#define QC_CORRECTION_INPUTRANGES_H

#include "qc/Correction/Correction.h"

namespace qc {

/// Shrinks each end of each float input's range as long as the results of the
/// float network, with this input quantized and nothing else, come nearer to
/// those without; what is found stays unless the integer network's results get
/// worse. Fails after an error.
FailureOr<CorrectionSummary> tuneInputRanges(CorrectionContext &context);

} // namespace qc

#endif // QC_CORRECTION_INPUTRANGES_H
