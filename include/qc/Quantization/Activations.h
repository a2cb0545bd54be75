// Which values of a float function are activations, and which share parameters.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_ACTIVATIONS_H
#define QC_QUANTIZATION_ACTIVATIONS_H

#include "qc/Interfaces/QuantizableOpInterface.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qc/Support/MLIR.h"

namespace qc {

/// A float tensor that is computed when the network runs.
bool isActivation(Value value);

/// The activations of `function` in order: arguments, then results.
SmallVector<Value> collectActivations(func::FuncOp function);

/// The operands of `op` that are activations, in order.
SmallVector<Value> getActivationOperands(Operation *op);

/// Whether `op` only moves or selects values.
bool sharesParameters(Operation *op);

/// The one activation whose parameters `value` shares because its op only
/// moves data; null when it has parameters of its own.
Value getMovedOperand(Value value);

} // namespace qc

#endif // QC_QUANTIZATION_ACTIVATIONS_H
