// From calibrated top to integer tpu.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CONVERSION_TOPTOTPU_TOPTOTPU_H
#define QC_CONVERSION_TOPTOTPU_TOPTOTPU_H

#include "qc/Quantization/AssignWidths.h"
#include "qc/Target/TargetBackend.h"

namespace qc {

/// The width of each activation of `function`, of top, as its module asks for
/// it (`qc.precision`, `qc.int16_tensors`) and the support rules of `backend`
/// allow it.
FailureOr<ActivationWidths> chooseWidths(func::FuncOp function,
                                         const TargetBackend &backend);

/// Replaces the top ops of `function` by tpu ops in the types that `spec` and
/// `precision` allow, each activation of the width that `widths` gives it.
/// Arguments and results stay float: the function begins with `tpu.quantize`
/// and ends with `tpu.dequantize`. Image ops are NHWC, with transposes around
/// them that `--propagate-layout` then moves and cancels. Fails, after one
/// error for each op without an integer form, and leaves the function
/// unchanged. With `rehearses` the ranges are placeholders that only serve to
/// find such ops and those that a target refuses: weights and ratios of scales
/// are not computed.
LogicalResult convertTopToTpu(func::FuncOp function, const QuantSpec &spec,
                              const Precision &precision,
                              const ActivationWidths &widths,
                              bool rehearses = false);

} // namespace qc

#endif // QC_CONVERSION_TOPTOTPU_TOPTOTPU_H
