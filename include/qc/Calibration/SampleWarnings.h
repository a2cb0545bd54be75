// Warnings about calibration samples that are likely a mistake.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CALIBRATION_SAMPLEWARNINGS_H
#define QC_CALIBRATION_SAMPLEWARNINGS_H

#include "qc/Statistics/DataChecks.h"
#include "qc/Statistics/StatisticsFile.h"
#include "qc/Support/MLIR.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

/// Warns of what `survey` finds wrong with the samples of `function`.
void warnAboutSamples(func::FuncOp function, const InputSurvey &survey);

/// The same as far as statistics that come without samples can tell: inputs
/// that are one constant.
void warnAboutStatistics(func::FuncOp function,
                         const StatisticsFile &statistics);

/// Warns of results of `function` that do not depend on any input, because what
/// they are computed from is one constant in all samples (a dead relu, weights
/// of zeros), and names that tensor. Inputs that are constant themselves are
/// left to the functions above.
void warnAboutConstantResults(func::FuncOp function,
                              const StatisticsFile &statistics);

} // namespace qc

#endif // QC_CALIBRATION_SAMPLEWARNINGS_H
