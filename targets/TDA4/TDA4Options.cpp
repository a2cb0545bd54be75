// TIDL's options, and what becomes of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TDA4Options.h"
#include "qc/Support/Strings.h"

#include <filesystem>

namespace qc {

using namespace vendor;
using Form = VendorForm;
using Keys = std::vector<VendorKey>;

static const char *const kElsewhere =
    "it is about TI's tools or the board, which qc does not run";

/// A key with one thing to say about all values.
static VendorKey idle(std::string section, std::string name,
                      std::string meaning, std::string words = kElsewhere) {
  return key(std::move(section), std::move(name), Form::Text,
             std::move(meaning), {ignores("*", std::move(words))});
}

//===----------------------------------------------------------------------===//
// Core options
//===----------------------------------------------------------------------===//

static void addCore(Keys &keys) {
  keys.push_back(
      key("", "tensor_bits", Form::Integer, "width of activations and weights",
          {sets("8", {"--precision=int8"}), sets("16", {"--precision=int16"}),
           sets("32", {"--precision=float"}, "float, the reference")}));
  keys.push_back(key("", "accuracy_level", Form::Integer, "calibration recipe",
                     {sets("0", {"--method=ema", "--correct=none"},
                           "ranges averaged over frames, nothing corrected"),
                      sets("1", {"--correct=bias"}),
                      sets("2", {"--method=mse", "--correct=bias"},
                           "one histogram over all frames, as TIDL 11.2"),
                      sets("9", {}, "the keys of level 9 say what is done")},
                     /*isJoint=*/true));
  keys.push_back(key("", "artifacts_folder", Form::Text, "output folder",
                     {sets("*", {"--output=$"})}));
  keys.push_back(key("", "deny_list", Form::Names,
                     "types of layers that stay on the Arm cores",
                     {ignores("", "it is empty"),
                      sets("*", {"--deny=$"}, "in float, on the CPU")}));
  keys.push_back(key("deny_list", "layer_type", Form::Names,
                     "the same by type of layer",
                     {ignores("", "it is empty"), sets("*", {"--deny=$"})}));
  keys.push_back(
      key("deny_list", "layer_name", Form::Names, "the same by name of layer",
          {ignores("", "it is empty"),
           sets("*", {"--deny=name:$"}, "a layer is named by its result")},
          /*isJoint=*/true));
  keys.push_back(key("allow_list", "layer_name", Form::Names,
                     "only these layers are offloaded",
                     {ignores("", "it is empty"),
                      sets("*", {"--deny=except:$"},
                           "all other layers stay in float; a layer is named "
                           "by its result or node, and not beside a "
                           "deny_list")},
                     /*isJoint=*/true));
  keys.push_back(key("", "max_num_subgraphs", Form::Integer,
                     "most subgraphs offloaded",
                     {sets("*", {"--max-subgraphs=$"},
                           "those with the least work are left to the CPU")}));
  keys.push_back(key(
      "", "debug_level", Form::Integer, "prints and traces",
      {ignores("*", "report.json compares the layers of every compile; `qc run "
                    "model.qcb --dump DIR` writes all tensors")}));
  keys.push_back(idle("", "tidl_tools_path", "folder of the closed tools"));
  keys.push_back(key("", "platform", Form::Text, "device family, for TVM",
                     {ignores("*", "--target-option chip names the device")}));
  keys.push_back(idle("", "version", "version of the tools"));
  keys.push_back(idle("", "model_type", "\"OD\" marks object detection",
                      "no rule of qc depends on what the network is for"));
  keys.push_back(key("", "tidl_offload", Form::Boolean,
                     "false: plain onnxruntime",
                     {ignores("1", "it is what a compile is for"),
                      sets("0", {"--precision=float"})}));
  keys.push_back(idle("onnxruntime", "graph_optimization_level",
                      "onnxruntime's optimizer",
                      "qc does not run onnxruntime"));
  keys.push_back(key("", "TIDL_RT_ONNX_VARDIM", Form::Boolean,
                     "outputs of variable size",
                     {ignores("0", "sizes are fixed anyway"),
                      refuses("1", "sizes are fixed; bind symbolic dimensions "
                                   "with --input-shape")}));
}

//===----------------------------------------------------------------------===//
// Advanced options
//===----------------------------------------------------------------------===//

static const char *const kAdvanced = "advanced_options";

static void addCalibration(Keys &keys) {
  keys.push_back(key(kAdvanced, "calibration_frames", Form::Integer,
                     "samples to calibrate on", {sets("*", {"--samples=$"})}));
  keys.push_back(key(
      kAdvanced, "calibration_iterations", Form::Integer,
      "rounds of bias calibration",
      {ignores("*", "--correct bias measures all samples once, layer by layer, "
                    "and needs no further rounds")}));
  keys.push_back(
      key(kAdvanced, "quantization_scale_type", Form::Integer, "kind of scales",
          {sets("0", {"--target-option=quantization_scale_type=0"},
                "symmetric, any scale"),
           sets("1", {"--target-option=quantization_scale_type=1"},
                "symmetric, powers of two"),
           refuses("3", "it is for a quantized TFLite model, which TIDL reads "
                        "itself; here, a float or QDQ model comes in"),
           sets("4", {"--target-option=quantization_scale_type=4"},
                "affine activations, a weight scale a channel; not tda4vm")}));
  keys.push_back(key(kAdvanced, "activation_clipping", Form::Boolean,
                     "ranges by histogram",
                     {sets("1", {"--method=mse"}, "with accuracy_level 9"),
                      sets("0", {"--method=minmax"}, "with accuracy_level 9")},
                     /*isJoint=*/true));
  keys.push_back(
      key(kAdvanced, "weight_clipping", Form::Boolean, "clipped weights",
          {ignores("*", "weights keep their range; --correct rounding chooses "
                        "their integers by the sums that they are in")}));
  keys.push_back(key(kAdvanced, "bias_calibration", Form::Boolean,
                     "correction of biases",
                     {sets("1", {"--correct=bias"}, "with accuracy_level 9"),
                      sets("0", {"--correct=none"}, "with accuracy_level 9")},
                     /*isJoint=*/true));
  keys.push_back(key(kAdvanced, "channel_wise_quantization", Form::Boolean,
                     "a weight scale a channel",
                     {sets("1", {"--target-option=channel_wise_quantization=1"},
                           "with accuracy_level 9; not tda4vm"),
                      sets("0", {"--target-option=channel_wise_quantization=0"},
                           "with accuracy_level 9")},
                     /*isJoint=*/true));
  keys.push_back(key(kAdvanced, "bias_clipping", Form::Boolean,
                     "1: biases may clip to 16 bits",
                     {ignores("0", "biases have 32 bits here and do not clip"),
                      refuses("1", "biases have 32 bits here: clipped ones "
                                   "would not be what TIDL computes")}));
  keys.push_back(idle(kAdvanced, "enable_tfr_optimization",
                      "float ranges of transformers are kept",
                      "ranges are always those of the float network"));
}

static void addMixed(Keys &keys) {
  keys.push_back(key(
      kAdvanced, "output_feature_16bit_names_list", Form::Names,
      "layers whose output has 16 bits",
      {ignores("", "it is empty"),
       sets("*", {"--int16-tensors=$"}, "a layer is named by its result")}));
  keys.push_back(key(kAdvanced, "params_16bit_names_list", Form::Names,
                     "layers whose parameters have 16 bits",
                     {ignores("", "it is empty"),
                      sets("*", {"--int16-weights=$"},
                           "a layer is named by its result or node")}));
  keys.push_back(key(
      kAdvanced, "output_feature_16bit_names_search", Form::Text,
      "the same as start:end pairs",
      {ignores("", "it is empty"),
       refuses("*", "list the tensors in output_feature_16bit_names_list")}));
  keys.push_back(key(kAdvanced, "deny_list_layer_name_search", Form::Names,
                     "layers between two, start:end",
                     {ignores("", "it is empty"), sets("*", {"--deny=$"})}));
  keys.push_back(
      key(kAdvanced, "mixed_precision_factor", Form::Number,
          "slowdown allowed for 16 bits",
          {ignores("-1", "it is off"),
           sets("*", {"--correct=widths", "--max-cycles=$"},
                "by the cycles that qc estimates, with the corrections of "
                "accuracy_level; TIDL's own times are not published")},
          /*isJoint=*/true));
  keys.push_back(
      key(kAdvanced, "quant_params_proto_path", Form::Path,
          "ranges, read or written",
          {ignores("", "it is empty"),
           sets("*", {"--encodings-in=$", "--allow-missing"},
                "the file exists: its ranges are taken, other layers are "
                "calibrated; else nothing, since OUT/hand-off/ has it anyway")},
          /*isJoint=*/true));
  keys.push_back(key(
      kAdvanced, "prequantized_model", Form::Integer, "a QDQ model comes in",
      {ignores("*", "qc sees from a model that it is quantized, and takes its "
                    "parameters as they are")}));
}

static void addRunning(Keys &keys) {
  keys.push_back(idle(kAdvanced, "add_data_convert_ops",
                      "where inputs are converted",
                      "model.qcb has conversions where the network has floats; "
                      "the runtime of TIDL sees to its own"));
  keys.push_back(idle(kAdvanced, "pre_batchnorm_fold",
                      "folds a leading batch normalisation",
                      "what can be folded always is"));
  keys.push_back(idle(kAdvanced, "enable_shape_folding", "folds shapes",
                      "shapes are always folded"));
  for (const char *name :
       {"high_resolution_optimization", "inference_mode", "num_cores",
        "single_core_layers_names_list", "core_number", "core_start_idx",
        "batch_mode", "packetize_mode", "partial_init_during_compile",
        "max_num_subgraph_nodes", "c7x_firmware_version", "c7x_codegen",
        "network_name", "log_file_name", "temp_buffer_dir",
        "ti_internal_nc_flag"})
    keys.push_back(idle(kAdvanced, name, "how TIDL compiles and runs"));
  keys.push_back(key(kAdvanced, "enable_custom_layers", Form::Boolean,
                     "kernels of the user",
                     {ignores("0", "it is off"),
                      refuses("1", "qc has no kernels of the user; deny the "
                                   "layers, which keeps them in float")}));
  keys.push_back(key(kAdvanced, "custom_layers_names_list", Form::Names,
                     "their layers",
                     {ignores("", "it is empty"),
                      refuses("*", "qc has no kernels of the user")}));
  for (const char *name :
       {"meta_arch_type", "meta_layers_names_list", "confidence_threshold",
        "nms_threshold", "top_k", "keep_top_k"})
    keys.push_back(idle("object_detection", name, "detection head in TIDL",
                        "the network is compiled as it is: boxes are decoded "
                        "where they were before"));
}

//===----------------------------------------------------------------------===//
// The runner's options
//===----------------------------------------------------------------------===//

static void addRunner(Keys &keys) {
  keys.push_back(key("", "model_path", Form::Path, "the model",
                     {sets("*", {"--model=$"})}));
  keys.push_back(
      key("", "data_path", Form::Path, "samples", {sets("*", {"--data=$"})}));
  keys.push_back(key("", "num_frames", Form::Integer, "samples to take",
                     {sets("*", {"--samples=$"})}));
  keys.push_back(
      key("", "input_optimization", Form::Boolean,
          "mean and scale in the network, which takes uint8",
          {sets("1", {"--insert-preprocess"}), ignores("0", "it is off")}));
  keys.push_back(key("", "input_mean", Form::Names, "pixel less mean",
                     {sets("*", {"--preprocess=mean=$"},
                           "with input_scale, 1 / scale is the std")},
                     /*isJoint=*/true));
  keys.push_back(key("", "input_scale", Form::Names, "times scale",
                     {sets("*", {"--preprocess=std=1/$"})},
                     /*isJoint=*/true));
  keys.push_back(
      key("", "preset_selection", Form::Text, "a recipe",
          {sets("SPEED", {"--precision=int8"}),
           sets("ACCURACY", {"--precision=int16"}),
           refuses("BALANCED", "how far it may slow down is not published; "
                               "give mixed_precision_factor")}));
  for (const char *name :
       {"model_surgery", "simplify_model", "shape_inference"})
    keys.push_back(idle("", name, "prepares the model",
                        "the model is always simplified, with shapes"));
  for (const char *name :
       {"data_name", "analyze_level", "act_data", "save_output",
        "display_benchmark", "parallel_processes", "instance_timeout",
        "overall_timeout", "incremental", "run_label", "work_path",
        "upgrade_config"})
    keys.push_back(idle("", name, "how the runner works"));
}

//===----------------------------------------------------------------------===//
// Keys that belong together
//===----------------------------------------------------------------------===//

static void settleLevel(VendorReading &reading) {
  VendorReading::Entry *level = reading.find("accuracy_level");
  for (const char *name :
       {"activation_clipping", "bias_calibration", "channel_wise_quantization"})
    if (VendorReading::Entry *entry = reading.find(name);
        entry && (!level || level->value != "9"))
      VendorReading::ignore(*entry, "only accuracy_level=9 reads it");
}

/// How much slower the program may be for tensors of 16 bits.
static void settleMixed(VendorReading &reading) {
  VendorReading::Entry *entry = reading.find("mixed_precision_factor");
  if (!entry || entry->value == "-1")
    return;
  VendorReading::Entry *bits = reading.find("tensor_bits");
  if (bits && bits->value != "8")
    return VendorReading::ignore(*entry,
                                 "only tensor_bits=8 leaves a choice of 16");
  if (!(parseNumber(entry->value).value_or(0) > 1))
    return VendorReading::refuse(*entry, "a factor is above 1; -1 is off");
  // A level that corrects nothing does not stand in the way of the search.
  VendorReading::Entry *level = reading.find("accuracy_level");
  if (level && level->value == "0")
    VendorReading::honour(*level, {"--method=ema"},
                          "ranges averaged over frames; mixed_precision_factor "
                          "says what is done");
  VendorReading::honour(*entry,
                        {"--correct=widths", "--max-cycles=" + entry->value},
                        "by the cycles that qc estimates");
}

/// A list of layers as entries of --deny.
static void settleLayers(VendorReading &reading, const char *key,
                         const std::string &form) {
  VendorReading::Entry *entry = reading.find(key);
  if (!entry || entry->value.empty())
    return;
  std::vector<std::string> layers;
  for (std::string_view name : split(entry->value, ','))
    layers.push_back(form + std::string(name));
  VendorReading::honour(*entry, {"--deny=" + join(layers, ",")});
}

static void settleNames(VendorReading &reading) {
  settleLayers(reading, "deny_list.layer_name", "name:");
  settleLayers(reading, "allow_list.layer_name", "except:");
  VendorReading::Entry *allowed = reading.find("allow_list.layer_name");
  if (!allowed || allowed->value.empty())
    return;
  for (const char *name :
       {"deny_list", "deny_list.layer_type", "deny_list.layer_name",
        "deny_list_layer_name_search"})
    if (VendorReading::Entry *entry = reading.find(name);
        entry && !entry->value.empty())
      VendorReading::refuse(*allowed, std::string("TIDL takes it or ") + name +
                                          ", not both");
}

/// TIDL reads the file where it exists, and writes it where it does not.
static void settleProto(VendorReading &reading) {
  VendorReading::Entry *entry = reading.find("quant_params_proto_path");
  std::error_code failed;
  if (entry && !entry->value.empty() &&
      !std::filesystem::exists(entry->value, failed))
    VendorReading::ignore(*entry, "the file does not exist, so that TIDL would "
                                  "write it: OUT/hand-off/ has one anyway");
}

static void settleMean(VendorReading &reading) {
  VendorReading::Entry *mean = reading.find("input_mean");
  VendorReading::Entry *scale = reading.find("input_scale");
  std::vector<std::string> std;
  if (scale) {
    for (std::string_view text : split(scale->value, ',')) {
      std::optional<double> number = parseNumber(text);
      if (!number || !(*number > 0))
        return VendorReading::refuse(*scale, "'" + printable(text) +
                                                 "' is no scale above zero");
      std.push_back(formatFloat(static_cast<float>(1 / *number)));
    }
  }
  std::string spec = mean ? "mean=" + mean->value : "";
  if (scale)
    spec += (mean ? " std=" : "std=") + join(std, ",");
  if (VendorReading::Entry *first = mean ? mean : scale)
    VendorReading::honour(*first, {"--preprocess=" + spec});
  if (mean && scale)
    VendorReading::honour(*scale, {}, "part of input_mean's --preprocess");
}

VendorFormat makeTIDLOptions() {
  VendorFormat format;
  format.name = "TIDL options";
  format.summary = "the dictionary that TIDL's runtimes take, as YAML or JSON";
  addCore(format.keys);
  addCalibration(format.keys);
  addMixed(format.keys);
  addRunning(format.keys);
  addRunner(format.keys);
  format.translate = [](VendorReading &reading) {
    settleLevel(reading);
    settleMixed(reading);
    settleNames(reading);
    settleProto(reading);
    settleMean(reading);
  };
  return format;
}

} // namespace qc
