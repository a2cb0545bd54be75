// Options in a vendor's spelling.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/VendorOptions.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace qc {

const char *getKindName(VendorKind kind) {
  switch (kind) {
  case VendorKind::Honoured:
    return "honoured";
  case VendorKind::Refused:
    return "refused";
  case VendorKind::NoMeaning:
    return "no meaning";
  }
  return "refused";
}

std::string VendorKey::getName() const {
  return section.empty() ? name : section + "." + name;
}

VendorKind VendorKey::getKind() const {
  auto has = [&](VendorKind kind) {
    return std::any_of(cases.begin(), cases.end(),
                       [&](const VendorCase &one) { return one.kind == kind; });
  };
  return has(VendorKind::Honoured)  ? VendorKind::Honoured
         : has(VendorKind::Refused) ? VendorKind::Refused
                                    : VendorKind::NoMeaning;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

static Result<std::string> readBoolean(const std::string &text) {
  std::string word = toLower(text);
  // A flag that stands alone is set.
  for (const char *yes : {"true", "1", "yes", "on", ""})
    if (word == yes)
      return std::string("1");
  for (const char *no : {"false", "0", "no", "off"})
    if (word == no)
      return std::string("0");
  return error("expected true or false, found '", printable(text), "'");
}

/// Names between ',', ';' and blanks, joined by ','.
static std::string joinNames(const std::vector<std::string> &values) {
  std::vector<std::string> names;
  for (std::string value : values) {
    std::replace_if(
        value.begin(), value.end(),
        [](char c) { return c == ',' || c == ';' || c == '\n' || c == '\t'; },
        ' ');
    for (std::string_view name : splitBlanks(value))
      names.emplace_back(name);
  }
  return join(names, ",");
}

/// Beside the options file where it is there, else as it stands.
static std::string resolve(const std::string &path, const std::string &origin) {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::path beside = fs::path(origin).parent_path() / path;
  if (!path.empty() && fs::path(path).is_relative() &&
      fs::exists(beside, failed))
    return beside.lexically_normal().string();
  return path;
}

static Result<std::string> readValue(const VendorKey &key,
                                     const ConfigEntry &entry,
                                     const std::string &origin) {
  std::string text = join(
      entry.values, key.form == VendorForm::Names || entry.isList ? "," : " ");
  switch (key.form) {
  case VendorForm::Text:
  case VendorForm::Mapping:
    return text;
  case VendorForm::Integer: {
    std::optional<int64_t> number = parseInteger(text);
    if (!number)
      return error("expected a whole number, found '", printable(text), "'");
    return std::to_string(*number);
  }
  case VendorForm::Number: {
    std::optional<double> number = parseNumber(text);
    if (!number || !std::isfinite(*number))
      return error("expected a number, found '", printable(text), "'");
    return formatDouble(*number);
  }
  case VendorForm::Boolean:
    return readBoolean(text);
  case VendorForm::Names:
    return joinNames(entry.values);
  case VendorForm::Path: {
    // Several inputs have several folders.
    std::vector<std::string> paths;
    for (const std::string &value : entry.values)
      for (std::string_view part : split(value, ';'))
        if (std::string_view path = trim(part); !path.empty())
          paths.push_back(resolve(std::string(path), origin));
    return join(paths, ";");
  }
  }
  return text;
}

//===----------------------------------------------------------------------===//
// One file
//===----------------------------------------------------------------------===//

VendorReading::Entry *VendorReading::find(const std::string &name) {
  for (Entry &entry : entries)
    if (entry.key->getName() == name || entry.key->name == name)
      return &entry;
  return nullptr;
}

std::vector<VendorReading::Entry *>
VendorReading::findAll(const std::string &name) {
  std::vector<Entry *> found;
  for (Entry &entry : entries)
    if (entry.key->getName() == name || entry.key->name == name)
      found.push_back(&entry);
  return found;
}

static void settle(VendorReading::Entry &entry, VendorKind kind,
                   std::vector<std::string> options, std::string words) {
  entry.outcome.kind = kind;
  entry.outcome.options = std::move(options);
  entry.outcome.words = std::move(words);
  entry.isDone = true;
}

void VendorReading::honour(Entry &entry, std::vector<std::string> options,
                           std::string words) {
  settle(entry, VendorKind::Honoured, std::move(options), std::move(words));
}

void VendorReading::refuse(Entry &entry, std::string words) {
  settle(entry, VendorKind::Refused, {}, std::move(words));
}

void VendorReading::ignore(Entry &entry, std::string words) {
  settle(entry, VendorKind::NoMeaning, {}, std::move(words));
}

/// Applies the first case of the key that fits.
static Status applyCases(VendorReading::Entry &entry) {
  std::string value = toLower(entry.value);
  std::vector<std::string> known;
  for (const VendorCase &one : entry.key->cases) {
    known.push_back(one.value);
    if (one.value != "*" && toLower(one.value) != value)
      continue;
    std::vector<std::string> options;
    for (std::string option : one.options) {
      if (size_t at = option.find('$'); at != std::string::npos)
        option.replace(at, 1, entry.value);
      options.push_back(std::move(option));
    }
    settle(entry, one.kind, std::move(options), one.words);
    return ok();
  }
  return error("expected ", join(known, ", "), ", found '",
               printable(entry.value), "'");
}

/// The key that an entry is of; what is below a mapping stays in `below`.
static const VendorKey *findKey(const VendorFormat &format,
                                const std::vector<std::string> &path,
                                std::vector<std::string> &below) {
  for (const VendorKey &key : format.keys) {
    // "advanced_options:bits" in one word, or one mapping in another.
    std::vector<std::vector<std::string>> spellings = {{key.name}};
    if (!key.section.empty())
      spellings = {{key.section, key.name}, {key.section + ":" + key.name}};
    for (const std::vector<std::string> &spelling : spellings) {
      if (path.size() < spelling.size() ||
          !std::equal(spelling.begin(), spelling.end(), path.begin()))
        continue;
      below.assign(path.begin() + spelling.size(), path.end());
      if (below.empty() || key.form == VendorForm::Mapping)
        return &key;
    }
  }
  return nullptr;
}

Result<std::vector<VendorOutcome>> translate(const VendorFormat &format,
                                             const ConfigFile &file) {
  VendorReading reading;
  reading.origin = file.origin;
  std::vector<std::string> problems;
  for (const ConfigEntry &entry : file.entries) {
    std::string place = entry.line
                            ? file.origin + ":" + std::to_string(entry.line)
                            : file.origin;
    auto refuse = [&](const std::string &words) {
      problems.push_back(place + ": " + words);
    };
    std::vector<std::string> below;
    const VendorKey *key = findKey(format, entry.path, below);
    if (!key) {
      std::string name = entry.getName();
      std::vector<std::string> names;
      for (const VendorKey &known : format.keys)
        names.push_back(known.getName());
      std::replace(name.begin(), name.end(), ':', '.');
      std::string near = nearestName(name, names);
      // The right key in the wrong place.
      for (const VendorKey &known : format.keys)
        if (near.empty() && known.name == entry.path.back())
          near = known.getName();
      refuse("unknown key '" + printable(entry.getName()) + "' of " +
             format.name +
             (near.empty() ? "; `qc targets NAME --options` lists them"
                           : "; did you mean '" + near + "'?"));
      continue;
    }
    Result<std::string> value = readValue(*key, entry, file.origin);
    if (!value) {
      refuse("'" + key->getName() + "': " + value.message());
      continue;
    }
    VendorReading::Entry made{key, below, *value, {}, false};
    made.outcome.key = key->getName();
    for (const std::string &part : below)
      made.outcome.key += "." + part;
    made.outcome.value = join(entry.values, entry.isList ? "," : " ");
    made.outcome.place = place;
    if (!key->isJoint)
      if (Status applied = applyCases(made); !applied) {
        refuse("'" + key->getName() + "': " + applied.message());
        continue;
      }
    reading.entries.push_back(std::move(made));
  }
  if (!problems.empty())
    return error(join(problems, "\n"));
  if (format.translate)
    format.translate(reading);
  std::vector<VendorOutcome> outcomes;
  for (VendorReading::Entry &entry : reading.entries) {
    // A joint key that nobody took up means what its table says.
    if (!entry.isDone)
      if (Status applied = applyCases(entry); !applied)
        return error(entry.outcome.place, ": '", entry.key->getName(),
                     "': ", applied.message());
    outcomes.push_back(std::move(entry.outcome));
  }
  return outcomes;
}

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

Result<VendorFile> readVendorFile(const std::string &path,
                                  const std::vector<VendorFormat> &formats) {
  if (formats.empty())
    return error("the target reads no options files of a vendor");
  Result<std::string> text = readTextFile(path);
  if (!text)
    return text.takeError();
  ConfigSyntax syntax = guessConfigSyntax(*text);
  std::vector<std::string> names;
  for (const VendorFormat &format : formats) {
    names.push_back(format.name);
    if (format.syntax != syntax)
      continue;
    Result<ConfigFile> file = ConfigFile::parse(*text, path, syntax);
    if (!file)
      return file.takeError();
    if (!format.recognizes || format.recognizes(*file))
      return VendorFile{&format, std::move(*file)};
  }
  return error("'", path,
               "' is none of the target's options files: ", join(names, ", "));
}

/// Without dashes in front; "section:name" as "section.name".
static std::string normalize(std::string name) {
  name.erase(0, name.find_first_not_of('-'));
  std::replace(name.begin(), name.end(), ':', '.');
  return name;
}

const VendorKey *findVendorKey(const std::vector<VendorFormat> &formats,
                               const std::string &name,
                               const VendorFormat **format) {
  std::string wanted = normalize(name);
  for (const VendorFormat &candidate : formats)
    for (const VendorKey &key : candidate.keys)
      if (normalize(key.getName()) == wanted || normalize(key.name) == wanted) {
        if (format)
          *format = &candidate;
        return &key;
      }
  return nullptr;
}

std::vector<std::string>
getVendorKeyNames(const std::vector<VendorFormat> &formats) {
  std::vector<std::string> names;
  for (const VendorFormat &format : formats)
    for (const VendorKey &key : format.keys)
      names.push_back(key.name);
  return names;
}

std::vector<VendorLine> listVendorKey(const VendorKey &key) {
  std::vector<VendorLine> lines;
  for (const VendorCase &one : key.cases) {
    std::string effect = join(one.options, " ");
    if (!one.words.empty())
      effect += (effect.empty() ? "" : "; ") + one.words;
    lines.push_back({key.getName(), one.value == "*" ? "any" : one.value,
                     getKindName(one.kind), effect});
  }
  return lines;
}

} // namespace qc
