// What hb_mapper and hb_compile take: a float model, yaml, calibration files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_HORIZON_HORIZONHANDOFF_H
#define QC_TARGETS_HORIZON_HORIZONHANDOFF_H

#include "qc/Target/Artefact.h"

namespace qc {

/// The hand-off folder for `chip`: hb_mapper's, and hb_compile's for nash.
Artefact makeHorizonHandOff(const std::string &chip);

} // namespace qc

#endif // QC_TARGETS_HORIZON_HORIZONHANDOFF_H
