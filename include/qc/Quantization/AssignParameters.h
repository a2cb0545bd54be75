// Chooses the quantized type of every activation of a calibrated function.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_ASSIGNPARAMETERS_H
#define QC_QUANTIZATION_ASSIGNPARAMETERS_H

#include "qc/Quantization/AssignWidths.h"
#include "qc/Quantization/Parameters.h"

namespace qc {

/// The type of each activation (arguments and results; constants excluded).
struct ActivationTypes {
  llvm::DenseMap<Value, quant::UniformQuantizedType> types;
  /// Of activations that some op reads in the other width: the copy's type.
  llvm::DenseMap<Value, quant::UniformQuantizedType> copies;
};

/// Gives every float activation of `function` a type of the width that it has:
///  * a storage type that it has already, it keeps;
///  * its own range is the calibrated one, cut to the range that the op has by
///    definition (or all of that, with `spec.fullFixedRanges`);
///  * it holds the constants that its op moves, and nothing that makes no
///    difference where that would cost half of the steps (UsefulRanges.h);
///  * an op that only moves data passes on the type of its operand;
///  * what goes only into a concatenation takes the type of its result, so that
///    the producer rounds once, straight into the shared scale.
/// Fails after an error for each value without a range.
LogicalResult assignParameters(func::FuncOp function, const QuantSpec &spec,
                               const ActivationWidths &widths,
                               ActivationTypes &types);

} // namespace qc

#endif // QC_QUANTIZATION_ASSIGNPARAMETERS_H
