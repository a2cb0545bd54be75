// Weights rounded for what their layers compute.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CORRECTION_WEIGHTROUNDING_H
#define QC_CORRECTION_WEIGHTROUNDING_H

#include "qc/Correction/Correction.h"

namespace qc {

/// Chooses the integers of the weights of the context's network, layer by layer
/// on the rounded prefix, by the second moments of what each layer reads (see
/// Rounding.h), and stores them: `top.quantized_constant`. A bias takes up what
/// that does to the mean. The integers stay only if the results on held-out
/// samples come nearer. Fails after an error.
FailureOr<CorrectionSummary> roundWeights(CorrectionContext &context);

} // namespace qc

#endif // QC_CORRECTION_WEIGHTROUNDING_H
