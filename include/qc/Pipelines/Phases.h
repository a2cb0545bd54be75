// The phases from a prepared network to a scheduled one, as pipelines.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_PHASES_H
#define QC_PIPELINES_PHASES_H

#include "qc/Assign/Passes.h"
#include "qc/Calibration/Passes.h"
#include "qc/Correction/Passes.h"
#include "qc/Target/Passes.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace qc {

/// The phases of a compile in order; `--stop-after` names one.
ArrayRef<StringRef> getPhaseNames();

/// Ranges: prepares the network (nothing happens when it is), then runs
/// samples.
void buildCalibratePipeline(mlir::OpPassManager &manager,
                            const CalibrateOptions &options,
                            TableListener onTable = {});

/// Constants that bring the integer form nearer to the float network.
void buildCorrectPipeline(mlir::OpPassManager &manager,
                          const CorrectOptions &options,
                          CorrectListener listener = {});

/// A storage type for every activation and weight.
void buildAssignPipeline(mlir::OpPassManager &manager,
                         const AssignQuantizationOptions &options);

/// Integers: top with storage types becomes tpu, and transposes move until they
/// cancel. With `keepsEdges` integers go in and come out.
void buildLowerPipeline(mlir::OpPassManager &manager, bool keepsEdges = false);

/// What the target runs: its rewrites, then a check of its rules; then at most
/// `maxSubgraphs` subgraphs on the device, any number if that is 0.
void buildLegalizePipeline(mlir::OpPassManager &manager,
                           const LegalizeOptions &options,
                           int64_t maxSubgraphs = 0);

/// Registers `--calibrate`, `--quantize` and `--schedule`. The options of the
/// first two are those of the passes calibrate-ranges and assign-quantization.
void registerPhasePipelines();

} // namespace qc

#endif // QC_PIPELINES_PHASES_H
