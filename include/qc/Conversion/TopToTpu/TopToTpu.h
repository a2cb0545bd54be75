// From top with storage types to integer tpu.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CONVERSION_TOPTOTPU_TOPTOTPU_H
#define QC_CONVERSION_TOPTOTPU_TOPTOTPU_H

#include "qc/Quantization/QuantSpec.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace qc {

/// Says of every op of top that has an integer form what the assignment of
/// storage types must know of it (IntegerFormOpInterface).
void registerIntegerForms(DialectRegistry &registry);

/// Replaces the top ops of `function`, whose values have storage types, by tpu
/// ops in the arithmetic of `spec`. Nothing is chosen here: types, weights and
/// constants are taken as they are, and an activation that an op reads in other
/// parameters than it takes is rescaled. Arguments and results become float:
/// the function begins with `tpu.quantize` and ends with `tpu.dequantize`.
/// Image ops are NHWC, with transposes around them that `--propagate-layout`
/// then moves and cancels. Fails, after one error for each value without a
/// storage type or op without an integer form, and leaves the function
/// unchanged. With `rehearses` the types are placeholders that only serve to
/// find such ops and those that a target refuses: ratios of scales are not
/// computed.
LogicalResult convertTopToTpu(func::FuncOp function, const QuantSpec &spec,
                              bool rehearses = false);

} // namespace qc

#endif // QC_CONVERSION_TOPTOTPU_TOPTOTPU_H
