// SigmaStar's quant_file: ranges by name as JSON, written and read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A list of {name, min, max, bit}; min and max are lists, one value a channel
// where there are several.
#include "SigmaStarHandOff.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/JSON.h"

#include <cmath>
#include <set>

namespace qc {

using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static Value toJSON(const Encoding &encoding) {
  Array low, high;
  for (size_t i = 0; i < encoding.scales.size(); ++i) {
    ValueRange1D reach = getReach(encoding, i);
    low.push_back(reach.min);
    high.push_back(reach.max);
  }
  return Object{{"name", encoding.name},
                {"min", std::move(low)},
                {"max", std::move(high)},
                {"bit", static_cast<int64_t>(encoding.format->bits)}};
}

std::string writeQuantFile(const std::vector<LayerParameters> &layers) {
  std::vector<Value> entries;
  std::set<std::string> weights;
  for (const LayerParameters &layer : layers) {
    entries.push_back(toJSON(layer.output));
    // Layers may read one weight; a name comes once.
    if (layer.weight && weights.insert(layer.weight->name).second)
      entries.push_back(toJSON(*layer.weight));
  }
  std::string text = "[\n";
  llvm::raw_string_ostream os(text);
  for (size_t i = 0; i < entries.size(); ++i)
    os << entries[i] << (i + 1 < entries.size() ? ",\n" : "\n");
  os << "]\n";
  return text;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// A number, or a list of them; empty where it is neither.
static std::vector<double> readNumbers(const Value *value) {
  std::vector<double> numbers;
  if (!value)
    return numbers;
  if (auto number = value->getAsNumber())
    return {*number};
  if (const Array *array = value->getAsArray())
    for (const Value &element : *array) {
      auto number = element.getAsNumber();
      if (!number || !std::isfinite(*number))
        return {};
      numbers.push_back(*number);
    }
  return numbers;
}

static Status readEntry(const Value &value, size_t index, Encodings &encodings,
                        std::set<std::string> &names, size_t &lists) {
  const Object *object = value.getAsObject();
  auto name = object ? object->getString("name") : std::nullopt;
  if (!name || name->empty())
    return error("entry ", index, " has no name");
  std::string what = "the entry of '" + printable(name->str()) + "'";
  for (const auto &field : *object)
    if (std::string key = field.first.str(); key != "name" && key != "min" &&
                                             key != "max" && key != "bit" &&
                                             key != "data")
      return error(what, ": unknown key '", printable(key),
                   "'; known: name, min, max, bit, data");
  std::vector<double> low = readNumbers(object->get("min"));
  std::vector<double> high = readNumbers(object->get("max"));
  if (low.empty() || low.size() != high.size())
    return error(what, ": min and max are no lists of equal length");
  for (size_t i = 0; i < low.size(); ++i)
    if (low[i] > high[i])
      return error(what, ": min is above max");
  if (!names.insert(name->str()).second)
    return error(what, " comes twice");
  auto bit = object->getInteger("bit");
  if (bit && *bit != 8 && *bit != 16)
    return error(what, ": bit is ", *bit, ", expected 8 or 16");
  // Ranges of channels are those of weights.
  if (low.size() > 1) {
    ++lists;
    return ok();
  }
  Encoding entry;
  entry.name = name->str();
  entry.range = ValueRange1D{low.front(), high.front()};
  encodings.entries.push_back(std::move(entry));
  return ok();
}

ParameterFile makeQuantFileReader() {
  ParameterFile file;
  file.name = "SigmaStar quant_file";
  file.summary = "a JSON list of name, min, max and bit";
  file.recognizes = [](std::string_view text) {
    text = trim(text);
    return !text.empty() && text.front() == '[';
  };
  file.read = [](std::string_view text, Encodings &encodings,
                 std::vector<std::string> &notes) -> Status {
    auto json = llvm::json::parse(llvm::StringRef(text.data(), text.size()));
    if (!json)
      return error("not JSON: ", llvm::toString(json.takeError()));
    const Array *entries = json->getAsArray();
    if (!entries)
      return error("expected a list of entries");
    std::set<std::string> names;
    size_t lists = 0;
    for (size_t i = 0; i < entries->size(); ++i)
      if (Status read = readEntry((*entries)[i], i, encodings, names, lists);
          !read)
        return read;
    if (lists)
      notes.push_back(std::to_string(lists) +
                      " entries with a range a channel are not taken: scales "
                      "of weights follow from the network");
    return ok();
  };
  return file;
}

} // namespace qc
