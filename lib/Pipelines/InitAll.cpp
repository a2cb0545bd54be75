// Registers everything that is built into qc.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/InitAll.h"
#include "Artefacts.h"
#include "FrontEnds.h"
#include "qc/Assign/Passes.h"
#include "qc/Calibration/Passes.h"
#include "qc/Container/Translations.h"
#include "qc/Conversion/TopToTpu/Passes.h"
#include "qc/Conversion/TopToTpu/TopToTpu.h"
#include "qc/Correction/Correction.h"
#include "qc/Correction/Passes.h"
#include "qc/Dialect/Check/IR/Check.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"
#include "qc/Execution/Passes.h"
#include "qc/Export/Onnx/Export.h"
#include "qc/Export/TFLite/Export.h"
#include "qc/Import/Onnx/Import.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Pipelines/Prepare.h"
#include "qc/Schedule/Passes.h"
#include "qc/Target/Passes.h"
#include "qc/Target/Registries.h"
#include "qc/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

std::shared_ptr<qc::Registries> qc::makeRegistries() {
  auto registries = std::make_shared<Registries>();
  registerAllTargets(*registries);
  registerAllThresholds(registries->thresholds);
  registerAllCorrections(registries->corrections);
  registerAllPlanners(registries->planners);
  registerNetworkArtefacts(registries->artefacts);
  registerReportArtefact(registries->artefacts);
  registerFrontEnds(registries->frontEnds);
  return registries;
}

void qc::registerAllDialects(DialectRegistry &registry) {
  registry.insert<func::FuncDialect, quant::QuantDialect, QCDialect,
                  top::TopDialect, tpu::TpuDialect, check::CheckDialect>();
  registerKernels(registry);
  registerIntegerForms(registry);
}

void qc::registerAllPasses() {
  registerCanonicalizerPass();
  registerCSEPass();
  registerPrintOpStatsPass();
  registerSymbolDCEPass();
  registerExecutionPasses();
  registerSchedulePasses();
  registerTransformsPasses();
  registerPreparePipeline();
  registerCalibrationPasses();
  registerAssignPasses();
  registerTopToTpuPasses();
  registerCorrectionPasses();
  registerTpuTransformsPasses();
  registerTargetPasses();
  registerPhasePipelines();
}

void qc::registerAllTranslations() {
  registerImportOnnxTranslation();
  registerExportOnnxTranslation();
  registerExportTFLiteTranslation();
  registerContainerTranslations();
}
