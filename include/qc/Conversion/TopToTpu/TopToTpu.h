// From calibrated top to integer tpu.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CONVERSION_TOPTOTPU_TOPTOTPU_H
#define QC_CONVERSION_TOPTOTPU_TOPTOTPU_H

#include "qc/Quantization/QuantSpec.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

/// Replaces the top ops of `function` by tpu ops in the types that `spec` and
/// `precision` allow. Arguments and results stay float: the function begins
/// with `tpu.quantize` and ends with `tpu.dequantize`. Image ops are NHWC, with
/// transposes around them that `--propagate-layout` then moves and cancels.
/// Fails, after one error for each op without an integer form, and leaves the
/// function unchanged.
LogicalResult convertTopToTpu(func::FuncOp function, const QuantSpec &spec,
                              const Precision &precision);

} // namespace qc

#endif // QC_CONVERSION_TOPTOTPU_TOPTOTPU_H
