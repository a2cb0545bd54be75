// Scales whose requantisation never lands between two integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An integer times p / q with q odd is never an odd multiple of one half, and
// is at least 1 / (2 q) away from one. With scales whose ratios are such
// fractions the rounding of ties, the width of a multiplier and the last bits
// of a float product cannot change a result: every implementation that computes
// a requantisation within 1 / (2 q) stores the same byte.
#ifndef QC_QUANTIZATION_TIEFREE_H
#define QC_QUANTIZATION_TIEFREE_H

#include "qc/Quantization/AssignParameters.h"

namespace qc {

/// A fraction p / q with q odd, as small as a relative distance of 2^-12 to
/// `ratio` allows; `ratio` itself where none with q < 2^16 is that close.
double getTieFreeRatio(double ratio);

/// Lets scales of activations that meet in an op stand in such ratios. Those of
/// 8 bits that are added or joined become odd multiples of a common step, and
/// grow by at most 1/127. A mean's, a clamp's or a product's result follows its
/// operands, together with all that it is added to or joined with, or an
/// operand follows the result: scales of 8 bits move by at most 2^-12, those of
/// 16 bits grow by at most 1/31. Where a mean leads from a set of sums back
/// into it, their steps differ by powers of two as well.
///
/// Storage types that values have in the IR already stay as they are, as do
/// scales that are powers of two; a mean's is not larger than that of
/// its operand.
void makeTieFree(func::FuncOp function, const ActivationWidths &widths,
                 ActivationTypes &types);

} // namespace qc

#endif // QC_QUANTIZATION_TIEFREE_H
