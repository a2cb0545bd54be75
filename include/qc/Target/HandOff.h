// The folder with what a vendor's last tool takes, and its README.md.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_HANDOFF_H
#define QC_TARGET_HANDOFF_H

#include "qc/Target/Artefact.h"

namespace qc {

/// What there is to say about a hand-off folder beside its files.
struct HandOffWords {
  std::string tool;        ///< "hb_mapper makertbin"
  std::string next;        ///< the next command, to be run in the folder
  std::string checked;     ///< what the compile has checked of the files
  std::string unpublished; ///< what the vendor does not publish
};

/// Hands files over under "hand-off/" and lists them.
class HandOffFolder {
public:
  HandOffFolder(const ArtefactRequest &request, ArtefactSink &sink)
      : request(request), sink(sink) {}

  /// Adds one file; `words` say in the README.md what it is, empty where it is
  /// one of many that another line has named. Fails after an error.
  LogicalResult add(const std::string &name, std::string bytes,
                    std::string words = "");
  /// Names a folder in the README.md whose files have no words.
  void describe(const std::string &name, std::string words) {
    files.push_back({name, std::move(words)});
  }
  /// Writes README.md: five lines.
  LogicalResult finish(const HandOffWords &words);

private:
  const ArtefactRequest &request;
  ArtefactSink &sink;
  std::vector<std::pair<std::string, std::string>> files;
};

/// The network of `request` at `stage`. Fails after an error that says which
/// stage the compile has not been through.
FailureOr<ModuleOp> getStage(const ArtefactRequest &request,
                             ArtefactStage stage);

/// The float network behind the corrections as vendors' tools take it.
struct FloatNetwork {
  /// Inputs are the numbers that the network was trained on: what makes them of
  /// a camera's picture (`top.picture`) is left out, since the tools do that
  /// themselves, and its factor and offset are part of the input's
  /// preprocessing.
  OwningOpRef<ModuleOp> module;
  /// What the program takes there, by input: "nv12", "rgb"; those with a
  /// picture alone.
  std::map<std::string, std::string> pictures;
};
/// That of `request`. Fails after an error.
FailureOr<FloatNetwork> getFloatNetwork(const ArtefactRequest &request);

/// The artefact "hand-off" of a target, which is made by default: its folder
/// and how it is filled.
Artefact makeHandOff(std::string summary,
                     std::function<LogicalResult(const ArtefactRequest &request,
                                                 HandOffFolder &folder)>
                         fill);

} // namespace qc

#endif // QC_TARGET_HANDOFF_H
