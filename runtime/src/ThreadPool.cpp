// Worker threads that share one loop at a time, without allocating.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ThreadPool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

using namespace qcrt;

/// Tells the processor that this is a waiting loop.
static inline void pauseBriefly() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__ARM_ARCH_7A__)
  __asm__ volatile("yield");
#endif
}

/// Loops follow each other closely in a run, and waking a sleeping thread costs
/// more than a short loop: look again some microseconds long before sleeping.
static const int spins = 1000;

template <typename Done> static bool spinUntil(Done done) {
  for (int i = 0; i < spins; ++i) {
    if (done())
      return true;
    pauseBriefly();
  }
  return done();
}

struct ThreadPool::Impl {
  std::mutex mutex;
  std::condition_variable started, finished;
  std::vector<std::thread> workers;
  /// Counts loops; changes under the mutex after the loop below is set.
  std::atomic<uint64_t> generation{0};
  std::atomic<int> pending{0};
  std::atomic<bool> stop{false};
  // The current loop.
  Function function = nullptr;
  const void *context = nullptr;
  int64_t count = 0, step = 0;

  void work(int worker) {
    uint64_t seen = 0;
    auto called = [&] { return stop || generation != seen; };
    while (true) {
      if (!spinUntil(called)) {
        std::unique_lock<std::mutex> lock(mutex);
        started.wait(lock, called);
      }
      if (stop)
        return;
      seen = generation;
      int64_t begin = step * worker, end = std::min(count, begin + step);
      if (begin < end)
        function(context, begin, end, worker);
      if (--pending == 0) {
        std::lock_guard<std::mutex> lock(mutex);
        finished.notify_one();
      }
    }
  }

  void join() {
    {
      std::lock_guard<std::mutex> lock(mutex);
      stop = true;
    }
    started.notify_all();
    for (std::thread &worker : workers)
      worker.join();
  }
};

ThreadPool::ThreadPool(int threads)
    : impl(std::make_unique<Impl>()), numThreads(std::max(1, threads)) {
  try {
    for (int i = 1; i < numThreads; ++i)
      impl->workers.emplace_back([this, i] { impl->work(i); });
  } catch (...) { // the system has no more threads to give
    impl->join();
    throw;
  }
}

ThreadPool::~ThreadPool() { impl->join(); }

void ThreadPool::run(int64_t count, int64_t grain, Function function,
                     const void *context) {
  if (count <= 0)
    return;
  grain = std::max<int64_t>(grain, 1);
  int64_t parts = std::min<int64_t>(numThreads, (count + grain - 1) / grain);
  if (parts == 1)
    return function(context, 0, count, 0);
  int64_t step = (count + parts - 1) / parts;
  {
    std::lock_guard<std::mutex> lock(impl->mutex);
    impl->function = function;
    impl->context = context;
    impl->count = count;
    impl->step = step;
    impl->pending = numThreads - 1;
    ++impl->generation;
  }
  impl->started.notify_all();
  function(context, 0, std::min(count, step), 0);
  auto done = [&] { return impl->pending == 0; };
  if (!spinUntil(done)) {
    std::unique_lock<std::mutex> lock(impl->mutex);
    impl->finished.wait(lock, done);
  }
}
