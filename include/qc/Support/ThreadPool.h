// Parallel loops whose result does not depend on the number of threads.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_THREADPOOL_H
#define QC_SUPPORT_THREADPOOL_H

#include "qc/Support/Result.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace qc {

/// Threads that this process may use at once (its affinity, not the machine).
int hardwareThreads();

/// More than these are of no use to anybody, and many thousands exhaust the
/// system; the runtime has the same limit.
inline constexpr int kMostThreads = 256;

/// Workers that wait between loops. One loop runs at a time; a loop started
/// from inside a loop body of the same pool runs serially on that worker.
class ThreadPool {
public:
  /// `threads` <= 0 means hardwareThreads(), more than kMostThreads that many.
  /// The caller is one of them. Where the system gives fewer, those do the
  /// work.
  explicit ThreadPool(int threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  int size() const;

  /// Calls body(index, worker) once for each index in [0, count), handed out in
  /// increasing order; `worker` is in [0, size()) and names the running thread.
  /// What a body throws ends the loop and is thrown to the caller.
  void run(int64_t count, const std::function<void(int64_t, int)> &body);

  /// The same for bodies that can fail. Stops handing out work after a failure
  /// and returns the failure of the lowest index, whatever the thread count. An
  /// exception of a body (memory that is not there) is its failure.
  Status runUntilFailure(int64_t count,
                         const std::function<Status(int64_t, int)> &body);

private:
  struct State;
  std::unique_ptr<State> state;
};

/// One loop on temporary threads.
Status parallelFor(int64_t count, int threads,
                   const std::function<Status(int64_t)> &body);

} // namespace qc

#endif // QC_SUPPORT_THREADPOOL_H
