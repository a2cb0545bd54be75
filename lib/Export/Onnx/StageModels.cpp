// The network of several stages as ONNX models under a vendor's names.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Export/Onnx/StageModels.h"
#include "qc/Export/Onnx/Export.h"

namespace qc {

static LogicalResult writeStage(const ArtefactRequest &request,
                                ArtefactSink &sink, const StageModel &model) {
  ModuleOp module = request.getStage ? request.getStage(model.stage) : nullptr;
  auto fail = [&] {
    return emitError(UnknownLoc::get(request.module->getContext()));
  };
  if (!module)
    return fail() << "stages/" << model.file
                  << " shows a stage that this compile has not been through: "
                     "start from the model that it began with";
  std::string bytes;
  if (failed(exportOnnx(module, bytes)))
    return failure();
  if (Status written = sink.write("stages/" + model.file, std::move(bytes));
      !written)
    return fail() << written.message();
  return success();
}

Artefact makeStageModels(std::string summary, std::vector<StageModel> models) {
  Artefact stages;
  stages.name = "stages";
  stages.summary = std::move(summary);
  stages.files = {"stages/"};
  stages.isOfIntegers = true;
  stages.readsImport = true;
  stages.write = [models = std::move(models)](const ArtefactRequest &request,
                                              ArtefactSink &sink) {
    for (const StageModel &model : models)
      if (failed(writeStage(request, sink, model)))
        return failure();
    return success();
  };
  return stages;
}

} // namespace qc
