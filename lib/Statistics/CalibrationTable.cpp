// Writing and reading calibration tables.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/CalibrationTable.h"

#include "qc/Support/AtomicFile.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace qc {

std::string CalibrationTable::toString() const {
  std::string text = "# qc calibration table\n";
  text += "# tool: " + tool + "\n";
  text += "# method: " + method + "\n";
  text += "# samples: " + std::to_string(samples) + "\n";
  text += "# name threshold min max\n";
  auto number = [](double value) {
    return formatFloat(static_cast<float>(value));
  };
  for (const Entry &entry : entries)
    text += quoteName(entry.name) + " " + number(entry.threshold) + " " +
            number(entry.min) + " " + number(entry.max) + "\n";
  return text;
}

Status CalibrationTable::write(const std::string &path) const {
  return writeFile(path, toString());
}

namespace {

/// Sections of the tpu-mlir form that hold no activation ranges.
constexpr const char *passedOverSections[] = {"weight_scale", "asym_op",
                                              "int4_th"};

class TableParser {
public:
  TableParser(std::string_view text, const std::string &what)
      : text(text), what(what) {}

  Result<CalibrationTable> parse() {
    for (std::string_view line : splitLines(text)) {
      ++number;
      line = trim(line);
      if (line.empty())
        continue;
      Status status = line[0] == '#'    ? readComment(line)
                      : section.empty() ? readEntry(line)
                                        : ok();
      if (!status)
        return status;
    }
    if (table.entries.empty())
      return error("'", what,
                   "' holds no ranges, expected lines of the form "
                   "name threshold min max");
    return table;
  }

private:
  Status at(const std::string &message) const {
    return error(what, ":", number, ": ", message);
  }

  /// "#word" begins a section; any other comment is free text, in which the
  /// header's "key: value" lines are understood.
  Status readComment(std::string_view line) {
    std::string_view word = line.substr(1);
    bool isWord =
        !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
          return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        });
    if (isWord)
      return beginSection(std::string(word));
    size_t colon = word.find(':');
    if (colon == std::string_view::npos)
      return ok();
    std::string_view key = trim(word.substr(0, colon));
    std::string_view value = trim(word.substr(colon + 1));
    if (key == "tool")
      table.tool = value;
    else if (key == "method")
      table.method = value;
    else if (key == "samples" || key == "sample number")
      table.samples = parseInteger(value).value_or(0);
    return ok();
  }

  Status beginSection(const std::string &name) {
    for (const char *known : passedOverSections)
      if (name == known) {
        section = name;
        table.notes.push_back(what + ":" + std::to_string(number) +
                              ": section '#" + name +
                              "' was passed over: it holds no ranges of "
                              "activations");
        return ok();
      }
    return at("unknown section '#" + name + "'");
  }

  Status readEntry(std::string_view line) {
    CalibrationTable::Entry entry;
    double *fields[] = {&entry.max, &entry.min, &entry.threshold};
    std::string_view rest = line;
    for (double *field : fields) {
      size_t blank = rest.find_last_of(" \t");
      if (blank == std::string_view::npos)
        return at("expected name threshold min max, found '" +
                  std::string(line) + "'");
      std::string_view word = rest.substr(blank + 1);
      std::optional<double> value = parseNumber(word);
      if (!value || !std::isfinite(static_cast<float>(*value)))
        return at("expected a finite number of single precision, found '" +
                  std::string(word) + "'");
      *field = *value;
      rest = trim(rest.substr(0, blank));
    }
    std::optional<std::string> name = unquoteName(rest);
    if (!name)
      return at("the name " + std::string(rest) +
                " begins with a quote and does not end with one, or has an "
                "unknown escape");
    entry.name = std::move(*name);
    if (entry.min > entry.max)
      return at("'" + entry.name + "' has min " + formatDouble(entry.min) +
                " above max " + formatDouble(entry.max));
    if (entry.threshold < 0)
      return at("'" + entry.name + "' has the threshold " +
                formatDouble(entry.threshold) +
                ", which is a magnitude and not below zero");
    auto [seen, isNew] = lines.emplace(entry.name, number);
    if (!isNew)
      return at("'" + entry.name + "' comes twice, first in line " +
                std::to_string(seen->second));
    table.entries.push_back(std::move(entry));
    return ok();
  }

  std::string_view text;
  const std::string &what;
  CalibrationTable table;
  std::string section;
  std::map<std::string, int> lines;
  int number = 0;
};

} // namespace

Result<CalibrationTable> CalibrationTable::parse(std::string_view text,
                                                 const std::string &what) {
  return TableParser(text, what).parse();
}

Result<CalibrationTable> CalibrationTable::read(const std::string &path) {
  Result<std::string> text = readTextFile(path);
  if (!text)
    return text.takeError();
  return parse(*text, path);
}

Status
CalibrationTable::checkNames(const std::vector<std::string> &modelNames) const {
  std::set<std::string> model(modelNames.begin(), modelNames.end()), table;
  std::vector<std::string> unknown, missing;
  for (const Entry &entry : entries) {
    table.insert(entry.name);
    if (!model.count(entry.name))
      unknown.push_back("'" + entry.name + "'");
  }
  for (const std::string &name : modelNames)
    if (!table.count(name))
      missing.push_back("'" + name + "'");
  if (unknown.empty() && missing.empty())
    return ok();
  std::string text = "the calibration table does not match the model";
  if (!unknown.empty())
    text += "; not in the model: " + join(unknown, ", ");
  if (!missing.empty())
    text += "; without a range: " + join(missing, ", ");
  return error(text);
}

} // namespace qc
