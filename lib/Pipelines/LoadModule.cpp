// Reads models of any stage.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Compiler.h"
#include "qc/Pipelines/SourceFile.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

OwningOpRef<ModuleOp> qc::loadModule(const std::string &path,
                                     MLIRContext *context,
                                     const OnnxImportOptions &import) {
  Location loc = UnknownLoc::get(context);
  if (!llvm::sys::fs::exists(path)) {
    emitError(loc) << "'" << path << "' does not exist";
    return nullptr;
  }
  if (llvm::sys::fs::is_directory(path)) {
    emitError(loc) << "'" << path
                   << "' is a folder; expected a model file (.onnx, .mlir, "
                      ".mlirbc)";
    return nullptr;
  }
  // A file that names none of our ops or attributes does not load our dialects,
  // but what follows makes both.
  context->loadAllAvailableDialects();
  StringRef extension = llvm::sys::path::extension(path);
  if (extension == ".onnx")
    return importOnnx(path, context, import);
  if (extension != ".mlir" && extension != ".mlirbc") {
    emitError(loc) << "'" << path << "' has the suffix '" << extension
                   << "'; expected .onnx, .mlir or .mlirbc";
    return nullptr;
  }
  Result<std::unique_ptr<llvm::MemoryBuffer>> buffer = readSource(path);
  Status status = buffer ? checkSource((*buffer)->getBuffer(), path)
                         : buffer.status();
  if (!status) {
    emitError(loc) << status.message();
    return nullptr;
  }
  // Resources refer to the buffer, which the parser therefore shares.
  auto sources = std::make_shared<llvm::SourceMgr>();
  sources->AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  return parseSourceFile<ModuleOp>(sources, ParserConfig(context));
}
