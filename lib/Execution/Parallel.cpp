// Parallel loops on the GNU OpenMP runtime.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Parallel.h"
#include "qc/Support/ThreadPool.h"

#include <algorithm>
#include <thread>

// From the ABI of libgomp, stable since GCC 4.9.
extern "C" {
void GOMP_parallel(void (*body)(void *), void *data, unsigned threads,
                   unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
int omp_get_max_threads(void);
void omp_set_num_threads(int threads);
}

namespace qc {

namespace {
struct Task {
  int64_t count;
  llvm::function_ref<void(int64_t, int64_t)> body;
};
} // namespace

static void runPiece(void *data) {
  auto *task = static_cast<Task *>(data);
  int64_t threads = omp_get_num_threads(), thread = omp_get_thread_num();
  int64_t begin = task->count * thread / threads;
  int64_t end = task->count * (thread + 1) / threads;
  if (begin < end)
    task->body(begin, end);
}

void parallelRanges(int64_t count, int64_t costPerItem,
                    llvm::function_ref<void(int64_t, int64_t)> body) {
  // Below this many elements a thread costs more than it brings.
  constexpr int64_t elementsPerThread = 8192;
  int64_t useful =
      count * std::max<int64_t>(costPerItem, 1) / elementsPerThread;
  int64_t threads =
      std::min<int64_t>({useful, count, int64_t(omp_get_max_threads())});
  if (threads <= 1) {
    if (count > 0)
      body(0, count);
    return;
  }
  Task task{count, body};
  GOMP_parallel(runPiece, &task, unsigned(threads), 0);
}

ThreadLimit::ThreadLimit(int threads) : previous(omp_get_max_threads()) {
  omp_set_num_threads(threads);
}

ThreadLimit::~ThreadLimit() { omp_set_num_threads(previous); }

int resolveThreads(int requested) {
  if (requested <= 0)
    requested = int(std::thread::hardware_concurrency());
  return std::clamp(requested, 1, kMostThreads);
}

} // namespace qc
