// TIDL's options, and what becomes of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_TDA4_TDA4OPTIONS_H
#define QC_TARGETS_TDA4_TDA4OPTIONS_H

#include "qc/Target/VendorOptions.h"

namespace qc {

/// The dictionary of options of TIDL's runtimes, as YAML or JSON.
VendorFormat makeTIDLOptions();

} // namespace qc

#endif // QC_TARGETS_TDA4_TDA4OPTIONS_H
