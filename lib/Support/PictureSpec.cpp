// Reading and printing descriptions of pictures, and which pairs are legal.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Picture.h"

#include "qc/Support/EditDistance.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <set>

namespace qc {

using Type = PictureSpec::Type;
using Layout = PreprocessSpec::Layout;

static const std::vector<std::string> typeNames = {
    "f32", "u8", "s8", "rgb", "bgr", "gray", "yuv444", "nv12"};
static const std::vector<std::string> layoutNames = {"nchw", "nhwc"};
static const std::vector<std::string> matrixNames = {
    "bt601-full", "bt601-video", "bt709", "bt709-full"};

/// The number of `text` among `names`.
static Result<size_t> parseWord(const char *what, std::string_view text,
                                const std::vector<std::string> &names) {
  auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end())
    return static_cast<size_t>(found - names.begin());
  return error("unknown ", what, " '", text, "': expected one of ",
               join(names, ", "), suggestName(text, names));
}

const char *toText(Type type) {
  return typeNames[static_cast<size_t>(type)].c_str();
}

Result<Type> parsePictureType(std::string_view text) {
  auto index = parseWord("type of an input", text, typeNames);
  if (!index)
    return index.takeError();
  return static_cast<Type>(*index);
}

Result<Layout> parsePictureLayout(std::string_view text) {
  auto index = parseWord("layout", text, layoutNames);
  if (!index)
    return index.takeError();
  return *index == 0 ? Layout::Nchw : Layout::Nhwc;
}

const char *toText(YuvMatrix matrix) {
  return matrixNames[static_cast<size_t>(matrix)].c_str();
}

Result<YuvMatrix> parseYuvMatrix(std::string_view text) {
  auto index = parseWord("colour matrix", text, matrixNames);
  if (!index)
    return index.takeError();
  return static_cast<YuvMatrix>(*index);
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static Status setCount(int64_t &count, std::string_view key,
                       std::string_view value) {
  std::optional<int64_t> number = parseInteger(value);
  if (!number || *number < 1 || *number > 1 << 24)
    return error("key '", key, "' of a picture has the value '", value,
                 "', expected a number of pixels");
  count = *number;
  return ok();
}

static Status setKey(PictureSpec &spec, std::string_view key,
                     std::string_view value) {
  if (key == "layout") {
    auto layout = parsePictureLayout(value);
    if (!layout)
      return layout.takeError();
    spec.layout = *layout;
    return ok();
  }
  if (key == "yuv") {
    auto matrix = parseYuvMatrix(value);
    if (!matrix)
      return matrix.takeError();
    spec.matrix = *matrix;
    return ok();
  }
  if (key == "stride")
    return setCount(spec.stride, key, value);
  if (key == "width")
    return setCount(spec.width, key, value);
  return error("unknown key '", key, "' of a picture",
               suggestName(key, {"layout", "yuv", "stride", "width"}));
}

Result<PictureSpec> PictureSpec::parse(std::string_view text) {
  PictureSpec spec;
  std::set<std::string_view> given;
  bool hasType = false;
  for (std::string_view word : splitBlanks(text)) {
    size_t equals = word.find('=');
    std::string_view key = word.substr(0, equals);
    if (!given.insert(key).second)
      return error("'", key, "' comes twice in the description of a picture");
    if (word == "placed") {
      spec.isPlaced = true;
    } else if (equals != std::string_view::npos) {
      if (Status set = setKey(spec, key, word.substr(equals + 1)); !set)
        return set;
    } else if (hasType) {
      return error("a picture has one type, found '", toText(spec.type),
                   "' and '", word, "'");
    } else {
      auto type = parsePictureType(word);
      if (!type)
        return type.takeError();
      spec.type = *type;
      hasType = true;
    }
  }
  if (!hasType)
    return error("the description of a picture lacks its type: ",
                 join(typeNames, ", "));
  if (spec.width > spec.stride)
    return error("a picture has width=", spec.width,
                 " and stride=", spec.stride,
                 ", expected a stride that is not below");
  return spec;
}

std::string PictureSpec::toString() const {
  std::string text = toText(type);
  if (layout != Layout::Automatic)
    text += layout == Layout::Nhwc ? " layout=nhwc" : " layout=nchw";
  if (isYuv())
    text += std::string(" yuv=") + toText(matrix);
  if (stride)
    text += " stride=" + std::to_string(stride);
  if (width)
    text += " width=" + std::to_string(width);
  return isPlaced ? text + " placed" : text;
}

bool PictureSpec::hasChannelsLast(bool otherwise) const {
  if (layout != Layout::Automatic)
    return layout == Layout::Nhwc;
  bool isPacked =
      type == Type::Rgb || type == Type::Bgr || type == Type::Yuv444;
  return isPacked || (type != Type::Gray && otherwise);
}

//===----------------------------------------------------------------------===//
// Pairs
//===----------------------------------------------------------------------===//

namespace {
/// A row of the table: what a network of one kind can run on.
struct Row {
  TrainedOn trained;
  const char *name;
  std::vector<Type> running;
};
} // namespace

/// Horizon's table of training and running types (RDK toolchain manual), whose
/// `featuremap` is `f32` here; numbers as bytes go with everything.
static const std::vector<Row> &getPairs() {
  static const std::vector<Row> pairs = {
      {TrainedOn::Yuv444,
       "yuv444",
       {Type::Nv12, Type::Yuv444, Type::U8, Type::S8, Type::F32}},
      {TrainedOn::Rgb,
       "rgb",
       {Type::Nv12, Type::Yuv444, Type::Rgb, Type::Bgr, Type::U8, Type::S8,
        Type::F32}},
      {TrainedOn::Bgr,
       "bgr",
       {Type::Nv12, Type::Yuv444, Type::Rgb, Type::Bgr, Type::U8, Type::S8,
        Type::F32}},
      {TrainedOn::Gray, "gray", {Type::Gray, Type::U8, Type::S8, Type::F32}},
      {TrainedOn::Numbers, "numbers", {Type::U8, Type::S8, Type::F32}},
  };
  return pairs;
}

static const Row &getRow(TrainedOn trained) {
  return *std::find_if(getPairs().begin(), getPairs().end(),
                       [&](const Row &row) { return row.trained == trained; });
}

const char *toText(TrainedOn trained) { return getRow(trained).name; }

TrainedOn getTrainedType(const PreprocessSpec &spec, bool isImage) {
  if (!isImage)
    return TrainedOn::Numbers;
  switch (spec.color) {
  case PreprocessSpec::Color::Bgr:
    return TrainedOn::Bgr;
  case PreprocessSpec::Color::Gray:
    return TrainedOn::Gray;
  case PreprocessSpec::Color::Yuv444:
    return TrainedOn::Yuv444;
  case PreprocessSpec::Color::Rgb:
    break;
  }
  return TrainedOn::Rgb;
}

Status checkPicturePair(TrainedOn trained, Type running) {
  const Row &row = getRow(trained);
  if (std::find(row.running.begin(), row.running.end(), running) !=
      row.running.end())
    return ok();
  std::vector<std::string> names;
  for (Type type : row.running)
    names.push_back(toText(type));
  return error("was trained on ", row.name, " and cannot run on ",
               toText(running), "; ", row.name, " runs on ", join(names, ", "));
}

} // namespace qc
