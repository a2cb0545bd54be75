// What MediaTek's ncc-tflite takes: a .tflite file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "MTKHandOff.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Export/Onnx/Export.h"
#include "qc/Export/TFLite/Export.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Target/HandOff.h"

namespace qc {

static LogicalResult fill(const ArtefactRequest &request, HandOffFolder &folder,
                          const std::string &chip) {
  std::string bytes;
  if (failed(exportTFLite(request.module, bytes)))
    return failure();
  bool isFloat = isFloatNetwork(request.module);
  if (failed(folder.add("model.tflite", std::move(bytes),
                        isFloat ? "the network in float"
                                : "the integers of model.qcb, as LiteRT has "
                                  "them")))
    return failure();
  return folder.finish(
      {"MediaTek's ncc-tflite",
       std::string("ncc-tflite --arch=") +
           (chip == "mdla5" ? "mdla5.3" : "mdla3.0") +
           (isFloat ? " --relax-fp32" : "") + " -d model.dla model.tflite",
       isFloat ? "every op has an operator of LiteRT"
               : "every op against the target's rules, and that it has an "
                 "operator of LiteRT; layers against float in ../report.json",
       "the MDLA's rounding, its model of on-chip memory"});
}

static LogicalResult writeConverterFiles(const ArtefactRequest &request,
                                         ArtefactSink &sink) {
  auto assigned = getStage(request, ArtefactStage::Assigned);
  auto network = getFloatNetwork(request);
  if (failed(assigned) || failed(network))
    return failure();
  auto function = getEntryFunction(*assigned);
  std::string model;
  if (failed(function) || failed(exportOnnx(*network->module, model)))
    return failure();
  Status written = sink.write("converter/model.onnx", std::move(model));
  if (written)
    written = sink.write("converter/qparams.json",
                         writeMTKParams(collectLayerParameters(*function)));
  if (!written)
    return emitError(UnknownLoc::get(request.module->getContext()))
           << written.message();
  return success();
}

Artefact makeMTKConverterFiles() {
  Artefact files;
  files.name = "converter";
  files.summary = "what mtk_converter takes: a float ONNX model and "
                  "qparams.json, its import_qparams_config_file";
  files.files = {"converter/"};
  files.isOfIntegers = true;
  files.write = writeConverterFiles;
  return files;
}

Artefact makeMTKHandOff(const std::string &chip) {
  return makeHandOff(
      "what ncc-tflite takes: a LiteRT model",
      [chip](const ArtefactRequest &request, HandOffFolder &folder) {
        return fill(request, folder, chip);
      });
}

} // namespace qc
