// Progress lines for terminals and for log files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Progress.h"

#include <algorithm>
#include <cmath>
#include <unistd.h>

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

Progress::Progress(std::string label, int64_t total, ProgressOptions options)
    : label(std::move(label)), total(total), options(options),
      terminal(options.terminal.value_or(::isatty(::fileno(options.out)) == 1)),
      start(Clock::now()), lastPrint(start) {}

Progress::~Progress() {
  if (terminal && onScreen && !finished) {
    std::fputs("\r\x1b[K", options.out);
    std::fflush(options.out);
  }
}

void Progress::advance(int64_t steps) {
  std::lock_guard<std::mutex> lock(mutex);
  int64_t before = done;
  done += steps;
  if (options.quiet || total <= 0 || finished)
    return;
  if (terminal) {
    Clock::time_point now = Clock::now();
    if (now - lastPrint < std::chrono::milliseconds(100))
      return;
    lastPrint = now;
    printLine(/*last=*/false);
    return;
  }
  // The last tenth is left to finish().
  if (before * 10 / total != done * 10 / total && done < total)
    printLine(/*last=*/false);
}

void Progress::finish() {
  std::lock_guard<std::mutex> lock(mutex);
  if (options.quiet || finished)
    return;
  finished = true;
  printLine(/*last=*/true);
}

void Progress::printLine(bool last) {
  double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  double rate = elapsed > 0 ? static_cast<double>(done) / elapsed : 0;
  std::string time;
  if (last)
    time = "in " + formatDuration(elapsed);
  else if (rate > 0)
    time = "eta " + formatDuration(static_cast<double>(total - done) / rate);
  std::fprintf(options.out, "%s%s  %lld/%lld  %.*f/s  %s%s",
               terminal ? "\r\x1b[K" : "", label.c_str(),
               static_cast<long long>(done), static_cast<long long>(total),
               rate < 100 ? 1 : 0, rate, time.c_str(),
               terminal && !last ? "" : "\n");
  std::fflush(options.out);
  onScreen = true;
}

} // namespace qc
