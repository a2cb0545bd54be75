// What --emit names, and where its files go; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_ARTEFACTS_H
#define QC_LIB_PIPELINES_ARTEFACTS_H

#include "qc/Pipelines/Compiler.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Target/Artefact.h"
#include "qc/Target/TargetBackend.h"

namespace qc {

/// One entry of `CompileOptions::emit`.
struct Emission {
  Artefact artefact;
  std::map<std::string, std::string> options;
  bool isAsked = true; ///< otherwise it is made by default
};

/// What is emitted for `target` where nobody says.
std::vector<std::string> getDefaultArtefacts(StringRef target,
                                             MLIRContext *context);

/// All artefacts that `backend` has: those of the session and its own.
Result<std::map<std::string, Artefact>>
collectArtefacts(const TargetBackend &backend, MLIRContext *context);

/// What `options` name, in their order, of what `backend` has. Errors name what
/// does not exist, options that do not fit, and what is named twice.
Result<std::vector<Emission>> findEmissions(const CompileOptions &options,
                                            const TargetBackend &backend,
                                            MLIRContext *context);

/// Those of `target`, or of any target where it is empty.
std::map<std::string, Artefact> collectArtefacts(StringRef target,
                                                 MLIRContext *context);

/// An error where findEmissions would fail, before the network is known.
Status checkArtefacts(const CompileOptions &options, MLIRContext *context);

/// The first phase after which an artefact of `stage` can be made.
StringRef getPhaseOf(ArtefactStage stage);

/// Files in a folder. They appear there when everything has been written.
class FolderSink : public ArtefactSink {
public:
  explicit FolderSink(std::string folder) : folder(std::move(folder)) {}
  Status write(const std::string &name, std::string bytes) override;
  /// Moves the files to their names.
  Status commit();
  /// How many have not been moved; drops all but the first `count` of them.
  size_t getPending() const { return pending.size(); }
  void dropBehind(size_t count) {
    pending.erase(pending.begin() + count, pending.end());
  }
  std::string getPath(const std::string &name) const;

private:
  std::string folder;
  std::vector<AtomicFile> pending;
};

/// The artefacts that are built in; one function a group of them.
void registerNetworkArtefacts(ArtefactRegistry &registry); // qcb onnx ...
void registerReportArtefact(ArtefactRegistry &registry);   // report

} // namespace qc

#endif // QC_LIB_PIPELINES_ARTEFACTS_H
