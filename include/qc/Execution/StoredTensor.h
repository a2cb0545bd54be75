// Stored integers and the real values they stand for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXECUTION_STOREDTENSOR_H
#define QC_EXECUTION_STOREDTENSOR_H

#include "qc/Execution/Executor.h"

namespace qc {

/// (stored - zeroPoint) * scale in f32. A tensor without a scale comes back as
/// it is.
Tensor dequantize(const TensorInfo &info, const Tensor &stored);

/// clamp(round_half_even(x / scale) + zeroPoint) in the storage type of `info`,
/// whose scale is positive; NaN becomes the zero point. `real` is f32.
Tensor quantize(const TensorInfo &info, const Tensor &real);

/// `tensor` with its dimensions in the order of the source model; the same
/// buffer if that is the order they have.
Tensor toSourceOrder(const TensorInfo &info, const Tensor &tensor);

/// What a float execution of the source model would call the same tensor: real
/// values in the source's order.
inline Tensor toSourceTensor(const TensorInfo &info, const Tensor &stored) {
  return toSourceOrder(info, dequantize(info, stored));
}

} // namespace qc

#endif // QC_EXECUTION_STOREDTENSOR_H
