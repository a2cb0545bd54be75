// What hb_mapper and hb_compile take: a float model, yaml, calibration files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "HorizonHandOff.h"
#include "qc/Calibration/Samples.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Export/Onnx/Export.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Support/Npy.h"
#include "qc/Support/Strings.h"
#include "qc/Target/HandOff.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <cstring>

namespace qc {

/// Samples that Horizon's manual advises to calibrate on.
static constexpr int64_t kCalibrationFiles = 100;

/// A text of YAML.
static std::string quote(const std::string &text) {
  std::string quoted = "'";
  for (char c : text)
    quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

/// A name as that of a folder.
static std::string getFolderName(std::string name) {
  for (char &c : name)
    if (c == '/' || c == ':')
      c = '_';
  return name;
}

namespace {
/// Writes the folder for one network.
class Writer {
public:
  Writer(const ArtefactRequest &request, HandOffFolder &folder,
         const std::string &chip)
      : request(request), folder(folder), chip(chip), isSecond(chip == "nash") {
  }

  LogicalResult run();

private:
  LogicalResult writeModel();
  LogicalResult readNodes();
  LogicalResult writeCalibration();
  LogicalResult writeSample(const Sample &sample, int64_t number);
  std::string writeYaml() const;
  std::string writeQuantConfig() const;
  std::string writeInputs() const;
  /// What an image of the network's input is normalised by, if by anything.
  const PreprocessSpec *getNormalization(const InputSignature &input) const {
    return input.preprocess && input.shape.size() == 4 &&
                   input.preprocess->normalises()
               ? &*input.preprocess
               : nullptr;
  }
  std::string getCalibrationFolder(const InputSignature &input) const {
    return "calibration/" + getFolderName(input.name) +
           (isSecond ? "" : "_f32");
  }

  const ArtefactRequest &request;
  HandOffFolder &folder;
  std::string chip;
  bool isSecond;
  FloatNetwork network;
  func::FuncOp function; ///< of the network
  std::vector<InputSignature> inputs;
  std::vector<std::string> wide, floats; ///< nodes
  int64_t samples = 0;
};
} // namespace

//===----------------------------------------------------------------------===//
// The model and its nodes
//===----------------------------------------------------------------------===//

/// The first node of the source in `loc`, as the exporter calls it.
static std::string getNodeName(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc)) {
    auto node = dyn_cast<NameLoc>(name.getChildLoc());
    return node ? node.getName().str() : "";
  }
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (std::string name = getNodeName(part); !name.empty())
        return name;
  return "";
}

LogicalResult Writer::writeModel() {
  auto made = getFloatNetwork(request);
  if (failed(made))
    return failure();
  network = std::move(*made);
  auto entry = getEntryFunction(*network.module);
  if (failed(entry))
    return failure();
  function = *entry;
  auto signatures = getInputSignatures(function);
  if (failed(signatures))
    return failure();
  inputs = std::move(*signatures);
  // hb_mapper takes operator sets 10 and 11, hb_compile 10 to 19.
  OnnxExportOptions options;
  options.opset = isSecond ? 0 : 11;
  std::string bytes;
  if (failed(exportOnnx(*network.module, bytes, options)))
    return failure();
  return folder.add("model.onnx", std::move(bytes),
                    "the float network behind the corrections");
}

LogicalResult Writer::readNodes() {
  if (isFloatNetwork(request.module))
    return success();
  auto assigned = getStage(request, ArtefactStage::Assigned);
  if (failed(assigned))
    return failure();
  auto entry = getEntryFunction(*assigned);
  if (failed(entry))
    return failure();
  entry->walk([&](Operation *op) {
    if (op->getNumResults() != 1)
      return;
    std::string node = getNodeName(op->getLoc());
    auto type = getStorageType(op->getResult(0));
    if (node.empty())
      return;
    if (isInFloat(op))
      floats.push_back(node);
    else if (type && type.getStorageTypeIntegralWidth() == 16)
      wide.push_back(node);
  });
  return success();
}

//===----------------------------------------------------------------------===//
// Calibration files
//===----------------------------------------------------------------------===//

/// The pixels that became `value` by the normalisation of `spec`.
static Tensor toPixels(const Tensor &value, const PreprocessSpec &spec) {
  Tensor pixels = value.clone();
  int64_t axis = getChannelAxis(value.shape(), spec), inner = 1;
  for (int64_t i = axis + 1; i < value.rank(); ++i)
    inner *= value.dim(static_cast<size_t>(i));
  int64_t channels = value.dim(static_cast<size_t>(axis));
  float *elements = pixels.data<float>();
  for (int64_t i = 0; i < pixels.numElements(); ++i) {
    int channel = static_cast<int>(i / inner % channels);
    elements[i] = static_cast<float>((elements[i] - spec.offset(channel)) /
                                     spec.multiplier(channel));
  }
  return pixels;
}

LogicalResult Writer::writeSample(const Sample &sample, int64_t number) {
  std::string name;
  llvm::raw_string_ostream(name) << llvm::format("%05lld", (long long)number);
  for (size_t i = 0; i < inputs.size(); ++i) {
    Tensor value = sample.inputs[i];
    // The first generation normalises itself, as the yaml says.
    const PreprocessSpec *spec = getNormalization(inputs[i]);
    if (!isSecond && spec && value.dtype() == DType::F32)
      value = toPixels(value, *spec);
    std::string bytes = isSecond ? encodeNpyHeader(value) : "";
    bytes.append(static_cast<const char *>(value.raw()), value.byteSize());
    if (failed(folder.add(getCalibrationFolder(inputs[i]) + "/" + name +
                              (isSecond ? ".npy" : ".bin"),
                          std::move(bytes))))
      return failure();
  }
  return success();
}

LogicalResult Writer::writeCalibration() {
  auto noted = request.module->getAttrOfType<DataAttr>(kDataAttr);
  if (!noted)
    return success(); // none was measured
  DatasetOptions options;
  options.raw = noted.getRaw();
  options.skipBad = noted.getSkipBad();
  int64_t asked = noted.getSamples();
  options.maxSamples =
      asked > 0 ? std::min(asked, kCalibrationFiles) : kCalibrationFiles;
  auto dataset = openDataset(function, noted.getSpec().str(), options);
  if (failed(dataset))
    return failure();
  for (int64_t i = 0; i < (*dataset)->size(); ++i) {
    auto sample = (*dataset)->sample(i);
    if (!sample)
      return function.emitError() << sample.message();
    if (!*sample)
      continue; // a bad one, which is to be left out
    if (failed(writeSample(**sample, samples++)))
      return failure();
  }
  folder.describe("calibration/",
                  std::to_string(samples) +
                      (isSecond ? " samples as the network takes them, .npy"
                                : " samples of raw float32, pixels where the "
                                  "yaml has a norm_type"));
  return success();
}

//===----------------------------------------------------------------------===//
// yaml and quant_config
//===----------------------------------------------------------------------===//

static std::string joinNumbers(const std::vector<double> &numbers) {
  std::vector<std::string> texts;
  for (double number : numbers)
    texts.push_back(formatFloat(static_cast<float>(number)));
  return texts.empty() ? "None" : join(texts, " ");
}

std::string Writer::writeInputs() const {
  std::vector<std::string> names, types, runtimes, layouts, shapes, norms,
      means, scales, folders;
  for (const InputSignature &input : inputs) {
    const PreprocessSpec *spec = getNormalization(input);
    auto picture = network.pictures.find(input.name);
    names.push_back(input.name);
    shapes.push_back(shapeString(input.shape));
    folders.push_back("./" + getCalibrationFolder(input));
    bool isLast = spec && getChannelAxis(input.shape, *spec) == 3;
    layouts.push_back(isLast ? "NHWC" : "NCHW");
    if (!spec) {
      types.push_back("featuremap");
      runtimes.push_back("featuremap");
      norms.push_back("no_preprocess");
      means.push_back("None");
      scales.push_back("None");
      continue;
    }
    types.push_back(spec->color == PreprocessSpec::Color::Bgr      ? "bgr"
                    : spec->color == PreprocessSpec::Color::Gray   ? "gray"
                    : spec->color == PreprocessSpec::Color::Yuv444 ? "yuv444"
                                                                   : "rgb");
    // Bytes of the network's own order are its training type.
    bool isOwn = picture == network.pictures.end() || picture->second == "u8" ||
                 picture->second == "s8";
    runtimes.push_back(isOwn ? types.back() : picture->second);
    std::vector<double> mean, scale;
    for (int channel = 0; channel < spec->channels(); ++channel) {
      // value = (pixel - mean) * scale
      scale.push_back(spec->multiplier(channel));
      mean.push_back(-spec->offset(channel) / spec->multiplier(channel));
    }
    norms.push_back("data_mean_and_scale");
    means.push_back(joinNumbers(mean));
    scales.push_back(joinNumbers(scale));
  }
  auto line = [](const char *key, const std::vector<std::string> &values) {
    return std::string("  ") + key + ": " + quote(join(values, ";")) + "\n";
  };
  std::string text =
      "input_parameters:\n" + line("input_name", names) +
      line("input_type_train", types) + line("input_layout_train", layouts) +
      line("input_type_rt", runtimes) + line("input_shape", shapes);
  if (!isSecond)
    text += line("norm_type", norms);
  text += line("mean_value", means) + line("scale_value", scales) +
          "calibration_parameters:\n";
  if (samples == 0)
    return text + "  calibration_type: 'skip'\n";
  text += line("cal_data_dir", folders);
  if (!isSecond)
    text += line("cal_data_type",
                 std::vector<std::string>(inputs.size(), "float32"));
  return text + "  calibration_type: 'default'\n";
}

std::string Writer::writeYaml() const {
  std::string march = chip == "x3"   ? "bernoulli2"
                      : chip == "x5" ? "bayes-e"
                                     : "nash-e";
  std::string text = "model_parameters:\n  onnx_model: './model.onnx'\n"
                     "  march: " +
                     quote(march) +
                     "\n  working_dir: './model_output'\n"
                     "  output_model_file_prefix: 'model'\n";
  if (!isSecond && (!wide.empty() || !floats.empty())) {
    text += "  node_info:\n";
    for (const std::string &node : wide)
      text += "    " + quote(node) + ": {'OutputType': 'int16'}\n";
    for (const std::string &node : floats)
      text += "    " + quote(node) + ": {'ON': 'CPU'}\n";
  }
  text += writeInputs();
  if (isSecond && !isFloatNetwork(request.module))
    text += "  quant_config: './quant_config.json'\n";
  return text +
         "compiler_parameters:\n  compile_mode: 'latency'\n"
         "  optimize_level: " +
         (isSecond ? "'O2'" : "'O3'") + "\n";
}

std::string Writer::writeQuantConfig() const {
  llvm::json::Object nodes;
  for (const std::string &node : wide)
    nodes[node] = llvm::json::Object{{"qtype", "int16"}};
  for (const std::string &node : floats)
    nodes[node] = llvm::json::Object{{"ON", "CPU"}};
  llvm::json::Object config{
      {"model_config", llvm::json::Object{{"all_node_type", "int8"}}}};
  if (!nodes.empty())
    config["node_config"] = std::move(nodes);
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(config)));
  return text;
}

LogicalResult Writer::run() {
  if (failed(writeModel()) || failed(readNodes()) ||
      failed(writeCalibration()) ||
      failed(folder.add("config.yaml", writeYaml(),
                        "for the tool, with the nodes of 16 bits and on the "
                        "CPU")))
    return failure();
  if (isSecond && !isFloatNetwork(request.module) &&
      failed(folder.add("quant_config.json", writeQuantConfig(),
                        "types of nodes")))
    return failure();
  return folder.finish(
      {isSecond ? "Horizon's hb_compile" : "Horizon's hb_mapper",
       isSecond ? "hb_compile -c config.yaml"
                : "hb_mapper makertbin --config config.yaml --model-type onnx",
       "every op against the target's rules; the model by onnx's checker; "
       "layers against float in ../report.json",
       "a way to give ranges: the tool measures them again, on the corrected "
       "weights; HzCalibration's attributes; the BPU's rounding"});
}

Artefact makeHorizonHandOff(const std::string &chip) {
  return makeHandOff(
      chip == "nash" ? "what hb_compile takes: float ONNX, yaml, npy, "
                       "quant_config"
                     : "what hb_mapper takes: float ONNX, yaml, raw samples",
      [chip](const ArtefactRequest &request, HandOffFolder &folder) {
        return Writer(request, folder, chip).run();
      });
}

} // namespace qc
