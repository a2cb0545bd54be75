// The function of a module that is the network.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_QC_IR_ENTRYFUNCTION_H
#define QC_DIALECT_QC_IR_ENTRYFUNCTION_H

#include "qc/Support/MLIR.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

/// The entry function of `module`: `main`, or the only function there is. It
/// has one block, which ends in a return, and all its values are tensors of
/// static shape. Emits an error otherwise.
FailureOr<func::FuncOp> getEntryFunction(ModuleOp module);

} // namespace qc

#endif // QC_DIALECT_QC_IR_ENTRYFUNCTION_H
