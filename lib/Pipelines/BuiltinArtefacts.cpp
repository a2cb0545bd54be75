// The artefacts that all targets have.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Artefacts.h"
#include "qc/Assign/Encodings.h"
#include "qc/Container/Container.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Export/Onnx/Export.h"
#include "qc/Export/TFLite/Export.h"
#include "qc/Report/Report.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/FormatVariadic.h"

namespace qc {

/// Hands over one file, with an error at the module where that fails.
static LogicalResult give(ModuleOp module, ArtefactSink &sink,
                          const std::string &name, std::string bytes) {
  if (Status written = sink.write(name, std::move(bytes)); !written)
    return emitError(UnknownLoc::get(module.getContext())) << written.message();
  return success();
}

static LogicalResult writeQcb(const ArtefactRequest &request,
                              ArtefactSink &sink) {
  std::vector<uint8_t> bytes;
  if (failed(exportQcb(request.module, bytes)))
    return failure();
  return give(request.module, sink, "model.qcb",
              {reinterpret_cast<const char *>(bytes.data()), bytes.size()});
}

static LogicalResult writeEncodings(const ArtefactRequest &request,
                                    ArtefactSink &sink) {
  auto function = getEntryFunction(request.module);
  if (failed(function))
    return failure();
  return give(request.module, sink, "model.encodings.json",
              collectEncodings(*function).toText());
}

static Result<int64_t> readOpset(const std::string &text) {
  auto opset = parseInteger(text);
  if (!opset)
    return error("expected an operator set such as opset=13, found '", text,
                 "'");
  if (Status known = checkOnnxOpset(*opset); !known)
    return known;
  return *opset;
}

static Artefact makeOnnx(std::string name, std::string file,
                         std::string summary, ArtefactStage stage) {
  Artefact onnx;
  onnx.name = std::move(name);
  onnx.summary = std::move(summary);
  onnx.stage = stage;
  onnx.files = {file};
  onnx.options = {
      {"opset", "the operator set to write",
       [](const std::string &text) { return readOpset(text).status(); }}};
  onnx.write = [file](const ArtefactRequest &request, ArtefactSink &sink) {
    OnnxExportOptions options;
    if (auto opset = request.options.find("opset");
        opset != request.options.end())
      options.opset = *readOpset(opset->second);
    std::string bytes;
    if (failed(exportOnnx(request.module, bytes, options)))
      return failure();
    return give(request.module, sink, file, std::move(bytes));
  };
  return onnx;
}

/// An option that has one of two words; the first says what is so anyway.
static ArtefactOption makeChoice(std::string name, std::string usual,
                                 std::string other, const std::string &words) {
  return {std::move(name), usual + " or " + other + ": " + words,
          [usual, other](const std::string &text) -> Status {
            if (text == usual || text == other)
              return ok();
            return error("expected ", usual, " or ", other, ", found '", text,
                         "'");
          }};
}

static LogicalResult writeTFLite(const ArtefactRequest &request,
                                 ArtefactSink &sink) {
  auto is = [&](const char *option, StringRef word) {
    auto found = request.options.find(option);
    return found != request.options.end() && found->second == word;
  };
  TFLiteExportOptions options;
  options.floatBoundary = is("boundary", "float");
  options.sourceLayout = is("layout", "source");
  options.halfWeights = is("weights", "half");
  std::string bytes;
  if (failed(exportTFLite(request.module, bytes, options)))
    return failure();
  return give(request.module, sink, "model.tflite", std::move(bytes));
}

static Artefact makeTFLite() {
  Artefact tflite;
  tflite.name = "tflite";
  tflite.summary = "a LiteRT model of the integers, or of a float program";
  tflite.files = {"model.tflite"};
  tflite.options = {
      makeChoice("boundary", "integer", "float", "inputs and outputs"),
      makeChoice("layout", "nhwc", "source", "images in and out"),
      makeChoice("weights", "single", "half", "precision of float weights")};
  tflite.write = writeTFLite;
  return tflite;
}

void registerNetworkArtefacts(ArtefactRegistry &registry) {
  Artefact qcb;
  qcb.name = "qcb";
  qcb.summary = "the program for qcrt";
  qcb.files = {"model.qcb"};
  qcb.write = writeQcb;
  (void)registry.add(std::move(qcb));

  Artefact onnx = makeOnnx("onnx", "model.qdq.onnx", "integers as QDQ",
                           ArtefactStage::Program);
  onnx.isOfIntegers = true;
  (void)registry.add(std::move(onnx));
  (void)registry.add(makeOnnx("float-onnx", "model.float.onnx",
                              "the network behind the corrections",
                              ArtefactStage::Float));

  (void)registry.add(makeTFLite());

  Artefact encodings;
  encodings.name = "encodings";
  encodings.summary = "storage types, scales and zero points by tensor name";
  encodings.stage = ArtefactStage::Assigned;
  encodings.files = {"model.encodings.json"};
  encodings.isOfIntegers = true;
  encodings.write = writeEncodings;
  (void)registry.add(std::move(encodings));
}

static LogicalResult writeReport(const ArtefactRequest &request,
                                 ArtefactSink &sink) {
  FailureOr<llvm::json::Value> json = request.getReport();
  if (failed(json))
    return failure();
  Result<CompileReport> report = reportFromJSON(*json);
  if (!report)
    return emitError(request.module->getLoc()) << report.message();
  std::string text, page;
  llvm::raw_string_ostream(text) << llvm::formatv("{0:2}\n", *json);
  llvm::raw_string_ostream stream(page);
  printHtml(*report, stream);
  if (failed(give(request.module, sink, "report.json", std::move(text))))
    return failure();
  return give(request.module, sink, "report.html", std::move(page));
}

void registerReportArtefact(ArtefactRegistry &registry) {
  Artefact report;
  report.name = "report";
  report.summary = "how near each layer is to float, as JSON and as a page";
  report.files = {"report.json", "report.html"};
  report.readsReport = true;
  report.write = writeReport;
  (void)registry.add(std::move(report));
}

} // namespace qc
