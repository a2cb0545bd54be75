// Going on from a module that has been through some phases already.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "GoingOn.h"
#include "FrontEnds.h"
#include "qc/Assign/Assign.h"
#include "qc/Calibration/Ranges.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Statistics/Threshold.h"
#include "qc/Target/ChooseWidths.h"
#include "qc/Target/Registries.h"
#include "qc/Target/TargetRegistry.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

namespace qc {

static FailureOr<ActivationWidths> findWidths(ModuleOp module,
                                              func::FuncOp function) {
  auto backend = TargetRegistry::create(module);
  if (failed(backend))
    return failure();
  return chooseWidths(function, **backend);
}

FailureOr<std::optional<ActivationWidths>>
findCalibratedWidths(ModuleOp module) {
  auto function = getEntryFunction(module);
  if (failed(function))
    return failure();
  // What was written by hand is for whatever it is used for.
  if (isTpuFunction(*function) || isFloatNetwork(module) ||
      getNotedMethod(module).empty() || !readRanges(*function))
    return std::optional<ActivationWidths>();
  auto widths = findWidths(module, *function);
  if (failed(widths))
    return failure();
  return std::optional<ActivationWidths>(std::move(*widths));
}

bool hasAssignedTypes(ModuleOp module, func::FuncOp function) {
  return !getProvenance(module, "precision").empty() && isAssigned(function);
}

FailureOr<StringRef>
findNextPhase(ModuleOp module, const CompileOptions &options,
              const std::optional<ActivationWidths> &calibrated) {
  auto function = getEntryFunction(module);
  if (failed(function))
    return failure();
  if (isTpuFunction(*function))
    return StringRef("legalize");
  if (hasAssignedTypes(module, *function))
    return StringRef("quantize");
  if (isFloatNetwork(module))
    return StringRef("prepare");
  bool calibrates = !options.data.empty() || !options.statsIn.empty() ||
                    !options.tableIn.empty();
  // A network of integers alone has nothing that could have been calibrated.
  if (calibrates || collectActivations(*function).empty() ||
      !readRanges(*function))
    return StringRef("prepare");
  if (!calibrated)
    return StringRef("correct");
  auto widths = findWidths(module, *function);
  if (failed(widths))
    return failure();
  if (haveSameSchemes(*function, *calibrated, *widths))
    return StringRef("correct");

  std::string method = getNotedMethod(module);
  auto data = module->getAttrOfType<DataAttr>(kDataAttr);
  bool known = !options.method.empty() ||
               Registries::of(module.getContext()).thresholds.create(method);
  if (!data || !known)
    return function->emitError()
           << "has ranges that were chosen (by " << method
           << ") for activations of other bits or symmetry than the target and "
              "precision now have; give --data or --stats-in to choose them "
              "again, or --table-in with their calibration.table to keep them";
  function->emitRemark()
      << "has ranges that were chosen for activations of other bits or "
         "symmetry than the target and precision now have; they are chosen "
         "again on '"
      << data.getSpec() << "'";
  return StringRef("prepare");
}

/// "--method, --emit onnx": what is given of the options that `isUseless` says
/// of, and of the artefacts.
static std::string
listUseless(const CompileOptions &options, ArrayRef<Emission> emissions,
            function_ref<bool(const OptionDeclaration &)> isUseless,
            function_ref<bool(const Artefact &)> isUselessArtefact) {
  SmallVector<std::string> useless;
  for (const OptionDeclaration &declaration : getOptionDeclarations())
    if (isGiven(options, declaration) && isUseless(declaration))
      useless.push_back("--" + declaration.name);
  for (const Emission &emission : emissions)
    if (isUselessArtefact(emission.artefact))
      useless.push_back("--emit " + emission.artefact.name);
  return llvm::join(useless, ", ");
}

LogicalResult checkFloatOptions(ModuleOp module, const CompileOptions &options,
                                ArrayRef<Emission> emissions) {
  if (!isFloatNetwork(module))
    return success();
  std::string useless = listUseless(
      options, emissions,
      [](const OptionDeclaration &option) { return option.quantizes; },
      [](const Artefact &artefact) { return artefact.isOfIntegers; });
  if (useless.empty())
    return success();
  return module.emitError()
         << "has precision '" << kFloatPrecision
         << "', which quantizes nothing: leave out " << useless;
}

LogicalResult checkGivenTypes(ModuleOp module, const CompileOptions &options,
                              ArrayRef<Emission> emissions) {
  constexpr StringRef kRefit =
      "; --refit drops the types of the model and chooses them again";
  auto function = getEntryFunction(module);
  if (failed(function))
    return failure();
  SmallVector<Value> activations = collectActivations(*function);
  if (llvm::none_of(activations, getStorageType)) {
    auto stored = function->getOps<top::QuantizedConstantOp>();
    if (isFloatNetwork(module) && !stored.empty())
      return emitError((*stored.begin()).getLoc())
             << "'" << getTensorName((*stored.begin()).getOutput())
             << "' is stored as integers, which precision '" << kFloatPrecision
             << "' would not compute" << kRefit;
    return success();
  }
  if (isFloatNetwork(module))
    return function->emitError()
           << "is quantized, which precision '" << kFloatPrecision
           << "' would not compute" << kRefit;
  for (const Emission &emission : emissions) {
    if (emission.artefact.stage != ArtefactStage::Float)
      continue;
    Value typed = *llvm::find_if(activations, getStorageType);
    return emitError(typed.getLoc())
           << "'" << getTensorName(typed) << "' is " << getStorageType(typed)
           << " already, which leaves no float network to emit as '"
           << emission.artefact.name
           << "'; --emit onnx writes the types as they are" << kRefit;
  }
  auto named = findActivations(*function, options.int16Tensors);
  if (failed(named))
    return failure();
  for (Value value : *named)
    if (quant::UniformQuantizedType type = getStorageType(value))
      return emitError(value.getLoc())
             << "'" << getTensorName(value) << "' is " << type
             << " in the model, which --int16-tensors would not change"
             << kRefit;
  if (!llvm::all_of(activations, getStorageType))
    return success();
  std::string useless = listUseless(
      options, {},
      [](const OptionDeclaration &option) {
        return llvm::is_contained(
            {"precision", "method", "stats-in", "table-in"}, option.name);
      },
      [](const Artefact &) { return false; });
  if (useless.empty())
    return success();
  return function->emitError() << "comes with a type for every tensor, so that "
                               << useless << " would change nothing" << kRefit;
}

LogicalResult checkOptionsGoingOn(ModuleOp module,
                                  const CompileOptions &options,
                                  ArrayRef<Emission> emissions,
                                  StringRef next) {
  auto frontEnd = findFrontEnd(Registries::of(module.getContext()).frontEnds,
                               options.getSource());
  ArrayRef<StringRef> phases = getPhaseNames();
  auto isBehind = [&](StringRef phase) {
    if (phase == "import")
      return frontEnd && (*frontEnd)->isStage;
    if (phase == "correct" && module->hasAttr(kCorrectionsAttr))
      return true;
    return llvm::find(phases, phase) < llvm::find(phases, next);
  };
  std::string useless = listUseless(
      options, emissions,
      [&](const OptionDeclaration &option) {
        if (option.name == "stop-after")
          // An import is done again, whatever it was.
          return options.stopAfter != "import" && isBehind(options.stopAfter);
        return !option.phase.empty() && isBehind(option.phase);
      },
      [&](const Artefact &artefact) {
        return (artefact.stage == ArtefactStage::Float && isBehind("assign")) ||
               (artefact.stage == ArtefactStage::Assigned &&
                isBehind("quantize"));
      });
  if (useless.empty())
    return success();
  return module.emitError()
         << "has been through the phases before '" << next
         << "' already, so that " << useless
         << " would change nothing; start from an earlier stage";
}

std::string getNotedMethod(ModuleOp module) {
  return StringRef(getProvenance(module, "calibration"))
      .split(" on ")
      .first.str();
}

} // namespace qc
