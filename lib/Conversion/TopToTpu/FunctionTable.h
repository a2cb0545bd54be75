// Functions of one value as tables; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_CONVERSION_TOPTOTPU_FUNCTIONTABLE_H
#define QC_LIB_CONVERSION_TOPTOTPU_FUNCTIONTABLE_H

#include "Lowering.h"

namespace qc {

/// Lowers `op` (one result), which computes `function` of each element of
/// `input`, to a table; `name` and `params` tell exporters what it is.
LogicalResult lowerToTable(Operation *op, Lowering &lowering, Value input,
                           StringRef name, ArrayRef<double> params,
                           llvm::function_ref<double(double)> function);

/// The one element of the operand that makes a binary op a function of the
/// other operand.
struct ScalarOperand {
  double constant;
  bool left; ///< the constant is the left operand
};

/// The scalar operand of a binary op whose result has the shape of the other
/// operand; nothing when it has none.
std::optional<ScalarOperand> findScalarOperand(Operation *op);

/// Lowers a binary op one of whose operands is a constant with a single
/// element as a function of the other. Nothing when it has no such operand (see
/// `findScalarOperand`). The table is called like the op; its params are the
/// constant, 1 if it is the left operand (else 0), and the bounds of the fused
/// activation.
std::optional<LogicalResult> lowerScalarOperand(Operation *op,
                                                Lowering &lowering);

} // namespace qc

#endif // QC_LIB_CONVERSION_TOPTOTPU_FUNCTIONTABLE_H
