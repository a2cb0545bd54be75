// What --emit names: artefacts and their options.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Artefacts.h"
#include "qc/Pipelines/Compiler.h"
#include "qc/Support/EditDistance.h"

#include "llvm/ADT/StringSet.h"

namespace qc {

Result<Artefact> parseArtefact(StringRef text) {
  static const std::vector<std::string> names = {"float-onnx", "onnx", "qcb",
                                                 "report"};
  auto [name, option] = text.split(':');
  if (!llvm::is_contained(names, name))
    return error("cannot emit '", name.str(), "'",
                 suggestName(name.str(), names));
  Artefact artefact{name.str(), {}};
  if (name == text)
    return artefact;
  bool isModel = name.ends_with("onnx");
  if (!isModel || !option.consume_front("opset=") ||
      option.getAsInteger(10, artefact.onnx.opset))
    return error("cannot emit '", text.str(), "': ",
                 isModel
                     ? "an ONNX model is named with its operator set as in '" +
                           name.str() + ":opset=13'"
                     : "'" + name.str() + "' has no options");
  if (Status known = checkOnnxOpset(artefact.onnx.opset); !known)
    return known.withContext("--emit");
  return artefact;
}

Status checkArtefacts(ArrayRef<std::string> emit) {
  llvm::StringSet<> names;
  for (const std::string &text : emit) {
    Result<Artefact> artefact = parseArtefact(text);
    if (!artefact)
      return artefact.takeError();
    if (!names.insert(artefact->name).second)
      return error("--emit names '", artefact->name, "' twice");
  }
  return ok();
}

std::optional<Artefact> findArtefact(ArrayRef<std::string> emit,
                                     StringRef name) {
  for (const std::string &text : emit)
    if (Result<Artefact> artefact = parseArtefact(text);
        artefact && artefact->name == name)
      return *artefact;
  return std::nullopt;
}

bool emits(const CompileOptions &options, StringRef artefact) {
  return findArtefact(options.emit, artefact).has_value();
}

} // namespace qc
