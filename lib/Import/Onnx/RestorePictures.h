// Pictures at the head of networks that qc has exported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_RESTOREPICTURES_H
#define QC_LIB_IMPORT_ONNX_RESTOREPICTURES_H

#include "qc/Dialect/QC/IR/Lineage.h"

namespace qc::onnximport {

/// Puts top.picture in the place of the operators that the exporter has written
/// for it, and describes the input as it was. Before names are restored. Fails
/// after an error where an entry of `lineage` cannot be read.
LogicalResult restorePictures(func::FuncOp function, const Lineage &lineage);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_RESTOREPICTURES_H
