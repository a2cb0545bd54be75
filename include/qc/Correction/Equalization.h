// Channels scaled across layers, so that each fills its tensor's range.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tensor has one scale for all of its channels, and one whose values are all
// small keeps few of the steps. Where nothing but functions with
// f(s x) = s f(x) lies between two layers, a channel can be made larger by the
// weights in front and smaller again by those behind: the float network
// computes the same. A clamp other than at zero stays where it is, so that only
// channels are scaled that stay clear of it.
#ifndef QC_CORRECTION_EQUALIZATION_H
#define QC_CORRECTION_EQUALIZATION_H

#include "qc/Correction/Correction.h"

#include <limits>

namespace qc {

/// What a factor on a group of channels does to the errors behind it.
struct GroupMeasure {
  /// Error from rounding the channels, squared, in the sums of their readers:
  /// falls with the square of the factor.
  double rounding = 0;
  /// Error from rounding the readers' weights: rises with its square. Zero
  /// where each of these weights has a scale of its own.
  double weights = 0;
  /// The largest factor with which all values stay in their ranges.
  double room = std::numeric_limits<double>::infinity();
};

/// The factor from 1 up to `measure`'s room with the least error, a float32
/// number; 1 where nothing is known.
double chooseFactor(const GroupMeasure &measure);

/// Scales the channels of the context's network. Tensors that hold scaled
/// values are renamed to NAME_scaled. What was done stays only if the integer
/// network's results on held-out samples come nearer. Fails after an error.
FailureOr<CorrectionSummary> equalizeChannels(CorrectionContext &context);

} // namespace qc

#endif // QC_CORRECTION_EQUALIZATION_H
