// Options that do not go together; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_OPTIONCOMBINATIONS_H
#define QC_LIB_PIPELINES_OPTIONCOMBINATIONS_H

#include "qc/Pipelines/Options.h"

namespace qc {

/// An error when an option would change nothing beside the others, when a file
/// that it asks for would not be written, or would be lost.
Status checkCombinations(const CompileOptions &options);

} // namespace qc

#endif // QC_LIB_PIPELINES_OPTIONCOMBINATIONS_H
