// The network of several stages as ONNX models under a vendor's names.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXPORT_ONNX_STAGEMODELS_H
#define QC_EXPORT_ONNX_STAGEMODELS_H

#include "qc/Target/Artefact.h"

namespace qc {

/// One model: its file and the stage that it shows. Of ArtefactStage::Assigned
/// there is none.
struct StageModel {
  std::string file; ///< without the folder
  ArtefactStage stage;
};

/// The artefact "stages" of a target: `models` in the folder stages/, written
/// where it is asked for.
Artefact makeStageModels(std::string summary, std::vector<StageModel> models);

} // namespace qc

#endif // QC_EXPORT_ONNX_STAGEMODELS_H
