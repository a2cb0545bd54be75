// What a module says of its own compile, for the report.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_MODULEFACTS_H
#define QC_LIB_PIPELINES_MODULEFACTS_H

#include "qc/Report/Report.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

/// Samples behind the ranges, and corrections, as the phases noted them.
void readNotes(ModuleOp module, CompileReport &report);

/// Transposes, memory and constants of a program.
void readProgram(func::FuncOp function, CompileReport &report);

/// Whether `op` brings values elsewhere and computes none.
bool movesValues(Operation *op);

/// Its steps, and where its tensors lie.
void readSteps(func::FuncOp function, CompileReport &report);

/// What is known of each op that computes a named tensor.
llvm::StringMap<LayerReport> collectLayers(func::FuncOp function);

} // namespace qc

#endif // QC_LIB_PIPELINES_MODULEFACTS_H
