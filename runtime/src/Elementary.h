// exp, log and pow from IEEE additions, multiplications and divisions only, so
// that every host computes the same bits (a C library's own may differ).
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_ELEMENTARY_H
#define QCRT_SRC_ELEMENTARY_H

namespace qcrt {

/// e^x. Relative error below 2^-50; 0 below -708, infinity above 709, NaN for
/// NaN.
double portableExp(double x);

/// Natural logarithm. Error below 2^-50 relative to the larger of the result
/// and 2^-10 (x near 1); -infinity for 0, NaN for negative x.
double portableLog(double x);

/// x^y with the special cases of C's pow for finite operands; NaN for a
/// negative x with a y that is not an integer. Relative error below
/// 2^-50 * (2 + |y * log(x)|).
double portablePow(double x, double y);

} // namespace qcrt
#endif // QCRT_SRC_ELEMENTARY_H
