// MLIR's translation driver with qc's translations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/InitAll.h"
#include "qc/Pipelines/ToolOptions.h"

#include "mlir/Support/LogicalResult.h"
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"

int main(int argc, char **argv) {
  qc::setToolDefaults();
  qc::registerAllTranslations();
  return mlir::failed(mlir::mlirTranslateMain(
      argc, argv,
      "qc-translate: one file format to another\n\n"
      "  qc-translate --import-onnx model.onnx -o model.mlir\n"
      "  qc-translate --import-onnx --input-shape input=1x3x224x224 m.onnx\n"
      "  qc-translate --import-onnx --cut-at scores,boxes m.onnx\n"));
}
