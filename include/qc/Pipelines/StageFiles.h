// Files of a compile's stages: their names, and the two forms that they have.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_STAGEFILES_H
#define QC_PIPELINES_STAGEFILES_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/StringRef.h"

#include <array>
#include <string>

namespace mlir {
class Operation;
} // namespace mlir

namespace qc {

/// How stages are written: `--stages bytecode` or `--stages text`.
inline constexpr llvm::StringLiteral kBytecodeStages = "bytecode";
inline constexpr llvm::StringLiteral kTextStages = "text";

/// The names that the file of a stage may have: "calibrate.mlirbc", and
/// "calibrate.mlir" as text.
std::array<std::string, 2> getStageNames(llvm::StringRef phase);

/// The file of a stage in the folder of a compile, in whichever form it is
/// there; empty if it is not.
std::string findStageFile(const std::string &folder, llvm::StringRef phase);

/// `op` as text that loses nothing: with the names of tensors and all
/// constants.
std::string encodeText(mlir::Operation *op);

} // namespace qc

#endif // QC_PIPELINES_STAGEFILES_H
