// The calibrate pass.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CALIBRATION_PASSES_H
#define QC_CALIBRATION_PASSES_H

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace qc {

#define GEN_PASS_DECL
#include "qc/Calibration/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "qc/Calibration/Passes.h.inc"

} // namespace qc

#endif // QC_CALIBRATION_PASSES_H
