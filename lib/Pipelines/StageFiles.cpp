// Files of a compile's stages.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/StageFiles.h"

#include "mlir/IR/Operation.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace qc {

std::array<std::string, 2> getStageNames(llvm::StringRef phase) {
  return {(phase + ".mlirbc").str(), (phase + ".mlir").str()};
}

std::string findStageFile(const std::string &folder, llvm::StringRef phase) {
  for (const std::string &name : getStageNames(phase)) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, name);
    if (llvm::sys::fs::exists(path))
      return path.str().str();
  }
  return "";
}

std::string encodeText(mlir::Operation *op) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  op->print(stream, mlir::OpPrintingFlags().enableDebugInfo(
                        true, /*prettyForm=*/false));
  stream << "\n";
  return text;
}

} // namespace qc
