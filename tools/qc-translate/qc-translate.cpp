// qc's translations from one file format to another.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Attached.h"
#include "qc/Pipelines/InitAll.h"
#include "qc/Pipelines/SourceFile.h"
#include "qc/Pipelines/ToolOptions.h"
#include "qc/Support/ElideLists.h"
#include "qc/Target/Registries.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Support/ToolUtilities.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

namespace {
/// Those of MLIR's own translation driver that are of use here. That one writes
/// in place, believes damaged bytecode and repeats the whole module in errors.
struct Options {
  cl::opt<std::string> input{cl::Positional, cl::desc("<input file>"),
                             cl::init("-")};
  cl::opt<std::string> output{"o", cl::desc("Output file"),
                              cl::value_desc("file"), cl::init("-")};
  cl::opt<bool> allowUnregistered{
      "allow-unregistered-dialect",
      cl::desc("Allow operations of dialects that are not known")};
  cl::opt<bool> split{
      "split-input-file",
      cl::desc("Translate the parts between '// -----' each by itself")};
  cl::opt<bool> verify{
      "verify-diagnostics",
      cl::desc("Compare diagnostics with expected-* comments")};
  cl::opt<const mlir::Translation *, false, mlir::TranslationParser>
      translation{"", cl::desc("Translation to perform"), cl::Required};
};
} // namespace

static int fail(const qc::Status &status) {
  qc::printError(status);
  return EXIT_FAILURE;
}

/// Whether a translation has made IR as text.
static bool isText(llvm::StringRef result) {
  if (result.consume_front("#"))
    return !result.empty() &&
           (llvm::isAlpha(result.front()) || result.front() == '_');
  return result.starts_with("module") || result.starts_with("builtin.module");
}

static mlir::LogicalResult
translate(const Options &options,
          const std::shared_ptr<qc::Registries> &registries,
          std::unique_ptr<llvm::MemoryBuffer> buffer, llvm::raw_ostream &os) {
  mlir::DialectRegistry registry;
  qc::attachRegistries(registry, registries);
  qc::escapeDiagnostics(registry);
  mlir::MLIRContext context(registry);
  context.allowUnregisteredDialects(options.allowUnregistered);
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  const mlir::Translation &translation = *options.translation;
  if (options.verify) {
    mlir::SourceMgrDiagnosticVerifierHandler handler(*sources, &context);
    (void)translation(sources, os, &context);
    return handler.verify();
  }
  mlir::SourceMgrDiagnosticHandler handler(*sources, &context);
  return translation(sources, os, &context);
}

static int runTranslate(const Options &options,
                        const std::shared_ptr<qc::Registries> &registries) {
  auto buffer = qc::readSource(options.input);
  if (!buffer)
    return fail(buffer.status());
  // Other inputs are of formats that the translations check themselves.
  llvm::StringRef path = options.input, bytes = (*buffer)->getBuffer();
  if (path.ends_with(".mlir") || path.ends_with(".mlirbc") ||
      qc::isBytecode(bytes))
    if (qc::Status status = qc::checkSource(bytes, options.input); !status)
      return fail(status);
  bool isShortened = qc::isShortened(options.output);
  if (isShortened)
    qc::elideConstants();
  std::string result;
  llvm::raw_string_ostream stream(result);
  auto translateOne = [&](std::unique_ptr<llvm::MemoryBuffer> chunk,
                          llvm::raw_ostream &os) {
    return translate(options, registries, std::move(chunk), os);
  };
  if (mlir::failed(mlir::splitAndProcessBuffer(
          std::move(*buffer), translateOne, stream,
          options.split ? mlir::kDefaultSplitMarker : "")))
    return EXIT_FAILURE;
  if (isShortened && isText(result))
    result = qc::elideLists(result);
  qc::Status written = qc::writeResult(options.output, result);
  return written ? EXIT_SUCCESS : fail(written);
}

int main(int argc, char **argv) {
  qc::prepareTool();
  auto registries = qc::makeRegistries();
  qc::setToolDefaults(*registries);
  qc::registerAllTranslations();
  mlir::registerTranslationCLOptions();
  Options options;
  cl::ParseCommandLineOptions(
      argc, argv,
      "qc-translate: one file format to another\n\n"
      "  qc-translate --import-onnx model.onnx -o model.mlir\n"
      "  qc-translate --import-onnx --input-shape input=1x3x224x224 m.onnx\n"
      "  qc-translate --import-onnx --cut-at scores,boxes m.onnx\n"
      "  qc-translate --export-onnx --opset=11 correct.mlirbc -o float.onnx\n"
      "  qc-translate --export-onnx quantize.mlirbc -o qdq.onnx\n");
  return qc::runTool([&] { return runTranslate(options, registries); });
}
