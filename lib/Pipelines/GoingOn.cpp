// Going on from a module that has been through some phases already.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "GoingOn.h"
#include "qc/Assign/Assign.h"
#include "qc/Calibration/Ranges.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Statistics/Threshold.h"
#include "qc/Target/ChooseWidths.h"
#include "qc/Target/TargetRegistry.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

namespace qc {

static FailureOr<ActivationWidths> findWidths(ModuleOp module,
                                              func::FuncOp function) {
  auto backend = TargetRegistry::global().create(module);
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
  if (calibrates || !readRanges(*function))
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
  bool known = !options.method.empty() || builtinThresholds().create(method);
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

/// The options that are given, of pairs that say so of each.
static SmallVector<StringRef>
selectGiven(ArrayRef<std::pair<bool, StringRef>> options) {
  SmallVector<StringRef> given;
  for (const auto &[isGiven, option] : options)
    if (isGiven)
      given.push_back(option);
  return given;
}

LogicalResult checkFloatOptions(ModuleOp module,
                                const CompileOptions &options) {
  if (!isFloatNetwork(module))
    return success();
  const std::pair<bool, StringRef> givens[] = {
      {!options.method.empty(), "--method"},
      {!options.statsIn.empty(), "--stats-in"},
      {!options.statsOut.empty(), "--stats-out"},
      {!options.tableIn.empty(), "--table-in"},
      {!options.correct.empty(), "--correct"},
      {!options.int16Tensors.empty(), "--int16-tensors"},
      {!options.deny.empty(), "--deny"},
      {!options.encodingsIn.empty(), "--encodings-in"},
      {!options.encodingsOut.empty(), "--encodings-out"},
      {emits(options, "onnx"), "--emit onnx"},
  };
  SmallVector<StringRef> useless = selectGiven(givens);
  if (useless.empty())
    return success();
  return module.emitError() << "has precision '" << kFloatPrecision
                            << "', which quantizes nothing: leave out "
                            << llvm::join(useless, ", ");
}

LogicalResult checkGivenTypes(ModuleOp module,
                              const CompileOptions &options) {
  constexpr StringRef kRefit =
      "; --refit drops the types of the model and chooses them again";
  auto function = getEntryFunction(module);
  if (failed(function))
    return failure();
  SmallVector<Value> activations = collectActivations(*function);
  if (llvm::none_of(activations, getStorageType))
    return success();
  if (isFloatNetwork(module))
    return function->emitError()
           << "is quantized, which precision '" << kFloatPrecision
           << "' would not compute" << kRefit;
  if (emits(options, "float-onnx")) {
    Value typed = *llvm::find_if(activations, getStorageType);
    return emitError(typed.getLoc())
           << "'" << getTensorName(typed) << "' is " << getStorageType(typed)
           << " already, which leaves no float network to emit; --emit onnx "
              "writes the types as they are"
           << kRefit;
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
  const std::pair<bool, StringRef> givens[] = {
      {!options.precision.empty(), "--precision"},
      {!options.method.empty(), "--method"},
      {!options.statsIn.empty(), "--stats-in"},
      {!options.tableIn.empty(), "--table-in"},
  };
  SmallVector<StringRef> useless = selectGiven(givens);
  if (useless.empty())
    return success();
  return function->emitError()
         << "comes with a type for every tensor, so that "
         << llvm::join(useless, ", ") << " would change nothing" << kRefit;
}

LogicalResult checkOptionsGoingOn(ModuleOp module,
                                  const CompileOptions &options,
                                  StringRef next) {
  struct Given {
    bool isGiven;
    StringRef option, phase;
  };
  const Given givens[] = {
      {!options.import.cutAt.empty(), "--cut-at", "import"},
      {!options.import.inputShapes.empty(), "--input-shape", "import"},
      {options.insertPreprocess, "--insert-preprocess", "prepare"},
      {options.refit, "--refit", "prepare"},
      {!options.deny.empty(), "--deny", "prepare"},
      {!options.preprocess.empty(), "--preprocess", "calibrate"},
      {!options.data.empty(), "--data", "calibrate"},
      {!options.method.empty(), "--method", "calibrate"},
      {!options.statsIn.empty(), "--stats-in", "calibrate"},
      {!options.statsOut.empty(), "--stats-out", "calibrate"},
      {!options.tableIn.empty(), "--table-in", "calibrate"},
      {!options.encodingsIn.empty(), "--encodings-in", "assign"},
      {!options.encodingsOut.empty(), "--encodings-out", "quantize"},
      {emits(options, "float-onnx"), "--emit float-onnx", "assign"},
      {!options.correct.empty(), "--correct", "correct"},
      {options.stopAfter != "emit", "--stop-after", options.stopAfter},
  };
  ArrayRef<StringRef> phases = getPhaseNames();
  auto isBehind = [&](StringRef phase) {
    if (phase == "import")
      return llvm::sys::path::extension(options.model) != ".onnx";
    if (phase == "correct" && module->hasAttr(kCorrectionsAttr))
      return true;
    return llvm::find(phases, phase) < llvm::find(phases, next);
  };
  SmallVector<StringRef> useless;
  for (const Given &given : givens) {
    // An import is done again, whatever it was.
    bool stopsAtImport =
        given.option == "--stop-after" && given.phase == "import";
    if (given.isGiven && !stopsAtImport && isBehind(given.phase))
      useless.push_back(given.option);
  }
  if (useless.empty())
    return success();
  return module.emitError()
         << "has been through the phases before '" << next
         << "' already, so that " << llvm::join(useless, ", ")
         << " would change nothing; start from an earlier stage";
}

std::string getNotedMethod(ModuleOp module) {
  return StringRef(getProvenance(module, "calibration"))
      .split(" on ")
      .first.str();
}

} // namespace qc
