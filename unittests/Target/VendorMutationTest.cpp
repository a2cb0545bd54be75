// Vendors' files with a few characters changed: each is read or refused in
// words, without harm. Meant for builds with sanitizers as well.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/MLIR.h"

#include "qc/Assign/Encodings.h"
#include "qc/Statistics/CalibrationTable.h"
#include "qc/Target/Registries.h"
#include "qc/Target/VendorOptions.h"

#include <gtest/gtest.h>

#include <random>

using namespace qc;

namespace {
/// Files that are as they should be; they also lend one another pieces.
const char *const kTexts[] = {
    // TIDL's quant_params
    R"(num_layers: 2
quant_type: 1
calib_type: PERTENSOR
layers {
  layer_name: "conv1"
  layer_type: "Conv"
  bit_depth: 8
  outputs { min: -1.5 max: 2.25 size: 1 element_type: 0 scale: 50 zero_point: 0 }
  weights { min: -0.5 max: 0.5 size: 1 scale: 254 zero_point: 0 }
  bias { value: 0.25 value: -1e-3 value: 7 }
}
layers { layer_name: "a \"b\" \\ c" outputs { min: 0 max: 1 } } # end
)",
    // SigmaStar's quant_file
    R"([{"name": "x", "min": [-1.0], "max": [1.0], "bit": 8},
 {"name": "w", "min": [-1, -2, -0.5], "max": [1, 2, 0.5], "bit": 16,
  "data": [[0.5, -0.25], [1, 2]]}]
)",
    // mtk_converter's qparams
    R"({"version": "v1", "quantization_params": [{"activations": {
  "x": {"dtype": "INT8", "is_symmetric": false, "min_vals": [-20], "max_vals": 31},
  "y": {"min_vals": [0.0], "max_vals": [1.0]}}}]}
)",
    // qc's own encodings
    R"({"format": "qc-encodings", "version": 1, "encodings": [
{"name": "x", "role": "activation", "type": "i8", "scale": [0.0078], "zero_point": [-1]},
{"name": "w", "role": "weight", "type": "i8", "qmin": -127, "qmax": 127,
 "block": [1, 3, 3, 3], "scale": [0.011, 0.004], "zero_point": [0, 0]}]}
)",
    // a table of tpu-mlir
    R"(# genetated time: 2026-01-01
# histogram number: 2048
# op_name    threshold    min    max
images 1.0000080 0.0000000 1.0000080
122_Conv 56.4281803 -102.5830231 97.6811752
"a b" 1 -1 1
#asym_op
122_Conv 0.1
)",
    // hb_mapper's yaml
    R"(model_parameters:
  onnx_model: 'm.onnx'
  march: 'bayes-e'
  node_info: {'c1': {'ON': 'CPU'}, 'c2': {'OutputType': 'int16'}}
input_parameters:
  input_name: 'a;b'
  input_type_rt: 'nv12;rgb'
  norm_type: 'data_mean_and_scale;no_preprocess'
  mean_value: 127.5 127.5 127.5;
  scale_value: 0.0078;
calibration_parameters:
  calibration_type: 'max'
  max_percentile: 0.9999
  optimization: "set_all_nodes_int16;bias_correction"
  quant_config: {"model_config": {"all_node_type": "int8"},
    "node_config": {"c1": {"qtype": "int16"}}}
)",
    // TIDL's dictionary
    R"({"tensor_bits": 8, "accuracy_level": 1,
 "advanced_options:calibration_frames": 20, "deny_list": "MaxPool, Conv",
 "advanced_options:output_feature_16bit_names_list": "a, b"}
)",
    // input_config.ini
    R"([INPUT_CONFIG]
inputs = x
input_formats = RGB
quantizations = TRUE
mean_red = 127.5
std_value = 127.5:1:2
[OUTPUT_CONFIG]
outputs = y
[CONV_CONFIG]
tensor_arrays = a,b ; words
)",
    // flags of ncc-tflite
    R"(--arch=mdla3.0 --relax-fp32 --opt 3
-d out.dla --l1-size-kb=1024
)",
};

class VendorMutation : public testing::Test {
protected:
  VendorMutation() {
    registerAllTargets(registries);
    for (const std::string &name : registries.targets.getNames()) {
      auto target = registries.targets.create(
          name, [&] { return mlir::emitError(UnknownLoc::get(&context)); });
      targets.push_back(std::move(*target));
      for (ParameterFile &file : targets.back()->getParameterFiles())
        files.push_back(std::move(file));
      for (VendorFormat &format : targets.back()->getVendorFormats())
        formats.push_back(std::move(format));
    }
  }

  std::string mutate(std::string text) {
    for (size_t n = 1 + random() % 3; n > 0 && !text.empty(); --n) {
      size_t at = random() % text.size();
      switch (random() % 6) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, 1 + random() % 20);
        break;
      case 2:
        text.insert(at, odd());
        break;
      case 3: {
        std::string_view other = kTexts[random() % std::size(kTexts)];
        size_t from = random() % other.size();
        text.insert(at, other.substr(from, 1 + random() % 30));
        break;
      }
      case 4:
        text.insert(at, text.substr(random() % text.size(), random() % 60));
        break;
      default:
        text.resize(at);
      }
    }
    return text;
  }

  /// What readers stumble over.
  std::string odd() {
    const std::string pieces[] = {
        "nan",  "-inf",   "1e999", "-1",  "99999999999999999999", "0x10",
        "\"",   "'",      "{",     "}",   "[[[[[[[[[[",           "\\u0000",
        "\n\n", "\r",     "\t",    ":",   std::string(1, '\0'),   "\xff\xfe",
        "#",    "*&a *a", "---",   "<<:", std::string(300, '('),  ","};
    return pieces[random() % std::size(pieces)];
  }

  static void expectWords(const Status &status) {
    if (!status)
      EXPECT_FALSE(status.message().empty());
  }

  MLIRContext context;
  Registries registries;
  std::vector<std::unique_ptr<TargetBackend>> targets;
  std::vector<ParameterFile> files;
  std::vector<VendorFormat> formats;
  std::mt19937 random{11};
};
} // namespace

TEST_F(VendorMutation, KnowsReaders) {
  EXPECT_GE(files.size(), 3U);
  EXPECT_GE(formats.size(), 6U);
}

TEST_F(VendorMutation, Parameters) {
  for (int i = 0; i < 4000; ++i) {
    std::string text = mutate(kTexts[random() % std::size(kTexts)]);
    // Each reader sees everything, since what a file is, is a guess.
    for (const ParameterFile &file : files) {
      (void)file.recognizes(text);
      Encodings encodings;
      std::vector<std::string> notes;
      expectWords(file.read(text, encodings, notes));
    }
    expectWords(Encodings::parse(text, "file").status());
  }
}

TEST_F(VendorMutation, Tables) {
  for (int i = 0; i < 4000; ++i)
    expectWords(CalibrationTable::parse(mutate(kTexts[4]), "table").status());
}

TEST_F(VendorMutation, Options) {
  for (int i = 0; i < 3000; ++i) {
    std::string text = mutate(kTexts[random() % std::size(kTexts)]);
    (void)guessConfigSyntax(text);
    for (ConfigSyntax syntax :
         {ConfigSyntax::Yaml, ConfigSyntax::Ini, ConfigSyntax::Flags}) {
      Result<ConfigFile> file = ConfigFile::parse(text, "file", syntax);
      expectWords(file.status());
      for (const VendorFormat &format : formats)
        if (file && format.syntax == syntax)
          expectWords(translate(format, *file).status());
    }
  }
}
