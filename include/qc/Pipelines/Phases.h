// The phases from a prepared network to a scheduled one, as pipelines.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_PHASES_H
#define QC_PIPELINES_PHASES_H

#include "qc/Calibration/Passes.h"
#include "qc/Conversion/TopToTpu/Passes.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace qc {

/// Ranges: prepares the network (nothing happens when it is), then runs samples.
void buildCalibratePipeline(mlir::OpPassManager &manager,
                            const CalibrateOptions &options);

/// Integers: top becomes tpu, and transposes move until they cancel.
void buildQuantizePipeline(mlir::OpPassManager &manager,
                           const ConvertTopToTpuOptions &options);

/// Registers `--calibrate` and `--quantize`. Their options are those of the
/// passes calibrate-ranges and convert-top-to-tpu.
void registerPhasePipelines();

} // namespace qc

#endif // QC_PIPELINES_PHASES_H
