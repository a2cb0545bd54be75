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

//===----------------------------------------------------------------------===//
// Text of unknown origin
//===----------------------------------------------------------------------===//

namespace {
struct Character {
  size_t size = 1;      ///< in bytes
  uint32_t code = 0;    ///< Unicode
  bool isValid = false; ///< of UTF-8 (RFC 3629)
};
} // namespace

static Character firstCharacter(std::string_view text) {
  auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80)
    return {1, lead, true};
  size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size)
    return {};
  uint32_t code = lead & (0xff >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    auto byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xc0) != 0x80)
      return {};
    code = code << 6 | (byte & 0x3f);
  }
  // Longer than needed, halves of surrogate pairs, beyond Unicode.
  bool isValid = code >= (size == 4   ? 0x10000u
                          : size == 3 ? 0x800u
                                      : 0x80u) &&
                 (code < 0xd800 || code > 0xdfff) && code <= 0x10ffff;
  return isValid ? Character{size, code, true} : Character{};
}

/// C0 and C1 controls, line separators, marks and overrides of direction.
static bool isHarmful(uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
         (code >= 0x200e && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

static void writeOut(std::string &into, std::string_view bytes) {
  static const char digits[] = "0123456789abcdef";
  for (char c : bytes) {
    const char *letter = c == '\n'   ? "n"
                         : c == '\t' ? "t"
                         : c == '\r' ? "r"
                                     : nullptr;
    auto byte = static_cast<uint8_t>(c);
    into += '\\';
    if (letter)
      into += letter;
    else
      into += {'x', digits[byte >> 4], digits[byte & 15]};
  }
}

/// `kept` are control characters that stay, `escaped` others that get a '\\'.
static std::string escapeText(std::string_view text, std::string_view kept,
                              std::string_view escaped) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    Character next = firstCharacter(text);
    std::string_view bytes = text.substr(0, next.size);
    text.remove_prefix(next.size);
    if (!next.isValid ||
        (isHarmful(next.code) && kept.find(bytes) == std::string_view::npos)) {
      writeOut(result, bytes);
      continue;
    }
    if (escaped.find(bytes) != std::string_view::npos)
      result += '\\';
    result += bytes;
  }
  return result;
}

std::string printable(std::string_view text) {
  return escapeText(text, {}, {});
}

std::string printableLines(std::string_view text) {
  return escapeText(text, "\n\t", {});
}

std::optional<size_t> findNoText(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    Character next = firstCharacter(text.substr(at, 4));
    bool isBlank = blanks.find(text[at]) != std::string_view::npos;
    bool isControl = next.code < 0x20 || next.code == 0x7f;
    if (!next.isValid || (isControl && !isBlank))
      return at;
    at += next.size;
  }
  return std::nullopt;
}

std::string quoteName(std::string_view name) {
  bool clear = !name.empty() && name[0] != '"' && name[0] != '#' &&
               trim(name).size() == name.size() && printable(name) == name;
  return clear ? std::string(name) : '"' + escapeText(name, {}, "\"\\") + '"';
}

static std::optional<int> hexDigit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return std::nullopt;
}

/// Takes what follows a '\\'.
static std::optional<char> takeEscaped(std::string_view &text) {
  if (text.empty())
    return std::nullopt;
  char kind = text[0];
  text.remove_prefix(1);
  switch (kind) {
  case 'n':
    return '\n';
  case 't':
    return '\t';
  case 'r':
    return '\r';
  case '"':
  case '\\':
    return kind;
  case 'x':
    break;
  default:
    return std::nullopt;
  }
  if (text.size() < 2)
    return std::nullopt;
  std::optional<int> high = hexDigit(text[0]), low = hexDigit(text[1]);
  text.remove_prefix(2);
  if (!high || !low)
    return std::nullopt;
  return static_cast<char>(*high * 16 + *low);
}

std::optional<std::string> unquoteName(std::string_view text) {
  if (text.empty() || text[0] != '"')
    return std::string(text);
  text.remove_prefix(1);
  std::string name;
  while (!text.empty() && text[0] != '"') {
    char c = text[0];
    text.remove_prefix(1);
    if (c == '\\') {
      std::optional<char> escaped = takeEscaped(text);
      if (!escaped)
        return std::nullopt;
      c = *escaped;
    }
    name += c;
  }
  if (text != "\"")
    return std::nullopt;
  return name;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

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
