// Element type conversion of tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_CONVERT_H
#define QC_SUPPORT_CONVERT_H

#include "qc/Support/Tensor.h"

namespace qc {

/// IEEE binary16 to and from float; to half rounds to nearest even.
float halfToFloat(uint16_t half);
uint16_t floatToHalf(float value);

/// The same values in another element type. Between floats: rounded to nearest.
/// Integer to float: rounded to nearest. Between integers: an error that names
/// the first value that does not fit. Float to integer: an error. The tensor
/// itself if it already has that type.
Result<Tensor> convertTensor(const Tensor &tensor, DType to);

/// Index of the first NaN of an f32 tensor; -1 if there is none or the elements
/// are of another type.
int64_t findNan(const Tensor &tensor);

} // namespace qc

#endif // QC_SUPPORT_CONVERT_H
