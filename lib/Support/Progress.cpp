// Progress lines for terminals and for log files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Progress.h"

#include <algorithm>
#include <cmath>
#include <unistd.h>
#include <utility>

namespace qc {

std::string formatDuration(double seconds) {
  auto whole = static_cast<int64_t>(std::llround(std::max(0.0, seconds)));
  char buffer[48];
  if (whole >= 3600)
    std::snprintf(buffer, sizeof(buffer), "%lld:%02d:%02d",
                  static_cast<long long>(whole / 3600),
                  static_cast<int>(whole / 60 % 60),
                  static_cast<int>(whole % 60));
  else
    std::snprintf(buffer, sizeof(buffer), "%d:%02d",
                  static_cast<int>(whole / 60), static_cast<int>(whole % 60));
  return buffer;
}

Progress::Progress(std::string label, int64_t total, ProgressListener *listener)
    : label(std::move(label)), total(total), listener(listener) {
  if (listener && total > 0)
    listener->update(this->label, 0, total);
}

Progress::~Progress() {
  if (listener && !finished)
    listener->abandon();
}

Status Progress::advance(int64_t steps) {
  if (!listener)
    return ok();
  if (listener->isCancelled())
    return error(label, " was cancelled");
  std::lock_guard<std::mutex> lock(mutex);
  done += steps;
  // The end is told by finish(), once everything has been done.
  if (!finished && done < total)
    listener->update(label, done, total);
  return ok();
}

void Progress::finish() {
  std::lock_guard<std::mutex> lock(mutex);
  if (std::exchange(finished, true) || !listener)
    return;
  listener->update(label, total, total);
}

ProgressPrinter::ProgressPrinter(std::FILE *out, std::optional<bool> terminal,
                                 double patience)
    : out(out), terminal(terminal.value_or(::isatty(::fileno(out)) == 1)),
      patience(patience) {}

void ProgressPrinter::update(const std::string &label, int64_t done,
                             int64_t total) {
  Clock::time_point now = Clock::now();
  if (label != current || done == 0) {
    current = label;
    start = lastPrint = now;
  }
  bool isLast = done >= total;
  bool isDue = terminal && now - lastPrint >= std::chrono::milliseconds(100);
  bool isLong = std::chrono::duration<double>(now - start).count() >= patience;
  if (isLong && (isLast || isDue)) {
    lastPrint = now;
    printLine(label, done, total);
  }
  if (isLast)
    current.clear();
}

void ProgressPrinter::abandon() {
  if (terminal && onScreen) {
    std::fputs("\r\x1b[K", out);
    std::fflush(out);
  }
  onScreen = false;
  current.clear();
}

void ProgressPrinter::printLine(const std::string &label, int64_t done,
                                int64_t total) {
  bool last = done >= total;
  double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  double rate = elapsed > 0 ? static_cast<double>(done) / elapsed : 0;
  std::string time;
  if (last)
    time = "in " + formatDuration(elapsed);
  else if (rate > 0)
    time = "eta " + formatDuration(static_cast<double>(total - done) / rate);
  std::fprintf(out, "%s%s  %lld/%lld  %.*f/s  %s%s", terminal ? "\r\x1b[K" : "",
               label.c_str(), static_cast<long long>(done),
               static_cast<long long>(total), rate < 100 ? 1 : 0, rate,
               time.c_str(), terminal && !last ? "" : "\n");
  std::fflush(out);
  onScreen = terminal && !last;
}

} // namespace qc
