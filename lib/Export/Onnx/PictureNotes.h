// What a file says of the pictures that its operators read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXPORT_ONNX_PICTURENOTES_H
#define QC_LIB_EXPORT_ONNX_PICTURENOTES_H

#include "qc/Dialect/QC/IR/Lineage.h"

namespace qc::onnxexport {

/// Adds an entry for each input of `function` that a picture reads, so that
/// import makes that of its operators again.
void notePictures(func::FuncOp function, Lineage &lineage);

} // namespace qc::onnxexport

#endif // QC_LIB_EXPORT_ONNX_PICTURENOTES_H
