// Worker threads that share one loop at a time, without allocating.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ThreadPool.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

using namespace qcrt;

struct ThreadPool::Impl {
  std::mutex mutex;
  std::condition_variable started, finished;
  std::vector<std::thread> workers;
  // The current loop; guarded by the mutex.
  uint64_t generation = 0;
  int pending = 0;
  bool stop = false;
  Function function = nullptr;
  const void *context = nullptr;
  int64_t count = 0, step = 0;

  void work(int worker) {
    uint64_t seen = 0;
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      started.wait(lock, [&] { return stop || generation != seen; });
      if (stop)
        return;
      seen = generation;
      int64_t begin = step * worker, end = std::min(count, begin + step);
      lock.unlock();
      if (begin < end)
        function(context, begin, end, worker);
      lock.lock();
      if (--pending == 0)
        finished.notify_one();
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
  std::unique_lock<std::mutex> lock(impl->mutex);
  impl->finished.wait(lock, [&] { return impl->pending == 0; });
}
