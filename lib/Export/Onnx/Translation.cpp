// --export-onnx of qc-translate.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Export/Onnx/Export.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/Support/CommandLine.h"

namespace qc {

namespace {
struct TranslationFlags {
  llvm::cl::opt<int64_t> opset{
      "opset",
      llvm::cl::desc("Operator set of the ONNX model (10 to 25); 0: 13, or the "
                     "first that has the network's ops"),
      llvm::cl::init(0)};
};
} // namespace

static LogicalResult exportTo(Operation *op, llvm::raw_ostream &output,
                              const TranslationFlags &flags) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    return op->emitError("expects a module to write as an ONNX model");
  std::string bytes;
  if (failed(exportOnnx(module, bytes, {flags.opset})))
    return failure();
  output << bytes;
  return success();
}

void registerExportOnnxTranslation() {
  static TranslationFlags flags;
  static TranslateFromMLIRRegistration exporting(
      "export-onnx",
      "write a stage as an ONNX model: float, or QDQ once it is quantized",
      [](Operation *op, llvm::raw_ostream &output) {
        return exportTo(op, output, flags);
      },
      [](DialectRegistry &registry) {
        registry.insert<func::FuncDialect, quant::QuantDialect, QCDialect,
                        top::TopDialect, tpu::TpuDialect>();
      });
}

} // namespace qc
