// The check dialect: expectations that a test executes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_CHECK_IR_CHECK_H
#define QC_DIALECT_CHECK_IR_CHECK_H

#include "qc/Support/MLIR.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"

#include "qc/Dialect/Check/IR/CheckDialect.h.inc"

#define GET_OP_CLASSES
#include "qc/Dialect/Check/IR/CheckOps.h.inc"

namespace qc::check {

/// The element type that values of `elementType` are compared in: the storage
/// type of quantized ones, the expressed type of calibrated ones.
Type getComparedElement(Type elementType);

} // namespace qc::check

#endif // QC_DIALECT_CHECK_IR_CHECK_H
