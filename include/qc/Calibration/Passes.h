// The calibrate pass.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CALIBRATION_PASSES_H
#define QC_CALIBRATION_PASSES_H

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

#include <functional>
#include <memory>
#include <string>

namespace qc {

using mlir::Pass;

#define GEN_PASS_DECL
#include "qc/Calibration/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "qc/Calibration/Passes.h.inc"

/// Is given the table of ranges that the pass has chosen, as text.
using TableListener = std::function<void(std::string table)>;
std::unique_ptr<Pass> createCalibrate(const CalibrateOptions &options,
                                      TableListener onTable);

} // namespace qc

#endif // QC_CALIBRATION_PASSES_H
