// Sizes that no machine has are errors, and running out of memory says so.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Memory.h"
#include "qc/Support/ThreadPool.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <thread>

using namespace qc;

TEST(Memory, ImpossibleSizesAreErrors) {
  EXPECT_TRUE(checkMemory(1000, "x"));
  EXPECT_GT(getMemoryLimit(), uint64_t{1} << 20);
  EXPECT_EQ(checkMemory(uint64_t{1} << 60, "the arena").message(),
            "the arena takes 1152921504606846976 bytes, more than the " +
                std::to_string(getMemoryLimit()) + " bytes of memory here");
}

TEST(Memory, ExceptionsBecomeFailures) {
  EXPECT_TRUE(guarded([] { return ok(); }));
  EXPECT_EQ(guarded([] { return error("x"); }).message(), "x");
  EXPECT_EQ(guarded([]() -> Status { throw std::bad_alloc(); }).message(),
            "not enough memory");
  EXPECT_EQ(
      guarded([]() -> Status { throw std::runtime_error("why"); }).message(),
      "why");
}

TEST(Memory, ThreadsHandExceptionsOn) {
  for (int threads : {1, 4}) {
    ThreadPool pool(threads);
    EXPECT_THROW(pool.run(100,
                          [](int64_t i, int) {
                            if (i == 7)
                              throw std::bad_alloc();
                          }),
                 std::bad_alloc);
    // It goes on working.
    EXPECT_TRUE(pool.runUntilFailure(100, [](int64_t, int) { return ok(); }));
    EXPECT_EQ(pool.runUntilFailure(100,
                                   [](int64_t i, int) -> Status {
                                     if (i >= 7)
                                       throw std::bad_alloc();
                                     return ok();
                                   })
                  .message(),
              "not enough memory");
  }
}

TEST(Memory, WhatNobodyCatchesIsAMessage) {
  auto inThread = [](auto action) {
    reportExceptionsAtExit();
    std::thread(action).join();
  };
  EXPECT_EXIT(inThread([] { throw std::bad_alloc(); }),
              testing::ExitedWithCode(1), "^error: not enough memory\n$");
  EXPECT_EXIT(inThread([] { throw std::runtime_error("the reason"); }),
              testing::ExitedWithCode(1), "^error: the reason\n$");
}

TEST(Memory, ManyThreadsAreFewer) {
  ThreadPool pool(100000);
  EXPECT_EQ(pool.size(), kMostThreads);
}
