// The prepare phase: everything that simplifies a float network.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_PREPARE_H
#define QC_PIPELINES_PREPARE_H

#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace qc {

struct PrepareOptions : mlir::PassPipelineOptions<PrepareOptions> {
  Option<bool> insertPreprocess{
      *this, "insert-preprocess",
      llvm::cl::desc("Move mean, std and scale of the inputs into the network, "
                     "which then takes raw pixels"),
      llvm::cl::init(false)};
  Option<bool> refit{
      *this, "refit",
      llvm::cl::desc("Take a quantized model's scales and integers away, so "
                     "that they are chosen anew"),
      llvm::cl::init(false)};
};

/// Adds the passes of the phase: a module of top in, an equivalent one out.
/// Running it again changes nothing.
void buildPreparePipeline(mlir::OpPassManager &manager,
                          const PrepareOptions &options);

/// Registers the phase as `--prepare`.
void registerPreparePipeline();

} // namespace qc

#endif // QC_PIPELINES_PREPARE_H
