// What the options say of inputs as they run.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_PICTURES_H
#define QC_LIB_PIPELINES_PICTURES_H

#include "qc/Pipelines/Options.h"

namespace qc {

/// Words that are none of the options on pictures, and such as would change
/// nothing.
Status checkPictureUsage(const CompileOptions &options);

/// Notes the pictures of `options` at the inputs and outputs of `module`, which
/// is no program yet. Errors name the input.
LogicalResult setPictures(ModuleOp module, const CompileOptions &options);

/// Tells of images that the network's first batch norm does not know, which
/// prepare makes part of a layer.
void warnOfImages(ModuleOp module, const CompileOptions &options);

} // namespace qc

#endif // QC_LIB_PIPELINES_PICTURES_H
