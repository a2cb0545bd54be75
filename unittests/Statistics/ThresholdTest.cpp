// Threshold methods against their definitions, naive searches and known values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/ThresholdAlgorithms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace qc;

static TensorStatistics statisticsOf(const std::vector<float> &values,
                                     int samples = 2,
                                     StatisticsOptions options = {}) {
  TensorStatistics statistics(options);
  size_t part = values.size() / static_cast<size_t>(samples);
  for (int i = 0; i < samples; ++i)
    EXPECT_TRUE(statistics.update(values.data() + static_cast<size_t>(i) * part,
                                  1, 1, static_cast<int64_t>(part), i));
  return statistics;
}

static std::vector<float> gaussian(size_t count, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float &value : values)
    value = normal(random);
  return values;
}

static std::vector<float> laplacian(size_t count, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::exponential_distribution<float> exponential;
  std::vector<float> values(count);
  for (float &value : values)
    value = exponential(random) * (random() & 1 ? 1 : -1);
  return values;
}

static ThresholdChoice choose(const std::string &method,
                              const TensorStatistics &statistics,
                              ThresholdRequest request = {}) {
  auto created = builtinThresholds().create(method);
  EXPECT_TRUE(created) << created.message();
  if (!created)
    return {};
  Result<ThresholdChoice> choice = (*created)->choose(statistics, request);
  EXPECT_TRUE(choice) << choice.message();
  return choice ? *choice : ThresholdChoice();
}

static constexpr ThresholdRequest symmetric{8, true, false};
static constexpr ThresholdRequest asymmetric{8, false, false};

/// What quantizing does to the values themselves.
static double trueError(const std::vector<float> &values, Range range,
                        int steps) {
  double scale = (range.max - range.min) / steps, sum = 0;
  range.min = std::nearbyint(range.min / scale) * scale;
  range.max = range.min + steps * scale;
  for (float value : values) {
    double inside = std::clamp<double>(value, range.min, range.max);
    double error = value - std::nearbyint(inside / scale) * scale;
    sum += error * error;
  }
  return sum / static_cast<double>(values.size());
}

//===----------------------------------------------------------------------===//
// Registry and fitting to a scheme
//===----------------------------------------------------------------------===//

TEST(ThresholdRegistry, UnknownNamesListTheKnown) {
  std::string message = builtinThresholds().create("entropy").message();
  for (const char *name : {"minmax", "mean", "ema", "percentile=P", "kl", "mse",
                           "octav", "aciq=gaussian|laplace", "auto", "max"})
    EXPECT_NE(message.find(name), std::string::npos) << message;
  EXPECT_NE(builtinThresholds().create("mxe").message().find("did you mean"),
            std::string::npos);
  EXPECT_EQ(builtinThresholds().create("kl=3").message(),
            "threshold method 'kl' takes no argument, found '3'");
  EXPECT_FALSE(builtinThresholds().create("percentile"));
  EXPECT_FALSE(builtinThresholds().create("percentile=0.3"));
  EXPECT_FALSE(builtinThresholds().create("percentile=x"));
  EXPECT_FALSE(builtinThresholds().create("aciq=cauchy"));
}

TEST(Threshold, EveryMethodGivesARangeThatFitsTheScheme) {
  StatisticsOptions options;
  options.movingAverage = true;
  std::vector<std::vector<float>> tensors = {
      gaussian(4000), laplacian(4000), {},
      {0, 0},         {-1, -2},        {3, 3},
      {1e-40f, 0},    {1e30f, -1e30f}, {3e38f, -3e38f}};
  tensors.push_back(gaussian(4000));
  for (float &value : tensors.back())
    value = std::max(value, 0.0f);
  tensors.push_back(gaussian(4000));
  for (float &value : tensors.back())
    value = value - 100;
  for (const auto &[name, entry] : builtinThresholds().methods())
    for (const std::vector<float> &tensor : tensors) {
      std::string spec = name == "percentile" ? "percentile=0.999" : name;
      TensorStatistics statistics = statisticsOf(tensor, 2, options);
      for (int bits : {4, 8, 16})
        for (bool isSymmetric : {false, true})
          for (bool isUnsigned : {false, true}) {
            if (!tensor.empty() && tensor[0] > 1e38f)
              continue; // the width of the range overflows: an error
            ThresholdChoice choice =
                choose(spec, statistics, {bits, isSymmetric, isUnsigned});
            EXPECT_LE(choice.min, 0) << spec;
            EXPECT_GE(choice.max, 0) << spec;
            EXPECT_LT(choice.min, choice.max) << spec << " " << choice.why;
            EXPECT_FALSE(choice.why.empty());
            if (isUnsigned) {
              EXPECT_EQ(choice.min, 0) << spec;
            } else if (isSymmetric) {
              EXPECT_EQ(choice.min, -choice.max) << spec;
            }
          }
    }
}

TEST(Threshold, MissingStatisticsAreAnError) {
  StatisticsOptions options;
  options.histogram = false;
  TensorStatistics statistics = statisticsOf(gaussian(100), 2, options);
  for (const char *name : {"kl", "mse", "octav", "percentile=0.99", "auto"})
    EXPECT_FALSE((*builtinThresholds().create(name))->choose(statistics, {}))
        << name;
  EXPECT_TRUE((*builtinThresholds().create("minmax"))->choose(statistics, {}));
  EXPECT_FALSE((*builtinThresholds().create("ema"))->choose(statistics, {}));
}

TEST(Threshold, Extremes) {
  StatisticsOptions options;
  options.movingAverage = true;
  TensorStatistics statistics = statisticsOf({-1, 2, -3, 1}, 2, options);
  EXPECT_EQ(choose("minmax", statistics).min, -3);
  EXPECT_EQ(choose("max", statistics, symmetric).max, 3);
  EXPECT_EQ(choose("mean", statistics).min, -2);
  EXPECT_EQ(choose("mean", statistics).max, 1.5f);
  EXPECT_FLOAT_EQ(choose("ema", statistics).min, -1.02f);
}

//===----------------------------------------------------------------------===//
// percentile
//===----------------------------------------------------------------------===//

TEST(Percentile, AgreesWithSortedValues) {
  std::vector<float> values = gaussian(100000);
  TensorStatistics statistics = statisticsOf(values);
  std::sort(values.begin(), values.end());
  for (double p : {0.99, 0.999, 0.9999}) {
    std::string spec = "percentile=" + std::to_string(p);
    ThresholdChoice two = choose(spec, statistics, asymmetric);
    auto at = [&](double q) {
      return values[static_cast<size_t>(q *
                                        static_cast<double>(values.size()))];
    };
    EXPECT_NEAR(two.max, at(p), 0.016 * std::fabs(two.max) + 0.02) << p;
    EXPECT_NEAR(two.min, at(1 - p), 0.016 * std::fabs(two.min) + 0.02) << p;
    EXPECT_GT(choose(spec, statistics, symmetric).max, two.max);
  }
  EXPECT_EQ(choose("percentile=1", statistics).max, values.back());
  EXPECT_EQ(choose("percentile=99.9", statistics).max,
            choose("percentile=0.999", statistics).max);
}

//===----------------------------------------------------------------------===//
// kl
//===----------------------------------------------------------------------===//

/// The definition, word by word.
static int naiveKl(const std::vector<double> &linear, int levels) {
  int best = static_cast<int>(linear.size());
  double least = std::numeric_limits<double>::infinity();
  for (size_t i = static_cast<size_t>(levels); i <= linear.size(); ++i) {
    std::vector<double> p(linear.begin(),
                          linear.begin() + static_cast<int64_t>(i));
    std::vector<double> q(i, 0.0), sliced = p;
    for (size_t k = i; k < linear.size(); ++k)
      p[i - 1] += linear[k];
    for (int j = 0; j < levels; ++j) {
      size_t begin = static_cast<size_t>(j) * i / static_cast<size_t>(levels);
      size_t end = static_cast<size_t>(j + 1) * i / static_cast<size_t>(levels);
      double sum = 0, used = 0;
      for (size_t k = begin; k < end; ++k) {
        sum += sliced[k];
        used += p[k] > 0;
      }
      for (size_t k = begin; k < end; ++k)
        q[k] = p[k] > 0 ? sum / used : 0;
    }
    double sumP = 0, sumQ = 0, divergence = 0;
    for (size_t k = 0; k < i; ++k) {
      sumP += p[k];
      sumQ += q[k];
    }
    for (size_t k = 0; k < i; ++k)
      if (p[k] > 0)
        divergence += q[k] > 0
                          ? p[k] / sumP * std::log(p[k] / sumP / (q[k] / sumQ))
                          : std::numeric_limits<double>::infinity();
    if (divergence < least) {
      least = divergence;
      best = static_cast<int>(i);
    }
  }
  return best;
}

TEST(Kl, PicksTheBinOfTheNaiveSearch) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    std::vector<float> values =
        seed % 2 ? gaussian(20000, seed) : laplacian(20000, seed);
    if (seed > 4)
      for (float &value : values) // gaps and an outlier
        value = std::round(value * 8) / 8;
    values[7] = seed * 6.0f;
    TensorStatistics statistics = statisticsOf(values);
    double absMax = std::max(-statistics.min(), statistics.max());
    std::vector<double> linear = linearBins(
        magnitudeBins(statistics.all().histogram, absMax), absMax, 2048);
    EXPECT_EQ(klBestCount(linear, 128), naiveKl(linear, 128)) << seed;
    float t = choose("kl", statistics, symmetric).max;
    EXPECT_FLOAT_EQ(t, static_cast<float>((klBestCount(linear, 128) + 0.5) *
                                          absMax / 2048));
  }
}

TEST(Kl, LinearBinsKeepTheMass) {
  TensorStatistics statistics = statisticsOf(laplacian(5000));
  double absMax = std::max(-statistics.min(), statistics.max());
  std::vector<double> linear = linearBins(
      magnitudeBins(statistics.all().histogram, absMax), absMax, 2048);
  double sum = 0;
  for (double bin : linear)
    sum += bin;
  EXPECT_NEAR(sum, 5000, 1e-6);
}

//===----------------------------------------------------------------------===//
// mse
//===----------------------------------------------------------------------===//

TEST(Mse, ErrorOfTheHistogramIsThatOfTheValues) {
  for (auto values : {gaussian(200000), laplacian(200000)}) {
    TensorStatistics statistics = statisticsOf(values);
    QuantizationError error(signedBins(statistics.all().histogram,
                                       statistics.min(), statistics.max()),
                            255);
    for (Range range : {Range{-3, 3}, Range{-1, 2}, Range{-8, 5},
                        Range{statistics.min(), statistics.max()}}) {
      double expected = trueError(values, range, 255);
      EXPECT_NEAR(error(range), expected, 0.01 * expected);
    }
  }
}

TEST(Mse, NoCandidateOfADenseGridIsMuchBetter) {
  std::vector<float> values = laplacian(100000);
  for (float &value : values)
    if (value < 0)
      value *= 0.3f;
  TensorStatistics statistics = statisticsOf(values);
  for (ThresholdRequest request :
       {symmetric, asymmetric, ThresholdRequest{4}}) {
    ThresholdChoice choice = choose("mse", statistics, request);
    int steps = stepCount(request);
    double found = trueError(values, {choice.min, choice.max}, steps);
    for (int i = 1; i <= 20; ++i)
      for (int j = 1; j <= 20; ++j) {
        Range range{statistics.min() * i / 20, statistics.max() * j / 20};
        if (request.symmetric)
          range.min = -range.max;
        EXPECT_LE(found, trueError(values, range, steps) * 1.01);
      }
  }
}

TEST(Mse, AnOutlierIsClippedAndAUniformTensorIsNot) {
  std::vector<float> values = gaussian(100000);
  values[5] = 60;
  // At 4 bits: at 8 bits one outlier in 100000 is worth its range.
  EXPECT_LT(choose("mse", statisticsOf(values), {4, false, false}).max, 20);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i % 1000) / 999;
  EXPECT_GT(choose("mse", statisticsOf(values)).max, 0.98f);
}

/// The range of the power of two that is not below the scale of [-t, t].
static Range roundUp(float t) {
  double scale = std::exp2(std::ceil(std::log2(t / 127.0)));
  return {-127 * scale, 127 * scale};
}

TEST(Mse, PowersOfTwoAreTakenFromTheSideThatLosesLess) {
  ThresholdRequest request = symmetric;
  request.powerOfTwo = true;
  bool goesDown = false;
  std::vector<float> values = laplacian(100000);
  for (int i = 0; i < 16; ++i) {
    TensorStatistics statistics = statisticsOf(values);
    Range range = roundUp(choose("mse", statistics, request).max);
    double found = trueError(values, range, 254);
    for (double factor : {0.5, 2.0})
      EXPECT_LE(found,
                1.01 * trueError(values,
                                 {range.min * factor, range.max * factor}, 254))
          << i;
    goesDown |= range.max < choose("mse", statistics, symmetric).max;
    for (float &value : values)
      value *= std::exp2(1.0f / 16);
  }
  EXPECT_TRUE(goesDown) << "no case in which cutting is better";
}

//===----------------------------------------------------------------------===//
// octav and aciq
//===----------------------------------------------------------------------===//

TEST(Octav, IsNearTheMseOptimum) {
  std::vector<float> values = gaussian(200000);
  TensorStatistics statistics = statisticsOf(values);
  for (int bits : {4, 6, 8}) {
    ThresholdRequest request{bits, true, false};
    float octav = choose("octav", statistics, request).max;
    double error = trueError(values, {-octav, octav}, stepCount(request));
    float mse = choose("mse", statistics, request).max;
    double best = trueError(values, {-mse, mse}, stepCount(request));
    EXPECT_LT(error, best * 1.08) << bits;
  }
}

TEST(Aciq, KnownRatios) {
  // The tables that the paper's authors publish, bits 2 to 8.
  double gauss[] = {1.71063519, 2.15159277, 2.55913646, 2.93620062,
                    3.28691474, 3.6151146,  3.92403714};
  double laplace[] = {2.83068299, 3.89722946, 5.02864014, 6.20476633,
                      7.41312622, 8.64561995, 9.89675982};
  for (int bits = 2; bits <= 8; ++bits) {
    EXPECT_NEAR(aciqGaussianRatio(bits), gauss[bits - 2], 1e-3) << bits;
    EXPECT_NEAR(aciqLaplaceRatio(bits), laplace[bits - 2], 1e-3) << bits;
  }
}

TEST(Aciq, ScalesWithTheData) {
  std::vector<float> values = laplacian(100000);
  for (float &value : values)
    value *= 3;
  ThresholdChoice choice =
      choose("aciq=laplace", statisticsOf(values), {4, true, false});
  EXPECT_NEAR(choice.max, 3 * 5.0286, 0.3);
}

//===----------------------------------------------------------------------===//
// auto
//===----------------------------------------------------------------------===//

TEST(Auto, ClipsARareOutlierButNotARegularExtreme) {
  std::vector<float> values = gaussian(100000);
  values[100] = 60;
  ThresholdChoice clipped =
      choose("auto", statisticsOf(values), {4, false, false});
  EXPECT_LT(clipped.max, 20);
  EXPECT_NE(clipped.why.find("mse with headroom, clips"), std::string::npos)
      << clipped.why;
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i % 1000) / 999 - 0.5f;
  ThresholdChoice whole = choose("auto", statisticsOf(values));
  EXPECT_EQ(whole.max, 0.5f);
  EXPECT_NE(whole.why.find("extremes"), std::string::npos);
}

TEST(Auto, HeadroomIsBoundedByTheExtremes) {
  std::vector<float> values = laplacian(200000);
  TensorStatistics statistics = statisticsOf(values);
  ThresholdRequest request{4, false, false};
  float tight = choose("auto=1", statistics, request).max;
  EXPECT_NEAR(choose("auto=1.2", statistics, request).max, tight * 1.2f,
              1e-5f * tight);
  EXPECT_LE(choose("auto=4", statistics).max, statistics.max());
  EXPECT_FALSE(builtinThresholds().create("auto=0.5"));
  EXPECT_FALSE(builtinThresholds().create("auto=x"));
}

TEST(Auto, OneSampleIsEnough) {
  std::vector<float> values = gaussian(1000);
  values[100] = 60;
  TensorStatistics statistics = statisticsOf(values, 1);
  ThresholdChoice choice = choose("auto", statistics);
  EXPECT_GT(choice.max, 0);
}
