// What --emit names, and where its files go.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Artefacts.h"
#include "qc/Dialect/QC/IR/Attached.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Support/EditDistance.h"
#include "qc/Target/Registries.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace qc {

/// What is emitted for every target where nobody says.
static const std::vector<std::string> kDefaultArtefacts = {"qcb", "report"};

std::vector<std::string> getDefaultArtefacts(StringRef target,
                                             MLIRContext *context) {
  std::vector<std::string> names = kDefaultArtefacts;
  if (!target.empty())
    for (const auto &[name, artefact] : collectArtefacts(target, context))
      if (artefact.isDefault)
        names.push_back(name);
  return names;
}

static std::vector<std::string> getEmitted(const CompileOptions &options) {
  return options.emit.empty() ? kDefaultArtefacts : options.emit;
}

bool emits(const CompileOptions &options, StringRef artefact) {
  return llvm::any_of(getEmitted(options), [&](const std::string &text) {
    return StringRef(text).split(':').first == artefact;
  });
}

Result<std::map<std::string, Artefact>>
collectArtefacts(const TargetBackend &backend, MLIRContext *context) {
  std::map<std::string, Artefact> all =
      Registries::of(context).artefacts.getAll();
  for (Artefact &artefact : backend.getArtefacts()) {
    std::string name = artefact.name;
    if (!all.emplace(name, std::move(artefact)).second)
      return error("target '", backend.getName().str(), "' has an artefact '",
                   name, "' that all targets have");
  }
  return all;
}

//===----------------------------------------------------------------------===//
// Reading --emit
//===----------------------------------------------------------------------===//

static std::string describeOptions(const Artefact &artefact) {
  if (artefact.options.empty())
    return "'" + artefact.name + "' has no options";
  std::vector<std::string> texts;
  for (const ArtefactOption &option : artefact.options)
    texts.push_back(option.name + " (" + option.words + ")");
  return "options of '" + artefact.name + "' are " + llvm::join(texts, ", ") +
         ", as in '" + artefact.name + ":" + artefact.options.front().name +
         "=...'";
}

/// Reads "NAME" or "NAME:option=value:...".
static Result<Emission>
parseEmission(StringRef text, const std::map<std::string, Artefact> &known) {
  auto [name, rest] = text.split(':');
  auto found = known.find(name.str());
  if (found == known.end()) {
    std::vector<std::string> names;
    for (const auto &[other, artefact] : known)
      names.push_back(other);
    return error("cannot emit '", name.str(), "'",
                 suggestName(name.str(), names));
  }
  Emission emission{found->second, {}};
  if (name == text)
    return emission;
  for (StringRef part : llvm::split(rest, ':')) {
    auto [key, value] = part.split('=');
    auto option = llvm::find_if(emission.artefact.options,
                                [key = key](const ArtefactOption &option) {
                                  return option.name == key;
                                });
    if (option == emission.artefact.options.end() || key == part)
      return error("cannot emit '", text.str(),
                   "': ", describeOptions(emission.artefact));
    if (option->check)
      if (Status fits = option->check(value.str()); !fits)
        return fits.withContext("--emit " + text.str());
    if (!emission.options.emplace(key.str(), value.str()).second)
      return error("cannot emit '", text.str(), "': ", key.str(),
                   " is given twice");
  }
  return emission;
}

static Result<std::vector<Emission>>
parseEmissions(ArrayRef<std::string> texts,
               const std::map<std::string, Artefact> &known) {
  llvm::StringSet<> names;
  std::vector<Emission> emissions;
  for (const std::string &text : texts) {
    Result<Emission> emission = parseEmission(text, known);
    if (!emission)
      return emission.takeError();
    if (!names.insert(emission->artefact.name).second)
      return error("--emit names '", emission->artefact.name, "' twice");
    emissions.push_back(std::move(*emission));
  }
  return emissions;
}

Result<std::vector<Emission>> findEmissions(const CompileOptions &options,
                                            const TargetBackend &backend,
                                            MLIRContext *context) {
  auto known = collectArtefacts(backend, context);
  if (!known)
    return known.takeError();
  auto emissions = parseEmissions(getEmitted(options), *known);
  if (!emissions || !options.emit.empty())
    return emissions;
  for (auto &[name, artefact] : *known)
    if (artefact.isDefault)
      emissions->push_back({std::move(artefact), {}, /*isAsked=*/false});
  return emissions;
}

std::map<std::string, Artefact> collectArtefacts(StringRef target,
                                                 MLIRContext *context) {
  const TargetRegistry &targets = Registries::of(context).targets;
  std::map<std::string, Artefact> known =
      Registries::of(context).artefacts.getAll();
  for (const std::string &name : targets.getNames()) {
    if (!target.empty() && name != target)
      continue;
    auto backend = targets.create(name, [] { return InFlightDiagnostic(); });
    for (Artefact &artefact : (*backend)->getArtefacts()) {
      std::string artefactName = artefact.name;
      known.emplace(artefactName, std::move(artefact));
    }
  }
  return known;
}

Status checkArtefacts(const CompileOptions &options, MLIRContext *context) {
  Result<std::vector<Emission>> emissions = parseEmissions(
      getEmitted(options), collectArtefacts(options.target, context));
  return emissions.status();
}

StringRef getPhaseOf(ArtefactStage stage) {
  switch (stage) {
  case ArtefactStage::Imported:
  case ArtefactStage::Float:
    return "import"; // of the last float stage, wherever the compile ends
  case ArtefactStage::Assigned:
    return "assign";
  case ArtefactStage::Program:
    return "emit";
  }
  llvm_unreachable("unknown stage");
}

//===----------------------------------------------------------------------===//
// Sinks
//===----------------------------------------------------------------------===//

std::string FolderSink::getPath(const std::string &name) const {
  SmallString<128> path(folder);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

Status FolderSink::write(const std::string &name, std::string bytes) {
  std::string path = getPath(name);
  StringRef parent = llvm::sys::path::parent_path(path);
  if (std::error_code failed = llvm::sys::fs::create_directories(parent))
    return error("cannot make the folder '", parent.str(),
                 "': ", failed.message());
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  if (Status written = file->write(bytes); !written)
    return written;
  pending.push_back(std::move(*file));
  return ok();
}

Status FolderSink::commit() {
  for (AtomicFile &file : pending)
    if (Status written = file.commit(); !written)
      return written;
  pending.clear();
  return ok();
}

} // namespace qc
