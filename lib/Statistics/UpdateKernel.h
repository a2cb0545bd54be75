// The hot loop of calibration: extremes, sums and histogram keys of a run of
// floats, in vectors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_STATISTICS_UPDATEKERNEL_H
#define QC_LIB_STATISTICS_UPDATEKERNEL_H

#include "VectorPath.h"
#include "qc/Statistics/Histogram.h"
#include "qc/Statistics/TensorStatistics.h"

#include <cstdint>

namespace qc {

/// Sums of one sample's values. Element i of the run belongs to lane i mod 16,
/// whatever the vector width, and lanes are added up in a fixed order: that is
/// what makes every path give the same bytes.
struct SampleMoments {
  static constexpr int laneCount = 16;
  alignas(64) float min[laneCount];
  alignas(64) float max[laneCount];
  alignas(64) double sum[laneCount];
  alignas(64) double sumOfSquares[laneCount];
  uint64_t nanCount = 0;
  uint64_t infinityCount = 0;
  uint64_t negativeInfinityCount = 0; ///< among infinityCount
  uint64_t finiteCount = 0;

  SampleMoments();
  /// Adds the element with that position in the run.
  void addOne(float value, uint64_t position);
  /// Over all lanes; -0 becomes 0.
  float smallest() const;
  float largest() const;
  double total() const;
  double totalOfSquares() const;
  void addTo(Moments &moments) const;
};

/// Counts by histogram bin for one tensor. Four tables take turns, so that a
/// run of equal values does not wait for its own store; they are interleaved to
/// stay in few cache lines.
class HistogramScratch {
public:
  /// The scratch of the calling thread, 512 KiB, empty between uses.
  static HistogramScratch &ofThread();

  void add(const uint16_t *keys, int64_t count);
  /// Moves all counts to `histogram`; magnitudes seen lie between the two
  /// given bit patterns.
  void flush(Histogram &histogram, uint32_t leastMagnitude,
             uint32_t mostMagnitude);

private:
  HistogramScratch();
  static constexpr size_t keyCount = 1 << 15;
  std::vector<uint32_t> counts;
};

/// Which histogram blocks of a tensor are taken.
struct BlockChoice {
  int64_t every = 1;
  int64_t phase = 0;
};

/// Adds a run of values; with a histogram also their bins. The run starts at
/// lane 0.
void accumulate(const float *values, int64_t count, SampleMoments &moments,
                Histogram *histogram, BlockChoice blocks, VectorPath path);

} // namespace qc

#endif // QC_LIB_STATISTICS_UPDATEKERNEL_H
