// The front ends that are built in; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_FRONTENDS_H
#define QC_LIB_PIPELINES_FRONTENDS_H

#include "qc/Interfaces/FrontEnd.h"

namespace qc {

void registerFrontEnds(FrontEndRegistry &registry);

/// Every suffix that a model can have, in words: ".onnx, .mlir, .mlirbc or
/// .tflite".
std::string listSuffixes(const FrontEndRegistry &registry);

/// The front end for `source`, by its suffix, or by its first bytes where they
/// are in memory and have a name without one. Errors name the suffixes.
Result<const FrontEnd *> findFrontEnd(const FrontEndRegistry &registry,
                                      const ModelSource &source);

} // namespace qc

#endif // QC_LIB_PIPELINES_FRONTENDS_H
