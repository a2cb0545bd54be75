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
Texts splitHorizonInputs(const Entry *entry) {
  Texts parts;
  if (entry)
    for (std::string_view part : split(entry->value, ';'))
      if (!trim(part).empty())
        parts.emplace_back(trim(part));
  return parts;
}

/// What all inputs have; nothing where they differ.
static std::optional<std::string> getOne(const Entry *entry) {
  Texts parts = splitHorizonInputs(entry);
  for (const std::string &part : parts)
    if (toLower(part) != toLower(parts.front()))
      return std::nullopt;
  return parts.empty() ? "" : toLower(parts.front());
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
  Texts shapes = splitHorizonInputs(find("input_shape"));
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
  Texts shapes = splitHorizonInputs(shape);
  Texts names = splitHorizonInputs(reading.find("input_parameters.input_name"));
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
  Texts folders = splitHorizonInputs(data);
  Entry *type = reading.find("calibration_parameters.calibration_type");
  if (data && type && toLower(type->value) == "skip")
    return VendorReading::ignore(*data, "calibration_type skip reads none");
  if (folders.size() < 2)
    return;
  // Data of several inputs are a folder with one an input, called like it.
  namespace fs = std::filesystem;
  Texts names = splitHorizonInputs(reading.find("input_parameters.input_name"));
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

static void settleMemory(VendorReading &reading) {
  Entry *size = reading.find("compiler_parameters.max_l2m_size");
  int64_t bytes = size ? parseInteger(size->value).value_or(0) : 0;
  if (!size || size->value == "0")
    return;
  if (bytes < 1024 || bytes > 25165824)
    return VendorReading::refuse(*size,
                                 "expected 0, or 1024 to 25165824 bytes");
  VendorReading::honour(*size,
                        {"--l1-size-kb=" + std::to_string(bytes / 1024)});
}

void settleHorizonKeys(VendorReading &reading) {
  settleHorizonLayers(reading);
  PixelKeys(reading).settle();
  settleShapes(reading);
  settleData(reading);
  settleMethod(reading);
  settleMemory(reading);
  settleParts(reading);
}

} // namespace qc
