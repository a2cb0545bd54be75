// --import-onnx of qc-translate.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Import/Onnx/Import.h"

#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

namespace qc {

namespace {

struct TranslationFlags {
  llvm::cl::list<std::string> inputShapes{
      "input-shape",
      llvm::cl::desc("Bind the symbolic dimensions of an input of the ONNX "
                     "model (repeatable)"),
      llvm::cl::value_desc("name=1x3x224x224")};
  llvm::cl::list<std::string> cutAt{
      "cut-at", llvm::cl::CommaSeparated,
      llvm::cl::desc("Make these tensors the outputs of the ONNX model"),
      llvm::cl::value_desc("a,b")};
};

LogicalResult readFlags(const TranslationFlags &flags, Location loc,
                        OnnxImportOptions &options) {
  for (const std::string &text : flags.inputShapes) {
    auto parsed = parseInputShape(text);
    if (!parsed)
      return emitError(loc) << "--input-shape: " << parsed.message();
    if (!options.inputShapes.insert(*parsed).second)
      return emitError(loc) << "--input-shape: '" << parsed->first
                            << "' is given twice";
  }
  options.cutAt.assign(flags.cutAt.begin(), flags.cutAt.end());
  return success();
}

} // namespace

void registerImportOnnxTranslation() {
  static TranslationFlags flags;
  TranslateToMLIRRegistration registration(
      "import-onnx", "Import an ONNX model into the top dialect",
      [](llvm::SourceMgr &sources, MLIRContext *context) {
        const llvm::MemoryBuffer *buffer =
            sources.getMemoryBuffer(sources.getMainFileID());
        OnnxImportOptions options;
        OwningOpRef<Operation *> result;
        if (succeeded(readFlags(flags, UnknownLoc::get(context), options)))
          result = importOnnx(buffer->getMemBufferRef(), context, options);
        return result;
      },
      [](DialectRegistry &registry) {
        registry.insert<func::FuncDialect, QCDialect, top::TopDialect>();
      });
}

} // namespace qc
