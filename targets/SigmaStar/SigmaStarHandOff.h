// What the SGS tools take: a float model, input_config.ini, a quant_file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_SIGMASTAR_SIGMASTARHANDOFF_H
#define QC_TARGETS_SIGMASTAR_SIGMASTARHANDOFF_H

#include "qc/Assign/LayerParameters.h"
#include "qc/Target/Artefact.h"
#include "qc/Target/ParameterFile.h"

namespace qc {

Artefact makeSigmaStarHandOff();

/// The quant_file, a list of ranges as JSON (SigmaStarQuantFile.cpp).
ParameterFile makeQuantFileReader();
std::string writeQuantFile(const std::vector<LayerParameters> &layers);

} // namespace qc

#endif // QC_TARGETS_SIGMASTAR_SIGMASTARHANDOFF_H
