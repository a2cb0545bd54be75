// The prepare phase, in its order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Prepare.h"
#include "qc/Assign/Passes.h"
#include "qc/Transforms/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

void qc::buildPreparePipeline(mlir::OpPassManager &manager,
                              const PrepareOptions &options) {
  manager.addPass(createUnfoldStorageTypes());
  if (options.refit)
    manager.addPass(createStripStorageTypes());
  manager.addPass(createInsertPicture());
  if (options.insertPreprocess)
    manager.addPass(createInsertPreprocess());

  // What exporters leave behind.
  manager.addPass(createRemoveIdentities());
  manager.addPass(createFoldConstants());

  // Functions, before their parts are folded into something else.
  manager.addPass(createRecognizeLayerNorm());
  manager.addPass(createRecognizeActivations());

  // Movement that separates what could be fused.
  manager.addPass(createCanonicalizeMovement());
  manager.addPass(createFusePadding());

  // A bias may stand on either side of a batch norm, and a clamp comes last.
  manager.addPass(createFuseBias());
  manager.addPass(createFoldBatchNorm());
  manager.addPass(createFuseBias());
  manager.addPass(createFuseActivation());

  // What the rewrites left behind.
  manager.addPass(createRemoveIdentities());
  manager.addPass(createCanonicalizeMovement());
  manager.addPass(createFoldConstants());
  manager.addPass(createFoldPicture());
  manager.addPass(createFoldStorageTypes());
}

void qc::registerPreparePipeline() {
  mlir::PassPipelineRegistration<PrepareOptions>(
      "prepare",
      "Prepare: remove identities, fold constants, recognize functions, fold "
      "batch norms, fuse padding, biases and activations",
      buildPreparePipeline);
}
