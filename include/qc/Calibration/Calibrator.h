// Runs samples through a float network and gathers statistics of its tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CALIBRATION_CALIBRATOR_H
#define QC_CALIBRATION_CALIBRATOR_H

#include "qc/Execution/Executor.h"
#include "qc/Statistics/DataChecks.h"
#include "qc/Statistics/StatisticsFile.h"
#include "qc/Support/Dataset.h"
#include "qc/Support/Progress.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

struct CalibrationOptions {
  StatisticsOptions statistics;
  int threads = 0;
  ProgressListener *progress = nullptr;
  /// Is shown every sample, if there is one; it knows the dataset's inputs.
  InputSurvey *survey = nullptr;
};

/// Statistics of every float activation of `function` over all samples. Each
/// worker runs whole samples with one thread and statistics of its own; the
/// merged result has the same bytes for any number of workers. Fails after an
/// error that names the sample, or the first tensor with NaN.
FailureOr<StatisticsFile> gatherStatistics(func::FuncOp function,
                                           const Dataset &dataset,
                                           const CalibrationOptions &options);

} // namespace qc

#endif // QC_CALIBRATION_CALIBRATOR_H
