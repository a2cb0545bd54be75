// input_config.ini and the command lines of the SGS tools.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_SIGMASTAR_SIGMASTAROPTIONS_H
#define QC_TARGETS_SIGMASTAR_SIGMASTAROPTIONS_H

#include "qc/Target/VendorOptions.h"

namespace qc {

std::vector<VendorFormat> makeSigmaStarFormats();

} // namespace qc

#endif // QC_TARGETS_SIGMASTAR_SIGMASTAROPTIONS_H
