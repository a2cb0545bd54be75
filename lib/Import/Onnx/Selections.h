// Networks that go on with what a NonMaxSuppression selects.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_SELECTIONS_H
#define QC_LIB_IMPORT_ONNX_SELECTIONS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qc/Support/MLIR.h"

namespace qc::onnximport {

/// What a NonMaxSuppression selects has as many rows as could be, rows of -1
/// behind the last box. Fails after an error that says how to cut where
/// `function` takes them for indices, since -1 would be the last box; where it
/// gives them out, a remark says what they are.
LogicalResult checkSelections(func::FuncOp function);

/// Whether `value` (may be null) holds what a NonMaxSuppression selects: a file
/// gives such a tensor as many rows as one run of it had.
bool isSelection(Value value);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_SELECTIONS_H
