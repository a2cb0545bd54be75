// Reads models of any format and stage.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FrontEnds.h"
#include "qc/Import/Onnx/Import.h"
#include "qc/Import/TFLite/Import.h"
#include "qc/Pipelines/Compiler.h"
#include "qc/Pipelines/SourceFile.h"
#include "qc/Target/Registries.h"

#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

namespace qc {

/// Reads a stage that qc, or a person, has written.
static OwningOpRef<ModuleOp> readStage(const ModelSource &source,
                                       MLIRContext *context,
                                       const ImportOptions &) {
  Result<std::unique_ptr<llvm::MemoryBuffer>> buffer =
      source.bytes ? llvm::MemoryBuffer::getMemBufferCopy(
                         source.bytes->getBuffer(), source.path)
                   : readSource(source.path);
  Status status = buffer ? checkSource((*buffer)->getBuffer(), source.path)
                         : buffer.status();
  if (!status) {
    emitError(UnknownLoc::get(context)) << status.message();
    return nullptr;
  }
  // Resources refer to the buffer, which the parser therefore shares.
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  return mlir::parseSourceFile<ModuleOp>(sources, mlir::ParserConfig(context));
}

void registerFrontEnds(FrontEndRegistry &registry) {
  (void)registry.add("onnx", getOnnxFrontEnd());
  (void)registry.add("tflite", getTFLiteFrontEnd());
  FrontEnd stage;
  stage.summary = "qc's own stages, as text or as bytecode";
  stage.suffixes = {".mlir", ".mlirbc"};
  stage.recognises = [](StringRef bytes) {
    return isBytecode(bytes) || bytes.ltrim().starts_with("module");
  };
  stage.isStage = true;
  stage.import = readStage;
  (void)registry.add("stage", std::move(stage));
}

std::string listSuffixes(const FrontEndRegistry &registry) {
  std::vector<std::string> suffixes;
  for (const auto &[name, frontEnd] : registry.getEntries())
    llvm::append_range(suffixes, frontEnd.suffixes);
  std::string last = suffixes.back();
  suffixes.pop_back();
  return llvm::join(suffixes, ", ") + " or " + last;
}

Result<const FrontEnd *> findFrontEnd(const FrontEndRegistry &registry,
                                      const ModelSource &source) {
  StringRef suffix = llvm::sys::path::extension(source.path);
  for (const auto &[name, frontEnd] : registry.getEntries())
    if (llvm::is_contained(frontEnd.suffixes, suffix))
      return &frontEnd;
  if (source.bytes)
    for (const auto &[name, frontEnd] : registry.getEntries())
      if (frontEnd.recognises && frontEnd.recognises(source.bytes->getBuffer()))
        return &frontEnd;
  if (source.bytes)
    return error("'", source.path,
                 "' is in no format that is known: ", listSuffixes(registry));
  return error("'", source.path, "' has the suffix '", suffix.str(),
               "'; expected ", listSuffixes(registry));
}

OwningOpRef<ModuleOp> loadModule(const ModelSource &source,
                                 MLIRContext *context,
                                 const ImportOptions &import) {
  Location loc = UnknownLoc::get(context);
  const FrontEndRegistry &registry = Registries::of(context).frontEnds;
  if (!source.bytes && !llvm::sys::fs::exists(source.path)) {
    emitError(loc) << "'" << source.path << "' does not exist";
    return nullptr;
  }
  if (!source.bytes && llvm::sys::fs::is_directory(source.path)) {
    SmallString<128> program(source.path);
    llvm::sys::path::append(program, "model.qcb");
    std::string meant = llvm::sys::fs::exists(program)
                            ? ("; did you mean '" + program + "'?").str()
                            : "";
    emitError(loc) << "'" << source.path
                   << "' is a folder; expected a model file ("
                   << listSuffixes(registry) << ")" << meant;
    return nullptr;
  }
  // A file that names none of our ops or attributes does not load our dialects,
  // but what follows makes both.
  context->loadAllAvailableDialects();
  Result<const FrontEnd *> frontEnd = findFrontEnd(registry, source);
  if (!frontEnd) {
    emitError(loc) << frontEnd.message();
    return nullptr;
  }
  return (*frontEnd)->import(source, context, import);
}

} // namespace qc
