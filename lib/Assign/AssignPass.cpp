// The pass that assigns storage types: finds the target, then chooses.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Assign.h"
#include "qc/Assign/Encodings.h"
#include "qc/Assign/Passes.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Target/ChooseWidths.h"
#include "qc/Target/TargetRegistry.h"

namespace qc {
#define GEN_PASS_DEF_APPLYENCODINGS
#define GEN_PASS_DEF_ASSIGNQUANTIZATION
#define GEN_PASS_DEF_WRITEENCODINGS
#include "qc/Assign/Passes.h.inc"

namespace {

struct AssignQuantizationPass
    : impl::AssignQuantizationBase<AssignQuantizationPass> {
  using AssignQuantizationBase::AssignQuantizationBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto function = getEntryFunction(module);
    auto calibrated = findCalibratedWidths();
    if (failed(function) || failed(calibrated))
      return signalPassFailure();
    setOptions();
    auto backend = TargetRegistry::create(module);
    if (failed(backend))
      return signalPassFailure();
    QuantSpec spec = (*backend)->getQuantSpec();
    auto chosen = getPrecision(module, spec);
    if (failed(chosen))
      return signalPassFailure();
    spreadStorageTypes(*function);
    auto widths = chooseWidths(*function, **backend);
    if (failed(widths) ||
        failed(verifyGivenTypes(*function, (*backend)->getName(), spec, *chosen,
                                *widths)))
      return signalPassFailure();
    if (*calibrated && !haveSameSchemes(*function, **calibrated, *widths))
      function->emitWarning()
          << "has ranges that were chosen for activations of other bits or "
             "symmetry than the target and precision have; calibrate again, "
             "with them in the module";
    for (const auto &[op, text] : widths->remarks)
      op->emitRemark() << text;
    if (failed(assignQuantization(*function, spec, *chosen, *widths)))
      return signalPassFailure();
    noteProvenance(module, "precision", chosen->name);
  }

private:
  /// Lets the module say what the options do.
  void setOptions() {
    ModuleOp module = getOperation();
    // A target that the module names already keeps its options.
    auto present = module->getAttrOfType<TargetAttr>(kTargetAttr);
    if (!target.empty() && !(present && present.getName() == target))
      module->setAttr(kTargetAttr, TargetAttr::get(&getContext(), target));
    if (!precision.empty())
      module->setAttr(kPrecisionAttr,
                      StringAttr::get(&getContext(), precision));
    if (!int16Tensors.empty()) {
      SmallVector<StringRef> names(int16Tensors.begin(), int16Tensors.end());
      module->setAttr(kInt16TensorsAttr,
                      Builder(&getContext()).getStrArrayAttr(names));
    }
  }

  /// The widths that a calibration was for, where the options may change them.
  FailureOr<std::optional<ActivationWidths>> findCalibratedWidths() {
    ModuleOp module = getOperation();
    auto facts = module->getAttrOfType<DictionaryAttr>(kProvenanceAttr);
    if (!facts || !facts.contains("calibration") ||
        (target.empty() && precision.empty() && int16Tensors.empty()))
      return std::optional<ActivationWidths>();
    auto function = getEntryFunction(module);
    auto backend = TargetRegistry::create(module);
    if (failed(function) || failed(backend))
      return failure();
    auto widths = chooseWidths(*function, **backend);
    if (failed(widths))
      return failure();
    return std::optional<ActivationWidths>(std::move(*widths));
  }
};

struct ApplyEncodingsPass : impl::ApplyEncodingsBase<ApplyEncodingsPass> {
  using ApplyEncodingsBase::ApplyEncodingsBase;

  void runOnOperation() override {
    auto function = getEntryFunction(getOperation());
    if (failed(function))
      return signalPassFailure();
    auto encodings = Encodings::read(file);
    if (!encodings) {
      getOperation().emitError() << encodings.message();
      return signalPassFailure();
    }
    if (failed(applyEncodings(*function, *encodings, allowMissing)))
      signalPassFailure();
  }
};

struct WriteEncodingsPass : impl::WriteEncodingsBase<WriteEncodingsPass> {
  using WriteEncodingsBase::WriteEncodingsBase;

  void runOnOperation() override {
    auto function = getEntryFunction(getOperation());
    if (failed(function))
      return signalPassFailure();
    if (Status written = writeFile(file, collectEncodings(*function).toText());
        !written) {
      getOperation().emitError() << written.message();
      signalPassFailure();
    }
    markAllAnalysesPreserved();
  }
};

} // namespace
} // namespace qc
