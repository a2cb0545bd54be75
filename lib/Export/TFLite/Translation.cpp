// --export-tflite of qc-translate.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Export/TFLite/Export.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/Support/CommandLine.h"

namespace qc {

namespace {
struct TranslationFlags {
  llvm::cl::opt<bool> floatBoundary{
      "float-boundary",
      llvm::cl::desc("Inputs and outputs of a quantized .tflite are floats")};
  llvm::cl::opt<bool> sourceLayout{
      "source-layout",
      llvm::cl::desc("Inputs and outputs of a .tflite have their dimensions in "
                     "the order of the source, with transposes")};
  llvm::cl::opt<bool> halfWeights{
      "half-weights",
      llvm::cl::desc("Float weights of a .tflite have 16 bits")};
};
} // namespace

static LogicalResult exportTo(Operation *op, llvm::raw_ostream &output,
                              const TFLiteExportOptions &options) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    return op->emitError("expects a module to write as a .tflite model");
  std::string bytes;
  if (failed(exportTFLite(module, bytes, options)))
    return failure();
  output << bytes;
  return success();
}

void registerExportTFLiteTranslation() {
  static TranslationFlags flags;
  static TranslateFromMLIRRegistration exporting(
      "export-tflite",
      "write a stage as a .tflite model: float, or integers once it is "
      "quantized",
      [](Operation *op, llvm::raw_ostream &output) {
        return exportTo(
            op, output,
            {flags.floatBoundary, flags.sourceLayout, flags.halfWeights});
      },
      [](DialectRegistry &registry) {
        registry.insert<func::FuncDialect, quant::QuantDialect, QCDialect,
                        top::TopDialect, tpu::TpuDialect>();
      });
}

} // namespace qc
