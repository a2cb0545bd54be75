// From calibrated ranges to storage types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_ASSIGN_ASSIGN_H
#define QC_ASSIGN_ASSIGN_H

#include "qc/Quantization/AssignWidths.h"

namespace qc {

/// Gives every activation of `function` a storage type of the width in
/// `widths`, within `spec`; stores weights and constants in types of
/// `precision`; and lets ops that take another width read a copy in that
/// (`top.requantize`). What has a storage type keeps it. Fails after errors
/// that name values without a range, weights that are not finite, and types
/// that contradict each other. With `rehearses` the ranges are placeholders:
/// weights get placeholders too.
LogicalResult assignQuantization(func::FuncOp function, const QuantSpec &spec,
                                 const Precision &precision,
                                 const ActivationWidths &widths,
                                 bool rehearses = false);

/// Gives the storage types that values of `function` have to those that hold
/// the same values because an op only moves them, in both directions.
void spreadStorageTypes(func::FuncOp function);

/// Gives `value` the storage type of `source`, which it is moved from, unless
/// it has one.
void followStorageType(Value value, Value source);

/// The constant operands of `function` that are weights in the integer form,
/// stored or not.
SmallVector<OpOperand *> collectWeights(func::FuncOp function);

/// Whether activations of `function` have storage types and weights are stored.
bool isAssigned(func::FuncOp function);

/// Fails after an error that lists the storage types that `function` comes with
/// and `target` does not compute in, by its `spec`. Integers of the other
/// signedness are called by those of the target first, which changes no value.
LogicalResult verifyGivenTypes(func::FuncOp function, StringRef target,
                               const QuantSpec &spec,
                               const Precision &precision,
                               const ActivationWidths &widths);

/// Fails after an error at each op that cannot be computed in the storage types
/// of its operands and results on any chip: what only moves values must not
/// change them.
LogicalResult verifyAssigned(func::FuncOp function);

} // namespace qc

#endif // QC_ASSIGN_ASSIGN_H
