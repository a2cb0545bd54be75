// What Acme's last tool takes beside the network: a text file of scales.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Acme.h"
#include "qc/Assign/LayerParameters.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Support/Strings.h"
#include "qc/Target/HandOff.h"
#include "llvm/Support/Format.h"

namespace qc {

/// A line a tensor: its name, scale and zero point.
static FailureOr<std::string> getScales(ModuleOp module) {
  auto function = getEntryFunction(module);
  if (failed(function))
    return failure();
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "# tensor scale zero_point\n";
  for (const LayerParameters &layer : collectLayerParameters(*function))
    os << layer.name << llvm::format(" %.9g ", layer.output.scales.front())
       << layer.output.zeroPoints.front() << "\n";
  return text;
}

Artefact makeAcmeScales() {
  Artefact scales;
  scales.name = "acme-scales";
  scales.summary = "scale and zero point of each tensor, for acmelink";
  scales.stage = ArtefactStage::Assigned;
  scales.files = {"acme.scales"};
  scales.isOfIntegers = true;
  scales.write = [](const ArtefactRequest &request, ArtefactSink &sink) {
    auto text = getScales(request.module);
    if (failed(text) || !sink.write("acme.scales", std::move(*text)))
      return LogicalResult(request.module->emitError("no acme.scales"));
    return LogicalResult(success());
  };
  return scales;
}

/// What a compile fills by default.
Artefact makeAcmeHandOff() {
  return makeHandOff("what acmelink takes", [](const ArtefactRequest &request,
                                               HandOffFolder &folder) {
    auto assigned = getStage(request, ArtefactStage::Assigned);
    if (failed(assigned))
      return LogicalResult(failure());
    auto text = getScales(*assigned);
    if (failed(text) ||
        failed(folder.add("acme.scales", std::move(*text), "a scale a tensor")))
      return LogicalResult(failure());
    return folder.finish({"acmelink", "acmelink acme.scales",
                          "every op against the target's rules",
                          "how the NPU rounds"});
  });
}

/// Reads such a file back, for --encodings-in.
ParameterFile makeAcmeReader() {
  ParameterFile file;
  file.name = file.summary = "acme.scales";
  file.recognizes = [](std::string_view text) {
    return startsWith(text, "# tensor scale");
  };
  file.read = [](std::string_view text, Encodings &encodings,
                 std::vector<std::string> &) -> Status {
    for (std::string_view line : splitLines(text)) {
      std::vector<std::string_view> words = splitBlanks(line);
      if (words.empty() || startsWith(line, "#"))
        continue;
      auto scale = parseNumber(words.size() == 3 ? words[1] : "");
      if (!scale || words[2] != "0")
        return error("'", line, "' is no name, scale and zero point 0");
      Encoding entry;
      entry.name = words[0];
      entry.format = StorageFormat::parse("i8");
      entry.scales = {*scale};
      entry.zeroPoints = {0};
      encodings.entries.push_back(std::move(entry));
    }
    return ok();
  };
  return file;
}

} // namespace qc
