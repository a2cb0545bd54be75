// What TIDL takes: a float model with its ranges, or a QDQ model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_TDA4_TDA4HANDOFF_H
#define QC_TARGETS_TDA4_TDA4HANDOFF_H

#include "qc/Assign/LayerParameters.h"
#include "qc/Target/Artefact.h"
#include "qc/Target/ParameterFile.h"

namespace qc {

/// The hand-off folder of a network with `quantization_scale_type`; `isFirst`
/// for TDA4VM.
Artefact makeTDA4HandOff(const std::string &scaleType, bool isFirst);

/// TIDL's quantization proto in text form (TDA4QuantParams.cpp).
ParameterFile makeQuantParamsReader();
std::string writeQuantParams(const std::vector<LayerParameters> &layers,
                             bool isPerChannel);

} // namespace qc

#endif // QC_TARGETS_TDA4_TDA4HANDOFF_H
