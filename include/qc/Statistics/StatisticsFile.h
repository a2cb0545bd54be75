// Calibration statistics of a model on disk: save, read, merge, show, compare.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_STATISTICS_STATISTICSFILE_H
#define QC_STATISTICS_STATISTICSFILE_H

#include "qc/Statistics/TensorStatistics.h"

#include <map>
#include <set>
#include <string>

namespace qc {

/// Statistics by tensor name, with where they came from.
struct StatisticsFile {
  /// Data descriptions of the shards, for people.
  std::set<std::string> sources;
  uint64_t samples = 0;
  std::map<std::string, TensorStatistics> tensors;

  /// Adds another shard. An error if the tensors or their options differ.
  Status merge(const StatisticsFile &other);

  /// Versioned, checksummed bytes; equal statistics give equal bytes.
  std::string serialize() const;
  static Result<StatisticsFile> parse(std::string_view bytes,
                                      const std::string &what);

  Status write(const std::string &path) const;
  /// Errors name the file: not a statistics file, a newer version, truncated,
  /// damaged (checksum).
  static Result<StatisticsFile> read(const std::string &path);
};

/// A table of all tensors: count, extremes, mean, standard deviation, NaN, Inf.
std::string showStatistics(const StatisticsFile &file);

/// One line a difference, names first; empty if there is none. Values are
/// compared exactly.
std::string diffStatistics(const StatisticsFile &a, const StatisticsFile &b);

} // namespace qc

#endif // QC_STATISTICS_STATISTICSFILE_H
