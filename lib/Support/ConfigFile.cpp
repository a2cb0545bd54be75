// Options files of other tools: ini and flags, and what all forms share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/ConfigFile.h"
#include "ConfigFileYaml.h"

#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"

#include <map>

namespace qc {

std::string ConfigEntry::getName() const { return join(path, "."); }

/// "FILE:LINE".
static std::string getPlace(const std::string &origin, size_t line) {
  return origin + ":" + std::to_string(line);
}

//===----------------------------------------------------------------------===//
// ini
//===----------------------------------------------------------------------===//

/// The text without a comment: ';' or '#' at the beginning or behind a blank.
static std::string_view dropComment(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i)
    if ((text[i] == ';' || text[i] == '#') &&
        (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t'))
      return text.substr(0, i);
  return text;
}

static Result<ConfigFile> parseIni(std::string_view text,
                                   const std::string &origin) {
  ConfigFile file{origin, {}};
  std::string section;
  unsigned number = 0;
  for (std::string_view whole : splitLines(text)) {
    ++number;
    std::string_view line = trim(dropComment(whole));
    if (line.empty())
      continue;
    if (line.front() == '[') {
      if (line.back() != ']' || trim(line.substr(1, line.size() - 2)).empty())
        return error(getPlace(origin, number), ": '", printable(line),
                     "' is no section, expected [NAME]");
      section = trim(line.substr(1, line.size() - 2));
      continue;
    }
    // A value may hold ':', as in "mean=104:117:124": '=' goes first.
    size_t split = line.find('=');
    if (split == std::string_view::npos)
      split = line.find(':');
    std::string_view key = trim(line.substr(0, split));
    if (split == std::string_view::npos || key.empty())
      return error(getPlace(origin, number), ": '", printable(line),
                   "' is neither [SECTION] nor key = value");
    ConfigEntry entry;
    if (!section.empty())
      entry.path.push_back(section);
    entry.path.emplace_back(key);
    if (std::string_view value = trim(line.substr(split + 1)); !value.empty())
      entry.values.emplace_back(value);
    entry.line = number;
    file.entries.push_back(std::move(entry));
  }
  return file;
}

//===----------------------------------------------------------------------===//
// Flags
//===----------------------------------------------------------------------===//

namespace {
struct Word {
  std::string text;
  unsigned line;
};
} // namespace

/// Words between blanks; quotes keep blanks, a backslash ends a line.
static Result<std::vector<Word>> splitWords(std::string_view text,
                                            const std::string &origin) {
  std::vector<Word> words;
  unsigned number = 0;
  for (std::string_view line : splitLines(text)) {
    ++number;
    line = trim(dropComment(line));
    std::string word;
    bool isOpen = false;
    char quote = 0;
    auto close = [&] {
      if (isOpen && word != "\\")
        words.push_back({word, number});
      word.clear();
      isOpen = false;
    };
    for (char c : line) {
      if (quote && c == quote) {
        quote = 0;
      } else if (!quote && (c == '"' || c == '\'')) {
        quote = c;
        isOpen = true;
      } else if (!quote && (c == ' ' || c == '\t')) {
        close();
      } else {
        word += c;
        isOpen = true;
      }
    }
    if (quote)
      return error(getPlace(origin, number), ": a quote is not closed");
    close();
  }
  return words;
}

static bool isFlag(const std::string &word) {
  // "-1" is a value, and so is what is nothing but dashes.
  return word[0] == '-' && word.find_first_not_of('-') != word.npos &&
         !parseNumber(word);
}

static Result<ConfigFile> parseFlags(std::string_view text,
                                     const std::string &origin) {
  Result<std::vector<Word>> words = splitWords(text, origin);
  if (!words)
    return words.takeError();
  ConfigFile file{origin, {}};
  for (const Word &word : *words) {
    if (isFlag(word.text)) {
      size_t equals = word.text.find('=');
      size_t begin = word.text.find_first_not_of('-');
      ConfigEntry entry;
      entry.path = {word.text.substr(
          begin, equals == std::string::npos ? equals : equals - begin)};
      if (equals != std::string::npos)
        entry.values = {word.text.substr(equals + 1)};
      entry.line = word.line;
      file.entries.push_back(std::move(entry));
    } else if (file.entries.empty() || !file.entries.back().values.empty()) {
      // The tool's name, its positional arguments.
      ConfigEntry entry;
      entry.path = {file.entries.empty() ? "command" : "argument"};
      entry.values = {word.text};
      entry.line = word.line;
      file.entries.push_back(std::move(entry));
    } else {
      file.entries.back().values = {word.text};
    }
  }
  return file;
}

//===----------------------------------------------------------------------===//
// All forms
//===----------------------------------------------------------------------===//

ConfigSyntax guessConfigSyntax(std::string_view text) {
  for (std::string_view whole : splitLines(text)) {
    std::string_view line = trim(dropComment(whole));
    if (line.empty() || line == "---")
      continue;
    if (line.front() == '[')
      return ConfigSyntax::Ini;
    // A dash that begins a word; "- x" is an item of a list.
    size_t dash = line.find(" -");
    bool isFlags = (line.front() == '-' && line.size() > 1 && line[1] != ' ') ||
                   (dash < line.find('=') && dash < line.find(':') &&
                    dash + 2 < line.size() && line[dash + 2] != ' ');
    bool isMapping =
        line.front() == '{' || line.find(':') != std::string_view::npos;
    if (isFlags || (!isMapping && line.find('=') == std::string_view::npos))
      return ConfigSyntax::Flags;
    return isMapping ? ConfigSyntax::Yaml : ConfigSyntax::Ini;
  }
  return ConfigSyntax::Yaml;
}

/// A key that comes twice would silently lose one of its values.
static Status checkOnce(const ConfigFile &file) {
  std::map<std::string, unsigned> lines;
  for (const ConfigEntry &entry : file.entries) {
    if (entry.path.front() == "argument")
      continue;
    auto [found, isNew] = lines.insert({join(entry.path, "\n"), entry.line});
    if (!isNew)
      return error(getPlace(file.origin, entry.line), ": '",
                   printable(entry.getName()), "' is given in line ",
                   found->second, " already");
  }
  return ok();
}

Result<ConfigFile> ConfigFile::parse(std::string_view text,
                                     const std::string &origin,
                                     ConfigSyntax syntax) {
  if (std::optional<size_t> at = findNoText(text))
    return error(origin, ": is no text: byte ", *at, " is none of a character");
  Result<ConfigFile> file = syntax == ConfigSyntax::Ini ? parseIni(text, origin)
                            : syntax == ConfigSyntax::Flags
                                ? parseFlags(text, origin)
                                : parseYaml(text, origin);
  if (!file)
    return file;
  if (Status once = checkOnce(*file); !once)
    return once.takeError();
  return file;
}

Result<ConfigFile> ConfigFile::read(const std::string &path,
                                    ConfigSyntax syntax) {
  Result<std::string> text = readTextFile(path);
  if (!text)
    return text.takeError();
  return parse(*text, path, syntax);
}

} // namespace qc
