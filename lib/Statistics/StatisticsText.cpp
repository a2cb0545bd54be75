// Statistics for people: a table of one file, the differences of two.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/StatisticsFile.h"

#include "qc/Support/Strings.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace qc {

static std::string compact(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%.6g", value);
  return buffer;
}

static double deviation(const TensorStatistics &statistics) {
  double mean = statistics.mean();
  return std::sqrt(std::max(0.0, statistics.meanSquare() - mean * mean));
}

std::string showStatistics(const StatisticsFile &file) {
  std::vector<std::vector<std::string>> rows = {
      {"tensor", "values", "min", "max", "mean", "deviation", "mean min",
       "mean max", "nan", "-inf", "inf"}};
  for (const auto &[name, statistics] : file.tensors)
    rows.push_back({printable(name), std::to_string(statistics.count()),
                    compact(statistics.min()), compact(statistics.max()),
                    compact(statistics.mean()), compact(deviation(statistics)),
                    compact(statistics.meanOfMin()),
                    compact(statistics.meanOfMax()),
                    std::to_string(statistics.nanCount()),
                    std::to_string(statistics.negativeInfinityCount()),
                    std::to_string(statistics.infinityCount() -
                                   statistics.negativeInfinityCount())});
  std::vector<size_t> widths(rows[0].size());
  for (const auto &row : rows)
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  std::string text = std::to_string(file.tensors.size()) + " tensors, " +
                     std::to_string(file.samples) + " samples";
  if (!file.sources.empty())
    text += " from " + join(file.sources, ", ");
  text += "\n";
  for (const auto &row : rows) {
    std::string line = row[0] + std::string(widths[0] - row[0].size(), ' ');
    for (size_t i = 1; i < row.size(); ++i)
      line += "  " + std::string(widths[i] - row[i].size(), ' ') + row[i];
    text += line + "\n";
  }
  return text;
}

static void differ(std::string &into, const std::string &name, const char *what,
                   const std::string &a, const std::string &b) {
  if (a != b)
    into += printable(name) + ": " + what + " " + a + " and " + b + "\n";
}

std::string diffStatistics(const StatisticsFile &a, const StatisticsFile &b) {
  std::string text;
  if (a.samples != b.samples)
    text += "samples " + std::to_string(a.samples) + " and " +
            std::to_string(b.samples) + "\n";
  for (const auto &[name, statistics] : b.tensors)
    if (!a.tensors.count(name))
      text += printable(name) + ": only in the second\n";
  for (const auto &[name, first] : a.tensors) {
    auto found = b.tensors.find(name);
    if (found == b.tensors.end()) {
      text += printable(name) + ": only in the first\n";
      continue;
    }
    const TensorStatistics &second = found->second;
    std::string bytesA, bytesB, lines;
    first.serialize(bytesA);
    second.serialize(bytesB);
    if (bytesA == bytesB)
      continue;
    differ(lines, name, "count", std::to_string(first.count()),
           std::to_string(second.count()));
    differ(lines, name, "min", formatFloat(first.min()),
           formatFloat(second.min()));
    differ(lines, name, "max", formatFloat(first.max()),
           formatFloat(second.max()));
    differ(lines, name, "mean", formatDouble(first.mean()),
           formatDouble(second.mean()));
    differ(lines, name, "mean square", formatDouble(first.meanSquare()),
           formatDouble(second.meanSquare()));
    differ(lines, name, "mean of min", formatDouble(first.meanOfMin()),
           formatDouble(second.meanOfMin()));
    differ(lines, name, "mean of max", formatDouble(first.meanOfMax()),
           formatDouble(second.meanOfMax()));
    if (lines.empty())
      lines = printable(name) + ": histogram, channels or options differ\n";
    text += lines;
  }
  return text;
}

} // namespace qc
