// Keys of Horizon's yaml files about layers: nodes, edges, widths,
// quant_config. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "HorizonOptions.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <filesystem>

namespace qc {

using Entry = VendorReading::Entry;
using Texts = std::vector<std::string>;

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// "node:int16;..."
static void settleShortForm(Entry &entry) {
  Texts names;
  for (const std::string &part : splitHorizonInputs(&entry)) {
    size_t colon = part.rfind(':');
    std::string type = colon == std::string::npos ? "" : part.substr(colon + 1);
    if (type != "int16")
      return VendorReading::refuse(entry, "'" + printable(part) +
                                              "' is not of the form "
                                              "node:int16");
    names.push_back(part.substr(0, colon));
  }
  if (!names.empty())
    VendorReading::honour(entry, {"--int16-tensors=" + join(names, ",")},
                          "a node is named by its result");
}

/// "inputs" of "InputType", "input1" of "InputType1" or "input1"; empty for
/// other properties.
static std::string getInputSelection(const std::string &property) {
  if (property == "InputType")
    return "inputs";
  std::string number;
  for (const char *word : {"InputType", "input"})
    if (number.empty() && startsWith(property, word))
      number = property.substr(std::string_view(word).size());
  bool isNumber = !number.empty() && number.size() < 4 &&
                  number.find_first_not_of("0123456789") == std::string::npos;
  return isNumber ? "input" + number : "";
}

/// One of a node's properties, in node_info or in quant_config.
static void settleNode(Entry &entry, const std::string &node,
                       const std::string &property) {
  std::string value = toLower(entry.value);
  if (property == "ON" && value == "cpu")
    return VendorReading::honour(entry, {"--deny=name:" + node});
  if (property == "ON" && value == "bpu")
    return VendorReading::ignore(entry, "what the BPU cannot run is an error "
                                        "anyway");
  if (value == "int8")
    return VendorReading::ignore(entry, "8 bits are what tensors have without "
                                        "a word");
  bool isOutput = property == "OutputType" || property == "qtype";
  if (isOutput && value == "int16")
    return VendorReading::honour(entry, {"--int16-tensors=" + node},
                                 "the node's result");
  if (std::string selection = getInputSelection(property);
      !selection.empty() && value == "int16")
    return VendorReading::honour(entry,
                                 {"--int16-tensors=" + selection + ":" + node},
                                 "what the node reads");
  VendorReading::refuse(entry, "'" + printable(property) + "' is '" +
                                   printable(entry.value) +
                                   "', expected ON: CPU or BPU, or a type of "
                                   "int8 or int16");
}

/// Nodes at the edges that Horizon's tools take out. Quantization at the edges
/// is part of no network that comes in: both go, or none.
static void settleEdges(VendorReading &reading) {
  Entry *types = reading.find("model_parameters.remove_node_type");
  if (types && !types->value.empty()) {
    Texts options, others;
    bool quantize = false, dequantize = false;
    for (std::string_view part : split(types->value, ',')) {
      std::string type = toLower(part);
      quantize |= type == "quantize";
      dequantize |= type == "dequantize";
      if (type == "quantize" || type == "dequantize")
        continue;
      const Texts known = {"transpose", "cast", "reshape", "softmax"};
      if (std::find(known.begin(), known.end(), type) == known.end())
        return VendorReading::refuse(
            *types, "'" + printable(part) +
                        "' is none of Quantize, Dequantize, Transpose, Cast, "
                        "Reshape and Softmax");
      others.emplace_back(part);
    }
    if (quantize != dequantize)
      return VendorReading::refuse(*types, "Quantize and Dequantize go "
                                           "together here (--keep-edges)");
    if (quantize)
      options.push_back("--keep-edges");
    if (!others.empty())
      options.push_back("--remove-edge-ops=" + join(others, ","));
    VendorReading::honour(*types, options);
  }
  Entry *names = reading.find("model_parameters.remove_node_name");
  if (!names || names->value.empty())
    return;
  Texts layers;
  for (std::string_view name : split(names->value, ','))
    layers.push_back("name:" + std::string(name));
  VendorReading::honour(*names, {"--remove-edge-ops=" + join(layers, ",")});
}

static void settleNodes(VendorReading &reading) {
  for (Entry *entry : reading.findAll("model_parameters.node_info")) {
    if (entry->below.size() >= 2)
      settleNode(*entry,
                 join(Texts(entry->below.begin(), entry->below.end() - 1), "."),
                 entry->below.back());
    else if (!entry->below.empty())
      VendorReading::refuse(*entry, "expected a node with ON, InputType or "
                                    "OutputType");
    else if (!entry->value.empty())
      settleShortForm(*entry);
  }
  if (Entry *entry = reading.find("model_parameters.set_node_data_type");
      entry && !entry->value.empty())
    settleShortForm(*entry);
  if (Entry *entry = reading.find("calibration_parameters.run_on_cpu");
      entry && !entry->value.empty()) {
    Texts layers;
    for (std::string_view name : split(entry->value, ','))
      layers.push_back("name:" + std::string(name));
    VendorReading::honour(*entry, {"--deny=" + join(layers, ",")});
  }
}

//===----------------------------------------------------------------------===//
// Words of optimization
//===----------------------------------------------------------------------===//

/// What a word like "set_Conv_input_int16" selects; empty for other words.
static std::string getWordSelection(const std::string &word) {
  if (word == "set_model_output_int16")
    return "network:outputs";
  for (const auto &[end, what] :
       {std::pair("_input_int16", "inputs:"), {"_output_int16", "results:"}}) {
    std::string_view begin = "set_", tail = end;
    if (startsWith(word, begin) && endsWith(word, tail) &&
        word.size() > begin.size() + tail.size())
      return what + word.substr(begin.size(),
                                word.size() - begin.size() - tail.size());
  }
  return "";
}

static void settleWords(VendorReading &reading) {
  Entry *entry = reading.find("calibration_parameters.optimization");
  if (!entry || entry->value.empty())
    return;
  Texts options, idle;
  for (std::string_view part : split(entry->value, ',')) {
    std::string word(part);
    if (word == "set_all_nodes_int16")
      options.push_back("--precision=a16w8");
    else if (word == "bias_correction")
      options.push_back("--correct=bias");
    else if (startsWith(word, "set_") && endsWith(word, "_int8"))
      idle.push_back(word);
    else if (word == "run_fast" || word == "lstm_batch_last")
      idle.push_back(word);
    else if (std::string selection = getWordSelection(word); !selection.empty())
      options.push_back("--int16-tensors=" + selection);
    else if (word == "asymmetric")
      return VendorReading::refuse(*entry, "asymmetric: activations of the "
                                           "chip are symmetric");
    else
      return VendorReading::refuse(*entry,
                                   "unknown word '" + printable(word) + "'");
  }
  std::string words = idle.empty() ? "" : join(idle, ", ") + ": nothing to do";
  if (options.empty())
    VendorReading::ignore(*entry, words);
  else
    VendorReading::honour(*entry, options, words);
}

//===----------------------------------------------------------------------===//
// quant_config
//===----------------------------------------------------------------------===//

/// A property of all layers of a type.
static void settleType(Entry &entry, const std::string &type,
                       const std::string &property) {
  std::string value = toLower(entry.value);
  if (property == "ON" && value == "cpu")
    return VendorReading::honour(entry, {"--deny=" + type});
  if (property == "ON" && value == "bpu")
    return VendorReading::ignore(entry, "what the BPU cannot run is an error "
                                        "anyway");
  if (property == "qtype" && value == "int8")
    return VendorReading::ignore(entry, "8 bits are what tensors have without "
                                        "a word");
  if (property == "qtype" && value == "int16")
    return VendorReading::honour(entry, {"--int16-tensors=results:" + type});
  VendorReading::refuse(entry, "expected ON: CPU or BPU, or qtype: int8 or "
                               "int16");
}

static void settleQuantKey(Entry &entry, const Texts &path) {
  std::string name = join(path, ".");
  std::string value = toLower(entry.value);
  auto is = [&](const char *text) { return name == text; };
  std::string refusal;
  if (value.find(',') != std::string::npos) {
    refusal = "a list of values to search: choose one";
  } else if (is("model_config.all_node_type")) {
    if (value == "int8" || value == "int16")
      return VendorReading::honour(
          entry, {value == "int8" ? "--precision=int8" : "--precision=a16w8"});
    refusal = "int8 and int16 have a form in qc";
  } else if (is("model_config.activation.calibration_type")) {
    if (value == "max" || value == "kl")
      return VendorReading::honour(entry, {"--method=" + value});
    refusal = "max and kl have a form in qc";
  } else if (is("model_config.activation.max_percentile")) {
    return VendorReading::honour(entry, {"--method=percentile=" + value});
  } else if (is("model_config.activation.num_bin") ||
             is("model_config.activation.max_num_bin")) {
    return VendorReading::ignore(entry, "histograms have sizes of qc's");
  } else if (is("model_config.activation.per_channel") ||
             is("model_config.activation.asymmetric")) {
    if (value == "false")
      return VendorReading::ignore(entry, "it is off");
    refusal = "activations have one scale a tensor and no zero point here";
  } else if (startsWith(name, "model_config.weight.bias_correction")) {
    return value == "false" ? VendorReading::honour(entry, {"--correct=none"})
                            : VendorReading::honour(entry, {"--correct=bias"});
  } else if (path.size() >= 3 && path.front() == "node_config") {
    return settleNode(entry, join(Texts(path.begin() + 1, path.end() - 1), "."),
                      path.back());
  } else if (path.size() == 3 && path.front() == "op_config") {
    return settleType(entry, path[1], path.back());
  } else {
    refusal = "'" + printable(name) + "' has no form in qc";
  }
  VendorReading::refuse(entry, refusal);
}

static void settleQuantConfig(VendorReading &reading) {
  for (Entry *entry : reading.findAll("calibration_parameters.quant_config")) {
    if (!entry->below.empty()) {
      settleQuantKey(*entry, entry->below);
      continue;
    }
    if (entry->value.empty())
      continue;
    // A file beside the yaml, or where the tool runs.
    namespace fs = std::filesystem;
    std::error_code failed;
    fs::path beside = fs::path(reading.origin).parent_path() / entry->value;
    Result<ConfigFile> file = ConfigFile::read(
        fs::exists(beside, failed) ? beside.string() : entry->value,
        ConfigSyntax::Yaml);
    if (!file) {
      VendorReading::refuse(*entry, file.message());
      continue;
    }
    Texts options, words;
    bool isRefused = false;
    for (const ConfigEntry &key : file->entries) {
      Entry one{entry->key, {}, join(key.values, ","), {}, false};
      settleQuantKey(one, key.path);
      isRefused |= one.outcome.kind == VendorKind::Refused;
      options.insert(options.end(), one.outcome.options.begin(),
                     one.outcome.options.end());
      if (!one.outcome.words.empty())
        words.push_back(printable(key.getName()) + ": " + one.outcome.words);
    }
    if (isRefused)
      VendorReading::refuse(*entry, join(words, "; "));
    else
      VendorReading::honour(*entry, options, join(words, "; "));
  }
}

void settleHorizonLayers(VendorReading &reading) {
  settleNodes(reading);
  settleEdges(reading);
  settleWords(reading);
  settleQuantConfig(reading);
}

} // namespace qc
