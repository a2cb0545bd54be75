// What calibration keeps of one tensor: mergeable in any order, constant
// memory. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_STATISTICS_TENSORSTATISTICS_H
#define QC_STATISTICS_TENSORSTATISTICS_H

#include "qc/Statistics/ExactSum.h"
#include "qc/Statistics/Histogram.h"
#include "qc/Support/Tensor.h"

#include <limits>
#include <map>
#include <vector>

namespace qc {

struct StatisticsOptions {
  /// Off: extremes and means only (about a fifth of the time).
  bool histogram = true;
  /// Puts one block of 256 elements in so many into the histogram; 1 = all.
  /// Extremes and means stay exact. Which blocks depends only on position and
  /// sample index.
  int blockSampling = 1;
  /// Keeps every sample's extremes for the exponential moving average: the
  /// one method that depends on the order of samples, and the one thing whose
  /// memory grows with their number (about 60 bytes a sample).
  bool movingAverage = false;
  /// Also keep extremes and means per index of this axis; -1 = no.
  int channelAxis = -1;

  bool operator==(const StatisticsOptions &o) const {
    return histogram == o.histogram && blockSampling == o.blockSampling &&
           movingAverage == o.movingAverage && channelAxis == o.channelAxis;
  }
};

/// Count, extremes and sums of finite values. Sums are exact over samples
/// (within a sample: doubles added in an order fixed by element position), so
/// that shards, threads and sample order cannot change a byte.
struct Moments {
  uint64_t count = 0;
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  ExactSum sum;
  ExactSum sumOfSquares;

  void merge(const Moments &other);
  double mean() const;       ///< 0 if nothing was counted
  double meanSquare() const; ///< 0 if nothing was counted
};

/// Statistics of the samples of one parity (see TensorStatistics::half).
struct HalfStatistics {
  Moments moments;
  uint64_t samples = 0;
  uint64_t nanCount = 0;
  uint64_t infinityCount = 0;
  uint64_t negativeInfinityCount = 0; ///< among infinityCount
  ExactSum sampleMin; ///< sum over samples of each sample's smallest value
  ExactSum sampleMax;
  uint64_t samplesWithValues = 0; ///< samples that held a finite value
  Histogram histogram;

  void merge(const HalfStatistics &other);
};

class TensorStatistics {
public:
  explicit TensorStatistics(StatisticsOptions options = {})
      : settings(options) {}

  /// Adds one sample's values (f32; others are an error). `sampleIndex` is the
  /// sample's position in the data set; with a channel axis every tensor must
  /// have as many channels as the first. Not to be called on one object from
  /// two threads at once: give each thread its own and merge them.
  Status update(const Tensor &value, int64_t sampleIndex);
  /// The same for `count` values of a known layout [outer, channels, inner];
  /// channels is 1 when no channel axis is asked for.
  Status update(const float *values, int64_t outer, int64_t channels,
                int64_t inner, int64_t sampleIndex);

  /// Adds another's samples; an error if the options or channels differ, or if
  /// both hold the moving-average record of one sample.
  Status merge(const TensorStatistics &other);

  const StatisticsOptions &options() const { return settings; }
  uint64_t count() const;
  uint64_t samples() const { return halves[0].samples + halves[1].samples; }
  uint64_t nanCount() const { return halves[0].nanCount + halves[1].nanCount; }
  uint64_t infinityCount() const {
    return halves[0].infinityCount + halves[1].infinityCount;
  }
  uint64_t negativeInfinityCount() const {
    return halves[0].negativeInfinityCount + halves[1].negativeInfinityCount;
  }
  /// Extremes of the finite values; 0 and 0 if there were none.
  float min() const;
  float max() const;
  double mean() const { return moments().mean(); }
  double meanSquare() const { return moments().meanSquare(); }
  /// Of both halves.
  Moments moments() const;
  /// Mean over samples of each sample's extremes; 0 if there were none.
  double meanOfMin() const;
  double meanOfMax() const;
  /// Exponential moving average of the samples' extremes in order of sample
  /// index: m ← (1 - c) m + c x, starting at the first. An error without the
  /// movingAverage option.
  Result<std::pair<double, double>> movingAverage(double c = 0.01) const;

  /// Samples with even (0) and odd (1) index, apart: what was fitted on one
  /// half can be judged on the other.
  const HalfStatistics &half(int parity) const { return halves[parity]; }
  /// Both halves merged.
  HalfStatistics all() const;

  /// As if every value had been clamped to [low, high] before it was counted,
  /// infinities as well where the end is finite. Counts and extremes are exact;
  /// sums follow from the histogram's bins, or without one from the mean, and
  /// extremes by sample from their means. No statistics by channel.
  TensorStatistics clampedTo(float low, float high) const;

  /// Empty unless channelAxis was given.
  const std::vector<Moments> &channels() const { return perChannel; }

  /// Little-endian bytes; equal statistics give equal bytes.
  void serialize(std::string &into) const;
  /// Reads from the front of `bytes` and removes what it read.
  static Result<TensorStatistics> deserialize(std::string_view &bytes);

private:
  Status updateChannels(const float *values, int64_t outer, int64_t channels,
                        int64_t inner);

  StatisticsOptions settings;
  HalfStatistics halves[2];
  std::vector<Moments> perChannel;
  /// By sample index; only with movingAverage.
  std::map<int64_t, std::pair<float, float>> sampleExtremes;
};

} // namespace qc

#endif // QC_STATISTICS_TENSORSTATISTICS_H
