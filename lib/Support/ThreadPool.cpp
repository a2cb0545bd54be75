// Worker threads around one shared index counter.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/ThreadPool.h"

#include "qc/Support/Memory.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

namespace qc {

int hardwareThreads() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
    return CPU_COUNT(&set);
#endif
  return std::max(1u, std::thread::hardware_concurrency());
}

struct ThreadPool::State {
  std::vector<std::thread> threads;
  std::mutex loopMutex; ///< one loop at a time
  std::mutex mutex;
  std::condition_variable wake, done;
  const std::function<void(int64_t, int)> *body = nullptr;
  int64_t count = 0;
  std::atomic<int64_t> next{0};
  uint64_t generation = 0;
  int busy = 0;
  bool stopping = false;
  /// What a body has thrown first, for the caller of the loop.
  std::exception_ptr thrown;

  void drain(int worker);
  void stop();
  void serve(int worker);
};

/// The pool whose loop body this thread is in: a nested loop of the same pool
/// would wait for workers that wait for it.
static thread_local const void *currentPool = nullptr;
static thread_local int currentWorker = 0;

void ThreadPool::State::drain(int worker) {
  const void *outerPool = std::exchange(currentPool, this);
  int outerWorker = std::exchange(currentWorker, worker);
  try {
    for (int64_t i; (i = next.fetch_add(1)) < count;)
      (*body)(i, worker);
  } catch (...) {
    next = count; // the others need not begin anything more
    std::lock_guard<std::mutex> lock(mutex);
    if (!thrown)
      thrown = std::current_exception();
  }
  currentPool = outerPool;
  currentWorker = outerWorker;
}

void ThreadPool::State::serve(int worker) {
  uint64_t seen = 0;
  for (;;) {
    {
      std::unique_lock<std::mutex> lock(mutex);
      wake.wait(lock, [&] { return stopping || generation != seen; });
      if (stopping)
        return;
      seen = generation;
    }
    drain(worker);
    std::lock_guard<std::mutex> lock(mutex);
    if (--busy == 0)
      done.notify_one();
  }
}

void ThreadPool::State::stop() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    stopping = true;
  }
  wake.notify_all();
  for (std::thread &thread : threads)
    thread.join();
}

ThreadPool::ThreadPool(int threads) : state(std::make_unique<State>()) {
  if (threads <= 0)
    threads = hardwareThreads();
  threads = std::min(threads, kMostThreads);
  try {
    for (int worker = 1; worker < threads; ++worker)
      state->threads.emplace_back(
          [s = state.get(), worker] { s->serve(worker); });
  } catch (const std::system_error &) {
    // The system gives no more: results do not depend on their number.
  } catch (...) {
    state->stop();
    throw;
  }
}

ThreadPool::~ThreadPool() { state->stop(); }

int ThreadPool::size() const {
  return static_cast<int>(state->threads.size()) + 1;
}

void ThreadPool::run(int64_t count,
                     const std::function<void(int64_t, int)> &body) {
  if (currentPool == state.get()) {
    for (int64_t i = 0; i < count; ++i)
      body(i, currentWorker);
    return;
  }
  std::lock_guard<std::mutex> oneLoop(state->loopMutex);
  {
    std::lock_guard<std::mutex> lock(state->mutex);
    state->body = &body;
    state->count = count;
    state->next = 0;
    state->busy = static_cast<int>(state->threads.size());
    ++state->generation;
  }
  state->wake.notify_all();
  state->drain(0);
  std::unique_lock<std::mutex> lock(state->mutex);
  state->done.wait(lock, [&] { return state->busy == 0; });
  if (std::exception_ptr thrown = std::exchange(state->thrown, nullptr))
    std::rethrow_exception(thrown);
}

Status
ThreadPool::runUntilFailure(int64_t count,
                            const std::function<Status(int64_t, int)> &body) {
  // Indices are handed out in order: when one fails, every lower one has been
  // started and will finish, so the lowest failure is always seen.
  std::atomic<bool> stop{false};
  std::mutex mutex;
  int64_t firstIndex = std::numeric_limits<int64_t>::max();
  Status first;
  run(count, [&](int64_t index, int worker) {
    if (stop.load()) {
      std::lock_guard<std::mutex> lock(mutex);
      if (index > firstIndex)
        return;
    }
    Status status = guarded([&] { return body(index, worker); });
    if (status)
      return;
    std::lock_guard<std::mutex> lock(mutex);
    stop.store(true);
    if (index < firstIndex) {
      firstIndex = index;
      first = status;
    }
  });
  return first;
}

Status parallelFor(int64_t count, int threads,
                   const std::function<Status(int64_t)> &body) {
  if (threads <= 0)
    threads = hardwareThreads();
  ThreadPool pool(static_cast<int>(
      std::min<int64_t>(threads, std::max<int64_t>(count, 1))));
  return pool.runUntilFailure(count,
                              [&](int64_t index, int) { return body(index); });
}

} // namespace qc
