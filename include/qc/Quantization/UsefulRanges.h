// What of each activation its readers can tell apart.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A mask of -3e38 that is added to numbers around one, behind which a softmax
// or a clamp follows, might as well be -100. Which values make a difference is
// asked of the readers, from the results back to the inputs.
#ifndef QC_QUANTIZATION_USEFULRANGES_H
#define QC_QUANTIZATION_USEFULRANGES_H

#include "qc/Interfaces/QuantizableOpInterface.h"
#include "qc/Quantization/AssignWidths.h"

namespace qc {

using ValueRanges = llvm::DenseMap<Value, ValueRange1D>;

/// The dimension of an activation along which all its readers see only what is
/// near the largest value (they take a softmax, maybe behind ops that move
/// whole rows), for those that have one.
llvm::DenseMap<Value, int64_t> findPeakAxes(func::FuncOp function);

/// The values of operand `index` of `op` that make a difference to a result of
/// which those of `result` do; `operands` is what is known of all operands. Not
/// empty, never NaN.
ValueRange1D getUsefulRange(QuantizableOpInterface op, unsigned index,
                            ArrayRef<KnownValues> operands,
                            ValueRange1D result);

/// Calls `visit` for every activation of `function`, readers before what they
/// read, with the interval that makes a difference to all its readers together
/// (to what is returned, and to ops that say nothing, everything does). It
/// follows from `ranges`, which holds a range for each activation and which
/// `visit` may change. Of what has a peak axis, all that its own range holds
/// makes a difference, and nothing below.
void visitUsefulRanges(func::FuncOp function, const ActivationWidths &widths,
                       ValueRanges &ranges,
                       function_ref<void(Value, ValueRange1D)> visit);

/// `range`, or its part in `useful` where that makes the steps of `scheme` less
/// than half as large. Less is not worth other numbers than calibration chose.
ValueRange1D narrowToUseful(ValueRange1D range, ValueRange1D useful,
                            const ActivationScheme &scheme);

/// `range`, widened to what is in `value` whatever the network reads: constants
/// that its op moves and what it puts in itself, as far as it is `useful` and
/// finite.
ValueRange1D holdConstants(Value value, ValueRange1D range,
                           ValueRange1D useful);

/// Widens and narrows `ranges` in these ways, except for results that have a
/// range by definition.
void settleRanges(func::FuncOp function, const ActivationWidths &widths,
                  ValueRanges &ranges);

} // namespace qc

#endif // QC_QUANTIZATION_USEFULRANGES_H
