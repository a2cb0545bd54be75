// Small text helpers: split, trim, strict number parsing, nearest known name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_STRINGS_H
#define QC_SUPPORT_STRINGS_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qc {

std::string_view trim(std::string_view text);
/// Parts between separators; empty parts are kept, so "a,,b" has three.
std::vector<std::string_view> split(std::string_view text, char separator);
/// Parts between runs of blanks; no empty parts.
std::vector<std::string_view> splitBlanks(std::string_view text);
/// Lines without their "\n" or "\r\n"; a final newline adds no empty line.
std::vector<std::string_view> splitLines(std::string_view text);
bool startsWith(std::string_view text, std::string_view prefix);
bool endsWith(std::string_view text, std::string_view suffix);
std::string toLower(std::string_view text);

/// Text for a terminal, a page or JSON, whatever bytes a file has put into it:
/// control characters, bytes that are no UTF-8 and characters that turn the
/// direction of text are written out (\n, \x1b); all else stays. Names of
/// tensors go through it before they are shown.
std::string printable(std::string_view text);
/// The same for a whole message or page: newlines and tabs stay.
std::string printableLines(std::string_view text);

/// Where a text stops being one: the first control character but blanks, or the
/// first byte that is no UTF-8.
std::optional<size_t> findNoText(std::string_view text);

/// A name as one field of a text file. As it stands if that is clear; else in
/// double quotes with \" and \\ and what printable() writes out. Quoted are
/// names that are empty, begin with '"' or '#', begin or end with a blank or
/// hold what is written out.
std::string quoteName(std::string_view name);
/// The inverse; nothing for a text that begins with '"' and is not of that
/// form.
std::optional<std::string> unquoteName(std::string_view text);

/// The whole of `text` as a number in any locale, or nothing.
std::optional<int64_t> parseInteger(std::string_view text);
/// Also accepts "inf" and "nan" forms; callers that need finite values check.
std::optional<double> parseNumber(std::string_view text);
/// The shortest decimal that reads back as the same float / double.
std::string formatFloat(float value);
std::string formatDouble(double value);

template <typename Range>
std::string join(const Range &parts, std::string_view separator) {
  std::string text;
  bool first = true;
  for (const auto &part : parts) {
    if (!first)
      text += separator;
    first = false;
    text += part;
  }
  return text;
}

} // namespace qc

#endif // QC_SUPPORT_STRINGS_H
