// --export-qcb and --import-qcb of qc-translate.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Container/Translations.h"
#include "qc/Container/Container.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/Support/SourceMgr.h"

namespace qc {

static LogicalResult exportTo(Operation *op, llvm::raw_ostream &output) {
  auto module = dyn_cast<ModuleOp>(op);
  if (!module)
    return op->emitError("expects a module to write as a container");
  std::vector<uint8_t> bytes;
  if (failed(exportQcb(module, bytes)))
    return failure();
  output.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  return success();
}

static LogicalResult describeFrom(llvm::SourceMgr &sources,
                                  llvm::raw_ostream &output,
                                  MLIRContext *context) {
  const llvm::MemoryBuffer *buffer =
      sources.getMemoryBuffer(sources.getMainFileID());
  qcrt::Program program;
  std::string error;
  if (!qcrt::readProgram(buffer->getBufferStart(), buffer->getBufferSize(),
                         program, error))
    return emitError(FileLineColLoc::get(context, buffer->getBufferIdentifier(),
                                         0, 0))
           << error;
  output << describeProgram(program);
  return success();
}

void registerContainerTranslations() {
  static TranslateFromMLIRRegistration exporting(
      "export-qcb", "write a program for the runtime (.qcb)", exportTo,
      [](DialectRegistry &registry) {
        registry.insert<func::FuncDialect, quant::QuantDialect, QCDialect,
                        top::TopDialect, tpu::TpuDialect>();
      });
  static TranslateRegistration importing(
      "import-qcb", "describe a program for the runtime (.qcb)",
      [](const std::shared_ptr<llvm::SourceMgr> &sources,
         llvm::raw_ostream &output, MLIRContext *context) {
        return describeFrom(*sources, output, context);
      });
}

} // namespace qc
