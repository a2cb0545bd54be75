// Options that do not go together.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OptionCombinations.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Pipelines/StageFiles.h"

#include "llvm/ADT/STLExtras.h"

#include <filesystem>

namespace qc {

static bool stopsBefore(const CompileOptions &options, StringRef phase) {
  ArrayRef<StringRef> phases = getPhaseNames();
  return llvm::find(phases, options.stopAfter) < llvm::find(phases, phase);
}

/// Options beside which others have nothing to do.
static Status checkEffects(const CompileOptions &options) {
  struct Rule {
    bool broken;
    const char *option, *reason;
  };
  // A table that may lack some is not all.
  bool tells = !options.tableIn.empty() && !options.allowMissing,
       knows = !options.statsIn.empty();
  bool writes = !options.statsOut.empty();
  for (const Rule &rule : {
           Rule{tells && !options.method.empty(), "--method",
                "--table-in gives every range, so that none is chosen"},
           Rule{tells && knows, "--stats-in",
                "--table-in gives every range, so that none is chosen"},
           Rule{writes && tells, "--stats-out",
                "--table-in gives every range, so that no statistics are "
                "gathered"},
           Rule{writes && knows, "--stats-out",
                "--stats-in gives the statistics, so that none are gathered"},
           Rule{writes && !options.encodingsIn.empty() && !options.allowMissing,
                "--stats-out",
                "--encodings-in gives every type, so that no statistics are "
                "gathered"},
           Rule{writes && stopsBefore(options, "calibrate"), "--stats-out",
                "statistics are gathered by the phase calibrate, which "
                "--stop-after leaves out"},
           Rule{!options.encodingsOut.empty() && stopsBefore(options, "assign"),
                "--encodings-out",
                "types are chosen by the phase assign, which --stop-after "
                "leaves out"},
           Rule{options.allowMissing && options.encodingsIn.empty() &&
                    options.tableIn.empty(),
                "--allow-missing",
                "it is about the file of --encodings-in or --table-in"},
       })
    if (rule.broken)
      return error(rule.option, " would change nothing: ", rule.reason,
                   "; leave it out");
  return ok();
}

/// Files by their options that would be written over by others.
static Status checkFiles(const CompileOptions &options) {
  namespace fs = std::filesystem;
  auto resolve = [](const fs::path &path) {
    std::error_code failed;
    fs::path found = fs::weakly_canonical(fs::absolute(path, failed), failed);
    return failed ? path : found;
  };
  std::vector<std::pair<std::string, fs::path>> taken = {
      {"the model", resolve(options.model)}};
  if (!options.data.empty())
    taken.push_back({"the data", resolve(options.data)});
  std::vector<std::string> artefacts = {
      "model.qcb",   "model.qdq.onnx", "model.float.onnx",
      "report.json", "report.html",    "calibration.table"};
  for (StringRef phase : getPhaseNames())
    llvm::append_range(artefacts, getStageNames(phase));
  if (options.output.empty())
    artefacts.clear();
  for (const std::string &name : artefacts)
    taken.push_back({"an artefact of the compile",
                     resolve(fs::path(options.output) / name)});
  for (const auto &[option, file] :
       {std::pair("--stats-out", options.statsOut),
        std::pair("--encodings-out", options.encodingsOut)}) {
    if (file.empty())
      continue;
    fs::path path = resolve(file);
    for (const auto &[what, other] : taken)
      if (path == other)
        return error(option, " '", file, "' is also ", what,
                     ": give another name");
    taken.push_back({std::string("what ") + option + " writes", path});
  }
  return ok();
}

Status checkCombinations(const CompileOptions &options) {
  if (Status effective = checkEffects(options); !effective)
    return effective;
  return checkFiles(options);
}

} // namespace qc
