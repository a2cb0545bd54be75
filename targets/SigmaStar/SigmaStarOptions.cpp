// input_config.ini and command lines of the SGS tools: what becomes of keys.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "SigmaStarOptions.h"
#include "qc/Support/Strings.h"

namespace qc {

using namespace vendor;
using Form = VendorForm;
using Keys = std::vector<VendorKey>;
using Entry = VendorReading::Entry;

static const char *const kOneForAll =
    "--preprocess is one for all inputs; these differ";

static void addInputs(Keys &keys) {
  const char *at = "INPUT_CONFIG";
  keys.push_back(key(at, "inputs", Form::Names, "inputs",
                     {ignores("*", "the network names its inputs")}));
  keys.push_back(
      key(at, "training_input_formats", Form::Names,
          "what the network was trained on",
          {sets("RGB", {"--preprocess=color=rgb"}),
           sets("BGR", {"--preprocess=color=bgr"}),
           sets("GRAY", {"--preprocess=color=gray"}),
           ignores("RAWDATA_F32_NHWC", "tensors come as they are"),
           refuses("RGBA", "images of qc have one or three channels"),
           refuses("BGRA", "images of qc have one or three channels"),
           refuses("RAWDATA_S16_NHWC", "inputs of integers are not made from "
                                       "those of a float network"),
           refuses("RAWDATA_COMPLEX64", "qc has no complex numbers")},
          /*isJoint=*/true));
  keys.push_back(
      key(at, "input_formats", Form::Names, "what comes in on the board",
          {sets("YUV_NV12", {"--input-type=nv12"}),
           sets("RGB", {"--input-type=rgb"}), sets("BGR", {"--input-type=bgr"}),
           sets("GRAY", {"--input-type=gray"}),
           ignores("RAWDATA_F32_NHWC", "tensors come as they are"),
           refuses("*", "qc has no such input")},
          /*isJoint=*/true));
  keys.push_back(key(at, "input_layouts", Form::Names, "layout of inputs",
                     {sets("NCHW", {"--preprocess=layout=nchw"}),
                      sets("NHWC", {"--preprocess=layout=nhwc"})},
                     /*isJoint=*/true));
  keys.push_back(key(at, "quantizations", Form::Names, "inputs are quantized",
                     {ignores("TRUE", "it is what is done"),
                      refuses("FALSE", "layers that read an input in float are "
                                       "named by --deny")},
                     /*isJoint=*/true));
  for (const char *name : {"mean_red", "mean_green", "mean_blue"})
    keys.push_back(key(at, name, Form::Number, "pixel less mean",
                       {sets("*", {"--preprocess=mean=..."})},
                       /*isJoint=*/true));
  keys.push_back(key(at, "mean", Form::Text, "the same, a:b:c",
                     {sets("*", {"--preprocess=mean=$"},
                           "in the order of the training format")},
                     /*isJoint=*/true));
  keys.push_back(key(at, "std_value", Form::Text, "by std",
                     {sets("*", {"--preprocess=std=$"})},
                     /*isJoint=*/true));
  for (const char *name : {"input_width_alignment", "input_height_alignment"})
    keys.push_back(key(at, name, Form::Text, "padding of images",
                       {ignores("*", "tensors of model.qcb are dense; the SGS "
                                     "tools read the key from hand-off/")}));
}

static void addOthers(Keys &keys) {
  const char *at = "OUTPUT_CONFIG";
  keys.push_back(key(at, "outputs", Form::Names, "outputs",
                     {ignores("", "it is empty"), sets("*", {"--cut-at=$"})}));
  for (const char *name : {"output_layouts", "output_formats"})
    keys.push_back(key(at, name, Form::Names, "layout of outputs",
                       {sets("NCHW", {"--output-layout=nchw"}),
                        sets("NHWC", {"--output-layout=nhwc"})},
                       /*isJoint=*/true));
  keys.push_back(key(at, "dequantizations", Form::Names,
                     "outputs become floats",
                     {ignores("*", "`qc run` gives floats, qcrt integers with "
                                   "their scale")}));
  keys.push_back(key("CONV_CONFIG", "input_format", Form::Text,
                     "inputs of convolutions",
                     {sets("ALL_INT16", {"--precision=conv16"}),
                      sets("UINT8", {"--precision=int8"})}));
  keys.push_back(
      key("CONV_CONFIG", "tensor_arrays", Form::Names,
          "tensors of 16 bits that convolutions read",
          {ignores("", "it is empty"), sets("*", {"--int16-tensors=$"})}));
}

//===----------------------------------------------------------------------===//
// Keys that belong together
//===----------------------------------------------------------------------===//

/// What all inputs have; empty where they differ or there is none.
static std::string getOne(const Entry *entry) {
  if (!entry)
    return "";
  std::vector<std::string_view> parts = split(entry->value, ',');
  for (std::string_view part : parts)
    if (toLower(part) != toLower(parts.front()))
      return "";
  return toLower(parts.front());
}

/// "a:b:c" or "a" as numbers between commas; nothing if it is none.
static std::optional<std::string> readNumbers(const std::string &text) {
  std::vector<std::string> numbers;
  for (std::string_view part : split(text, ':')) {
    std::optional<double> number = parseNumber(trim(part));
    if (!number)
      return std::nullopt;
    numbers.push_back(formatFloat(static_cast<float>(*number)));
  }
  return join(numbers, ",");
}

/// mean=... of the three colours, or of `mean`.
static std::string readMean(VendorReading &reading, const std::string &color,
                            std::vector<Entry *> &parts) {
  std::vector<std::string> order = {"mean_red", "mean_green", "mean_blue"};
  if (color == "bgr")
    std::swap(order.front(), order.back());
  std::vector<std::string> values;
  std::vector<Entry *> found;
  for (const std::string &name : order)
    if (Entry *entry = reading.find(name)) {
      values.push_back(entry->value);
      found.push_back(entry);
    }
  Entry *mean = reading.find("mean");
  for (Entry *entry : found)
    if (mean || found.size() != order.size())
      VendorReading::refuse(*entry, mean ? "mean says it already"
                                         : "mean_red, mean_green and mean_blue "
                                           "come together");
  if (!mean) {
    if (found.size() != order.size())
      return "";
    parts.insert(parts.end(), found.begin(), found.end());
    return "mean=" + join(values, ",");
  }
  std::optional<std::string> numbers = readNumbers(mean->value);
  if (!numbers) {
    VendorReading::refuse(*mean, "expected numbers between ':'");
    return "";
  }
  parts.push_back(mean);
  return "mean=" + *numbers;
}

/// What comes in on the board: a picture, where the network was trained on one.
static void settleRuntime(Entry *runtime, const std::string &color) {
  if (!runtime)
    return;
  std::string format = getOne(runtime);
  bool isImage = color == "rgb" || color == "bgr" || color == "gray";
  if (format == "yuv_nv12")
    format = "nv12";
  bool isPicture = format == "nv12" || format == "rgb" || format == "bgr" ||
                   format == "gray";
  if (format.empty())
    VendorReading::refuse(*runtime, "one type for all inputs is understood; "
                                    "these differ: give --input-type NAME=TYPE "
                                    "for each");
  else if (startsWith(format, "rawdata_f32"))
    VendorReading::ignore(*runtime, "tensors come as they are");
  else if (isPicture && isImage)
    VendorReading::honour(*runtime, {"--input-type=" + format});
  else
    VendorReading::refuse(*runtime, isPicture
                                        ? "a network that was not trained "
                                          "on pictures takes none"
                                        : "qc has no such input");
}

static void settleFormats(VendorReading &reading, const std::string &color) {
  Entry *training = reading.find("training_input_formats");
  Entry *runtime = reading.find("input_formats");
  settleRuntime(runtime, color);
  if (Entry *entry = reading.find("quantizations")) {
    std::string one = getOne(entry);
    if (one == "true")
      VendorReading::ignore(*entry, "it is what is done");
    else
      VendorReading::refuse(*entry, "layers that read an input in float are "
                                    "named by --deny");
  }
  if (training && color.empty())
    VendorReading::refuse(*training, kOneForAll);
  else if (training && startsWith(color, "rawdata_f32"))
    VendorReading::ignore(*training, "tensors come as they are");
}

static void settleOutputs(VendorReading &reading) {
  for (const char *name : {"output_layouts", "output_formats"}) {
    Entry *entry = reading.find(name);
    if (!entry)
      continue;
    std::string layout = getOne(entry);
    if (layout == "nchw" || layout == "nhwc")
      VendorReading::honour(*entry, {"--output-layout=" + layout});
    else
      VendorReading::refuse(*entry, layout.empty()
                                        ? "--output-layout is one for all "
                                          "outputs; these differ"
                                        : "expected NCHW or NHWC");
  }
}

static void settlePixels(VendorReading &reading) {
  settleOutputs(reading);
  Entry *training = reading.find("training_input_formats");
  std::string color = getOne(training);
  settleFormats(reading, color);
  bool isImage = color == "rgb" || color == "bgr" || color == "gray";
  std::vector<std::string> words;
  std::vector<Entry *> parts;
  if (isImage) {
    words.push_back("color=" + color);
    parts.push_back(training);
  }
  Entry *layout = reading.find("input_layouts");
  if (std::string order = getOne(layout); layout && order.empty()) {
    VendorReading::refuse(*layout, kOneForAll);
  } else if (layout && isImage && (order == "nchw" || order == "nhwc")) {
    words.push_back("layout=" + order);
    parts.push_back(layout);
  } else if (layout && !isImage) {
    VendorReading::ignore(*layout, "tensors come as they are");
  }
  if (std::string mean = readMean(reading, color, parts); !mean.empty())
    words.push_back(mean);
  if (Entry *std = reading.find("std_value")) {
    if (std::optional<std::string> numbers = readNumbers(std->value)) {
      words.push_back("std=" + *numbers);
      parts.push_back(std);
    } else {
      VendorReading::refuse(*std, "expected numbers between ':'");
    }
  }
  for (Entry *part : parts)
    VendorReading::honour(*part, {}, "part of --preprocess");
  if (!parts.empty())
    VendorReading::honour(*parts.front(), {"--preprocess=" + join(words, " ")});
}

//===----------------------------------------------------------------------===//
// Command lines
//===----------------------------------------------------------------------===//

static VendorFormat makeFlags() {
  VendorFormat format;
  format.name = "SGS command line";
  format.summary = "flags of ConvertTool, calibrator, compiler, SGS_converter "
                   "and simulator, in a file";
  format.syntax = ConfigSyntax::Flags;
  auto add = [&](const char *name, Form form, const char *meaning,
                 std::vector<VendorCase> cases) {
    format.keys.push_back({"", name, meaning, form, std::move(cases), false});
  };
  for (const char *name : {"command", "argument"})
    add(name, Form::Text, "the tool and its format of models",
        {ignores("*", "the name of the tool")});
  add("model_file", Form::Path, "the model", {sets("*", {"--model=$"})});
  add("i", Form::Path, "images", {sets("*", {"--data=$"})});
  add("input_config", Form::Path, "input_config.ini",
      {refuses("*", "give it as --vendor-config, and the rest as options of "
                    "qc")});
  add("output_arrays", Form::Names, "outputs", {sets("*", {"--cut-at=$"})});
  add("num_process", Form::Integer, "processes", {sets("*", {"--threads=$"})});
  for (const char *name :
       {"graph_def_file", "saved_model_dir", "weight_file", "fixed_model",
        "fixedC2fixedWO", "postprocess", "postprocess_input_config", "decrypt",
        "custom_objects", "mixed_precision", "torch_q_param", "quant_config"})
    add(name, Form::Text, "another kind of model or parameters",
        {refuses("*", "it has no form in qc: give an ONNX model, and "
                      "parameters by --encodings-in")});
  add("quant_file", Form::Path, "ranges by name",
      {sets("*", {"--encodings-in=$", "--allow-missing"},
            "what it does not name is calibrated")});
  for (const char *name : {"q", "q_mode"})
    add(name, Form::Text, "effort of the torch calibrator",
        {sets("Q1", {"--correct=bias"}),
         sets("Q2", {"--correct=inputs,equalize,rounding,bias"},
              "all corrections")});
  add("quant_level", Form::Text, "effort of the calibrator",
      {ignores("*", "what the levels do is not published; --method and "
                    "--correct choose")});
  for (const char *name : {"m",
                           "c",
                           "n",
                           "o",
                           "l",
                           "b",
                           "t",
                           "output_file",
                           "input_arrays",
                           "input_shapes",
                           "tag_set",
                           "signature_key",
                           "output_pack_model_arrays",
                           "skip_simplify",
                           "soc_version",
                           "show_log",
                           "work_mode",
                           "export_models",
                           "cal_batchsize",
                           "resume",
                           "multi_gpu",
                           "visible_gpu",
                           "local_rank",
                           "batch_mode",
                           "inplace_input_buf",
                           "draw_result",
                           "dump_rawdata",
                           "skip_preprocess",
                           "host",
                           "port",
                           "timeout",
                           "model_onboard_path"})
    add(name, Form::Text, "how the tools work",
        {ignores("*", "it is about the SGS tools")});
  return format;
}

std::vector<VendorFormat> makeSigmaStarFormats() {
  VendorFormat ini;
  ini.name = "input_config.ini";
  ini.summary = "what the SGS tools are told of inputs, outputs and widths";
  ini.syntax = ConfigSyntax::Ini;
  addInputs(ini.keys);
  addOthers(ini.keys);
  ini.translate = settlePixels;
  return {std::move(ini), makeFlags()};
}

} // namespace qc
