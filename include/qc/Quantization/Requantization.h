// From scale ratios to multipliers and shifts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_REQUANTIZATION_H
#define QC_QUANTIZATION_REQUANTIZATION_H

#include "qc/Quantization/QuantSpec.h"

namespace qc {

/// The requantisation by each of `ratios` (each > 0), r = m * 2^-n. Mul32:
/// m in [2^30, 2^31), n in [2, 62]; Mul16: m in [2^14, 2^15), n in [0, 46];
/// Pow2: the ratio must be a power of two. Fails, after an error at `loc`
/// that gives the ratio, when a ratio is out of reach.
FailureOr<tpu::RequantAttr> makeRequant(Location loc, ArrayRef<double> ratios,
                                        tpu::RequantKind kind,
                                        tpu::Rounding rounding);

/// Two multipliers over one shift, for sums: ratios of the two operands.
FailureOr<tpu::RequantAttr> makeSumRequant(Location loc, double lhsRatio,
                                           double rhsRatio,
                                           tpu::RequantKind kind,
                                           tpu::Rounding rounding);

/// Ratios that every kind can represent lie in this interval; weight scales
/// are floored so that a layer's ratios do.
inline constexpr double kSmallestRatio = 1.0 / (int64_t(1) << 31);

} // namespace qc

#endif // QC_QUANTIZATION_REQUANTIZATION_H
