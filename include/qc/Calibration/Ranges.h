// Ranges of activations in the IR: from statistics, from tables, as types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CALIBRATION_RANGES_H
#define QC_CALIBRATION_RANGES_H

#include "qc/Quantization/AssignWidths.h"
#include "qc/Statistics/CalibrationTable.h"
#include "qc/Statistics/StatisticsFile.h"
#include "qc/Statistics/Threshold.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

/// Ranges by tensor name, as `method` chooses them for the scheme that `widths`
/// gives each. The threads only share the work. Fails with an error at the value
/// without statistics.
FailureOr<CalibrationTable> chooseRanges(func::FuncOp function,
                                         const StatisticsFile &statistics,
                                         const ThresholdMethod &method,
                                         const ActivationWidths &widths,
                                         int threads);

/// Writes the ranges of `table` into the types of `function`'s activations and
/// into its signature. Names that only one side has are an error that lists
/// them.
LogicalResult annotateRanges(func::FuncOp function,
                             const CalibrationTable &table);

/// The ranges that `function` already carries; nothing unless every activation
/// has one.
std::optional<CalibrationTable> readRanges(func::FuncOp function);

} // namespace qc

#endif // QC_CALIBRATION_RANGES_H
