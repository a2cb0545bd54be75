// Progress of long loops, for whoever listens; printing it with rate and
// remaining time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_PROGRESS_H
#define QC_SUPPORT_PROGRESS_H

#include "qc/Support/Result.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string>

namespace qc {

/// Is told how far long loops are, and may end them.
class ProgressListener {
public:
  virtual ~ProgressListener() = default;
  /// `done` of `total` steps of `label` ("calibrate") are behind; called by one
  /// thread at a time, first with 0, at the end with `done == total`.
  virtual void update(const std::string &label, int64_t done,
                      int64_t total) = 0;
  /// The loop was left before its end: an error message may follow.
  virtual void abandon() {}
  /// Whether the loop shall end with an error. Asked from several threads.
  virtual bool isCancelled() const { return false; }
};

/// One loop, for a listener or for none. Safe from several threads.
class Progress {
public:
  Progress(std::string label, int64_t total, ProgressListener *listener);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// An error when the listener wants the loop to end.
  Status advance(int64_t steps = 1);
  /// The loop is through.
  void finish();

private:
  std::string label;
  int64_t total, done = 0;
  ProgressListener *listener;
  bool finished = false;
  std::mutex mutex;
};

/// Prints progress of what takes its time. On a terminal one line that is
/// rewritten at most ten times a second:
///   calibrate  37/100  12.3/s  eta 0:05
/// elsewhere, in a log, one such line at the end.
class ProgressPrinter : public ProgressListener {
public:
  /// `terminal` says whether `out` is one; found out when not given. Loops that
  /// end within `patience` seconds are not told of.
  explicit ProgressPrinter(std::FILE *out = stderr,
                           std::optional<bool> terminal = std::nullopt,
                           double patience = 1);

  void update(const std::string &label, int64_t done, int64_t total) override;
  void abandon() override;

private:
  using Clock = std::chrono::steady_clock;
  void printLine(const std::string &label, int64_t done, int64_t total);

  std::FILE *out;
  bool terminal, onScreen = false;
  double patience;
  std::string current; ///< the loop that is told of
  Clock::time_point start, lastPrint;
};

/// "0:05", "12:34", "1:02:03".
std::string formatDuration(double seconds);

} // namespace qc

#endif // QC_SUPPORT_PROGRESS_H
