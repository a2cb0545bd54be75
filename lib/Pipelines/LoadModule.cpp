// Reads models of any stage.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Execution/Executor.h"
#include "qc/Pipelines/Compiler.h"
#include "qc/Support/Preprocess.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

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
  StringRef extension = llvm::sys::path::extension(path);
  if (extension == ".onnx")
    return importOnnx(path, context, import);
  if (extension != ".mlir" && extension != ".mlirbc") {
    emitError(loc) << "'" << path << "' has the suffix '" << extension
                   << "'; expected .onnx, .mlir or .mlirbc";
    return nullptr;
  }
  return parseSourceFile<ModuleOp>(path, ParserConfig(context));
}

LogicalResult qc::setPreprocess(ModuleOp module, const std::string &spec) {
  auto parsed = PreprocessSpec::parse(spec);
  if (!parsed)
    return module.emitError() << "preprocessing: " << parsed.message();
  auto function = getEntryFunction(module);
  if (failed(function))
    return failure();
  auto attribute = PreprocessAttr::get(module.getContext(), spec);
  for (BlockArgument argument : function->getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (type && type.getRank() >= 3)
      function->setArgAttr(argument.getArgNumber(), kPreprocessAttr, attribute);
  }
  return success();
}
