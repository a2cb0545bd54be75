// kl: the clip that keeps the most information by Kullback-Leibler divergence.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/ThresholdAlgorithms.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace qc {

std::vector<double> linearBins(const std::vector<HistogramBin> &bins,
                               double max, int count) {
  std::vector<double> linear(static_cast<size_t>(count), 0.0);
  double scale = count / max;
  for (const HistogramBin &bin : bins) {
    double low = bin.low * scale, high = bin.high * scale;
    auto first = std::min(count - 1, static_cast<int>(low));
    auto last = std::min(count - 1, static_cast<int>(high));
    if (first == last) {
      linear[static_cast<size_t>(first)] += bin.count;
      continue;
    }
    double density = bin.count / (high - low);
    for (int i = first; i <= last; ++i)
      linear[static_cast<size_t>(i)] +=
          density * (std::min<double>(high, i + 1) - std::max<double>(low, i));
  }
  return linear;
}

namespace {

double timesLog(double p) { return p > 0 ? p * std::log(p) : 0; }

/// Sums over prefixes make each candidate cost its number of groups instead of
/// its number of bins.
class KlSearch {
public:
  KlSearch(const std::vector<double> &linear, int levels)
      : linear(linear), levels(levels), sums(linear.size() + 1),
        entropies(linear.size() + 1), used(linear.size() + 1) {
    for (size_t i = 0; i < linear.size(); ++i) {
      sums[i + 1] = sums[i] + linear[i];
      entropies[i + 1] = entropies[i] + timesLog(linear[i]);
      used[i + 1] = used[i] + (linear[i] > 0);
    }
  }

  /// KL(P‖Q) times the number of values, without terms that all candidates
  /// share.
  double divergence(size_t i) const {
    double all = sums.back();
    double tail = all - sums[i], last = linear[i - 1] + tail;
    double cross = 0;
    size_t begin = 0;
    for (int j = 1; j <= levels; ++j) {
      size_t end = static_cast<size_t>(j) * i / static_cast<size_t>(levels);
      double sum = sums[end] - sums[begin];
      size_t nonZero = used[end] - used[begin];
      double mass = sum;
      if (end == i) {
        // The last bin counts as used if the tail is all it has.
        nonZero += linear[i - 1] <= 0 && tail > 0;
        mass += tail;
      }
      if (mass > 0 && !(sum > 0))
        return std::numeric_limits<double>::infinity();
      if (mass > 0)
        cross += mass * std::log(sum / static_cast<double>(nonZero));
      begin = end;
    }
    double entropy = entropies[i - 1] + timesLog(last);
    // Q is normalised by the sum of the first i bins, P by that of all.
    return entropy - cross + all * (std::log(sums[i]) - std::log(all));
  }

private:
  const std::vector<double> &linear;
  int levels;
  std::vector<double> sums, entropies;
  std::vector<size_t> used;
};

class Kl : public ThresholdMethod {
protected:
  static constexpr int binCount = 2048;

  Result<ThresholdChoice> fit(const TensorStatistics &statistics,
                              const ThresholdRequest &request) const override {
    float min = statistics.min(), max = statistics.max();
    int levels = 1 << (std::min(request.bits, 16) - 1);
    if (levels > binCount / 2)
      return ThresholdChoice{min, max, "extremes, kl is for up to 11 bits"};
    double absMax = std::max(-min, max);
    int i = klBestCount(
        linearBins(magnitudeBins(statistics.all().histogram, absMax), absMax,
                   binCount),
        levels);
    auto t = static_cast<float>((i + 0.5) * absMax / binCount);
    return ThresholdChoice{std::max(-t, min), std::min(t, max), "kl"};
  }
};

} // namespace

int klBestCount(const std::vector<double> &linear, int levels) {
  KlSearch search(linear, levels);
  int best = static_cast<int>(linear.size());
  double least = std::numeric_limits<double>::infinity();
  for (int i = levels; i <= static_cast<int>(linear.size()); ++i) {
    double divergence = search.divergence(static_cast<size_t>(i));
    if (divergence < least) {
      least = divergence;
      best = i;
    }
  }
  return best;
}

void registerKl(ThresholdRegistry &registry) {
  (void)registry.add("kl",
                     {"kl",
                      "least Kullback-Leibler divergence over all 1921 clips "
                      "of 2048 bins",
                      plainThreshold<Kl>()});
}

} // namespace qc
