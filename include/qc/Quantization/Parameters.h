// From ranges to scales and zero points, one tensor at a time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_PARAMETERS_H
#define QC_QUANTIZATION_PARAMETERS_H

#include "qc/Interfaces/QuantizableOpInterface.h"
#include "qc/Quantization/QuantSpec.h"

namespace qc {

/// The quantized type of an activation with values in `range`, after
/// docs/Arithmetic.md: the range is widened to contain zero; a degenerate one
/// gets the smallest normal scale. The scale is a float32 number.
quant::UniformQuantizedType getActivationType(MLIRContext *context,
                                              ValueRange1D range,
                                              const ActivationScheme &scheme);

/// The scale of symmetric weights whose largest magnitude is `magnitude`, not
/// below `floor`. A float32 number.
double getWeightScale(double magnitude, double floor,
                      const WeightScheme &scheme);

/// The stored integer of `value`: round half even, saturated, NaN to the zero
/// point.
int64_t quantizeValue(double value, double scale, int64_t zeroPoint,
                      int64_t low, int64_t high);

/// `value` in the units of `type`, saturated to its storage range.
int64_t quantizeValue(double value, quant::UniformQuantizedType type);

/// The real values that `type` can represent.
ValueRange1D getRepresentableRange(quant::UniformQuantizedType type);

} // namespace qc

#endif // QC_QUANTIZATION_PARAMETERS_H
