// Statistics are exact, mergeable in any order, and the same on every path.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/TensorStatistics.h"

#include "../../lib/Statistics/UpdateKernel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>

using namespace qc;

static constexpr float infinity = std::numeric_limits<float>::infinity();
static constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();

/// Values over many magnitudes, with zeros of both signs.
static std::vector<float> randomValues(std::mt19937 &random, size_t count) {
  std::normal_distribution<float> normal;
  std::uniform_int_distribution<int> exponent(-12, 12), kind(0, 9);
  std::vector<float> values(count);
  for (float &value : values) {
    int k = kind(random);
    value = k == 0 ? 0.0f
            : k == 1
                ? -0.0f
                : std::ldexp(normal(random), exponent(random) / (k % 3 + 1));
  }
  return values;
}

static std::string bytesOf(const TensorStatistics &statistics) {
  std::string bytes;
  statistics.serialize(bytes);
  return bytes;
}

static void add(TensorStatistics &statistics, const std::vector<float> &values,
                int64_t index) {
  ASSERT_TRUE(statistics.update(values.data(), 1, 1,
                                static_cast<int64_t>(values.size()), index));
}

TEST(TensorStatistics, KnownValues) {
  TensorStatistics statistics;
  add(statistics, {1, -2, 0.5f, 3}, 0);
  add(statistics, {-1, 1}, 1);
  EXPECT_EQ(statistics.count(), 6u);
  EXPECT_EQ(statistics.samples(), 2u);
  EXPECT_EQ(statistics.min(), -2);
  EXPECT_EQ(statistics.max(), 3);
  EXPECT_DOUBLE_EQ(statistics.mean(), 2.5 / 6);
  EXPECT_DOUBLE_EQ(statistics.meanSquare(), (1 + 4 + 0.25 + 9 + 1 + 1) / 6);
  EXPECT_DOUBLE_EQ(statistics.meanOfMin(), -1.5);
  EXPECT_DOUBLE_EQ(statistics.meanOfMax(), 2);
  EXPECT_EQ(statistics.half(0).moments.count, 4u);
  EXPECT_EQ(statistics.half(1).moments.count, 2u);
}

TEST(TensorStatistics, EmptyIsZeros) {
  TensorStatistics statistics;
  EXPECT_EQ(statistics.min(), 0);
  EXPECT_EQ(statistics.max(), 0);
  EXPECT_EQ(statistics.mean(), 0);
  EXPECT_EQ(statistics.meanOfMax(), 0);
  add(statistics, {}, 0);
  add(statistics, {notANumber, infinity, -infinity}, 1);
  EXPECT_EQ(statistics.count(), 0u);
  EXPECT_EQ(statistics.samples(), 2u);
  EXPECT_EQ(statistics.nanCount(), 1u);
  EXPECT_EQ(statistics.infinityCount(), 2u);
  EXPECT_EQ(statistics.negativeInfinityCount(), 1u);
  EXPECT_EQ(statistics.max(), 0);
}

TEST(TensorStatistics, ClampedAsIfTheValuesHadBeen) {
  TensorStatistics statistics, clamped;
  std::mt19937 random(11);
  for (int64_t sample = 0; sample < 4; ++sample) {
    std::vector<float> values = randomValues(random, 1000);
    values[5] = -3e38f;
    values[6] = -infinity;
    values[7] = infinity;
    add(statistics, values, sample);
    for (float &value : values)
      value = std::clamp(value, -0.5f, 2.0f);
    add(clamped, values, sample);
  }
  TensorStatistics found = statistics.clampedTo(-0.5f, 2.0f);
  EXPECT_EQ(found.count(), clamped.count());
  EXPECT_EQ(found.infinityCount(), 0u);
  EXPECT_EQ(found.min(), clamped.min());
  EXPECT_EQ(found.max(), clamped.max());
  EXPECT_EQ(found.all().histogram.total(), clamped.all().histogram.total());
  EXPECT_NEAR(found.mean(), clamped.mean(), 0.01);
  EXPECT_NEAR(found.meanSquare(), clamped.meanSquare(), 0.01);
  EXPECT_GE(found.meanOfMin(), -0.5);

  // An open end leaves its infinities.
  TensorStatistics open = statistics.clampedTo(-0.5f, infinity);
  EXPECT_EQ(open.infinityCount(), 4u);
  EXPECT_EQ(open.negativeInfinityCount(), 0u);
  EXPECT_EQ(open.max(), statistics.max());

  // Nothing but infinities.
  TensorStatistics all;
  add(all, {-infinity, -infinity}, 0);
  EXPECT_EQ(all.clampedTo(-100, infinity).min(), -100);
  EXPECT_EQ(all.clampedTo(-100, infinity).count(), 2u);
}

TEST(TensorStatistics, NonFiniteValuesAreCountedAndLeftOut) {
  std::mt19937 random(3);
  std::vector<float> values = randomValues(random, 1000), clean;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i == 3 || i == 700 || i == 999)
      values[i] = i == 3 ? notANumber : i == 700 ? infinity : -infinity;
    else
      clean.push_back(values[i]);
  }
  TensorStatistics statistics;
  add(statistics, values, 0);
  auto [least, most] = std::minmax_element(clean.begin(), clean.end());
  EXPECT_EQ(statistics.count(), 997u);
  EXPECT_EQ(statistics.nanCount(), 1u);
  EXPECT_EQ(statistics.infinityCount(), 2u);
  EXPECT_EQ(statistics.min(), *least);
  EXPECT_EQ(statistics.max(), *most);
  EXPECT_EQ(statistics.all().histogram.total(), 997u);
}

TEST(TensorStatistics, HistogramIsThatOfEachValue) {
  std::mt19937 random(5);
  std::vector<float> values = randomValues(random, 5001);
  values[17] = 1e-40f; // subnormal
  values[18] = std::numeric_limits<float>::max();
  values[19] = -std::numeric_limits<float>::min();
  TensorStatistics statistics;
  add(statistics, values, 0);
  Histogram expected;
  for (float value : values)
    expected.add(value);
  EXPECT_TRUE(statistics.all().histogram == expected);
}

TEST(TensorStatistics, AllVectorPathsGiveTheSameBytes) {
  std::mt19937 random(11);
  std::vector<VectorPath> paths = {VectorPath::Plain};
  if (bestVectorPath() != VectorPath::Plain)
    paths.push_back(VectorPath::Avx2);
  if (bestVectorPath() == VectorPath::Avx512)
    paths.push_back(VectorPath::Avx512);
  for (size_t count : {0, 1, 15, 16, 17, 255, 256, 257, 1000, 4096, 10007}) {
    std::vector<float> values = randomValues(random, count);
    if (count > 300)
      values[290] = notANumber;
    Moments first;
    Histogram firstHistogram;
    for (VectorPath path : paths) {
      SampleMoments sample;
      Histogram histogram;
      accumulate(values.data(), static_cast<int64_t>(count), sample, &histogram,
                 {}, path);
      Moments moments;
      sample.addTo(moments);
      if (path == VectorPath::Plain) {
        first = moments;
        firstHistogram = histogram;
        continue;
      }
      EXPECT_EQ(moments.count, first.count);
      EXPECT_EQ(std::memcmp(&moments.min, &first.min, 4), 0);
      EXPECT_EQ(std::memcmp(&moments.max, &first.max, 4), 0);
      EXPECT_EQ(moments.sum.canonical(), first.sum.canonical());
      EXPECT_EQ(moments.sumOfSquares.canonical(),
                first.sumOfSquares.canonical());
      EXPECT_TRUE(histogram == firstHistogram);
    }
  }
}

TEST(TensorStatistics, SampleOrderAndShardsDoNotChangeAByte) {
  std::mt19937 random(17);
  for (StatisticsOptions options :
       {StatisticsOptions{}, StatisticsOptions{true, 8, false, -1},
        StatisticsOptions{true, 1, true, 1}}) {
    std::vector<std::vector<float>> samples;
    for (int i = 0; i < 12; ++i)
      samples.push_back(randomValues(random, 3 * 700));
    auto update = [&](TensorStatistics &statistics, size_t i) {
      ASSERT_TRUE(statistics.update(samples[i].data(), 1, 3, 700,
                                    static_cast<int64_t>(i)));
    };
    TensorStatistics forward(options), backward(options);
    TensorStatistics shards[3] = {TensorStatistics(options),
                                  TensorStatistics(options),
                                  TensorStatistics(options)};
    for (size_t i = 0; i < samples.size(); ++i) {
      update(forward, i);
      update(backward, samples.size() - 1 - i);
      update(shards[i * 5 % 3], i);
    }
    TensorStatistics left = shards[0]; // (a + b) + c
    ASSERT_TRUE(left.merge(shards[1]));
    ASSERT_TRUE(left.merge(shards[2]));
    TensorStatistics tail = shards[2], right = shards[1]; // (b + (c + a))
    ASSERT_TRUE(tail.merge(shards[0]));
    ASSERT_TRUE(right.merge(tail));
    EXPECT_EQ(bytesOf(forward), bytesOf(backward));
    EXPECT_EQ(bytesOf(forward), bytesOf(left));
    EXPECT_EQ(bytesOf(forward), bytesOf(right));
  }
}

TEST(TensorStatistics, ThreadsDoNotChangeAByte) {
  std::mt19937 random(19);
  std::vector<std::vector<float>> samples;
  for (int i = 0; i < 16; ++i)
    samples.push_back(randomValues(random, 5000));
  std::string bytes;
  for (size_t threads : {1, 2, 5}) {
    std::vector<TensorStatistics> parts(threads);
    std::vector<std::thread> workers;
    for (size_t t = 0; t < threads; ++t)
      workers.emplace_back([&, t] {
        for (size_t i = t; i < samples.size(); i += threads)
          add(parts[t], samples[i], static_cast<int64_t>(i));
      });
    for (std::thread &worker : workers)
      worker.join();
    for (size_t t = 1; t < threads; ++t)
      ASSERT_TRUE(parts[0].merge(parts[t]));
    if (bytes.empty())
      bytes = bytesOf(parts[0]);
    EXPECT_EQ(bytesOf(parts[0]), bytes);
  }
}

TEST(TensorStatistics, BlockSamplingKeepsExtremesExact) {
  std::mt19937 random(23);
  std::vector<float> values = randomValues(random, 100000);
  StatisticsOptions options;
  options.blockSampling = 8;
  TensorStatistics sampled(options), full;
  for (int i = 0; i < 8; ++i) {
    add(sampled, values, i);
    add(full, values, i);
  }
  EXPECT_EQ(sampled.min(), full.min());
  EXPECT_EQ(sampled.mean(), full.mean());
  // Eight samples of the same values: every block had its turn once.
  EXPECT_EQ(sampled.all().histogram.total(), values.size());
  TensorStatistics small(options);
  add(small, randomValues(random, 1000), 0);
  EXPECT_EQ(small.all().histogram.total(), 1000u);
  EXPECT_FALSE(sampled.merge(full));
}

TEST(TensorStatistics, Channels) {
  StatisticsOptions options;
  options.channelAxis = 1;
  TensorStatistics nchw(options);
  Tensor tensor = Tensor::fromVector<float>(
      {1, 2, 3, 4, -1, -2, -3, -4, 5, 6, 7, 8, 0, 0, 0, -9}, {2, 2, 4});
  ASSERT_TRUE(nchw.update(tensor, 0));
  ASSERT_EQ(nchw.channels().size(), 2u);
  EXPECT_EQ(nchw.channels()[0].min, 1);
  EXPECT_EQ(nchw.channels()[0].max, 8);
  EXPECT_EQ(nchw.channels()[0].mean(), 4.5);
  EXPECT_EQ(nchw.channels()[1].min, -9);
  EXPECT_EQ(nchw.channels()[1].max, 0);
  EXPECT_EQ(nchw.max(), 8);
  EXPECT_FALSE(nchw.update(Tensor::zeros(DType::F32, {1, 3, 4}), 1));
  EXPECT_FALSE(nchw.update(Tensor::zeros(DType::F32, {4}), 1));
  EXPECT_FALSE(nchw.update(Tensor::zeros(DType::I8, {2, 2, 4}), 1));

  // The same values with channels last give the same extremes and means.
  options.channelAxis = 2;
  TensorStatistics last(options);
  ASSERT_TRUE(last.update(
      Tensor::fromVector<float>(
          {1, -1, 2, -2, 3, -3, 4, -4, 5, 0, 6, 0, 7, 0, 8, -9}, {2, 4, 2}),
      0));
  EXPECT_EQ(last.channels()[1].min, -9);
  EXPECT_EQ(last.channels()[0].mean(), 4.5);
}

TEST(TensorStatistics, MovingAverageGoesByIndex) {
  StatisticsOptions options;
  options.movingAverage = true;
  TensorStatistics statistics(options);
  add(statistics, {4, 0}, 1); // out of order
  add(statistics, {2, -1}, 0);
  auto average = statistics.movingAverage(0.5);
  ASSERT_TRUE(average);
  EXPECT_DOUBLE_EQ(average->second, 3);
  EXPECT_DOUBLE_EQ(average->first, -0.5);
  EXPECT_FALSE(TensorStatistics().movingAverage());
  TensorStatistics other(options);
  add(other, {1}, 1);
  EXPECT_FALSE(statistics.merge(other));
}
