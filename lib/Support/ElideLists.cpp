// IR for people: long lists of numbers cut short.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/ElideLists.h"

namespace qc {

/// The end of a text in quotes that begins at `at`.
static size_t skipQuoted(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\')
      ++at;
  return at < text.size() ? at + 1 : text.size();
}

static bool isNumberPart(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
         (c >= 'A' && c <= 'F') || c == '.' || c == '+' || c == '-' ||
         c == ':' || c == 'x';
}

static bool beginsNumber(std::string_view text, size_t at) {
  if (at < text.size() && text[at] == '-')
    ++at;
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

namespace {
/// Numbers with commas between them.
struct List {
  size_t count = 0;
  size_t firstEnd = 0;  ///< behind the first number
  size_t lastBegin = 0; ///< of the last one
  size_t end = 0;       ///< behind it
};
} // namespace

static List readList(std::string_view text, size_t at) {
  List list;
  while (beginsNumber(text, at)) {
    list.lastBegin = at;
    while (at < text.size() && isNumberPart(text[at]))
      ++at;
    list.end = at;
    if (++list.count == 1)
      list.firstEnd = at;
    if (at == text.size() || text[at] != ',')
      break;
    ++at;
    while (at < text.size() && text[at] == ' ')
      ++at;
  }
  return list;
}

/// Whether a list may begin behind `c`.
static bool opens(char c) {
  return c == '{' || c == '[' || c == '<' || c == '(' || c == ' ' || c == ',';
}

std::string elideLists(std::string_view text, size_t most) {
  std::string out;
  out.reserve(text.size());
  size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '"') {
      size_t end = skipQuoted(text, at);
      out += text.substr(at, end - at);
      at = end;
      continue;
    }
    if (at == 0 || !opens(text[at - 1]) || !beginsNumber(text, at)) {
      out += text[at++];
      continue;
    }
    List list = readList(text, at);
    if (list.count > most) {
      out += text.substr(at, list.firstEnd - at);
      out += ", ... " + std::to_string(list.count) + " in all ..., ";
      out += text.substr(list.lastBegin, list.end - list.lastBegin);
    } else {
      out += text.substr(at, list.end - at);
    }
    at = list.end;
  }
  return out;
}

} // namespace qc
