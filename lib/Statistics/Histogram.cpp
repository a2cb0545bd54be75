// Adding to, merging and reading the log-linear histogram.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/Histogram.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace qc {

void Histogram::add(float value, uint64_t times) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  int octave = static_cast<int>(bits >> 23);
  if (octave % 256 == 255 || times == 0)
    return;
  if (octave % 256 == 0) {
    zeroCount += times;
    return;
  }
  pages[octave][bits >> mantissaShift & (binsPerOctave - 1)] += times;
}

void Histogram::addOctave(int octave, const Octave &counts) {
  if (std::all_of(counts.begin(), counts.end(),
                  [](uint64_t count) { return count == 0; }))
    return;
  Octave &page = pages[octave];
  for (size_t bin = 0; bin < page.size(); ++bin)
    page[bin] += counts[bin];
}

void Histogram::merge(const Histogram &other) {
  zeroCount += other.zeroCount;
  for (const auto &[octave, counts] : other.pages)
    addOctave(octave, counts);
}

uint64_t Histogram::total() const {
  uint64_t total = zeroCount;
  for (const auto &[octave, counts] : pages)
    for (uint64_t count : counts)
      total += count;
  return total;
}

/// The bins of one octave as magnitudes, from the smallest.
static std::vector<HistogramBin> octaveBins(int exponent,
                                            const Histogram::Octave &counts) {
  std::vector<HistogramBin> bins;
  double width = std::ldexp(1.0, exponent - 127) / Histogram::binsPerOctave;
  for (int bin = 0; bin < Histogram::binsPerOctave; ++bin) {
    uint64_t count = counts[static_cast<size_t>(bin)];
    double low = (Histogram::binsPerOctave + bin) * width;
    if (count)
      bins.push_back({low, low + width, static_cast<double>(count)});
  }
  return bins;
}

/// Only the outermost bins reach beyond the exact extremes.
static void cut(std::vector<HistogramBin> &bins, double min, double max) {
  for (HistogramBin &bin : bins) {
    bin.low = std::clamp(bin.low, min, max);
    bin.high = std::clamp(bin.high, min, max);
  }
}

std::vector<HistogramBin> signedBins(const Histogram &histogram, double min,
                                     double max) {
  std::vector<HistogramBin> negative, bins;
  for (const auto &[octave, counts] : histogram.octaves())
    if (octave >= 256)
      for (const HistogramBin &bin : octaveBins(octave - 256, counts))
        negative.push_back({-bin.high, -bin.low, bin.count});
  bins.assign(negative.rbegin(), negative.rend());
  if (histogram.zeros())
    bins.push_back({0, 0, static_cast<double>(histogram.zeros())});
  for (const auto &[octave, counts] : histogram.octaves())
    if (octave < 256)
      for (const HistogramBin &bin : octaveBins(octave, counts))
        bins.push_back(bin);
  cut(bins, std::min(min, 0.0), std::max(max, 0.0));
  return bins;
}

std::vector<HistogramBin> magnitudeBins(const Histogram &histogram,
                                        double maxMagnitude) {
  std::map<int, Histogram::Octave> both;
  for (const auto &[octave, counts] : histogram.octaves()) {
    Histogram::Octave &page = both[octave % 256];
    for (size_t bin = 0; bin < page.size(); ++bin)
      page[bin] += counts[bin];
  }
  std::vector<HistogramBin> bins;
  for (const auto &[exponent, counts] : both)
    for (const HistogramBin &bin : octaveBins(exponent, counts))
      bins.push_back(bin);
  cut(bins, 0, maxMagnitude);
  return bins;
}

} // namespace qc
