// The phases from a prepared network to a scheduled one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Phases.h"
#include "qc/Conversion/TopToTpu/Passes.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"
#include "qc/Pipelines/Prepare.h"
#include "qc/Target/TargetBackend.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

static void addCalibrate(OpPassManager &manager, std::unique_ptr<Pass> pass) {
  qc::buildPreparePipeline(manager, {});
  manager.addPass(std::move(pass));
}

static void addQuantize(OpPassManager &manager, std::unique_ptr<Pass> assign) {
  manager.addPass(std::move(assign));
  qc::buildLowerPipeline(manager);
}

void qc::buildCalibratePipeline(OpPassManager &manager,
                                const CalibrateOptions &options,
                                TableListener onTable) {
  addCalibrate(manager, createCalibrate(options, std::move(onTable)));
}

void qc::buildCorrectPipeline(OpPassManager &manager,
                              const CorrectOptions &options,
                              CorrectListener listener) {
  manager.addPass(createCorrect(options, std::move(listener)));
}

void qc::buildAssignPipeline(OpPassManager &manager,
                             const AssignQuantizationOptions &options) {
  manager.addPass(createAssignQuantization(options));
}

void qc::buildLowerPipeline(OpPassManager &manager, bool keepsEdges) {
  manager.addPass(createConvertTopToTpu());
  if (keepsEdges)
    manager.addNestedPass<func::FuncOp>(createDropEdges());
  manager.addNestedPass<func::FuncOp>(createPropagateLayout());
  manager.addPass(createCSEPass());
}

void qc::buildLegalizePipeline(OpPassManager &manager,
                               const LegalizeOptions &options,
                               int64_t maxSubgraphs) {
  manager.addPass(createLegalize(options));
  if (maxSubgraphs)
    manager.addPass(createMergeSubgraphs({uint64_t(maxSubgraphs)}));
}

/// A pipeline that hands its option text to the pass made by `create`.
static void registerAround(StringRef name, StringRef description,
                           std::unique_ptr<Pass> (*create)(),
                           void (*add)(OpPassManager &,
                                       std::unique_ptr<Pass>)) {
  registerPassPipeline(
      name, description,
      [create, add](OpPassManager &manager, StringRef options,
                    function_ref<LogicalResult(const Twine &)> onError) {
        std::unique_ptr<Pass> pass = create();
        if (failed(pass->initializeOptions(options, onError)))
          return failure();
        add(manager, std::move(pass));
        return success();
      },
      [](function_ref<void(const detail::PassOptions &)>) {});
}

void qc::registerPhasePipelines() {
  registerAround(
      "calibrate",
      "Prepare the network, run samples and note ranges; options as "
      "--calibrate-ranges, e.g. --calibrate=data=DIR",
      [] { return createCalibrate(); }, addCalibrate);
  registerAround(
      "quantize",
      "Give the calibrated network storage types and turn it into integers; "
      "options as --assign-quantization, e.g. --quantize=target=NAME",
      [] { return createAssignQuantization(); }, addQuantize);
  PassPipelineRegistration<>(
      "schedule", "Plan memory and check the plan",
      [](OpPassManager &manager) { buildGenericSchedulePipeline(manager); });
}
