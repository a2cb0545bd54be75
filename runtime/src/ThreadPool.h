// Worker threads that share one loop at a time, without allocating.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_THREADPOOL_H
#define QCRT_SRC_THREADPOOL_H

#include <cstdint>
#include <memory>
#include <type_traits>

namespace qcrt {

/// A fixed set of threads. The thread that calls parallelFor works as worker 0.
/// A pool runs one loop at a time and is driven by one thread.
class ThreadPool {
public:
  /// Starts threads - 1 threads (at least none).
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  int threads() const { return numThreads; }

  /// Calls body(begin, end, worker) for disjoint ranges that cover [0, count),
  /// none shorter than grain but the last. worker is below threads(); a worker
  /// gets its ranges one after the other. Which and how many depends on chance,
  /// so a body must compute each index independently.
  template <typename Body>
  void parallelFor(int64_t count, int64_t grain, Body &&body) {
    using Plain = std::remove_reference_t<Body>;
    run(
        count, grain,
        [](const void *context, int64_t begin, int64_t end, int worker) {
          (*const_cast<Plain *>(static_cast<const Plain *>(context)))(
              begin, end, worker);
        },
        &body);
  }

private:
  using Function = void (*)(const void *, int64_t, int64_t, int);
  void run(int64_t count, int64_t grain, Function function,
           const void *context);

  struct Impl;
  std::unique_ptr<Impl> impl;
  int numThreads;
};

} // namespace qcrt
#endif // QCRT_SRC_THREADPOOL_H
