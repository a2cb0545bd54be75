// Import of LiteRT (.tflite) models into the top dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_IMPORT_TFLITE_IMPORT_H
#define QC_IMPORT_TFLITE_IMPORT_H

#include "qc/Interfaces/FrontEnd.h"

namespace qc {

/// Reads the model into a module with one function `@main`, whose inputs and
/// outputs have the order of dimensions of the file (NHWC for images) and are
/// real numbers where the file has integers with a scale. Storage types are
/// those of the file, fixed. On failure returns null after one error at the
/// file whose notes list every operator that is in the way. `model`'s
/// identifier is its path.
OwningOpRef<ModuleOp> importTFLite(llvm::MemoryBufferRef model,
                                   MLIRContext *context,
                                   const ImportOptions &options = {});

/// LiteRT models as a front end.
FrontEnd getTFLiteFrontEnd();

} // namespace qc

#endif // QC_IMPORT_TFLITE_IMPORT_H
