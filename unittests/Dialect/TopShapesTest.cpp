// The shape arithmetic of top against counting by hand.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/TopTypes.h"

#include "gtest/gtest.h"

#include <limits>

using namespace qc::top;

namespace {

struct Window {
  int64_t size, kernel, stride, dilation, begin, end;
  bool ceil;
};

/// Calls `check` with every window of small numbers.
template <typename Fn> void forEachWindow(Fn check) {
  for (int64_t size = 1; size <= 6; ++size)
    for (int64_t kernel = 1; kernel <= 4; ++kernel)
      for (int64_t stride = 1; stride <= 3; ++stride)
        for (int64_t dilation = 1; dilation <= 3; ++dilation)
          for (int64_t begin = 0; begin <= 4; ++begin)
            for (int64_t end = 0; end <= 4; ++end)
              for (bool ceil : {false, true})
                check(Window{size, kernel, stride, dilation, begin, end, ceil});
}

/// Starts of the windows, relative to the input: those that fit into the
/// padded input; with `ceil` also the next, when it hangs over the end and
/// starts before the end padding.
std::vector<int64_t> listStarts(const Window &w) {
  std::vector<int64_t> starts;
  int64_t span = w.dilation * (w.kernel - 1);
  int64_t start = -w.begin;
  for (; start + span < w.size + w.end; start += w.stride)
    starts.push_back(start);
  bool reachesEnd =
      !starts.empty() && starts.back() + span == w.size + w.end - 1;
  if (w.ceil && !starts.empty() && !reachesEnd && start < w.size)
    starts.push_back(start);
  return starts;
}

TEST(WindowTest, CountsAsListed) {
  forEachWindow([](const Window &w) {
    std::optional<int64_t> count = getWindowCount(
        w.size, w.kernel, w.stride, w.dilation, w.begin, w.end, w.ceil);
    EXPECT_EQ(count.value_or(0), int64_t(listStarts(w).size()))
        << w.size << " " << w.kernel << " " << w.stride << " " << w.dilation
        << " " << w.begin << " " << w.end << " " << w.ceil;
  });
}

TEST(WindowTest, FindsWindowsOfPaddingAlone) {
  forEachWindow([](const Window &w) {
    std::vector<int64_t> starts = listStarts(w);
    if (starts.empty())
      return;
    bool expected = false;
    for (int64_t start : starts) {
      bool inside = false;
      for (int64_t i = 0; i < w.kernel; ++i) {
        int64_t at = start + i * w.dilation;
        inside |= at >= 0 && at < w.size;
      }
      expected |= !inside;
    }
    EXPECT_EQ(hasEmptyWindow(w.size, w.kernel, w.stride, w.dilation, w.begin,
                             starts.size()),
              expected);
  });
}

TEST(WindowTest, LargestNumbersStayInside64Bits) {
  EXPECT_EQ(getWindowCount(kMaxDimension, 1, 1, kMaxDimension, kMaxDimension,
                           kMaxDimension),
            3 * kMaxDimension);
  EXPECT_EQ(getWindowCount(1, kMaxDimension, 1, kMaxDimension, 0, 0),
            std::nullopt);
}

TEST(BroadcastTest, FollowsNumpy) {
  EXPECT_EQ(broadcastShapes({2, 1, 4}, {3, 1}),
            (llvm::SmallVector<int64_t>{2, 3, 4}));
  EXPECT_EQ(broadcastShapes({}, {5}), (llvm::SmallVector<int64_t>{5}));
  EXPECT_EQ(broadcastShapes({2}, {3}), std::nullopt);
}

TEST(CountTest, Saturates) {
  EXPECT_EQ(multiplySaturating(3, 5), 15);
  EXPECT_EQ(multiplySaturating(kMaxElements, kMaxElements),
            std::numeric_limits<int64_t>::max());
}

} // namespace
