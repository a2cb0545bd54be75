// Facts about where a module comes from, as text.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_QC_IR_PROVENANCE_H
#define QC_DIALECT_QC_IR_PROVENANCE_H

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace qc {

/// The fact that `noteProvenance` noted under that name; empty if nobody did.
std::string getProvenance(mlir::ModuleOp module, llvm::StringRef fact);

/// The corrections of `qc.corrections`, in the order in which they were done.
llvm::SmallVector<mlir::NamedAttribute>
getCorrectionsInOrder(mlir::ModuleOp module);
/// What says so of each: how many were done before it.
inline constexpr llvm::StringLiteral kCorrectionOrder = "order";

/// Forgets the fact, which is no longer true.
void dropProvenance(mlir::ModuleOp module, llvm::StringRef fact);

} // namespace qc

#endif // QC_DIALECT_QC_IR_PROVENANCE_H
