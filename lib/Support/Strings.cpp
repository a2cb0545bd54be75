// Splitting, trimming and locale-free number parsing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Strings.h"

#include <charconv>

namespace qc {

static constexpr std::string_view blanks = " \t\r\n\f\v";

std::string_view trim(std::string_view text) {
  size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> splitBlanks(std::string_view text) {
  std::vector<std::string_view> parts;
  size_t begin = text.find_first_not_of(blanks);
  while (begin != std::string_view::npos) {
    size_t end = text.find_first_of(blanks, begin);
    parts.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(blanks, end);
  }
  return parts;
}

std::vector<std::string_view> splitLines(std::string_view text) {
  if (!text.empty() && text.back() == '\n')
    text.remove_suffix(1);
  else if (text.empty())
    return {};
  std::vector<std::string_view> lines = split(text, '\n');
  for (std::string_view &line : lines)
    if (!line.empty() && line.back() == '\r')
      line.remove_suffix(1);
  return lines;
}

bool startsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool endsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() &&
         text.substr(text.size() - suffix.size()) == suffix;
}

std::string toLower(std::string_view text) {
  std::string lower(text);
  for (char &c : lower)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

/// from_chars refuses the leading '+' that people write.
static std::string_view withoutPlus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-')
    text.remove_prefix(1);
  return text;
}

template <typename T>
static std::optional<T> parseWhole(std::string_view text) {
  text = withoutPlus(text);
  T value{};
  const char *end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (text.empty() || failure != std::errc() || stop != end)
    return std::nullopt;
  return value;
}

std::optional<int64_t> parseInteger(std::string_view text) {
  return parseWhole<int64_t>(text);
}

std::optional<double> parseNumber(std::string_view text) {
  return parseWhole<double>(text);
}

template <typename T> static std::string shortest(T value) {
  char buffer[64];
  auto [end, failure] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, failure == std::errc() ? end : buffer);
}

std::string formatFloat(float value) { return shortest(value); }
std::string formatDouble(double value) { return shortest(value); }

} // namespace qc
