// --import-onnx of qc-translate.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Import/Onnx/Import.h"

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
  llvm::cl::opt<std::string> preprocess{
      "preprocess",
      llvm::cl::desc("How a picture becomes the input, as qc compile takes it; "
                     "the module carries it"),
      llvm::cl::value_desc("\"resize=256 crop=224 ...\"")};
};

LogicalResult readFlags(const TranslationFlags &flags, Location loc,
                        ImportOptions &options) {
  for (const std::string &text : flags.inputShapes) {
    auto parsed = parseInputShape(text);
    if (!parsed)
      return emitError(loc) << "--input-shape: " << parsed.message();
    if (!options.inputShapes.insert(*parsed).second)
      return emitError(loc)
             << "--input-shape: '" << parsed->first << "' is given twice";
  }
  options.cutAt.assign(flags.cutAt.begin(), flags.cutAt.end());
  return success();
}

} // namespace

void registerImportOnnxTranslation() {
  static TranslationFlags flags;
  // Not a TranslateToMLIRRegistration: that prints without locations, which
  // carry the names of the tensors.
  TranslateRegistration registration(
      "import-onnx", "Import an ONNX model into the top dialect",
      [](const std::shared_ptr<llvm::SourceMgr> &sources,
         llvm::raw_ostream &output, MLIRContext *context) {
        ImportOptions options;
        if (failed(readFlags(flags, UnknownLoc::get(context), options)))
          return failure();
        const llvm::MemoryBuffer *buffer =
            sources->getMemoryBuffer(sources->getMainFileID());
        OwningOpRef<ModuleOp> module =
            importOnnx(buffer->getMemBufferRef(), context, options);
        if (!module || (!flags.preprocess.empty() &&
                        failed(setPreprocess(*module, flags.preprocess))))
          return failure();
        module->print(output, OpPrintingFlags().enableDebugInfo());
        output << "\n";
        return success();
      });
}

} // namespace qc
