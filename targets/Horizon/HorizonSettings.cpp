// Keys of Horizon's yaml files that belong together.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "HorizonOptions.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <filesystem>

namespace qc {

using Entry = VendorReading::Entry;
using Texts = std::vector<std::string>;

/// Parts between ';', without those that are empty.
static Texts splitInputs(const Entry *entry) {
  Texts parts;
  if (entry)
    for (std::string_view part : split(entry->value, ';'))
      if (!trim(part).empty())
        parts.emplace_back(trim(part));
  return parts;
}

/// What all inputs have; nothing where they differ.
static std::optional<std::string> getOne(const Entry *entry) {
  Texts parts = splitInputs(entry);
  for (const std::string &part : parts)
    if (toLower(part) != toLower(parts.front()))
      return std::nullopt;
  return parts.empty() ? "" : toLower(parts.front());
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// "node:int16;..."
static void settleShortForm(Entry &entry) {
  Texts names;
  for (const std::string &part : splitInputs(&entry)) {
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
  if (value == "int16")
    return VendorReading::refuse(entry, "qc names tensors: give OutputType of "
                                        "the node that makes this one");
  VendorReading::refuse(entry, "'" + printable(property) + "' is '" +
                                   printable(entry.value) +
                                   "', expected ON: CPU or BPU, or a type of "
                                   "int8 or int16");
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
// Inputs
//===----------------------------------------------------------------------===//

/// Three numbers between blanks or commas, for each input.
static std::optional<std::vector<double>> readNumbers(const std::string &text) {
  std::vector<double> numbers;
  std::string spaced = text;
  std::replace(spaced.begin(), spaced.end(), ',', ' ');
  for (std::string_view word : splitBlanks(spaced)) {
    std::optional<double> number = parseNumber(word);
    if (!number)
      return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

static std::string joinNumbers(const std::vector<double> &numbers) {
  Texts texts;
  for (double number : numbers)
    texts.push_back(formatFloat(static_cast<float>(number)));
  return join(texts, ",");
}

namespace {
/// Gathers what is done to pixels from the keys that say so.
class PixelKeys {
public:
  explicit PixelKeys(VendorReading &reading) : reading(reading) {}
  void settle();

private:
  Entry *find(const char *name) {
    return reading.find(std::string("input_parameters.") + name);
  }
  /// Adds "word" to the preprocessing, in the name of `entry`.
  void add(Entry &entry, const std::string &word) {
    spec += (spec.empty() ? "" : " ") + word;
    parts.push_back(&entry);
  }
  void addNumbers(Entry *entry, const char *word, bool isInverse);
  void settleColor();
  void settleRuntime();
  void settleNorm();
  void settleResize();

  VendorReading &reading;
  std::string spec;
  std::vector<Entry *> parts;
  bool isImage = false;
  /// The program takes the camera's bytes, of this type; empty: it does not.
  std::string picture;
};
} // namespace

void PixelKeys::addNumbers(Entry *entry, const char *word, bool isInverse) {
  if (!entry || entry->value.empty())
    return;
  std::optional<std::string> one = getOne(entry);
  if (!one)
    return VendorReading::refuse(*entry, "--preprocess is one for all inputs; "
                                         "these differ");
  if (*one == "none")
    return VendorReading::ignore(*entry, "None: values come as they are");
  auto numbers = readNumbers(*one);
  if (!numbers || numbers->empty())
    return VendorReading::refuse(*entry, "expected numbers between blanks");
  for (double &number : *numbers) {
    if (isInverse && !(number > 0))
      return VendorReading::refuse(*entry, "a scale is above zero");
    number = isInverse ? 1 / number : number;
  }
  add(*entry, std::string(word) + "=" + joinNumbers(*numbers));
}

void PixelKeys::settleColor() {
  Entry *train = find("input_type_train");
  std::optional<std::string> type = getOne(train);
  if (train && !type)
    VendorReading::refuse(*train, "--preprocess is one for all inputs; these "
                                  "differ");
  isImage = type && (*type == "rgb" || *type == "bgr" || *type == "gray" ||
                     *type == "yuv444");
  if (isImage)
    add(*train, "color=" + *type);
  else if (type && *type == "featuremap")
    VendorReading::ignore(*train, "tensors come as they are");
  Entry *layout = find("input_layout_train");
  std::optional<std::string> order = getOne(layout);
  if (layout && isImage && order && (*order == "nchw" || *order == "nhwc"))
    add(*layout, "layout=" + *order);
  else if (layout && !isImage)
    VendorReading::ignore(*layout, "tensors come as they are");
  settleRuntime();
}

/// What comes in on the board, and of what layout and range.
void PixelKeys::settleRuntime() {
  Entry *runtime = find("input_type_rt"), *layout = find("input_layout_rt");
  Entry *range = find("input_space_and_range");
  std::optional<std::string> type = getOne(runtime);
  auto isOneOf = [&](std::initializer_list<const char *> words) {
    return type && std::find(words.begin(), words.end(), *type) != words.end();
  };
  if (runtime && !type)
    VendorReading::refuse(*runtime, "one type for all inputs is understood; "
                                    "these differ: give --input-type NAME=TYPE "
                                    "for each");
  else if (runtime && runtime->value.empty())
    VendorReading::ignore(*runtime, "it is empty");
  else if (isOneOf({"featuremap"}))
    VendorReading::ignore(*runtime, "tensors come as they are");
  else if (isOneOf({"nv12", "yuv444", "rgb", "bgr", "gray"}) && isImage)
    VendorReading::honour(*runtime, {"--input-type=" + (picture = *type)});
  else if (runtime)
    VendorReading::refuse(*runtime, "a network that was not trained on "
                                    "pictures takes none; expected featuremap");
  std::optional<std::string> order = getOne(layout);
  bool hasLayout = picture == "rgb" || picture == "bgr" || picture == "yuv444";
  if (layout && hasLayout && order && (*order == "nchw" || *order == "nhwc"))
    VendorReading::honour(*layout, {"--input-layout=" + *order});
  else if (layout)
    VendorReading::ignore(*layout, "model.qcb takes what `qc inspect` says");
  if (!range)
    return;
  bool isYuv = picture == "nv12" || picture == "yuv444";
  std::string space = toLower(range->value);
  if (space == "bt601_video" && isYuv)
    VendorReading::honour(*range, {"--yuv=bt601-video"});
  else if (space.empty() || space == "regular" || !isYuv)
    VendorReading::ignore(*range, isYuv ? "0 to 255 is the default"
                                        : "no input is of YUV");
  else
    VendorReading::refuse(*range, "expected regular or bt601_video");
}

void PixelKeys::settleNorm() {
  Entry *norm = find("norm_type"), *mean = find("mean_value");
  Entry *scale = find("scale_value"), *std = find("std_value");
  std::optional<std::string> kind = getOne(norm);
  if (norm && !kind)
    return VendorReading::refuse(*norm, "--preprocess is one for all inputs; "
                                        "these differ");
  // The second generation derives the kind from the values.
  bool hasMean = !norm || kind->empty() || kind->rfind("data_mean", 0) == 0;
  bool hasScale = !norm || kind->empty() ||
                  (kind->rfind("data_", 0) == 0 && *kind != "data_mean");
  if (mean && !hasMean)
    VendorReading::ignore(*mean, "norm_type leaves it out");
  if (scale && !hasScale)
    VendorReading::ignore(*scale, "norm_type leaves it out");
  size_t before = parts.size();
  if (hasMean)
    addNumbers(mean, "mean", /*isInverse=*/false);
  if (scale && std && !scale->value.empty() && !std->value.empty())
    return VendorReading::refuse(*std, "scale_value says the same already");
  if (hasScale) {
    addNumbers(scale, "std", /*isInverse=*/true);
    addNumbers(std, "std", /*isInverse=*/false);
  }
  bool normalises = parts.size() > before;
  if (norm)
    VendorReading::ignore(*norm, normalises ? "part of --preprocess"
                                            : "values come as they are");
  if (norm && !normalises && kind->rfind("data_", 0) == 0)
    return VendorReading::refuse(*norm, "mean_value or scale_value is missing");
  if (!normalises || !isImage)
    return;
  Entry &owner = norm && !kind->empty() ? *norm : *parts[before];
  Texts options = {"--raw"};
  if (picture.empty())
    options.push_back("--insert-preprocess");
  VendorReading::honour(owner, std::move(options),
                        "the program takes pixels, and so do arrays of "
                        "cal_data_dir");
}

void PixelKeys::settleResize() {
  Entry *on = reading.find("calibration_parameters.preprocess_on");
  if (!on || on->value != "1")
    return;
  Texts shapes = splitInputs(find("input_shape"));
  std::vector<std::string> sizes;
  if (shapes.size() == 1)
    for (std::string_view size : split(shapes.front(), 'x'))
      sizes.emplace_back(size);
  Entry *layout = find("input_layout_train");
  size_t first = layout && toLower(layout->value) == "nhwc" ? 1 : 2;
  if (sizes.size() != 4)
    return VendorReading::refuse(*on, "images are resized to input_shape, "
                                      "which is not given for one image");
  add(*on, "resize=" + sizes[first] + "x" + sizes[first + 1] + " fit=stretch");
}

void PixelKeys::settle() {
  settleColor();
  settleNorm();
  settleResize();
  if (spec.empty())
    return;
  for (Entry *part : parts)
    if (!part->isDone)
      VendorReading::honour(*part, {}, "part of --preprocess");
  Entry &first = *parts.front();
  first.outcome.options.insert(first.outcome.options.begin(),
                               "--preprocess=" + spec);
  if (first.outcome.words == "part of --preprocess")
    first.outcome.words.clear();
}

static void settleShapes(VendorReading &reading) {
  Entry *shape = reading.find("input_parameters.input_shape");
  if (!shape || shape->value.empty())
    return;
  Texts shapes = splitInputs(shape);
  Texts names = splitInputs(reading.find("input_parameters.input_name"));
  if (names.size() != shapes.size())
    return VendorReading::refuse(
        *shape, "input_name names " + std::to_string(names.size()) +
                    " inputs for " + std::to_string(shapes.size()) + " shapes");
  Texts options;
  for (size_t i = 0; i < names.size(); ++i)
    options.push_back("--input-shape=" + names[i] + "=" + shapes[i]);
  VendorReading::honour(*shape, std::move(options));
}

//===----------------------------------------------------------------------===//
// Calibration
//===----------------------------------------------------------------------===//

static void settleData(VendorReading &reading) {
  Entry *data = reading.find("calibration_parameters.cal_data_dir");
  Texts folders = splitInputs(data);
  Entry *type = reading.find("calibration_parameters.calibration_type");
  if (data && type && toLower(type->value) == "skip")
    return VendorReading::ignore(*data, "calibration_type skip reads none");
  if (folders.size() < 2)
    return;
  // Data of several inputs are a folder with one an input, called like it.
  namespace fs = std::filesystem;
  Texts names = splitInputs(reading.find("input_parameters.input_name"));
  std::string above = fs::path(folders.front()).parent_path().string();
  bool fits = names.size() == folders.size();
  for (size_t i = 0; fits && i < folders.size(); ++i)
    fits = fs::path(folders[i]).parent_path() == above &&
           fs::path(folders[i]).filename() == names[i];
  if (fits)
    return VendorReading::honour(*data, {"--data=" + above});
  VendorReading::refuse(*data, "the folders of several inputs stand in one "
                               "folder, called like the inputs: as in "
                               "calib/left;calib/right for left;right");
}

static void settleMethod(VendorReading &reading) {
  Entry *type = reading.find("calibration_parameters.calibration_type");
  Entry *part = reading.find("calibration_parameters.max_percentile");
  if (!part)
    return;
  bool isMax = type && toLower(type->value) == "max";
  double value = parseNumber(part->value).value_or(0);
  if (value < 0.5 || value > 1)
    return VendorReading::refuse(*part, "a part is from 0.5 to 1");
  if (type && !isMax)
    return VendorReading::ignore(*part, "only calibration_type max reads it");
  if (value == 1)
    return type ? VendorReading::ignore(*part, "1 is the whole range")
                : VendorReading::honour(*part, {"--method=max"});
  VendorReading::honour(*part, {"--method=percentile=" + part->value});
  if (type)
    VendorReading::honour(*type, {}, "max_percentile says how far");
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
    else if (startsWith(word, "set_") && endsWith(word, "_int16"))
      return VendorReading::refuse(*entry, word + ": name the tensors in "
                                                  "node_info or "
                                                  "--int16-tensors");
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

/// A part of the values stands for "max", which says the same less exactly.
static void settleParts(VendorReading &reading) {
  Texts *maximum = nullptr;
  bool hasPart = false;
  for (Entry &entry : reading.entries)
    for (std::string &option : entry.outcome.options) {
      hasPart |= startsWith(option, "--method=percentile=");
      if (option == "--method=max")
        maximum = &entry.outcome.options;
    }
  if (hasPart && maximum)
    maximum->erase(std::find(maximum->begin(), maximum->end(), "--method=max"));
}

void settleHorizonKeys(VendorReading &reading) {
  settleNodes(reading);
  PixelKeys(reading).settle();
  settleShapes(reading);
  settleData(reading);
  settleMethod(reading);
  settleWords(reading);
  settleQuantConfig(reading);
  settleParts(reading);
}

} // namespace qc
