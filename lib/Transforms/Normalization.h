// Normalisation of pixels as ops; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_TRANSFORMS_NORMALIZATION_H
#define QC_LIB_TRANSFORMS_NORMALIZATION_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Preprocess.h"

namespace qc {

/// (pixel - mean) / std * scale of `spec` for each channel of `pixels`: a
/// scale, where channels are dimension 1, else a product and a sum. The result
/// is called as `loc` says.
Operation *createNormalization(OpBuilder &builder, Location loc, Value pixels,
                               const PreprocessSpec &spec);

/// `spec` without what createNormalization does.
PreprocessSpec withoutNormalization(PreprocessSpec spec);

} // namespace qc

#endif // QC_LIB_TRANSFORMS_NORMALIZATION_H
