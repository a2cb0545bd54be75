// What the SGS tools take: a float model, input_config.ini, a quant_file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "SigmaStarHandOff.h"
#include "qc/Calibration/Samples.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Export/Onnx/Export.h"
#include "qc/Interfaces/WeightedOpInterface.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Support/Strings.h"
#include "qc/Target/HandOff.h"

namespace qc {

static std::string joinNumbers(const std::vector<double> &numbers) {
  std::vector<std::string> texts;
  for (double number : numbers)
    texts.push_back(formatFloat(static_cast<float>(number)));
  return join(texts, ":");
}

/// Names of `key = a,b`.
static std::string line(const char *key, ArrayRef<std::string> values) {
  return std::string(key) + " = " +
         join(std::vector<std::string>(values.begin(), values.end()), ",") +
         "\n";
}

/// Whether an input is an image whose colours the network was trained on.
static bool isImage(const InputSignature &input) {
  return input.preprocess && input.shape.size() == 4 &&
         input.preprocess->color != PreprocessSpec::Color::Yuv444 &&
         input.preprocess->normalises();
}

static std::string getFormat(const InputSignature &input) {
  if (!isImage(input))
    return "RAWDATA_F32_NHWC";
  switch (input.preprocess->color) {
  case PreprocessSpec::Color::Rgb:
    return "RGB";
  case PreprocessSpec::Color::Bgr:
    return "BGR";
  case PreprocessSpec::Color::Gray:
    return "GRAY";
  case PreprocessSpec::Color::Yuv444:
    break;
  }
  // No format is published for it: its numbers are handed over.
  return "RAWDATA_F32_NHWC";
}

/// What is done to pixels; one for all images, which an ini has.
static Result<std::string>
getNormalization(const std::vector<InputSignature> &inputs) {
  std::string text;
  for (const InputSignature &input : inputs) {
    if (!isImage(input))
      continue;
    const PreprocessSpec &spec = *input.preprocess;
    std::vector<double> std =
        spec.std.empty() ? std::vector<double>{1} : spec.std;
    for (double &value : std)
      value /= spec.scale;
    std::vector<double> mean =
        spec.mean.empty() ? std::vector<double>{0} : spec.mean;
    std::string one = "mean = " + joinNumbers(mean) +
                      "\nstd_value = " + joinNumbers(std) + "\n";
    if (!text.empty() && one != text)
      return error("images have means and stds of their own, and "
                   "input_config.ini has one for all: --insert-preprocess "
                   "moves them into the network");
    text = one;
  }
  return text;
}

/// Tensors of 16 bits that convolutions read.
static std::vector<std::string> getWideInputs(func::FuncOp function,
                                              bool &areAll) {
  std::vector<std::string> names;
  areAll = true;
  for (Value value : collectActivations(function)) {
    bool isRead = llvm::any_of(value.getUses(), [](OpOperand &use) {
      return use.getOperandNumber() == 0 &&
             isa<WeightedOpInterface>(use.getOwner());
    });
    auto type = getStorageType(value);
    if (!isRead || !type)
      continue;
    if (type.getStorageTypeIntegralWidth() == 16)
      names.push_back(getTensorName(value));
    else
      areAll = false;
  }
  areAll &= !names.empty();
  return names;
}

static FailureOr<std::string>
writeIni(func::FuncOp network, func::FuncOp assigned,
         const std::map<std::string, std::string> &pictures) {
  auto inputs = getInputSignatures(network);
  if (failed(inputs))
    return failure();
  Result<std::string> normalization = getNormalization(*inputs);
  if (!normalization)
    return network.emitError() << normalization.message();
  std::vector<std::string> names, formats, runtimes, layouts, ones, results,
      trues;
  for (const InputSignature &input : *inputs) {
    names.push_back(input.name);
    formats.push_back(getFormat(input));
    auto picture = pictures.find(input.name);
    runtimes.push_back(picture == pictures.end() || picture->second != "nv12"
                           ? formats.back()
                           : "YUV_NV12");
    bool isLast =
        isImage(input) && getChannelAxis(input.shape, *input.preprocess) == 3;
    layouts.push_back(isLast ? "NHWC" : "NCHW");
    ones.push_back("TRUE");
  }
  Operation *last = network.front().getTerminator();
  for (Value value : last->getOperands()) {
    results.push_back(getTensorName(value));
    trues.push_back("TRUE");
  }
  std::string text =
      "[INPUT_CONFIG]\n" + line("inputs", names) +
      line("training_input_formats", formats) +
      line("input_formats", runtimes) + line("input_layouts", layouts) +
      line("quantizations", ones) + *normalization + "[OUTPUT_CONFIG]\n" +
      line("outputs", results) + line("dequantizations", trues);
  if (!assigned)
    return text;
  bool areAll = false;
  std::vector<std::string> wide = getWideInputs(assigned, areAll);
  if (!wide.empty())
    text += "[CONV_CONFIG]\n" + (areAll ? "input_format = ALL_INT16\n"
                                        : line("tensor_arrays", wide));
  return text;
}

static LogicalResult fill(const ArtefactRequest &request,
                          HandOffFolder &folder) {
  auto network = getFloatNetwork(request);
  std::string bytes;
  if (failed(network) || failed(exportOnnx(*network->module, bytes)) ||
      failed(folder.add("model.onnx", std::move(bytes),
                        "the float network behind the corrections")))
    return failure();
  auto function = getEntryFunction(*network->module);
  if (failed(function))
    return failure();
  func::FuncOp assigned;
  if (!isFloatNetwork(request.module)) {
    auto stage = getStage(request, ArtefactStage::Assigned);
    if (failed(stage))
      return failure();
    auto found = getEntryFunction(*stage);
    if (failed(found))
      return failure();
    assigned = *found;
  }
  auto ini = writeIni(*function, assigned, network->pictures);
  if (failed(ini) || failed(folder.add("input_config.ini", std::move(*ini),
                                       "inputs, outputs and 16 bits")))
    return failure();
  if (assigned &&
      failed(folder.add("quant_file.json",
                        writeQuantFile(collectLayerParameters(assigned)),
                        "ranges by name")))
    return failure();
  return folder.finish(
      {"SigmaStar's SGS tools",
       std::string("python3 ConvertTool.py onnx --model_file model.onnx "
                   "--input_config input_config.ini ") +
           (assigned ? "--quant_file quant_file.json " : "") +
           "--output_file model_float.sim",
       "every op against the target's rules; the model by onnx's checker; "
       "layers against float in ../report.json",
       "tensor names after import, the order of ranges a channel, whether the "
       "calibrator measures again what it is given, the order of colours in "
       "mean"});
}

Artefact makeSigmaStarHandOff() {
  return makeHandOff("what the SGS tools take: float ONNX, input_config.ini, "
                     "quant_file",
                     fill);
}

} // namespace qc
