// Convolutions that are matrix products.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXPORT_ONNX_DENSELAYERS_H
#define QC_LIB_EXPORT_ONNX_DENSELAYERS_H

#include "qc/Support/MLIR.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc::onnxexport {

/// `module` with a fully connected layer where `function` has one as a
/// convolution of the rows of a matrix, [1, 1, rows, K], between reshapes, as
/// targets write what their fully connected layers cannot take; null where it
/// has none. The integers are the same, and a reader of the file sees the layer
/// that the network had.
OwningOpRef<ModuleOp> withDenseLayers(ModuleOp module, func::FuncOp function);

} // namespace qc::onnxexport

#endif // QC_LIB_EXPORT_ONNX_DENSELAYERS_H
