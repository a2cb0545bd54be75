// What a compile gives: artefacts by name, made from a stage of the network.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_ARTEFACT_H
#define QC_TARGET_ARTEFACT_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Registry.h"

#include "llvm/Support/JSON.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace qc {

/// The stage that an artefact is made from.
enum class ArtefactStage {
  Imported, ///< top in float, as the file says; kept for whom readsImport is
  Float,    ///< top in float, behind the corrections
  Assigned, ///< top with a storage type for every value that has one
  Program,  ///< tpu, placed and planned
};

/// Takes the files of an artefact: a folder, an archive, memory.
class ArtefactSink {
public:
  virtual ~ArtefactSink() = default;
  /// Takes one file whole. `name` is relative and may hold '/'.
  virtual Status write(const std::string &name, std::string bytes) = 0;
};

/// An option of an artefact, as in "--emit NAME:option=value".
struct ArtefactOption {
  std::string name;
  std::string words; ///< one line of help
  /// An error unless the option can have this value.
  std::function<Status(const std::string &value)> check;
};

/// What an artefact is made from.
struct ArtefactRequest {
  ModuleOp module; ///< the network in the artefact's stage
  /// The same network in an earlier stage; null where the compile has not been
  /// through it.
  std::function<ModuleOp(ArtefactStage)> getStage;
  std::map<std::string, std::string> options; ///< those that were given
  /// The compile's report so far, as report.json has it; of artefacts of
  /// ArtefactStage::Program only. Compares the layers when it is first asked
  /// for. Fails after an error.
  std::function<FailureOr<llvm::json::Value>()> getReport;
};

/// One kind of artefact. Plugins and targets add theirs: see ArtefactRegistry
/// and TargetBackend::getArtefacts.
struct Artefact {
  std::string name;    ///< of --emit
  std::string summary; ///< one line: what it is, and for what
  ArtefactStage stage = ArtefactStage::Program;
  /// It is made where --emit is not given; that it cannot be made is then a
  /// warning.
  bool isDefault = false;
  /// The files it writes; "name/" is a folder of files. A new compile into a
  /// folder takes old ones away.
  std::vector<std::string> files;
  std::vector<ArtefactOption> options;
  /// A network that stays in float has no such form.
  bool isOfIntegers = false;
  /// It asks for the network as it was imported.
  bool readsImport = false;
  /// It asks for the report, which compares the layers on samples.
  bool readsReport = false;
  /// Hands the files to `sink`. Fails after an error at what cannot be written.
  std::function<LogicalResult(const ArtefactRequest &request,
                              ArtefactSink &sink)>
      write;
};

/// Artefacts by name.
class ArtefactRegistry {
public:
  /// An error when the name is taken.
  Status add(Artefact artefact) {
    std::string name = artefact.name;
    return artefacts.add(name, std::move(artefact));
  }
  const std::map<std::string, Artefact> &getAll() const {
    return artefacts.getEntries();
  }

private:
  Registry<Artefact> artefacts{"artefact"};
};

} // namespace qc

#endif // QC_TARGET_ARTEFACT_H
