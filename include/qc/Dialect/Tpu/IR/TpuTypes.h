// Predicates on quantized types that the ops of tpu share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_TPUTYPES_H
#define QC_DIALECT_TPU_IR_TPUTYPES_H

#include "qc/Support/MLIR.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace qc::tpu {

/// Quantized i8, u8 or i16 with one scale for the whole tensor.
bool isActivationElement(Type type);

/// Quantized i8 or i16 with zero point 0, one scale or one a channel.
bool isWeightElement(Type type);

/// The per-tensor quantized element type of an activation.
quant::UniformQuantizedType getActivationElement(Type tensorType);

/// One scale for each of `channels`: those of a per-axis type, or the single
/// scale repeated.
SmallVector<double> getChannelScales(Type tensorType, int64_t channels);

/// True when all quantized operands and results of `op` have the same element
/// type; an op on floats only is true as well.
bool shareParameters(Operation &op);

} // namespace qc::tpu

#endif // QC_DIALECT_TPU_IR_TPUTYPES_H
