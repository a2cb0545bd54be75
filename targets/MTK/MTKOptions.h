// Attributes of MediaTek's converter and flags of ncc-tflite.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_MTK_MTKOPTIONS_H
#define QC_TARGETS_MTK_MTKOPTIONS_H

#include "qc/Target/VendorOptions.h"

namespace qc {

/// The converter's attributes, as YAML or JSON (MTKConverter.cpp).
VendorFormat makeMTKConverterOptions();
/// The compiler's command line (MTKCompiler.cpp).
VendorFormat makeMTKCompilerFlags();

} // namespace qc

#endif // QC_TARGETS_MTK_MTKOPTIONS_H
