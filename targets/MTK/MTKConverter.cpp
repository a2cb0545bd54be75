// Attributes of MediaTek's converter, and what becomes of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "MTKOptions.h"
#include "qc/Support/Strings.h"

namespace qc {

using namespace vendor;
using Form = VendorForm;
using Keys = std::vector<VendorKey>;
using Entry = VendorReading::Entry;

static VendorKey key(std::string name, Form form, std::string meaning,
                     std::vector<VendorCase> cases, bool isJoint = false) {
  return vendor::key("", std::move(name), form, std::move(meaning),
                     std::move(cases), isJoint);
}

static VendorKey idle(std::string name, std::string meaning,
                      std::string words) {
  return key(std::move(name), Form::Text, std::move(meaning),
             {ignores("*", std::move(words))});
}

/// A switch that qc has in one position only.
static VendorKey fixed(std::string name, bool position, std::string meaning,
                       std::string is, std::string why) {
  return key(std::move(name), Form::Boolean, std::move(meaning),
             {ignores(position ? "1" : "0", std::move(is)),
              refuses(position ? "0" : "1", std::move(why))});
}

static void addScheme(Keys &keys) {
  keys.push_back(key("quantize", Form::Boolean, "integers",
                     {ignores("1", "it is what a compile does"),
                      sets("0", {"--precision=float"})}));
  keys.push_back(fixed("use_per_output_channel_quantization", true,
                       "a weight scale a channel", "it is what is done",
                       "weights have a scale a channel, as LiteRT's int8"));
  keys.push_back(key("use_symmetric_quantization", Form::Boolean,
                     "activations without a zero point",
                     {sets("1", {"--target-option=symmetric=1"}),
                      sets("0", {"--target-option=symmetric=0"})}));
  keys.push_back(fixed("use_weights_symmetric_quantization", true,
                       "weights without a zero point", "it is what is done",
                       "8W16A takes symmetric weights only, and LiteRT's int8 "
                       "has no others"));
  keys.push_back(fixed("use_unsigned_quantization_type", false,
                       "u8 instead of s8", "tensors are s8",
                       "the .tflite file has s8; ncc-tflite --int8-to-uint8 "
                       "makes u8 of it"));
  keys.push_back(fixed("allow_asym16_quantization", false,
                       "s16 with a zero point", "s16 has no zero point",
                       "s16 has no zero point in LiteRT's 16x8"));
  keys.push_back(idle("allow_different_affine_output_quantization_type",
                      "types that differ between layers",
                      "they are converted where they differ"));
  keys.push_back(
      idle("ensure_same_concat_quantization_params", "one scale for a concat",
           "the .tflite writer rescales operands where they differ"));
  keys.push_back(idle("ensure_safe_affine_output_quantization_scale",
                      "scales of u8 kernels",
                      "it is a rule of the old u8 kernels; tensors are s8"));
  keys.push_back(idle("use_64bit_bias_tensors", "biases of 64 bits",
                      "activations of 16 bits have such biases, those of 8 "
                      "bits 32, as LiteRT's specification says"));
  keys.push_back(fixed("enable_12bit_data_types", false, "12 bits", "it is off",
                       "qc has 8 and 16 bits"));
}

static void addWidths(Keys &keys) {
  keys.push_back(key(
      "default_quantization_bitwidth", Form::Integer, "width of activations",
      {sets("8", {"--precision=int8"}), sets("16", {"--precision=a16w8"})}));
  keys.push_back(key("default_weights_quantization_bitwidth", Form::Integer,
                     "width of weights",
                     {ignores("8", "it is what weights have"),
                      refuses("*", "weights of LiteRT's operators have 8 "
                                   "bits")}));
  keys.push_back(key("input_quantization_bitwidths", Form::Text,
                     "widths of inputs; None leaves floats",
                     {ignores("", "it is empty"), ignores("8", "the default"),
                      refuses("*", "name inputs of 16 bits in "
                                   "--int16-tensors; --emit "
                                   "tflite:boundary=float leaves floats")}));
  keys.push_back(idle("allow_8w16a_affine_operators",
                      "affine weights beside s16",
                      "weights are symmetric, which 8W16A takes anyway"));
  for (const char *name :
       {"allow_4w16a_affine_operators", "allow_4w8a_affine_operators"})
    keys.push_back(fixed(name, false, "weights of 4 bits", "it is off",
                         "weights of LiteRT's operators have 8 bits"));
  for (const char *name :
       {"precision_proportion", "precision_proportion_policy",
        "precision_proportion_bypass_dwconv_ops"})
    keys.push_back(key(name, Form::Mapping, "widths by share",
                       {ignores("", "it is empty"),
                        refuses("*", "no search by share: name tensors of 16 "
                                     "bits in --int16-tensors")}));
  keys.push_back(key("precision_config_file", Form::Path, "widths by name",
                     {ignores("", "it is empty"),
                      refuses("*", "qc does not read this file; "
                                   "--int16-tensors names tensors")}));
}

static void addCalibration(Keys &keys) {
  keys.push_back(idle("calibration_data_gen", "a Python generator",
                      "--data names the samples"));
  keys.push_back(key("calibration_data_count", Form::Integer, "samples",
                     {sets("*", {"--samples=$"})}));
  keys.push_back(
      key("calibration_method", Form::Text, "how ranges are chosen",
          {sets("Overall", {"--method=minmax"}),
           sets("Histogram", {"--method=mse"}), sets("EMA", {"--method=ema"}),
           sets("Percentile", {"--method=percentile=$"},
                "of calibration_percentile_value")},
          /*isJoint=*/true));
  keys.push_back(key("calibration_percentile_value", Form::Number,
                     "part of the values, in percent",
                     {sets("*", {"--method=percentile=$/100"},
                           "with calibration_method Percentile")},
                     /*isJoint=*/true));
  keys.push_back(key("calibration_histogram_loss_type", Form::Text,
                     "what a histogram minimises",
                     {ignores("l2_loss", "it is what mse minimises"),
                      refuses("*", "only l2_loss has a form in qc")}));
  for (const char *name : {"calibration_histogram_num_bins",
                           "calibration_histogram_num_total_samples",
                           "calibration_histogram_num_zp_samples",
                           "calibration_ema_decay", "calibration_ema_debias"})
    keys.push_back(idle(name, "how finely it is measured",
                        "methods of qc have settings of their own"));
  keys.push_back(idle("allow_softmax_calibration", "range of a softmax",
                      "it is the part of 0 to 1 that samples reach"));
  keys.push_back(key("input_value_ranges", Form::Text, "ranges of inputs",
                     {ignores("", "it is empty"),
                      refuses("*", "give ranges by name: --encodings-in with "
                                   "--allow-missing")}));
  keys.push_back(key("weights_quantization_clipping_ratio", Form::Number,
                     "clipped weights",
                     {ignores("1", "weights keep their range"),
                      refuses("*", "weights keep their range; --correct "
                                   "rounding chooses their integers")}));
  keys.push_back(idle("allow_missing_quantization_ranges",
                      "the graph has ranges already",
                      "a quantized model is seen by itself"));
}

static void addOptimisers(Keys &keys) {
  const char *together = "with use_bias_correction, use_adaround and "
                         "use_hessian_opt; none where all are off";
  keys.push_back(key("use_bias_correction", Form::Boolean, "corrects biases",
                     {sets("1", {"--correct=bias"}, together),
                      sets("0", {"--correct=none"}, together)},
                     /*isJoint=*/true));
  for (const char *name : {"use_adaround", "use_hessian_opt"})
    keys.push_back(key(name, Form::Boolean, "rounds weights for their sums",
                       {sets("1", {"--correct=rounding"}, together),
                        sets("0", {"--correct=none"}, together)},
                       /*isJoint=*/true));
  keys.push_back(fixed("use_gradient_opt", false, "trains blocks", "it is off",
                       "qc does not train"));
  for (const char *name :
       {"bias_correction_data_count", "adaround_batch_size",
        "adaround_data_count", "adaround_optim_lr", "adaround_optim_steps",
        "adaround_preserve_sparsity", "hessian_opt_block_size",
        "hessian_opt_data_count", "hessian_opt_stability_ratio",
        "hessian_opt_sort_hessian", "hessian_opt_use_fast_strategy",
        "gradient_opt_batch_size"})
    keys.push_back(idle(name, "how it optimises",
                        "corrections of qc take all samples and have no "
                        "settings"));
  keys.push_back(fixed("use_dynamic_quantization", false,
                       "ranges while it runs", "it is off",
                       "ranges are measured beforehand"));
}

static void addEdges(Keys &keys) {
  const char *both = "inputs and outputs together";
  keys.push_back(
      key("prepend_input_quantize_ops", Form::Boolean, "inputs are floats",
          {sets("1", {"--emit=qcb,report,tflite:boundary=float"}, both),
           ignores("0", "inputs are integers")},
          /*isJoint=*/true));
  keys.push_back(
      key("append_output_dequantize_ops", Form::Boolean, "outputs are floats",
          {sets("1", {"--emit=qcb,report,tflite:boundary=float"}, both),
           ignores("0", "outputs are integers")},
          /*isJoint=*/true));
  for (const char *name : {"prepend_input_quantize_ops_indices",
                           "append_output_dequantize_ops_indices"})
    keys.push_back(key(name, Form::Text, "of some only",
                       {ignores("", "it is empty"),
                        refuses("*", "all inputs and outputs are the same")}));
  keys.push_back(key("extra_quantization_bypass_ops", Form::Names,
                     "types of layers that stay in float",
                     {ignores("", "it is empty"), sets("*", {"--deny=$"})}));
  keys.push_back(key("import_qparams_config_file", Form::Path, "ranges by name",
                     {ignores("", "it is empty"),
                      sets("*", {"--encodings-in=$", "--allow-missing"},
                           "what it does not name is calibrated")}));
  keys.push_back(key("export_qparams_config_file", Form::Text, "ranges by name",
                     {ignores("", "it is empty"),
                      sets("*", {"--emit=qcb,report,hand-off,converter"},
                           "OUT/converter/qparams.json; without dtype, whose "
                           "words are not published")}));
  for (const char *name :
       {"decompose_batched_matmul_ops", "decompose_grouped_conv2d_ops",
        "decompose_grouped_conv3d_ops", "decompose_instance_normalization_ops",
        "decompose_log_softmax_ops", "decompose_lstm_ops",
        "decompose_unidirectional_sequence_lstm_ops",
        "rewrite_batchnorm_to_dwconv_ops", "rewrite_conv_to_dwconv_ops",
        "reroute_trivial_consumer_ops", "deduplicate_constant_tensors",
        "deduplicate_operators",
        "allow_incompatible_paddings_for_tflite_pooling",
        "convert_unsupported_data_type"})
    keys.push_back(idle(name, "rewrites the network",
                        "qc rewrites what the target needs; `qc check` says "
                        "what is left"));
  keys.push_back(key("convert_float32_weights_to_float16", Form::Boolean,
                     "float weights in 16 bits",
                     {sets("1", {"--emit=qcb,report,tflite:weights=half"}),
                      ignores("0", "they have 32")}));
  keys.push_back(key("custom_op_lib_map", Form::Mapping, "kernels of the user",
                     {ignores("", "it is empty"),
                      refuses("*", "qc has no kernels of the user")}));
  keys.push_back(idle("quantization_debug_dir", "traces",
                      "report.json compares the layers of every compile"));
}

static void addFiles(Keys &keys) {
  keys.push_back(key("input_model_file", Form::Path, "the model",
                     {sets("*", {"--model=$"})}));
  for (const char *name :
       {"output_file", "output_file_format", "tflite_op_export_spec"})
    keys.push_back(idle(name, "what is written",
                        "OUT/hand-off/ has the .tflite file, of LiteRT's own "
                        "operators"));
  keys.push_back(key("input_names", Form::Names, "inputs",
                     {ignores("*", "it names those of input_shapes")},
                     /*isJoint=*/true));
  keys.push_back(
      key("input_shapes", Form::Text, "shapes, as 1,3,224,224:1,10",
          {ignores("", "it is empty"), sets("*", {"--input-shape=NAME=$"})},
          /*isJoint=*/true));
  keys.push_back(key("output_names", Form::Names, "outputs",
                     {ignores("", "it is empty"), sets("*", {"--cut-at=$"})}));
}

//===----------------------------------------------------------------------===//
// Keys that belong together
//===----------------------------------------------------------------------===//

static void settleMethod(VendorReading &reading) {
  Entry *method = reading.find("calibration_method");
  Entry *part = reading.find("calibration_percentile_value");
  bool isPart = method && toLower(method->value) == "percentile";
  if (isPart && !part)
    VendorReading::refuse(*method, "calibration_percentile_value is missing");
  if (!part)
    return;
  if (method && !isPart)
    return VendorReading::ignore(*part, "only calibration_method Percentile "
                                        "reads it");
  double percent = parseNumber(part->value).value_or(0);
  if (percent <= 50 || percent > 100)
    return VendorReading::refuse(*part, "expected a percentage above 50");
  VendorReading::honour(*part,
                        {"--method=percentile=" +
                         formatFloat(static_cast<float>(percent / 100))});
  if (method)
    VendorReading::honour(*method, {},
                          "calibration_percentile_value says how "
                          "far");
}

static void settleCorrections(VendorReading &reading) {
  bool isAny = false;
  for (const char *name :
       {"use_bias_correction", "use_adaround", "use_hessian_opt"})
    if (Entry *entry = reading.find(name))
      isAny |= entry->value == "1";
  for (const char *name :
       {"use_bias_correction", "use_adaround", "use_hessian_opt"})
    if (Entry *entry = reading.find(name); entry && isAny)
      if (entry->value == "0")
        VendorReading::ignore(*entry, "off: the others say what is corrected");
}

static void settleBoundary(VendorReading &reading) {
  Entry *input = reading.find("prepend_input_quantize_ops");
  Entry *output = reading.find("append_output_dequantize_ops");
  bool first = input && input->value == "1";
  bool last = output && output->value == "1";
  if (first != last)
    VendorReading::refuse(first ? *input : *output,
                          "inputs and outputs are floats together: set both "
                          "prepend_input_quantize_ops and "
                          "append_output_dequantize_ops");
}

static void settleShapes(VendorReading &reading) {
  Entry *shapes = reading.find("input_shapes");
  if (!shapes || shapes->value.empty())
    return;
  Entry *names = reading.find("input_names");
  std::vector<std::string_view> inputs, sizes = split(shapes->value, ':');
  if (names)
    inputs = split(names->value, ',');
  if (inputs.size() != sizes.size())
    return VendorReading::refuse(
        *shapes, "input_names names " + std::to_string(inputs.size()) +
                     " inputs for " + std::to_string(sizes.size()) + " shapes");
  std::vector<std::string> options;
  for (size_t i = 0; i < inputs.size(); ++i)
    options.push_back("--input-shape=" + std::string(inputs[i]) + "=" +
                      join(split(sizes[i], ','), "x"));
  VendorReading::honour(*shapes, std::move(options));
}

VendorFormat makeMTKConverterOptions() {
  VendorFormat format;
  format.name = "mtk_converter attributes";
  format.summary = "attributes of the converter's objects, as YAML or JSON";
  addScheme(format.keys);
  addWidths(format.keys);
  addCalibration(format.keys);
  addOptimisers(format.keys);
  addEdges(format.keys);
  addFiles(format.keys);
  format.translate = [](VendorReading &reading) {
    settleMethod(reading);
    settleCorrections(reading);
    settleBoundary(reading);
    settleShapes(reading);
  };
  return format;
}

} // namespace qc
