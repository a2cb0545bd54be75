// MLIR's optimizer driver with qc's dialects and passes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Attached.h"
#include "qc/Pipelines/InitAll.h"
#include "qc/Pipelines/SourceFile.h"
#include "qc/Pipelines/ToolOptions.h"
#include "qc/Support/ElideLists.h"
#include "qc/Support/Progress.h"
#include "qc/Target/Registries.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

static const char *const kHelp =
    "qc-opt: passes and pipelines on qc's IR\n\n"
    "  qc-opt --calibrate --quantize model.mlir      calibrate and quantize\n"
    "  qc-opt --prepare model.mlir -o prepared.mlir  only fold and fuse\n"
    "  qc-opt --emit-bytecode model.mlir -o m.mlirbc store compactly\n"
    "  qc-opt --full=false model.mlir | less         to be read\n";

/// Runs MLIR's driver and prints its result without what is too long to read.
static int printShortened(std::unique_ptr<llvm::MemoryBuffer> buffer,
                          mlir::DialectRegistry &registry,
                          const mlir::MlirOptMainConfig &config) {
  qc::elideConstants();
  std::string text;
  llvm::raw_string_ostream stream(text);
  mlir::LogicalResult done =
      mlir::MlirOptMain(stream, std::move(buffer), registry, config);
  llvm::outs() << qc::elideLists(text);
  return mlir::asMainReturnCode(done);
}

static int fail(const qc::Status &status) {
  qc::printError(status);
  return EXIT_FAILURE;
}

/// MLIR's driver between our own reading and writing of files: its own writes
/// in place, and would believe damaged bytecode.
static int runOpt(int argc, char **argv,
                  const std::shared_ptr<qc::Registries> &registries) {
  mlir::DialectRegistry registry;
  qc::registerAllDialects(registry);
  qc::attachRegistries(registry, registries);
  qc::attach<qc::ProgressListener>(registry,
                                   std::make_shared<qc::ProgressPrinter>());
  qc::escapeDiagnostics(registry);
  qc::registerAllPasses();
  auto [input, output] =
      mlir::registerAndParseCLIOptions(argc, argv, kHelp, registry);
  auto config = mlir::MlirOptMainConfig::createFromCLOptions();
  if (config.shouldShowDialects() || config.shouldListPasses())
    return mlir::asMainReturnCode(
        mlir::MlirOptMain(argc, argv, input, output, registry));

  auto buffer = qc::readSource(input);
  if (!buffer)
    return fail(buffer.status());
  if (qc::Status status = qc::checkSource((*buffer)->getBuffer(), input);
      !status)
    return fail(status);
  if (qc::isShortened(output) && !config.shouldEmitBytecode())
    return printShortened(std::move(*buffer), registry, config);
  // What goes to the screen appears as it is made.
  if (output == "-" && !config.shouldEmitBytecode())
    return mlir::asMainReturnCode(
        mlir::MlirOptMain(llvm::outs(), std::move(*buffer), registry, config));
  std::string result;
  llvm::raw_string_ostream stream(result);
  if (mlir::failed(
          mlir::MlirOptMain(stream, std::move(*buffer), registry, config)))
    return EXIT_FAILURE;
  qc::Status written = qc::writeResult(output, result);
  return written ? EXIT_SUCCESS : fail(written);
}

int main(int argc, char **argv) {
  qc::limitSpinning(argv);
  qc::prepareTool();
  auto registries = qc::makeRegistries();
  qc::setToolDefaults(*registries);
  return qc::runTool([&] { return runOpt(argc, argv, registries); });
}
