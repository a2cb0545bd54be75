// Going on from a module that has been through some phases already.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "GoingOn.h"
#include "qc/Calibration/Ranges.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Execution/TpuExecutor.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

namespace qc {

FailureOr<StringRef> findNextPhase(ModuleOp module,
                                   const CompileOptions &options) {
  auto function = getEntryFunction(module);
  if (failed(function))
    return failure();
  if (isTpuFunction(*function))
    return StringRef("legalize");
  bool calibrates = !options.data.empty() || !options.statsIn.empty() ||
                    !options.tableIn.empty();
  return StringRef(!calibrates && readRanges(*function) ? "correct"
                                                        : "prepare");
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
      {!options.preprocess.empty(), "--preprocess", "calibrate"},
      {!options.data.empty(), "--data", "calibrate"},
      {!options.method.empty(), "--method", "calibrate"},
      {!options.statsIn.empty(), "--stats-in", "calibrate"},
      {!options.statsOut.empty(), "--stats-out", "calibrate"},
      {!options.tableIn.empty(), "--table-in", "calibrate"},
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
