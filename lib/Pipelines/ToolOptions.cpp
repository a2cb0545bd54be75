// Defaults of MLIR's own command-line flags that suit qc's tools.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/ToolOptions.h"
#include "qc/Target/TargetPlugin.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/CommandLine.h"

#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <unistd.h>

static void setDefault(llvm::StringRef flag, bool value) {
  auto &options = llvm::cl::getRegisteredOptions();
  auto found = options.find(flag);
  if (found == options.end())
    return;
  // Both flags are plain booleans in MLIR's sources; their default is what
  // parsing starts from.
  static_cast<llvm::cl::opt<bool> *>(found->second)->setInitialValue(value);
}

void qc::setToolDefaults() {
  mlir::registerAsmPrinterCLOptions();
  mlir::registerMLIRContextCLOptions();
  registerTargetPluginOption();
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
