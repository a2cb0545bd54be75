// What main of every tool begins with, and how a tool ends.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/ToolOptions.h"
#include "qc/Pipelines/Plugin.h"
#include "qc/Pipelines/SourceFile.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Memory.h"
#include "qc/Support/Strings.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <deque>
#include <new>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <unistd.h>

void qc::prepareTool() {
  removeTemporaryFilesOnSignal();
  reportLostMappings();
  reportExceptionsAtExit();
  // LLVM's containers would abort.
  llvm::install_bad_alloc_error_handler(
      [](void *, const char *, bool) { throw std::bad_alloc(); });
}

void qc::printError(const Status &status) {
  llvm::errs() << "error: " << printableLines(status.message()) << "\n";
}

int qc::runTool(llvm::function_ref<int()> tool) {
  try {
    return tool();
  } catch (...) {
    printError(error(describeException(std::current_exception())));
    return EXIT_FAILURE;
  }
}

qc::Status qc::writeResult(const std::string &path, llvm::StringRef bytes) {
  std::string sealed = sealBytecode(bytes);
  if (path == "-") {
    llvm::outs() << sealed;
    return ok();
  }
  return writeFile(path, sealed);
}

/// Escapes in place what others print.
static void escapeArguments(mlir::Diagnostic &diagnostic,
                            std::deque<std::string> &storage) {
  using Kind = mlir::DiagnosticArgument::DiagnosticArgumentKind;
  for (mlir::DiagnosticArgument &argument : diagnostic.getArguments()) {
    if (argument.getKind() != Kind::String)
      continue;
    llvm::StringRef text = argument.getAsString();
    std::string escaped = qc::printableLines({text.data(), text.size()});
    if (escaped == text)
      continue;
    storage.push_back(std::move(escaped));
    argument = mlir::DiagnosticArgument(llvm::StringRef(storage.back()));
  }
  for (mlir::Diagnostic &note : diagnostic.getNotes())
    escapeArguments(note, storage);
}

void qc::escapeDiagnostics(mlir::DialectRegistry &registry) {
  // A driver of MLIR's makes its context itself: an extension of a dialect that
  // every module of ours uses is called when there is one, after the driver has
  // registered what prints, and handlers are asked from the last one on.
  registry.addExtension(
      +[](mlir::MLIRContext *context, mlir::func::FuncDialect *) {
        auto storage = std::make_shared<std::deque<std::string>>();
        context->getDiagEngine().registerHandler(
            [storage](mlir::Diagnostic &diagnostic) {
              escapeArguments(diagnostic, *storage);
              return mlir::failure(); // the next one prints it
            });
      });
}

static void setDefault(llvm::StringRef flag, bool value) {
  auto &options = llvm::cl::getRegisteredOptions();
  auto found = options.find(flag);
  if (found == options.end())
    return;
  // Both flags are plain booleans in MLIR's sources; their default is what
  // parsing starts from.
  static_cast<llvm::cl::opt<bool> *>(found->second)->setInitialValue(value);
}

/// Whatever the libraries of LLVM register by being linked: options of code
/// generators and of their passes. --help-hidden shows them.
static void hideOptionsOfOthers() {
  static const llvm::StringSet<> ours = {"help", "help-list", "version",
                                         "color", "full"};
  for (auto &[name, option] : llvm::cl::getRegisteredOptions())
    if (!ours.contains(name) &&
        option->getOptionHiddenFlag() == llvm::cl::NotHidden)
      option->setHiddenFlag(llvm::cl::Hidden);
}

static void printVersion(llvm::raw_ostream &os) {
  os << "qc " QC_VERSION ", LLVM " LLVM_VERSION_STRING "\n";
}

/// Made when it is first asked for: programs that embed the library have no
/// such flag.
static llvm::cl::opt<bool> &getFullFlag() {
  static llvm::cl::opt<bool> full(
      "full",
      llvm::cl::desc("Print all constants, scales and multipliers; what is "
                     "shown on a terminal has long ones cut short unless this "
                     "is given, what goes to files and pipes only with "
                     "--full=false"));
  return full;
}

bool qc::isShortened(llvm::StringRef output) {
  const llvm::cl::opt<bool> &full = getFullFlag();
  if (full.getNumOccurrences())
    return !full;
  return output == "-" && llvm::outs().is_displayed();
}

static void setUnlessGiven(llvm::StringRef flag, unsigned value) {
  auto &options = llvm::cl::getRegisteredOptions();
  auto found = options.find(flag);
  if (found != options.end() && found->second->getNumOccurrences() == 0)
    found->second->addOccurrence(0, flag, std::to_string(value));
}

void qc::elideConstants() {
  setUnlessGiven("mlir-elide-elementsattrs-if-larger", kElidedElements);
  setUnlessGiven("mlir-elide-resource-strings-if-larger", kElidedResource);
}

void qc::setToolDefaults(Registries &registries) {
  hideOptionsOfOthers();
  llvm::cl::SetVersionPrinter(printVersion);
  mlir::registerAsmPrinterCLOptions();
  mlir::registerMLIRContextCLOptions();
  registerPluginOption(registries);
  getFullFlag();
  setDefault("mlir-print-debuginfo", true);
  setDefault("mlir-print-op-on-diagnostic", false);
}

void qc::shareHeap() {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 1);
#endif
}

void qc::limitSpinning(char **argv) {
  if (std::getenv("GOMP_SPINCOUNT") || std::getenv("OMP_WAIT_POLICY"))
    return;
  // About a microsecond: enough between two layers, harmless when preempted.
  if (setenv("GOMP_SPINCOUNT", "1000", /*overwrite=*/0) != 0)
    return;
  execv("/proc/self/exe", argv);
  // Where that is not possible the program goes on, only slower when busy.
}
