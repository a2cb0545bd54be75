// Activations that get 16 bits because the network's results are worth it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CORRECTION_WIDTHCHOICE_H
#define QC_CORRECTION_WIDTHCHOICE_H

#include "qc/Correction/Correction.h"

namespace qc {

/// The program may take so many times the cycles that it is estimated to take
/// with 8 bits, where nobody says otherwise.
inline constexpr double kMostCycles = 1.10;

/// Gives 16 bits to as few activations as pay: those first that bring the
/// results of the samples nearest for the cycles that they are estimated to
/// cost. The choice is noted in the module (`qc.widths`), and in words at each
/// tensor. It stays only if the integer network's results on held-out samples
/// come nearer. Fails after an error.
FailureOr<CorrectionSummary> chooseActivationWidths(CorrectionContext &context);

} // namespace qc

#endif // QC_CORRECTION_WIDTHCHOICE_H
