// Signed log-linear histogram keyed on the bits of a float.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_STATISTICS_HISTOGRAM_H
#define QC_STATISTICS_HISTOGRAM_H

#include <array>
#include <cstdint>
#include <map>
#include <vector>

namespace qc {

/// A bin is a float's sign, exponent and top six mantissa bits: 64 bins an
/// octave, each at most 1.6 % wide. No range is needed beforehand, and adding
/// two histograms loses nothing. Only octaves that hold a value take memory
/// (512 bytes each). Magnitudes below 2^-126 (zeros and subnormals) count as
/// zero.
class Histogram {
public:
  static constexpr int binsPerOctave = 64;
  static constexpr int mantissaShift = 23 - 6;
  /// Sign and exponent of a float, as they stand in its top nine bits.
  static constexpr int octaveCount = 512;
  using Octave = std::array<uint64_t, binsPerOctave>;

  /// Counts one finite value.
  void add(float value, uint64_t times = 1);
  void addZeros(uint64_t times) { zeroCount += times; }
  /// Adds to the bins of one octave; `octave` is sign * 256 + exponent with
  /// exponent in 1..254.
  void addOctave(int octave, const Octave &counts);
  void merge(const Histogram &other);

  uint64_t total() const;
  uint64_t zeros() const { return zeroCount; }
  const std::map<int, Octave> &octaves() const { return pages; }
  bool operator==(const Histogram &other) const {
    return zeroCount == other.zeroCount && pages == other.pages;
  }

private:
  uint64_t zeroCount = 0;
  std::map<int, Octave> pages; ///< no page is all zero
};

/// Bins as intervals in increasing order. Values count as spread evenly over
/// [low, high]; the zero bin has low == high == 0.
struct HistogramBin {
  double low;
  double high;
  double count;
};

/// All non-empty bins, from the most negative to the most positive, cut to
/// [min, max] at both ends, since the extremes are known exactly.
std::vector<HistogramBin> signedBins(const Histogram &histogram, double min,
                                     double max);
/// The same for magnitudes: positive and negative bins added up, without the
/// zero bin.
std::vector<HistogramBin> magnitudeBins(const Histogram &histogram,
                                        double maxMagnitude);

} // namespace qc

#endif // QC_STATISTICS_HISTOGRAM_H
