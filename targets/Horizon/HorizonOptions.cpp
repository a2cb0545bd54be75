// The yaml files of hb_mapper and hb_compile, and what becomes of their keys.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "HorizonOptions.h"
#include "qc/Support/Strings.h"

namespace qc {

using namespace vendor;
using Form = VendorForm;
using Keys = std::vector<VendorKey>;

static const char *const kTools =
    "it is about Horizon's compiler, which reads it from hand-off/";

static VendorKey idle(std::string section, std::string name,
                      std::string meaning, std::string words = kTools) {
  // Some have values by input: {"image": "ddr"}.
  return key(std::move(section), std::move(name), Form::Mapping,
             std::move(meaning), {ignores("*", std::move(words))});
}

//===----------------------------------------------------------------------===//
// model_parameters
//===----------------------------------------------------------------------===//

static void addModel(Keys &keys, bool second) {
  const std::string at = "model_parameters";
  for (const char *name : {"prototxt", "caffe_model"})
    keys.push_back(key(at, name, Form::Text, "a Caffe model",
                       {ignores("", "it is empty"),
                        refuses("*", "qc reads ONNX: convert the model")}));
  keys.push_back(key(at, "onnx_model", Form::Path, "the model",
                     {sets("*", {"--model=$"})}));
  if (second)
    keys.push_back(key(at, "march", Form::Text, "the BPU",
                       {sets("nash-e", {"--target-option=chip=nash"}),
                        sets("nash-m", {"--target-option=chip=nash"}),
                        sets("nash-p", {"--target-option=chip=nash"}),
                        sets("nash-b", {"--target-option=chip=nash"}),
                        sets("nash-b-lite", {"--target-option=chip=nash"}),
                        sets("nash-b-plus", {"--target-option=chip=nash"}),
                        sets("nash-h", {"--target-option=chip=nash"}),
                        sets("nash-starry-p", {"--target-option=chip=nash"})}));
  else
    keys.push_back(key(at, "march", Form::Text, "the BPU",
                       {sets("bernoulli2", {"--target-option=chip=x3"}),
                        sets("bayes-e", {"--target-option=chip=x5"}),
                        sets("bayes", {"--target-option=chip=x5"},
                             "its operator list is taken to be that of "
                             "bayes-e")}));
  keys.push_back(idle(at, "output_model_file_prefix", "prefix of files",
                      "files of qc are called model.*"));
  keys.push_back(key(at, "working_dir", Form::Text, "output folder",
                     {sets("*", {"--output=$"})}));
  keys.push_back(key(at, "layer_out_dump", Form::Boolean, "keeps all tensors",
                     {ignores("*", "`qc run model.qcb --dump DIR` writes all "
                                   "tensors of any program")}));
  keys.push_back(
      key(at, "output_nodes", Form::Names, "cuts the network",
          {ignores("", "it is empty"),
           sets("*", {"--cut-at=$"}, "a node is named by its result")}));
  keys.push_back(
      key(at, "remove_node_type", Form::Names, "drops nodes at the edges",
          {ignores("", "it is empty"),
           sets("Quantize;Dequantize", {"--keep-edges"},
                "both together: integers go in and come out"),
           sets("Transpose, Cast, Reshape, Softmax", {"--remove-edge-ops=$"},
                "until none is left at an input or output")},
          /*isJoint=*/true));
  keys.push_back(key(at, "remove_node_name", Form::Names,
                     "drops nodes at the edges by name",
                     {ignores("", "it is empty"),
                      sets("*", {"--remove-edge-ops=name:$"},
                           "a node is named by itself or its result")},
                     /*isJoint=*/true));
  keys.push_back(key(
      at, "set_node_data_type", Form::Text, "int16 outputs, as node:int16;...",
      {ignores("", "it is empty"),
       sets("*", {"--int16-tensors=$"}, "a node is named by its result")},
      /*isJoint=*/true));
  keys.push_back(
      key(at, "node_info", Form::Mapping,
          "ON, InputType, OutputType of a node, or node:int16;...",
          {ignores("", "it is empty"),
           sets("OutputType: int16", {"--int16-tensors=NODE"},
                "a node is named by its result"),
           sets("ON: CPU", {"--deny=name:NODE"}, "in float, on the CPU"),
           ignores("ON: BPU", "what the BPU cannot run is an error anyway"),
           sets("InputType: int16", {"--int16-tensors=inputs:NODE"},
                "all that the node reads"),
           sets("InputType0: int16", {"--int16-tensors=input0:NODE"},
                "one of what it reads")},
          /*isJoint=*/true));
  keys.push_back(key(at, "debug_mode", Form::Text, "keeps calibration data",
                     {ignores("*", "`qc compile --stats-out` keeps what was "
                                   "measured")}));
  for (const char *name : {"log_level", "enable_vpu", "enable_spu"})
    keys.push_back(idle(at, name, "how the compiler works"));
}

//===----------------------------------------------------------------------===//
// input_parameters
//===----------------------------------------------------------------------===//

static void addInputs(Keys &keys, bool second) {
  const std::string at = "input_parameters";
  keys.push_back(key(at, "input_name", Form::Text, "inputs, between ';'",
                     {ignores("*", "it names the inputs of other keys")},
                     /*isJoint=*/true));
  keys.push_back(key(at, "input_type_train", Form::Text,
                     "what the network was trained on",
                     {sets("rgb", {"--preprocess=color=rgb"}),
                      sets("bgr", {"--preprocess=color=bgr"}),
                      sets("gray", {"--preprocess=color=gray"}),
                      ignores("featuremap", "tensors come as they are"),
                      sets("yuv444", {"--preprocess=color=yuv444"})},
                     /*isJoint=*/true));
  keys.push_back(key(at, "input_layout_train", Form::Text, "its layout",
                     {sets("NCHW", {"--preprocess=layout=nchw"}),
                      sets("NHWC", {"--preprocess=layout=nhwc"})},
                     /*isJoint=*/true));
  keys.push_back(
      key(at, "input_type_rt", Form::Text, "what comes in on the board",
          {sets("nv12", {"--input-type=nv12"}),
           sets("yuv444", {"--input-type=yuv444"}),
           sets("rgb", {"--input-type=rgb"}), sets("bgr", {"--input-type=bgr"}),
           sets("gray", {"--input-type=gray"}),
           ignores("featuremap", "tensors come as they are")},
          /*isJoint=*/true));
  keys.push_back(key(at, "input_layout_rt", Form::Text, "its layout",
                     {sets("NCHW", {"--input-layout=nchw"}, "of a picture"),
                      sets("NHWC", {"--input-layout=nhwc"}, "of a picture"),
                      ignores("*", "model.qcb takes what `qc inspect` says")},
                     /*isJoint=*/true));
  keys.push_back(key(at, "input_space_and_range", Form::Text, "range of nv12",
                     {ignores("", "it is empty"),
                      ignores("regular", "0 to 255 is the default"),
                      sets("bt601_video", {"--yuv=bt601-video"})},
                     /*isJoint=*/true));
  keys.push_back(
      key(at, "input_shape", Form::Text, "shapes, between ';'",
          {ignores("", "it is empty"), sets("*", {"--input-shape=NAME=$"})},
          /*isJoint=*/true));
  keys.push_back(key(at, "input_batch", Form::Text, "batch",
                     {ignores("", "it is empty"), ignores("1", "it is one"),
                      refuses("*", "give the whole shape in input_shape")}));
  if (second) {
    keys.push_back(key(at, "separate_batch", Form::Boolean,
                       "an input for each of a batch",
                       {ignores("0", "it is off"),
                        refuses("1", "qc keeps inputs as the network has "
                                     "them")}));
    keys.push_back(key(at, "separate_name", Form::Names, "inputs to take apart",
                       {ignores("", "it is empty"),
                        refuses("*", "qc keeps inputs as the network has "
                                     "them")}));
  }
  keys.push_back(key(
      at, "norm_type", Form::Text, "what is done to pixels",
      {ignores("no_preprocess", "values come as they are"),
       sets("data_mean",
            {"--preprocess=mean=...", "--raw", "--insert-preprocess"}),
       sets("data_scale",
            {"--preprocess=std=...", "--raw", "--insert-preprocess"}),
       sets("data_mean_and_scale",
            {"--preprocess=mean=... std=...", "--raw", "--insert-preprocess"},
            "the program takes pixels, and so do arrays of cal_data_dir")},
      /*isJoint=*/true));
  keys.push_back(
      key(at, "mean_value", Form::Text, "pixel less mean",
          {ignores("", "it is empty"), sets("*", {"--preprocess=mean=$"})},
          /*isJoint=*/true));
  keys.push_back(
      key(at, "scale_value", Form::Text, "times scale",
          {ignores("", "it is empty"), sets("*", {"--preprocess=std=1/$"})},
          /*isJoint=*/true));
  if (second)
    keys.push_back(
        key(at, "std_value", Form::Text, "by std",
            {ignores("", "it is empty"), sets("*", {"--preprocess=std=$"})},
            /*isJoint=*/true));
}

//===----------------------------------------------------------------------===//
// calibration_parameters
//===----------------------------------------------------------------------===//

static void addCalibration(Keys &keys, bool second) {
  const std::string at = "calibration_parameters";
  keys.push_back(key(
      at, "cal_data_dir", Form::Path, "a folder an input",
      {ignores("", "it is empty"),
       sets("*", {"--data=$"}, "of several inputs, the folder above theirs")},
      /*isJoint=*/true));
  keys.push_back(key(at, "cal_data_type", Form::Text, "type of its files",
                     {ignores("*", "arrays say their type themselves")}));
  keys.push_back(key(at, "preprocess_on", Form::Boolean,
                     "images are read and resized",
                     {ignores("0", "arrays have the network's size"),
                      sets("1", {"--preprocess=resize=HxW fit=stretch"},
                           "of input_shape; by qc's bilinear filter")},
                     /*isJoint=*/true));
  keys.push_back(
      key(at, "calibration_type", Form::Text, "how ranges are chosen",
          {sets("default", {"--method=auto"},
                "chosen by samples that it has not seen"),
           sets("mix", {"--method=auto"}, "chosen tensor by tensor"),
           sets("kl", {"--method=kl"}), sets("max", {"--method=max"}),
           refuses("load", "the schema of Horizon's QAT models is not "
                           "published; a QDQ model brings its parameters "
                           "without this key"),
           sets("skip", {"--data=random:8"},
                "random samples: accuracy means nothing")},
          /*isJoint=*/true));
  keys.push_back(key(
      at, "max_percentile", Form::Number, "part of values inside of the range",
      {sets("*", {"--method=percentile=$"}, "with calibration_type max")},
      /*isJoint=*/true));
  keys.push_back(key(at, "per_channel", Form::Boolean,
                     "activations have a scale a channel",
                     {ignores("0", "one a tensor"),
                      refuses("1", "activations have one scale a tensor; "
                                   "--correct equalize fills the channels' "
                                   "ranges")}));
  keys.push_back(key(at, "run_on_cpu", Form::Names, "layers in float",
                     {ignores("", "it is empty"), sets("*", {"--deny=name:$"})},
                     /*isJoint=*/true));
  keys.push_back(key(at, "run_on_bpu", Form::Names, "layers on the BPU",
                     {ignores("*", "what the BPU cannot run is an error "
                                   "anyway")}));
  keys.push_back(
      key(at, "optimization", Form::Names, "words, between ';'",
          {ignores("", "it is empty"),
           ignores("set_model_output_int8", "it is what is done"),
           ignores("set_{Kind}_input_int8, set_{Kind}_output_int8",
                   "8 bits are what tensors have without a word"),
           sets("set_all_nodes_int16", {"--precision=a16w8"}),
           sets("bias_correction", {"--correct=bias"}),
           ignores("run_fast, lstm_batch_last", kTools),
           sets("set_model_output_int16", {"--int16-tensors=network:outputs"}),
           sets("set_{Kind}_input_int16", {"--int16-tensors=inputs:{Kind}"}),
           sets("set_{Kind}_output_int16", {"--int16-tensors=results:{Kind}"}),
           refuses("asymmetric", "activations of the chip are symmetric")},
          /*isJoint=*/true));
  if (second)
    keys.push_back(key(
        at, "quant_config", Form::Mapping, "a JSON file, or its keys here",
        {ignores("", "it is empty"),
         sets("model_config.all_node_type: int8, int16",
              {"--precision=int8", "--precision=a16w8"}),
         sets("model_config.activation.calibration_type: max, kl",
              {"--method=max", "--method=kl"}),
         sets("model_config.activation.max_percentile",
              {"--method=percentile=$"}),
         sets("model_config.weight.bias_correction", {"--correct=bias"}),
         ignores("num_bin, max_num_bin", "histograms have sizes of qc's"),
         sets("node_config.NODE.qtype: int16", {"--int16-tensors=NODE"}),
         sets("node_config.NODE.input0: int16",
              {"--int16-tensors=input0:NODE"}),
         sets("node_config.NODE.ON: CPU", {"--deny=name:NODE"}),
         sets("op_config.TYPE.qtype: int16", {"--int16-tensors=results:TYPE"}),
         sets("op_config.TYPE.ON: CPU", {"--deny=TYPE"}),
         refuses("*", "float16, int4, mx types, lists of values to search "
                      "and subgraph_config have no form in qc")},
        /*isJoint=*/true));
}

//===----------------------------------------------------------------------===//
// compiler_parameters, custom_op
//===----------------------------------------------------------------------===//

static void addCompiler(Keys &keys, bool second) {
  const std::string at = "compiler_parameters";
  for (const char *name : {"compile_mode", "balance_factor", "optimize_level",
                           "core_num", "debug", "max_time_per_fc", "jobs"})
    keys.push_back(idle(at, name, "how the binary is made"));
  if (second)
    keys.push_back(key(
        at, "max_l2m_size", Form::Integer, "bytes of on-chip memory to use",
        {ignores("0", "what the chip has"),
         sets("*", {"--l1-size-kb=$/1024"}, "of estimates and their tiles")},
        /*isJoint=*/true));
  keys.push_back(key(at, "advice", Form::Integer,
                     "lists ops that are so many us slower than they could be",
                     {ignores("0", "it is off"),
                      sets("*", {"--advice=$"}, "by qc's own estimate")}));
  if (second)
    for (const char *name :
         {"cache_mode", "cache_path", "extra_params", "ability_entry",
          "input_no_padding", "output_no_padding"})
      keys.push_back(idle(at, name, "how the binary is made"));
  keys.push_back(idle(at, "input_source", "where the binary reads inputs from",
                      "model.qcb reads memory; hb_mapper reads the key from "
                      "hand-off/"));
  for (const char *name :
       {"custom_op_method", "op_register_files", "custom_op_dir"})
    keys.push_back(key("custom_op", name, Form::Text, "kernels of the user",
                       {ignores("", "it is empty"),
                        refuses("*", "qc has no kernels of the user")}));
}

static VendorFormat makeFormat(bool second) {
  VendorFormat format;
  format.name = second ? "hb_compile yaml" : "hb_mapper yaml";
  format.summary = second ? "of the second generation (march nash-*)"
                          : "of the first generation (march bernoulli2, bayes, "
                            "bayes-e)";
  addModel(format.keys, second);
  addInputs(format.keys, second);
  addCalibration(format.keys, second);
  addCompiler(format.keys, second);
  // Both are the same kind of file; the march tells them apart.
  format.recognizes = [second](const ConfigFile &file) {
    bool isNash = false;
    for (const ConfigEntry &entry : file.entries)
      if (entry.getName() == "model_parameters.march" && !entry.values.empty())
        isNash = startsWith(entry.values.front(), "nash");
    return isNash == second;
  };
  format.translate = settleHorizonKeys;
  return format;
}

std::vector<VendorFormat> makeHorizonFormats() {
  return {makeFormat(/*second=*/false), makeFormat(/*second=*/true)};
}

} // namespace qc
