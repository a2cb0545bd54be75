// MLIR's optimizer driver with qc's dialects and passes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/InitAll.h"
#include "qc/Pipelines/ToolOptions.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  qc::limitSpinning(argv);
  qc::setToolDefaults();
  mlir::DialectRegistry registry;
  qc::registerAllDialects(registry);
  qc::registerAllPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv,
      "qc-opt: passes and pipelines on qc's IR\n\n"
      "  qc-opt --calibrate --quantize model.mlir      calibrate and quantize\n"
      "  qc-opt --prepare model.mlir -o prepared.mlir  only fold and fuse\n"
      "  qc-opt --emit-bytecode model.mlir -o m.mlirbc store compactly\n",
      registry));
}
