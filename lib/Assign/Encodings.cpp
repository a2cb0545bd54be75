// Encodings as JSON, both ways.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Encodings.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <cmath>
#include <map>
#include <set>

namespace qc {

using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

//===----------------------------------------------------------------------===//
// Storage formats
//===----------------------------------------------------------------------===//

std::optional<StorageFormat> StorageFormat::parse(llvm::StringRef name) {
  StorageFormat format;
  if (!name.consume_front("i")) {
    format.isSigned = false;
    if (!name.consume_front("u"))
      return std::nullopt;
  }
  if (name.getAsInteger(10, format.bits) ||
      !llvm::is_contained({4u, 8u, 16u}, format.bits))
    return std::nullopt;
  format.high = (int64_t(1) << (format.bits - format.isSigned)) - 1;
  format.low = format.isSigned ? -format.high - 1 : 0;
  return format;
}

std::string StorageFormat::getName() const {
  return (isSigned ? "i" : "u") + std::to_string(bits);
}

bool StorageFormat::isWhole() const {
  StorageFormat whole = *parse(getName());
  return low == whole.low && high == whole.high;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static Object toJSON(const Encoding &entry) {
  Object object{
      {"name", entry.name},
      {"role", entry.role == Encoding::Weight ? "weight" : "activation"}};
  if (!entry.reader.empty())
    object["reader"] = entry.reader;
  if (entry.format) {
    object["type"] = entry.format->getName();
    if (!entry.format->isWhole()) {
      object["qmin"] = entry.format->low;
      object["qmax"] = entry.format->high;
    }
    object["scale"] = Array(entry.scales);
    object["zero_point"] = Array(entry.zeroPoints);
  }
  if (!entry.block.empty())
    object["block"] = Array(entry.block);
  if (entry.range) {
    object["min"] = entry.range->min;
    object["max"] = entry.range->max;
  }
  if (entry.isFixed)
    object["fixed"] = true;
  if (!entry.why.empty())
    object["why"] = entry.why;
  return object;
}

std::string Encodings::toText() const {
  // A line an entry: files are compared and edited by people.
  std::string text = "{\"format\": \"qc-encodings\", \"version\": 1, "
                     "\"encodings\": [\n";
  llvm::raw_string_ostream stream(text);
  for (size_t i = 0; i < entries.size(); ++i)
    stream << Value(toJSON(entries[i]))
           << (i + 1 < entries.size() ? ",\n" : "\n");
  stream << "]}\n";
  return text;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
/// Reads one entry and notes the first thing that is wrong with it.
class EntryReader {
public:
  explicit EntryReader(const Object &object) : object(object) {}

  Result<Encoding> read();

private:
  void refuse(const std::string &what) {
    if (problem.empty())
      problem = what;
  }
  void checkKeys();
  std::string getText(llvm::StringRef key, bool isNeeded);
  template <typename T> std::vector<T> getNumbers(llvm::StringRef key);
  std::optional<double> getNumber(llvm::StringRef key);
  void readFormat(Encoding &entry);

  const Object &object;
  std::string problem;
};
} // namespace

void EntryReader::checkKeys() {
  static const std::set<llvm::StringRef> known = {
      "name", "role", "reader",     "type",  "qmin", "qmax", "scale",
      "min",  "max",  "zero_point", "block", "why",  "fixed"};
  for (const auto &field : object)
    if (!known.count(field.first))
      refuse("unknown key '" + printable(field.first.str()) + "'");
}

std::string EntryReader::getText(llvm::StringRef key, bool isNeeded) {
  const Value *value = object.get(key);
  if (!value && !isNeeded)
    return "";
  auto text = value ? value->getAsString() : std::nullopt;
  if (!text || text->empty()) {
    refuse("'" + key.str() + "' is no text");
    return "";
  }
  return text->str();
}

/// A number, or a list of them.
template <typename T>
std::vector<T> EntryReader::getNumbers(llvm::StringRef key) {
  const Value *value = object.get(key);
  if (!value)
    return {};
  auto get = [&](const Value &element) -> T {
    if constexpr (std::is_same_v<T, double>) {
      if (auto number = element.getAsNumber(); number && std::isfinite(*number))
        return *number;
    } else if (auto number = element.getAsInteger()) {
      return *number;
    }
    refuse("'" + key.str() + "' holds what is no " +
           (std::is_same_v<T, double> ? "number" : "integer"));
    return {};
  };
  std::vector<T> numbers;
  if (const Array *array = value->getAsArray())
    for (const Value &element : *array)
      numbers.push_back(get(element));
  else
    numbers.push_back(get(*value));
  return numbers;
}

std::optional<double> EntryReader::getNumber(llvm::StringRef key) {
  auto numbers = getNumbers<double>(key);
  if (numbers.size() > 1)
    refuse("'" + key.str() + "' is more than one number");
  return numbers.empty() ? std::nullopt : std::optional(numbers.front());
}

void EntryReader::readFormat(Encoding &entry) {
  std::string name = getText("type", /*isNeeded=*/true);
  entry.format = StorageFormat::parse(name);
  if (!entry.format)
    return refuse("unknown type '" + printable(name) +
                  "'; known: i4, u4, i8, u8, i16, u16");
  int64_t low = entry.format->low, high = entry.format->high;
  if (auto given = getNumbers<int64_t>("qmin"); !given.empty())
    entry.format->low = given.front();
  if (auto given = getNumbers<int64_t>("qmax"); !given.empty())
    entry.format->high = given.front();
  if (entry.format->low < low || entry.format->high > high ||
      entry.format->low >= entry.format->high)
    refuse("'qmin' and 'qmax' are no range of " + name);
  entry.scales = getNumbers<double>("scale");
  entry.zeroPoints = getNumbers<int64_t>("zero_point");
  if (entry.zeroPoints.empty())
    entry.zeroPoints.resize(entry.scales.size());
  if (entry.scales.empty() || entry.scales.size() != entry.zeroPoints.size())
    refuse("it has " + std::to_string(entry.scales.size()) + " scales and " +
           std::to_string(entry.zeroPoints.size()) + " zero points");
  for (double scale : entry.scales)
    if (!(scale >= 1e-37 && scale <= 3e38))
      refuse("a scale is not a positive float32 number");
  for (int64_t zero : entry.zeroPoints)
    if (zero < entry.format->low || zero > entry.format->high)
      refuse("zero point " + std::to_string(zero) + " is outside of " + name);
}

Result<Encoding> EntryReader::read() {
  Encoding entry;
  checkKeys();
  entry.name = getText("name", /*isNeeded=*/true);
  std::string role = getText("role", /*isNeeded=*/false);
  if (role == "weight")
    entry.role = Encoding::Weight;
  else if (!role.empty() && role != "activation")
    refuse("unknown role '" + printable(role) + "'; known: activation, weight");
  entry.reader = getText("reader", /*isNeeded=*/false);
  entry.why = getText("why", /*isNeeded=*/false);
  if (object.get("type"))
    readFormat(entry);
  else if (object.get("scale") || object.get("zero_point"))
    refuse("it has a scale, but no type");
  entry.block = getNumbers<int64_t>("block");
  auto min = getNumber("min"), max = getNumber("max");
  if (min.has_value() != max.has_value() || (min && *min > *max))
    refuse("'min' and 'max' are no range");
  else if (min)
    entry.range = ValueRange1D{*min, *max};
  if (!entry.format && !entry.range)
    refuse("it has neither a type with scales nor a range");
  if (!entry.format && entry.role == Encoding::Weight)
    refuse("a weight needs a type with scales");
  if (!problem.empty())
    return error("the encoding of '", printable(entry.name), "': ", problem);
  return entry;
}

Result<Encodings> Encodings::parse(std::string_view text,
                                   const std::string &origin) {
  auto json = llvm::json::parse(llvm::StringRef(text.data(), text.size()));
  if (!json)
    return error(origin, ": not JSON: ", llvm::toString(json.takeError()));
  const Object *root = json->getAsObject();
  const Array *list = root ? root->getArray("encodings") : nullptr;
  auto format = root ? root->getString("format") : std::nullopt;
  auto version = root ? root->getInteger("version") : std::nullopt;
  if (!list || format != "qc-encodings")
    return error(origin, ": expected an object with \"format\": "
                         "\"qc-encodings\" and a list \"encodings\"");
  if (version != 1)
    return error(origin, ": expected \"version\": 1, the only one there is");
  Encodings encodings{origin, {}};
  std::vector<std::string> problems;
  for (size_t i = 0; i < list->size(); ++i) {
    const Object *object = (*list)[i].getAsObject();
    if (!object) {
      problems.push_back("entry " + std::to_string(i) + " is no object");
      continue;
    }
    Result<Encoding> entry = EntryReader(*object).read();
    if (entry)
      encodings.entries.push_back(std::move(*entry));
    else
      problems.push_back(entry.message());
  }
  if (!problems.empty())
    return error(origin, ": ", llvm::join(problems, "; "));
  return encodings;
}

Result<Encodings> Encodings::read(const std::string &path) {
  auto file = MappedFile::open(path);
  if (!file)
    return file.takeError();
  return parse(
      {reinterpret_cast<const char *>((*file)->data()), (*file)->size()}, path);
}

Result<Encodings> readEncodings(const std::string &path,
                                const std::vector<ParameterFile> &kinds,
                                std::vector<std::string> &notes) {
  Result<std::string> text = readTextFile(path);
  if (!text)
    return text.takeError();
  for (const ParameterFile &kind : kinds) {
    if (!kind.recognizes(*text))
      continue;
    Encodings encodings{path, {}};
    std::vector<std::string> found;
    if (Status read = kind.read(*text, encodings, found); !read)
      return read.withContext(path);
    for (const std::string &note : found)
      notes.push_back(path + " (" + kind.name + "): " + note);
    return encodings;
  }
  return Encodings::parse(*text, path);
}

} // namespace qc
