// A whole compile: from a model file to artefacts, phase by phase.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_COMPILER_H
#define QC_PIPELINES_COMPILER_H

#include "qc/Pipelines/Options.h"
#include "qc/Report/Report.h"

#include <map>
#include <memory>
#include <string>

namespace qc {

class PhaseRunner;
class Session;

/// Whether `options` name `artefact`.
bool emits(const CompileOptions &options, StringRef artefact);

/// Reads a module in any format that the session of `context` knows: networks
/// are imported, stages are parsed. Null after an error.
OwningOpRef<ModuleOp> loadModule(const ModelSource &source,
                                 MLIRContext *context,
                                 const ImportOptions &import = {});

/// One compile. Errors and warnings go to the session.
class Compilation {
public:
  Compilation(Session &session, CompileOptions options);
  ~Compilation();
  Compilation(const Compilation &) = delete;
  Compilation &operator=(const Compilation &) = delete;

  /// Runs the phases, from the one behind those that the model has been through
  /// to `stopAfter`, and makes the artefacts that `emit` names, each as soon as
  /// its stage is there. With an output folder the IR after each phase is there
  /// as <phase>.mlirbc, and files appear whole or not at all. Fails after an
  /// error. To be called once.
  LogicalResult run();

  /// What happened, once `run` has succeeded.
  const CompileReport &getReport() const;
  /// The network after the last phase that was run.
  ModuleOp getModule() const;
  /// The artefacts' files by name ("model.qcb"), where there is no output
  /// folder.
  std::map<std::string, std::string> &getFiles();

private:
  std::unique_ptr<PhaseRunner> runner;
};

} // namespace qc

#endif // QC_PIPELINES_COMPILER_H
