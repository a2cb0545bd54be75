// Which values of a float function are activations, and which share parameters.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_ACTIVATIONS_H
#define QC_QUANTIZATION_ACTIVATIONS_H

#include "qc/Interfaces/QuantizableOpInterface.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "qc/Support/MLIR.h"

namespace qc {

/// A float tensor that is computed when the network runs.
bool isActivation(Value value);

/// The activations of `function` in order: arguments, then results.
SmallVector<Value> collectActivations(func::FuncOp function);

/// The storage type that `value` has in the IR already, or null. Those that it
/// has before an assignment stay as they are.
quant::UniformQuantizedType getStorageType(Value value);

/// Calibrates float `value` to [min, max], widened to contain zero. When it is
/// an argument or a result, call `updateFunctionType` afterwards.
void setRange(Value value, double min, double max);

/// Whether `op` is a layer that is computed in float beside integer ones.
bool isInFloat(Operation *op);

/// Whether `value` never is integers: it comes from a layer in float or from
/// outside, and only such layers, or the outside, read it.
bool isFloatOnly(Value value);

/// Whether activations of `function` have storage types, and all that something
/// reads in integers do.
bool hasStorageTypes(func::FuncOp function);

/// Makes the signature of `function` that of its arguments and results.
void updateFunctionType(func::FuncOp function);

/// The operands of `op` that are activations, in order.
SmallVector<Value> getActivationOperands(Operation *op);

/// Whether `op` only moves or selects values.
bool sharesParameters(Operation *op);

/// Whether the result of `op`, which only moves values, holds those of several
/// sources: activations, constants, or what the op itself puts in. It then has
/// parameters of its own, into which operands are rescaled.
bool joinsValues(Operation *op);

/// The one activation whose parameters `value` shares because its op only
/// moves data; null when it has parameters of its own.
Value getMovedOperand(Value value);

/// Constants of more elements are not looked at: they are nobody's weights, and
/// the text of a splat can claim any number.
inline constexpr int64_t kMostConstantElements = int64_t(1) << 31;

/// The float elements of a constant, row-major, or what the integers of a
/// stored one stand for; nothing when `value` is neither.
std::optional<SmallVector<float>> getFloatElements(Value value);

/// The extremes of a float constant and its least magnitude that is not zero;
/// nothing when `value` is not one.
std::optional<KnownValues> getConstantValues(Value value);

/// The values that are in the result of `op` whatever its activations hold: of
/// its constants, where it moves them, and what it puts in itself.
std::optional<ValueRange1D> getConstantContents(Operation *op);

} // namespace qc

#endif // QC_QUANTIZATION_ACTIVATIONS_H
