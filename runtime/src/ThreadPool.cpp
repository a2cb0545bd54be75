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
  std::atomic<bool> stop{false};
  /// Threads inside started.wait, and whether the caller is in finished.wait.
  std::atomic<int> sleepers{0};
  std::atomic<bool> callerSleeps{false};
  /// Number of the loop in the upper half, pieces that nobody has taken yet in
  /// the lower. Taking a piece is one exchange, so a thread that comes late can
  /// never take a piece of another loop than the one it sees.
  std::atomic<uint64_t> state{0};
  /// Pieces that are not done yet; the caller stays until there are none.
  std::atomic<int64_t> left{0};
  // The current loop; may be read by whoever has taken a piece of it.
  Function function = nullptr;
  const void *context = nullptr;
  int64_t count = 0, step = 0, pieces = 0;

  static int64_t untaken(uint64_t state) {
    return static_cast<int64_t>(state & 0xffffffffu);
  }

  /// Takes one piece and does it; false if there is none.
  bool work(int worker) {
    uint64_t seen = state;
    while (untaken(seen) != 0) {
      if (!state.compare_exchange_weak(seen, seen - 1))
        continue;
      int64_t begin = (pieces - untaken(seen)) * step;
      function(context, begin, std::min(count, begin + step), worker);
      if (--left == 0 && callerSleeps) {
        std::lock_guard<std::mutex> lock(mutex);
        finished.notify_one();
      }
      return true;
    }
    return false;
  }

  void serve(int worker) {
    auto called = [&] { return stop || untaken(state) != 0; };
    while (!stop) {
      if (work(worker) || spinUntil(called))
        continue;
      std::unique_lock<std::mutex> lock(mutex);
      ++sleepers;
      started.wait(lock, called);
      --sleepers;
    }
  }

  void start() {
    uint64_t number = (state >> 32) + 1;
    left = pieces;
    state = number << 32 | static_cast<uint64_t>(pieces);
    if (sleepers == 0)
      return;
    // Whoever has counted itself a sleeper either sees the new state or waits
    // already once the mutex is free.
    std::lock_guard<std::mutex> lock(mutex);
    started.notify_all();
  }

  void finish() {
    auto done = [&] { return left == 0; };
    if (spinUntil(done))
      return;
    std::unique_lock<std::mutex> lock(mutex);
    callerSleeps = true;
    finished.wait(lock, done);
    callerSleeps = false;
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
      impl->workers.emplace_back([this, i] { impl->serve(i); });
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
  // More pieces than threads: one that is busy elsewhere holds up nobody.
  const int64_t most = int64_t(4) * numThreads;
  const int64_t step =
      std::max(std::max<int64_t>(grain, 1), (count + most - 1) / most);
  const int64_t pieces = (count + step - 1) / step;
  if (pieces == 1 || numThreads == 1)
    return function(context, 0, count, 0);
  impl->function = function;
  impl->context = context;
  impl->count = count;
  impl->step = step;
  impl->pieces = pieces;
  impl->start();
  while (impl->work(0)) {
  }
  impl->finish();
}
