// Ranges of activations in the IR: from statistics, from tables, as types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CALIBRATION_RANGES_H
#define QC_CALIBRATION_RANGES_H

#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Quantization/AssignWidths.h"
#include "qc/Statistics/CalibrationTable.h"
#include "qc/Statistics/StatisticsFile.h"
#include "qc/Statistics/Threshold.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

/// Ranges by tensor name, as `method` chooses them for the scheme that `widths`
/// gives each, except that results of the network hold every value that was
/// seen: the largest ones are what a classification is about. The threads only
/// share the work. Fails with an error at the value without statistics.
FailureOr<CalibrationTable> chooseRanges(func::FuncOp function,
                                         const StatisticsFile &statistics,
                                         const ThresholdMethod &method,
                                         const ActivationWidths &widths,
                                         int threads);

/// Writes the ranges of `table` into the types of `function`'s activations and
/// into its signature: [-threshold, threshold] where `widths` gives a symmetric
/// scheme, [min, max] elsewhere; notes as `#qc.parameters` that `source` chose
/// them, and why. An error lists names that only one side has;
/// another one names what has values and no threshold for a symmetric scheme.
LogicalResult annotateRanges(func::FuncOp function,
                             const CalibrationTable &table,
                             const ActivationWidths &widths,
                             ParameterSource source);

/// The ranges that `function` already carries; nothing unless every activation
/// has one, or a storage type.
std::optional<CalibrationTable> readRanges(func::FuncOp function);

} // namespace qc

#endif // QC_CALIBRATION_RANGES_H
