// What TIDL takes: a float model with its ranges, or a QDQ model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TDA4HandOff.h"
#include "TDA4Prequantized.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Export/Onnx/Export.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Support/Strings.h"
#include "qc/Target/HandOff.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

namespace qc {

/// Results of layers that stay in float, by name.
static std::vector<std::string> getFloatLayers(func::FuncOp function) {
  std::vector<std::string> names;
  function.walk([&](Operation *op) {
    if (isInFloat(op))
      names.push_back(getTensorName(op->getResult(0)));
  });
  return names;
}

/// The dictionary for TIDL's runtimes, of documented keys alone.
static std::string writeOptions(ArrayRef<LayerParameters> layers,
                                const std::vector<std::string> &floats,
                                const std::string &scaleType, bool hasRanges) {
  unsigned narrow = 16;
  std::vector<std::string> wide;
  for (const LayerParameters &layer : layers) {
    narrow = std::min(narrow, layer.output.format->bits);
    if (layer.output.format->bits == 16)
      wide.push_back(layer.name);
  }
  const std::string advanced = "advanced_options:";
  llvm::json::Object options{
      {"tensor_bits", static_cast<int64_t>(narrow)},
      {"accuracy_level", 0},
      {advanced + "quantization_scale_type", *parseInteger(scaleType)},
  };
  if (hasRanges)
    options[advanced + "quant_params_proto_path"] = "quant_params.prototxt";
  if (narrow == 8 && !wide.empty())
    options[advanced + "output_feature_16bit_names_list"] = join(wide, ",");
  if (!floats.empty())
    options["deny_list:layer_name"] = join(floats, ",");
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(options)));
  return text;
}

static LogicalResult addFloat(const ArtefactRequest &request,
                              HandOffFolder &folder, bool &takesPictures) {
  auto network = getFloatNetwork(request);
  std::string bytes;
  if (failed(network) || failed(exportOnnx(*network->module, bytes)))
    return failure();
  takesPictures = !network->pictures.empty();
  return folder.add("model.onnx", std::move(bytes),
                    "the float network behind the corrections");
}

static LogicalResult fillFloat(const ArtefactRequest &request,
                               HandOffFolder &folder) {
  bool takesPictures = false;
  if (failed(addFloat(request, folder, takesPictures)))
    return failure();
  if (failed(folder.add("tidl_options.json", "{\n  \"tensor_bits\": 32\n}\n",
                        "options for TIDL's runtime")))
    return failure();
  return folder.finish(
      {"TIDL (float emulation)",
       "python3 -c \"import json, onnxruntime as rt; "
       "rt.InferenceSession('model.onnx', providers=["
       "'TIDLCompilationProvider', 'CPUExecutionProvider'], provider_options=["
       "dict(json.load(open('tidl_options.json')), "
       "tidl_tools_path='TOOLS', artifacts_folder='OUT'), {}])\"",
       "the model by onnx's checker, shape inference included",
       "nothing that this takes"});
}

static LogicalResult fill(const ArtefactRequest &request, HandOffFolder &folder,
                          const std::string &scaleType, bool isFirst) {
  if (isFloatNetwork(request.module))
    return fillFloat(request, folder);
  auto assigned = getStage(request, ArtefactStage::Assigned);
  bool takesPictures = false;
  if (failed(assigned) || failed(addFloat(request, folder, takesPictures)))
    return failure();
  auto function = getEntryFunction(*assigned);
  if (failed(function))
    return failure();
  std::vector<LayerParameters> layers = collectLayerParameters(*function);
  std::vector<std::string> floats = getFloatLayers(*function);
  // The mechanism is for symmetric scales and one subgraph.
  bool isSymmetric = scaleType != "4";
  bool hasRanges = isSymmetric && floats.empty();
  bool isPerChannel = llvm::any_of(layers, [](const LayerParameters &layer) {
    return layer.weight && layer.weight->scales.size() > 1;
  });
  if (hasRanges &&
      failed(folder.add("quant_params.prototxt",
                        writeQuantParams(layers, isPerChannel),
                        "ranges by name, so that TIDL does not calibrate")))
    return failure();
  if (failed(folder.add("tidl_options.json",
                        writeOptions(layers, floats, scaleType, hasRanges),
                        "options for TIDL's runtime")))
    return failure();
  // A model that breaks TI's own table is no road.
  size_t faults = checkTIDLTable(*assigned, isFirst).size();
  std::string bytes;
  if (faults == 0 && !takesPictures &&
      (failed(exportOnnx(request.module, bytes)) ||
       failed(folder.add("model.qdq.onnx", std::move(bytes),
                         "the other road: integers as QDQ, for "
                         "advanced_options:prequantized_model=1"))))
    return failure();
  return folder.finish(
      {"TIDL",
       "python3 -c \"import json, onnxruntime as rt; "
       "rt.InferenceSession('model.onnx', providers=["
       "'TIDLCompilationProvider', 'CPUExecutionProvider'], provider_options=["
       "dict(json.load(open('tidl_options.json')), "
       "tidl_tools_path='TOOLS', artifacts_folder='OUT'), {}])\", then run "
       "samples",
       std::string("every op against the target's rules; models by onnx's "
                   "checker; layers against float in ../report.json") +
           (hasRanges ? ""
                      : "; no quant_params.prototxt, which is for "
                        "symmetric scales and one subgraph") +
           (takesPictures
                ? "; no QDQ model, which would convert pictures itself"
            : faults ? "; no QDQ model: " + std::to_string(faults) +
                           " tensors are not as TI's table for them asks"
                     : "; the QDQ model by TI's table for them"),
       "layer names after TIDL's fusion, codes of bit_depth and element_type "
       "(left out), TIDL's rounding, and whether a release takes QDQ models "
       "(edgeai-tidl-tools issues 87, 89)"});
}

Artefact makeTDA4HandOff(const std::string &scaleType, bool isFirst) {
  return makeHandOff("what TIDL takes: float ONNX, ranges, options, QDQ",
                     [scaleType, isFirst](const ArtefactRequest &request,
                                          HandOffFolder &folder) {
                       return fill(request, folder, scaleType, isFirst);
                     });
}

} // namespace qc
