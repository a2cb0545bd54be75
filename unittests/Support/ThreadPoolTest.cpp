// Parallel loops run everything once and fail the same way on any thread count.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/ThreadPool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

using namespace qc;

TEST(ThreadPool, EachIndexOnce) {
  for (int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.size(), threads);
    for (int64_t count : {0, 1, 2, 1000}) {
      std::vector<std::atomic<int>> seen(static_cast<size_t>(count));
      std::atomic<bool> workerInRange{true};
      pool.run(count, [&](int64_t i, int worker) {
        ++seen[static_cast<size_t>(i)];
        if (worker < 0 || worker >= threads)
          workerInRange = false;
      });
      for (auto &times : seen)
        EXPECT_EQ(times, 1);
      EXPECT_TRUE(workerInRange);
    }
  }
}

TEST(ThreadPool, NestedLoopsRunSerially) {
  ThreadPool pool(3);
  std::atomic<int> total{0};
  std::atomic<bool> sameWorker{true};
  pool.run(10, [&](int64_t, int outer) {
    pool.run(10, [&](int64_t, int inner) {
      ++total;
      if (inner != outer)
        sameWorker = false;
    });
  });
  EXPECT_EQ(total, 100);
  EXPECT_TRUE(sameWorker);
}

TEST(ThreadPool, TheLowestFailureWins) {
  for (int threads : {1, 2, 4})
    for (int repeat = 0; repeat < 50; ++repeat) {
      Status status = parallelFor(200, threads, [](int64_t i) -> Status {
        return i % 7 == 6 ? error("item ", i) : ok();
      });
      EXPECT_EQ(status.message(), "item 6");
    }
  EXPECT_TRUE(parallelFor(5, 0, [](int64_t) { return ok(); }));
}
