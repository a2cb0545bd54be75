// What MediaTek's tools take: a .tflite file, or a float model with ranges.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_MTK_MTKHANDOFF_H
#define QC_TARGETS_MTK_MTKHANDOFF_H

#include "qc/Assign/LayerParameters.h"
#include "qc/Target/Artefact.h"
#include "qc/Target/ParameterFile.h"

namespace qc {

/// The hand-off folder for the MDLA of `chip`.
Artefact makeMTKHandOff(const std::string &chip);

/// The folder converter/ for mtk_converter: the float model and its ranges.
Artefact makeMTKConverterFiles();

/// Ranges of tensors as mtk_converter's import_qparams_config_file has them
/// (MTKQuantParams.cpp).
std::string writeMTKParams(const std::vector<LayerParameters> &layers);

/// The converter's ranges by name, as JSON (MTKQuantParams.cpp).
ParameterFile makeMTKParamsReader();

} // namespace qc

#endif // QC_TARGETS_MTK_MTKHANDOFF_H
