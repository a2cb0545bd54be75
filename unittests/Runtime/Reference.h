// The definitions of docs/Arithmetic.md in wide integers, to compare with.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_UNITTESTS_RUNTIME_REFERENCE_H
#define QC_UNITTESTS_RUNTIME_REFERENCE_H

#include "OpBuilder.h"

namespace qcrt::test {

/// a * multiplier / 2^n, rounded; with 31 bits and half_even, what is as near
/// to a tie as the multiplier may be off is one.
int64_t referenceRescale(const std::string &kind, const std::string &rounding,
                         int64_t a, int64_t multiplier, int n);

/// Value before zero point and clamp of accumulator a with entry i.
int64_t referenceRescale(const Ratio &ratio, int64_t a, size_t i = 0);
/// (t * 2^-n) with a rounding, for sums and products.
int64_t referenceRound(const std::string &kind, const std::string &rounding,
                       __int128 t, int n);

int64_t clampTo(int64_t value, const Format &format);
/// round_half_even(value) + zero point, clamped.
int64_t quantized(double value, const Format &format);

} // namespace qcrt::test
#endif // QC_UNITTESTS_RUNTIME_REFERENCE_H
