// --export-onnx of qc-translate.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Export/Onnx/Export.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-translate/Translation.h"

namespace qc {

static LogicalResult exportTo(Operation *op, llvm::raw_ostream &output) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    return op->emitError("expects a module to write as an ONNX model");
  std::string bytes;
  if (failed(exportQdq(module, bytes)))
    return failure();
  output << bytes;
  return success();
}

void registerExportOnnxTranslation() {
  static TranslateFromMLIRRegistration exporting(
      "export-onnx", "write an ONNX model in QDQ form", exportTo,
      [](DialectRegistry &registry) {
        // Networks that are not yet quantized are read to be refused by name.
        registry.insert<func::FuncDialect, quant::QuantDialect, QCDialect,
                        top::TopDialect, tpu::TpuDialect>();
      });
}

} // namespace qc
