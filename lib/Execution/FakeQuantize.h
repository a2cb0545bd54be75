// Real values rounded to what the type that stores them can represent; private
// to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXECUTION_FAKEQUANTIZE_H
#define QC_LIB_EXECUTION_FAKEQUANTIZE_H

#include "Kernels.h"
#include "qc/Dialect/Top/IR/Top.h"

namespace qc {

/// clamp(round_half_even(x / scale) + zero point) to the storage range of
/// `type`, as a real number again; NaN becomes zero. Filling stays zero.
std::unique_ptr<OpKernel>
makeFakeQuantizeKernel(ArrayRef<int64_t> shape, TensorLayout layout,
                       quant::UniformQuantizedType type);

/// Every element as the nearest number of half precision.
std::unique_ptr<OpKernel> makeHalfPrecisionKernel(ArrayRef<int64_t> shape,
                                                  TensorLayout layout);

/// The real values of a stored constant, in f32.
Result<Tensor> dequantizeConstant(top::QuantizedConstantOp op);

} // namespace qc

#endif // QC_LIB_EXECUTION_FAKEQUANTIZE_H
