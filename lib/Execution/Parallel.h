// Loops over the threads that oneDNN uses.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels of our own run on the thread team of oneDNN's OpenMP runtime. With
// a team of their own, two sets of threads would spin on the same cores. The
// runtime is GNU's, which clang cannot target by pragmas, so its entry point
// is called as a pragma would.
#ifndef QC_LIB_EXECUTION_PARALLEL_H
#define QC_LIB_EXECUTION_PARALLEL_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include <cstdint>

namespace qc {

/// Calls `body(begin, end)` on pieces of [0, count), in parallel when there is
/// enough to do: `costPerItem` is the rough number of elements that an item
/// touches. Pieces are fixed by count and number of threads.
void parallelRanges(int64_t count, int64_t costPerItem,
                    llvm::function_ref<void(int64_t, int64_t)> body);

/// Sets the number of threads of this thread's parallel regions while it
/// lives.
class ThreadLimit {
public:
  explicit ThreadLimit(int threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit &) = delete;
  ThreadLimit &operator=(const ThreadLimit &) = delete;

private:
  int previous;
};

/// `requested`, or the number of processors when it is not positive; at most
/// kMostThreads.
int resolveThreads(int requested);

} // namespace qc

#endif // QC_LIB_EXECUTION_PARALLEL_H
