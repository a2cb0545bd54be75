// Reading and printing the text form of a preprocessing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Preprocess.h"

#include "qc/Support/EditDistance.h"
#include "qc/Support/Strings.h"

#include <array>
#include <cmath>
#include <set>

namespace qc {

using Spec = PreprocessSpec;

const std::vector<std::pair<std::string, std::string>> &preprocessPresets() {
  static const std::vector<std::pair<std::string, std::string>> presets = {
      {"imagenet-caffe", "resize=256 crop=224 color=bgr "
                         "mean=103.939,116.779,123.68"},
      {"imagenet-tf", "fit=central:0.875 mean=127.5 std=127.5"},
      {"imagenet-torch", "resize=256 crop=224 mean=123.675,116.28,103.53 "
                         "std=58.395,57.12,57.375"},
      {"none", ""},
      {"unit", "std=255"},
  };
  return presets;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

static Status badValue(std::string_view key, std::string_view value,
                       const char *expected) {
  return error("preprocessing key '", key, "' has the value '", value,
               "', expected ", expected);
}

/// Larger images than this are no input of a network.
static constexpr int64_t sizeLimit = 1 << 16;

static std::optional<int> parseSide(std::string_view text) {
  std::optional<int64_t> side = parseInteger(text);
  if (!side || *side < 1 || *side > sizeLimit)
    return std::nullopt;
  return static_cast<int>(*side);
}

/// "N" (square) or "HxW".
static std::optional<Spec::Size> parseSize(std::string_view text) {
  std::vector<std::string_view> sides = split(text, 'x');
  if (sides.empty() || sides.size() > 2)
    return std::nullopt;
  std::optional<int> height = parseSide(sides.front());
  std::optional<int> width = parseSide(sides.back());
  if (!height || !width)
    return std::nullopt;
  return Spec::Size{*height, *width};
}

/// A finite number or a fraction of two.
static std::optional<double> parseFraction(std::string_view text) {
  std::vector<std::string_view> parts = split(text, '/');
  if (parts.empty() || parts.size() > 2)
    return std::nullopt;
  std::optional<double> value = parseNumber(parts[0]);
  if (value && parts.size() == 2) {
    std::optional<double> divisor = parseNumber(parts[1]);
    if (!divisor)
      return std::nullopt;
    value = *value / *divisor;
  }
  if (!value || !std::isfinite(*value))
    return std::nullopt;
  return value;
}

/// One number, or three between commas.
static std::optional<std::vector<double>> parseNumbers(std::string_view text) {
  std::vector<double> numbers;
  for (std::string_view part : split(text, ',')) {
    std::optional<double> number = parseFraction(part);
    if (!number)
      return std::nullopt;
    numbers.push_back(*number);
  }
  if (numbers.size() != 1 && numbers.size() != 3)
    return std::nullopt;
  return numbers;
}

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

template <typename Enum, size_t n>
using Names = std::array<std::pair<const char *, Enum>, n>;

static constexpr Names<Interpolation, 3> interpolationNames = {
    {{"bilinear", Interpolation::Bilinear},
     {"bicubic", Interpolation::Bicubic},
     {"nearest", Interpolation::Nearest}}};
static constexpr Names<Spec::Color, 4> colorNames = {
    {{"rgb", Spec::Color::Rgb},
     {"bgr", Spec::Color::Bgr},
     {"gray", Spec::Color::Gray},
     {"yuv444", Spec::Color::Yuv444}}};
static constexpr Names<YuvMatrix, 4> matrixNames = {
    {{"bt601-full", YuvMatrix::Bt601Full},
     {"bt601-video", YuvMatrix::Bt601Video},
     {"bt709", YuvMatrix::Bt709},
     {"bt709-full", YuvMatrix::Bt709Full}}};
static constexpr Names<Spec::Layout, 2> layoutNames = {
    {{"nchw", Spec::Layout::Nchw}, {"nhwc", Spec::Layout::Nhwc}}};

template <typename Table, typename Enum>
static bool parseName(const Table &table, std::string_view text, Enum &value) {
  for (auto [name, candidate] : table)
    if (text == name) {
      value = candidate;
      return true;
    }
  return false;
}

template <typename Table, typename Enum>
static const char *nameOf(const Table &table, Enum value) {
  for (auto [name, candidate] : table)
    if (value == candidate)
      return name;
  return "";
}

static Status setResize(Spec &spec, std::string_view value) {
  spec.shortSide.reset();
  spec.resize.reset();
  if (std::optional<int> side = parseSide(value))
    spec.shortSide = *side;
  else if (std::optional<Spec::Size> size = parseSize(value))
    spec.resize = *size;
  else
    return badValue("resize", value, "a size such as 256 or 240x320");
  return ok();
}

static Status setFit(Spec &spec, std::string_view value) {
  spec.centralFraction = 1;
  if (value == "short") {
    spec.fit = Spec::Fit::Short;
  } else if (value == "stretch") {
    spec.fit = Spec::Fit::Stretch;
  } else if (startsWith(value, "central:")) {
    std::optional<double> fraction = parseFraction(value.substr(8));
    if (!fraction || *fraction <= 0 || *fraction > 1)
      return badValue("fit", value, "central:F with F in (0, 1]");
    spec.fit = Spec::Fit::Central;
    spec.centralFraction = *fraction;
  } else {
    return badValue("fit", value, "short, stretch or central:F");
  }
  return ok();
}

static Status setCrop(Spec &spec, std::string_view value) {
  spec.crop = parseSize(value);
  return spec.crop ? ok()
                   : badValue("crop", value, "a size such as 224 or 224x192");
}

static Status setLetterbox(Spec &spec, std::string_view value) {
  const char *expected = "SIZE[:VALUE[:center]] such as 416:114";
  std::vector<std::string_view> parts = split(value, ':');
  Spec::Letterbox box;
  std::optional<Spec::Size> size = parseSize(parts[0]);
  if (!size || parts.size() > 3)
    return badValue("letterbox", value, expected);
  box.size = *size;
  if (parts.size() > 1) {
    std::optional<int64_t> fill = parseInteger(parts[1]);
    if (!fill || *fill < 0 || *fill > 255)
      return badValue("letterbox", value, "a padding value from 0 to 255");
    box.value = static_cast<int>(*fill);
  }
  if (parts.size() > 2) {
    if (parts[2] != "center")
      return badValue("letterbox", value, expected);
    box.centered = true;
  }
  spec.letterbox = box;
  return ok();
}

static Status setMean(Spec &spec, std::string_view value) {
  std::optional<std::vector<double>> numbers = parseNumbers(value);
  if (!numbers)
    return badValue("mean", value, "one finite number or three between commas");
  spec.mean = *numbers;
  return ok();
}

static Status setStd(Spec &spec, std::string_view value) {
  std::optional<std::vector<double>> numbers = parseNumbers(value);
  if (!numbers)
    return badValue("std", value, "one finite number or three between commas");
  for (double number : *numbers)
    if (number <= 0)
      return badValue("std", value, "numbers above zero");
  spec.std = *numbers;
  return ok();
}

static Status setScale(Spec &spec, std::string_view value) {
  std::optional<double> number = parseFraction(value);
  if (!number || *number == 0)
    return badValue("scale", value, "a finite number other than zero");
  spec.scale = *number;
  return ok();
}

static Status setInterp(Spec &spec, std::string_view value) {
  return parseName(interpolationNames, value, spec.interpolation)
             ? ok()
             : badValue("interp", value, "bilinear, bicubic or nearest");
}

static Status setColor(Spec &spec, std::string_view value) {
  return parseName(colorNames, value, spec.color)
             ? ok()
             : badValue("color", value, "rgb, bgr, gray or yuv444");
}

static Status setMatrix(Spec &spec, std::string_view value) {
  return parseName(matrixNames, value, spec.matrix)
             ? ok()
             : badValue("yuv", value,
                        "bt601-full, bt601-video, bt709 or bt709-full");
}

static Status setLayout(Spec &spec, std::string_view value) {
  return parseName(layoutNames, value, spec.layout)
             ? ok()
             : badValue("layout", value, "nchw or nhwc");
}

namespace {
struct Key {
  const char *name;
  Status (*set)(Spec &, std::string_view);
};
} // namespace

static constexpr Key keys[] = {
    {"resize", setResize},       {"fit", setFit},       {"crop", setCrop},
    {"letterbox", setLetterbox}, {"interp", setInterp}, {"color", setColor},
    {"mean", setMean},           {"std", setStd},       {"scale", setScale},
    {"layout", setLayout},       {"yuv", setMatrix},
};

static Status setKey(Spec &spec, std::string_view name,
                     std::string_view value) {
  std::vector<std::string> known;
  for (const Key &key : keys) {
    if (name == key.name)
      return key.set(spec, value);
    known.push_back(key.name);
  }
  return error("unknown preprocessing key '", name, "'",
               suggestName(name, known));
}

static Status applyPreset(Spec &spec, std::string_view name) {
  std::vector<std::string> known;
  for (const auto &[preset, text] : preprocessPresets()) {
    if (preset == name) {
      Result<Spec> parsed = Spec::parse(text);
      if (!parsed)
        return parsed.takeError();
      spec = *parsed;
      return ok();
    }
    known.push_back(preset);
  }
  for (const Key &key : keys)
    if (name == key.name)
      return error("preprocessing key '", name, "' needs a value: ", name,
                   "=...");
  return error("unknown preprocessing preset '", name, "'",
               suggestName(name, known));
}

/// Combinations in which one key would silently do nothing.
static Status checkCombination(const Spec &spec) {
  bool sized = spec.shortSide || spec.resize || spec.crop || spec.fit;
  if (spec.letterbox && sized)
    return error("preprocessing key 'letterbox' does not go with resize, fit "
                 "or crop");
  if (spec.color != Spec::Color::Yuv444 && spec.matrix != YuvMatrix::Bt601Full)
    return error("preprocessing key 'yuv' goes with color=yuv444 alone");
  if (spec.color == Spec::Color::Gray &&
      (spec.mean.size() == 3 || spec.std.size() == 3))
    return error("preprocessing has color=gray, expected one value for mean "
                 "and std, found three");
  return ok();
}

Result<Spec> Spec::parse(std::string_view text) {
  Spec spec;
  std::set<std::string_view> given;
  for (std::string_view word : splitBlanks(text)) {
    size_t equals = word.find('=');
    if (equals == std::string_view::npos && !given.empty())
      return error("preprocessing preset '", word, "' comes after '",
                   *given.begin(),
                   "', which it would undo: presets come first");
    std::string_view name = word.substr(0, equals);
    if (!given.insert(name).second)
      return error("preprocessing key '", name, "' comes twice");
    Status status =
        equals == std::string_view::npos
            ? applyPreset(spec, word)
            : setKey(spec, word.substr(0, equals), word.substr(equals + 1));
    if (!status)
      return status;
  }
  if (Status status = checkCombination(spec); !status)
    return status;
  return spec;
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

static std::string sizeText(const Spec::Size &size) {
  return std::to_string(size.height) + "x" + std::to_string(size.width);
}

static std::string squareText(const Spec::Size &size) {
  return size.height == size.width ? std::to_string(size.height)
                                   : sizeText(size);
}

static std::string numbersText(const std::vector<double> &numbers) {
  std::vector<std::string> texts;
  for (double number : numbers)
    texts.push_back(formatDouble(number));
  return join(texts, ",");
}

std::string Spec::toString() const {
  std::vector<std::string> words;
  auto put = [&](const char *key, const std::string &value) {
    words.push_back(std::string(key) + "=" + value);
  };
  if (shortSide)
    put("resize", std::to_string(*shortSide));
  if (resize)
    put("resize", sizeText(*resize));
  if (fit)
    put("fit", *fit == Fit::Short ? "short"
               : *fit == Fit::Stretch
                   ? "stretch"
                   : "central:" + formatDouble(centralFraction));
  if (crop)
    put("crop", squareText(*crop));
  if (letterbox)
    put("letterbox", squareText(letterbox->size) + ":" +
                         std::to_string(letterbox->value) +
                         (letterbox->centered ? ":center" : ""));
  if (interpolation != Interpolation::Bilinear)
    put("interp", nameOf(interpolationNames, interpolation));
  if (color != Color::Rgb)
    put("color", nameOf(colorNames, color));
  if (matrix != YuvMatrix::Bt601Full)
    put("yuv", nameOf(matrixNames, matrix));
  if (!mean.empty())
    put("mean", numbersText(mean));
  if (!std.empty())
    put("std", numbersText(std));
  if (scale != 1)
    put("scale", formatDouble(scale));
  if (layout != Layout::Automatic)
    put("layout", nameOf(layoutNames, layout));
  return words.empty() ? "none" : join(words, " ");
}

bool Spec::operator==(const Spec &o) const {
  return shortSide == o.shortSide && resize == o.resize && fit == o.fit &&
         centralFraction == o.centralFraction && crop == o.crop &&
         letterbox == o.letterbox && interpolation == o.interpolation &&
         color == o.color && matrix == o.matrix && mean == o.mean &&
         std == o.std && scale == o.scale && layout == o.layout;
}

bool Spec::normalises() const {
  return !mean.empty() || !std.empty() || scale != 1;
}

static double perChannel(const std::vector<double> &values, int channel,
                         double otherwise) {
  if (values.empty())
    return otherwise;
  return values.size() == 1 ? values[0] : values[static_cast<size_t>(channel)];
}

double Spec::normalise(double pixel, int channel) const {
  return (pixel - perChannel(mean, channel, 0)) / perChannel(std, channel, 1) *
         scale;
}

double Spec::multiplier(int channel) const {
  return scale / perChannel(std, channel, 1);
}

double Spec::offset(int channel) const {
  return -perChannel(mean, channel, 0) * multiplier(channel);
}

} // namespace qc
