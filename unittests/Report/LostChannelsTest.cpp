// Channels of unlike ranges under one scale.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/LostChannels.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace qc;

namespace {

/// [1, channels, positions] whose channel c has values of up to range(c).
template <typename Range>
Tensor makeTensor(int64_t channels, int64_t positions, Range range) {
  Tensor tensor(DType::F32, {1, channels, positions});
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t i = 0; i < positions; ++i)
      tensor.data<float>()[c * positions + i] =
          range(c) * (0.5 + 0.5 * std::sin(1 + i * 0.7 + c));
  return tensor;
}

Tensor store(const Tensor &values, double step) {
  Tensor stored = values.clone();
  for (int64_t i = 0; i < values.numElements(); ++i)
    stored.data<float>()[i] =
        std::nearbyint(values.data<float>()[i] / step) * step;
  return stored;
}

std::optional<LostChannels> findLost(const Tensor &values, double step) {
  ChannelWatch watch;
  watch.add(values, store(values, step));
  return watch.find(step);
}

} // namespace

TEST(LostChannels, ScoresBesidePixels) {
  Tensor head = makeTensor(12, 64, [](int64_t c) { return c < 4 ? 300 : 0.9; });
  auto lost = findLost(head, 300.0 / 255);
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->axis, 1);
  EXPECT_EQ(lost->describe(), "channels 4..11 of 12");
  EXPECT_LT(lost->error.sqnr, 10);
  EXPECT_LT(lost->steps, 1);
  EXPECT_NEAR(lost->widest, 255, 10);
  // With 16 bits they are well.
  EXPECT_FALSE(findLost(head, 300.0 / 65535));
}

TEST(LostChannels, TheLastDimensionIsSeenToo) {
  Tensor head(DType::F32, {1, 40, 5});
  for (int64_t i = 0; i < head.numElements(); ++i)
    head.data<float>()[i] = (i % 5 == 2 ? 0.5 : 200) * std::abs(std::sin(i));
  auto lost = findLost(head, 200.0 / 255);
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->axis, 2);
  EXPECT_EQ(lost->describe(), "channel 2 of 5");
}

TEST(LostChannels, LikeRangesAreFine) {
  EXPECT_FALSE(
      findLost(makeTensor(12, 64, [](int64_t) { return 3; }), 3. / 255));
  EXPECT_FALSE(findLost(
      makeTensor(12, 64, [](int64_t c) { return c ? 10 : 1; }), 10. / 255));
  // A channel of zeros has nothing to lose.
  EXPECT_FALSE(findLost(
      makeTensor(12, 64, [](int64_t c) { return c ? 10 : 0; }), 10. / 255));
}

TEST(LostChannels, AFewValuesSayNothing) {
  Tensor vector = makeTensor(8, 1, [](int64_t c) { return c ? 100 : 0.1; });
  ChannelWatch watch;
  for (int i = 0; i < 4; ++i)
    watch.add(vector, store(vector, 0.5));
  EXPECT_FALSE(watch.isSure());
  EXPECT_FALSE(watch.find(0.5));
}

TEST(LostChannels, RunsAreWritten) {
  LostChannels lost;
  lost.count = 30;
  lost.channels = {0, 2, 3, 4, 9};
  EXPECT_EQ(lost.describe(), "channels 0, 2..4, 9 of 30");
  lost.channels = {0, 2, 4, 6, 8, 10};
  EXPECT_EQ(lost.describe(), "channels 0, 2, 4, 6, ... of 30");
}
