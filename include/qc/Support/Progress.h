// Progress of a long loop with rate and remaining time, on standard error.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_PROGRESS_H
#define QC_SUPPORT_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>

namespace qc {

struct ProgressOptions {
  bool quiet = false;
  std::FILE *out = stderr;
  /// Whether `out` is a terminal; found out when not given.
  std::optional<bool> terminal;
};

/// On a terminal one line that is rewritten at most ten times a second:
///   calibrate  37/100  12.3/s  eta 0:05
/// elsewhere one such line each tenth of the way. Safe from several threads.
class Progress {
public:
  Progress(std::string label, int64_t total, ProgressOptions options = {});
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  void advance(int64_t steps = 1);
  /// Ends the line, with the time that the whole took; the destructor only
  /// clears what stands on a terminal, so that an error message starts clean.
  void finish();

private:
  using Clock = std::chrono::steady_clock;
  void printLine(bool last);

  std::string label;
  int64_t total, done = 0;
  ProgressOptions options;
  bool terminal, onScreen = false, finished = false;
  Clock::time_point start, lastPrint;
  std::mutex mutex;
};

/// "0:05", "12:34", "1:02:03".
std::string formatDuration(double seconds);

} // namespace qc

#endif // QC_SUPPORT_PROGRESS_H
