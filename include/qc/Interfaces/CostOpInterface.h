// Work and traffic of an op, counted from shapes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_COSTOPINTERFACE_H
#define QC_INTERFACES_COSTOPINTERFACE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

namespace qc {

/// Bits that one element of `type` takes in memory: the storage width of a
/// quantized type, 32 for a calibrated one, 8 for i1.
unsigned getStorageBits(mlir::Type elementType);

/// Bytes of all ranked tensors among `types` with static shapes.
int64_t sumOfBytes(mlir::TypeRange types);

/// Elements of all operands of `op` that are defined by a constant-like op.
int64_t countConstantElements(mlir::Operation *op);

} // namespace qc

#include "qc/Interfaces/CostOpInterface.h.inc"

#endif // QC_INTERFACES_COSTOPINTERFACE_H
