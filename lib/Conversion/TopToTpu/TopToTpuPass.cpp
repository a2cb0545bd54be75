// The pass from top to tpu: finds the target, then converts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Conversion/TopToTpu/Passes.h"
#include "qc/Conversion/TopToTpu/TopToTpu.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Execution/Executor.h"
#include "qc/Target/TargetRegistry.h"

namespace qc {
#define GEN_PASS_DEF_CONVERTTOPTOTPU
#include "qc/Conversion/TopToTpu/Passes.h.inc"

namespace {

struct ConvertTopToTpuPass : impl::ConvertTopToTpuBase<ConvertTopToTpuPass> {
  using ConvertTopToTpuBase::ConvertTopToTpuBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    // A target that the module names already keeps its options.
    auto present = module->getAttrOfType<TargetAttr>(kTargetAttr);
    if (!target.empty() && !(present && present.getName() == target))
      module->setAttr(kTargetAttr, TargetAttr::get(&getContext(), target));
    if (!precision.empty())
      module->setAttr(kPrecisionAttr, StringAttr::get(&getContext(), precision));
    if (!int16Tensors.empty()) {
      SmallVector<StringRef> names(int16Tensors.begin(), int16Tensors.end());
      module->setAttr(kInt16TensorsAttr,
                      Builder(&getContext()).getStrArrayAttr(names));
    }
    auto backend = TargetRegistry::global().create(module);
    if (failed(backend))
      return signalPassFailure();
    QuantSpec spec = (*backend)->getQuantSpec();
    auto chosen = getPrecision(module, spec);
    auto function = getEntryFunction(module);
    if (failed(chosen) || failed(function))
      return signalPassFailure();
    auto widths = chooseWidths(*function, **backend);
    if (failed(widths))
      return signalPassFailure();
    for (const auto &[op, text] : widths->remarks)
      op->emitRemark() << text;
    if (failed(convertTopToTpu(*function, spec, *chosen, *widths)))
      return signalPassFailure();
    noteProvenance(module, "precision", chosen->name);
  }
};

} // namespace
} // namespace qc
