// Files that --encodings-in reads, and which target reads them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ParameterFiles.h"
#include "qc/Support/MappedFile.h"
#include "qc/Target/Registries.h"
#include "qc/Target/TargetRegistry.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"

namespace qc {

static bool isRecognized(const TargetBackend &backend, StringRef text) {
  return llvm::any_of(backend.getParameterFiles(),
                      [&](const ParameterFile &kind) {
                        return kind.recognizes({text.data(), text.size()});
                      });
}

/// "tda4 (TIDL quant_params prototxt)" for each target that reads `text`, or
/// that reads files of its own where `text` is empty.
static std::string listReaders(StringRef text, MLIRContext *context) {
  const TargetRegistry &targets = Registries::of(context).targets;
  std::vector<std::string> readers;
  for (const std::string &name : targets.getNames()) {
    auto backend = targets.create(
        name, [&] { return emitError(UnknownLoc::get(context)); });
    if (failed(backend))
      continue;
    for (const ParameterFile &kind : (*backend)->getParameterFiles())
      if (text.empty() || kind.recognizes({text.data(), text.size()}))
        readers.push_back(name + " (" + kind.name + ")");
  }
  return llvm::join(readers, ", ");
}

Result<Encodings> readParameterFile(const std::string &path,
                                    const TargetBackend &backend,
                                    MLIRContext *context,
                                    std::vector<std::string> &notes) {
  Result<std::string> text = readTextFile(path);
  if (!text)
    return text.takeError();
  bool isOwn = StringRef(*text).contains("\"qc-encodings\"");
  if (!isOwn && !isRecognized(backend, *text)) {
    if (std::string readers = listReaders(*text, context); !readers.empty())
      return error(
          "'", path, "': target '", backend.getName().str(),
          "' does not read such a file; --target of those that do: ", readers);
    return error("'", path,
                 "' is no file of qc's encodings (JSON with \"format\": "
                 "\"qc-encodings\", docs/Encodings.md), nor one that a target "
                 "reads: ",
                 listReaders("", context));
  }
  return readEncodings(path, backend.getParameterFiles(), notes);
}

} // namespace qc
