// TIDL's quantization proto in text form, written and read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The message is that of edgeai-tidl-tools, docs/quantization_proto.md. TIDL
// takes min and max of tensors and the values of biases. layer_type, bit_depth
// and element_type are optional, and what their values mean is not published:
// they are left out.
#include "TDA4HandOff.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/Strings.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace qc {

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static std::string quote(const std::string &name) {
  std::string text = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\')
      text += '\\';
    text += c;
  }
  return text + "\"";
}

static std::string toText(double value) {
  return formatFloat(static_cast<float>(value));
}

/// One tensor: its range, and how many integers a unit has.
static void writeTensor(const char *field, const Encoding &encoding,
                        llvm::raw_ostream &os) {
  ValueRange1D reach = getWholeReach(encoding);
  os << "  " << field << " {\n    min: " << toText(reach.min)
     << "\n    max: " << toText(reach.max)
     << "\n    size: " << encoding.scales.size() << "\n";
  for (double scale : encoding.scales)
    os << "    scale: " << toText(1 / scale) << "\n";
  for (size_t i = 0; i < encoding.scales.size(); ++i)
    os << "    zero_point: 0\n";
  os << "  }\n";
}

/// What symmetric integers of 8 or 16 bits have to reach for `min` and `max`.
/// The least integer lies one further from 0 than the largest: a range that
/// ends there, as those do that qc writes (and TIDL's, which has 128 integers
/// for the magnitude), is held by the step that it came from, not the next
/// larger one.
static ValueRange1D getSymmetricRange(double min, double max) {
  constexpr double kTolerance = 1e-6; // the text has the digits of a float32
  for (double high : {127.0, 32767.0}) {
    double reach = -min * high / (high + 1);
    if (min < 0 && std::abs(reach - max) <= kTolerance * reach)
      return {-reach, reach};
  }
  return {min, max};
}

static void writeBias(const std::vector<float> &bias, llvm::raw_ostream &os) {
  auto [low, high] = std::minmax_element(bias.begin(), bias.end());
  os << "  bias {\n    min: " << formatFloat(*low)
     << "\n    max: " << formatFloat(*high) << "\n    size: " << bias.size()
     << "\n";
  for (float value : bias)
    os << "    value: " << formatFloat(value) << "\n";
  os << "  }\n";
}

std::string writeQuantParams(const std::vector<LayerParameters> &layers,
                             bool isPerChannel) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "num_layers: " << layers.size() << "\nquant_type: SYMMETRIC\n"
     << "calib_type: " << (isPerChannel ? "PERCHANNEL" : "PERTENSOR") << "\n";
  for (const LayerParameters &layer : layers) {
    os << "layers {\n  layer_name: " << quote(layer.name) << "\n";
    writeTensor("outputs", layer.output, os);
    if (layer.weight)
      writeTensor("weights", *layer.weight, os);
    if (!layer.bias.empty())
      writeBias(layer.bias, os);
    os << "}\n";
  }
  return text;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
/// A token of protobuf's text form.
struct Token {
  enum Kind { Name, Text, Open, Close, Colon, End } kind = End;
  std::string text;
  unsigned line = 0;
};

/// Reads the message from its text.
class ProtoReader {
public:
  ProtoReader(std::string_view text, Encodings &encodings)
      : text(text), encodings(encodings) {}

  Status read();
  bool hasOthers = false; ///< weights, biases or slopes

private:
  struct TensorFields {
    std::optional<double> min, max;
    int64_t size = 0, values = 0;
    bool hasSize = false;
  };

  Status fail(const std::string &what) const {
    return error("line ", token.line, ": ", what);
  }
  Status next();
  Status expect(Token::Kind kind, const char *what);
  Result<std::string> readScalar();
  Status readLayer();
  Status readTensor(TensorFields &fields);
  Status checkName(const std::set<std::string> &known);

  std::string_view text;
  size_t at = 0;
  unsigned line = 1;
  Token token;
  Encodings &encodings;
  std::set<std::string> names;
  int64_t layers = 0;
};
} // namespace

Status ProtoReader::next() {
  auto isSpace = [](char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' ||
           c == ';';
  };
  while (at < text.size() && (isSpace(text[at]) || text[at] == '#')) {
    if (text[at] == '#')
      while (at < text.size() && text[at] != '\n')
        ++at;
    else if (text[at++] == '\n')
      ++line;
  }
  token = {Token::End, "", line};
  if (at == text.size())
    return ok();
  char c = text[at];
  if (c == '{' || c == '}' || c == ':') {
    ++at;
    token.kind = c == '{'   ? Token::Open
                 : c == '}' ? Token::Close
                            : Token::Colon;
    return ok();
  }
  if (c == '"' || c == '\'') {
    token.kind = Token::Text;
    for (++at; at < text.size() && text[at] != c && text[at] != '\n'; ++at) {
      if (text[at] == '\\' && at + 1 < text.size())
        ++at;
      token.text += text[at];
    }
    if (at == text.size() || text[at] != c)
      return fail("a text is not closed");
    ++at;
    return ok();
  }
  token.kind = Token::Name;
  while (at < text.size() && !isSpace(text[at]) && text[at] != '{' &&
         text[at] != '}' && text[at] != ':' && text[at] != '#')
    token.text += text[at++];
  return ok();
}

Status ProtoReader::expect(Token::Kind kind, const char *what) {
  if (token.kind != kind)
    return fail(std::string("expected ") + what + ", found '" +
                printable(token.text) + "'");
  return next();
}

/// Behind a field's name: ": value".
Result<std::string> ProtoReader::readScalar() {
  if (Status colon = expect(Token::Colon, "':' and a value"); !colon)
    return colon.takeError();
  if (token.kind != Token::Name && token.kind != Token::Text)
    return fail("expected a value").takeError();
  std::string value = token.text;
  if (Status moved = next(); !moved)
    return moved.takeError();
  return value;
}

Status ProtoReader::checkName(const std::set<std::string> &known) {
  if (token.kind != Token::Name)
    return fail("expected the name of a field, found '" +
                printable(token.text) + "'");
  if (!known.count(token.text))
    return fail("unknown field '" + printable(token.text) + "'" +
                suggestName(token.text, {known.begin(), known.end()}));
  return ok();
}

Status ProtoReader::readTensor(TensorFields &fields) {
  static const std::set<std::string> known = {
      "min", "max", "size", "element_type", "scale", "zero_point", "value"};
  while (token.kind != Token::Close) {
    if (Status named = checkName(known); !named)
      return named;
    std::string field = token.text;
    if (Status moved = next(); !moved)
      return moved;
    Result<std::string> scalar = readScalar();
    if (!scalar)
      return scalar.takeError();
    std::optional<double> number = parseNumber(*scalar);
    if (!number || !std::isfinite(*number))
      return fail("'" + field + "' is '" + printable(*scalar) +
                  "', expected a number");
    if (field == "min")
      fields.min = *number;
    else if (field == "max")
      fields.max = *number;
    else if (field == "size") {
      fields.size = static_cast<int64_t>(*number);
      fields.hasSize = true;
    } else if (field == "value")
      ++fields.values;
  }
  return next();
}

Status ProtoReader::readLayer() {
  static const std::set<std::string> known = {
      "layer_name", "layer_type", "bit_depth", "outputs",
      "weights",    "bias",       "slope"};
  std::string name;
  std::vector<TensorFields> outputs;
  unsigned first = token.line;
  while (token.kind != Token::Close) {
    if (Status named = checkName(known); !named)
      return named;
    std::string field = token.text;
    if (Status moved = next(); !moved)
      return moved;
    if (field == "layer_name" || field == "layer_type" ||
        field == "bit_depth") {
      Result<std::string> scalar = readScalar();
      if (!scalar)
        return scalar.takeError();
      if (field == "layer_name")
        name = *scalar;
      continue;
    }
    if (token.kind == Token::Colon) // may stand before a message
      if (Status moved = next(); !moved)
        return moved;
    if (Status open = expect(Token::Open, "'{'"); !open)
      return open;
    TensorFields fields;
    if (Status read = readTensor(fields); !read)
      return read;
    if (field == "bias" && fields.size != fields.values)
      return fail("the bias of '" + printable(name) + "' has size " +
                  std::to_string(fields.size) + " and " +
                  std::to_string(fields.values) + " values");
    hasOthers |= field != "outputs";
    if (field == "outputs")
      outputs.push_back(fields);
  }
  if (name.empty())
    return error("line ", first, ": a layer has no layer_name");
  if (!names.insert(name).second)
    return error("line ", first, ": layer '", printable(name), "' comes twice");
  if (outputs.size() != 1 || !outputs.front().min || !outputs.front().max)
    return error("line ", first, ": layer '", printable(name), "' has ",
                 outputs.size(),
                 " outputs with min and max, expected one of a range");
  if (*outputs.front().min > *outputs.front().max)
    return error("line ", first, ": layer '", printable(name),
                 "': min is above max");
  Encoding entry;
  entry.name = name;
  entry.range = getSymmetricRange(*outputs.front().min, *outputs.front().max);
  encodings.entries.push_back(std::move(entry));
  ++layers;
  return next();
}

Status ProtoReader::read() {
  static const std::set<std::string> known = {"num_layers", "quant_type",
                                              "calib_type", "layers"};
  if (Status moved = next(); !moved)
    return moved;
  std::optional<int64_t> count;
  while (token.kind != Token::End) {
    if (Status named = checkName(known); !named)
      return named;
    std::string field = token.text;
    if (Status moved = next(); !moved)
      return moved;
    if (field == "layers") {
      if (token.kind == Token::Colon)
        if (Status moved = next(); !moved)
          return moved;
      if (Status open = expect(Token::Open, "'{'"); !open)
        return open;
      if (Status layer = readLayer(); !layer)
        return layer;
      continue;
    }
    Result<std::string> scalar = readScalar();
    if (!scalar)
      return scalar.takeError();
    if (field == "quant_type" && *scalar != "SYMMETRIC")
      return fail("quant_type " + printable(*scalar) +
                  ": TIDL takes SYMMETRIC only");
    if (field == "num_layers" && !(count = parseInteger(*scalar)))
      return fail("num_layers is no number");
  }
  if (count && *count != layers)
    return error("num_layers is ", *count, ", found ", layers, " layers");
  return ok();
}

ParameterFile makeQuantParamsReader() {
  ParameterFile file;
  file.name = "TIDL quant_params prototxt";
  file.summary =
      "ranges of layers, as advanced_options:quant_params_proto_path "
      "has them";
  file.recognizes = [](std::string_view text) {
    for (std::string_view line : splitLines(text)) {
      line = trim(line);
      if (line.empty() || line.front() == '#')
        continue;
      for (const char *field :
           {"num_layers", "quant_type", "calib_type", "layers"})
        if (startsWith(line, field))
          return true;
      return false;
    }
    return false;
  };
  file.read = [](std::string_view text, Encodings &encodings,
                 std::vector<std::string> &notes) {
    ProtoReader reader(text, encodings);
    if (Status read = reader.read(); !read)
      return read;
    if (reader.hasOthers)
      notes.push_back("ranges of weights, biases and slopes are not taken: "
                      "they follow from the network");
    return ok();
  };
  return file;
}

} // namespace qc
