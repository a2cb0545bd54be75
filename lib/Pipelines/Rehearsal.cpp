// What can be known of a compile before the network is calibrated.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Rehearsal.h"
#include "qc/Assign/Assign.h"
#include "qc/Conversion/TopToTpu/TopToTpu.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Quantization/Activations.h"
#include "qc/Target/ChooseWidths.h"
#include "qc/Target/TargetRegistry.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace qc {

OwningOpRef<ModuleOp> rehearse(ModuleOp module, bool legalizes, bool allowCpu) {
  MLIRContext *context = module.getContext();
  // Remarks and warnings come when it counts; errors end the compile now.
  ScopedDiagnosticHandler errorsOnly(context, [](Diagnostic &diagnostic) {
    return success(diagnostic.getSeverity() != DiagnosticSeverity::Error);
  });
  context->loadDialect<tpu::TpuDialect>();
  OwningOpRef<ModuleOp> copy(module.clone());
  auto function = getEntryFunction(*copy);
  auto backend = TargetRegistry::create(*copy);
  if (failed(function) || failed(backend))
    return nullptr;
  QuantSpec spec = (*backend)->getQuantSpec();
  auto precision = getPrecision(*copy, spec);
  spreadStorageTypes(*function);
  auto widths = chooseWidths(*function, **backend);
  if (failed(precision) || failed(widths) ||
      failed(verifyGivenTypes(*function, (*backend)->getName(), spec,
                              *precision, *widths)))
    return nullptr;
  for (Value value : collectActivations(*function))
    if (!getStorageType(value))
      setRange(value, -1, 1);
  updateFunctionType(*function);
  if (failed(assignQuantization(*function, spec, *precision, *widths,
                                /*rehearses=*/true)) ||
      failed(convertTopToTpu(*function, spec, /*rehearses=*/true)))
    return nullptr;
  if (!legalizes)
    return copy;
  PassManager manager(context);
  manager.addNestedPass<func::FuncOp>(createPropagateLayout());
  manager.addPass(createCSEPass());
  buildLegalizePipeline(manager, {allowCpu});
  if (failed(manager.run(*copy)))
    return nullptr;
  return copy;
}

} // namespace qc
