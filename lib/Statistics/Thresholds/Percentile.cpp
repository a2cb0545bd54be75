// percentile: cuts a fixed share of the values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/ThresholdAlgorithms.h"

#include "qc/Support/Strings.h"

#include <algorithm>

namespace qc {

double quantile(const std::vector<HistogramBin> &bins, double p) {
  double total = 0, below = 0;
  for (const HistogramBin &bin : bins)
    total += bin.count;
  double wanted = std::clamp(p, 0.0, 1.0) * total;
  for (const HistogramBin &bin : bins) {
    if (below + bin.count >= wanted) {
      double part = bin.count > 0 ? (wanted - below) / bin.count : 0;
      return bin.low + (bin.high - bin.low) * std::clamp(part, 0.0, 1.0);
    }
    below += bin.count;
  }
  return bins.empty() ? 0 : bins.back().high;
}

double clippedShare(const std::vector<HistogramBin> &bins, Range range) {
  double total = 0, outside = 0;
  for (const HistogramBin &bin : bins) {
    total += bin.count;
    double width = bin.high - bin.low;
    double inside =
        std::min(bin.high, range.max) - std::max(bin.low, range.min);
    if (width > 0)
      outside += bin.count * (1 - std::clamp(inside / width, 0.0, 1.0));
    else if (bin.low < range.min || bin.low > range.max)
      outside += bin.count;
  }
  return total > 0 ? outside / total : 0;
}

namespace {

class Percentile : public ThresholdMethod {
public:
  explicit Percentile(double p) : p(p) {}

protected:
  Result<ThresholdChoice> fit(const TensorStatistics &statistics,
                              const ThresholdRequest &request) const override {
    Histogram histogram = statistics.all().histogram;
    std::string why = "percentile " + formatDouble(p);
    double min = statistics.min(), max = statistics.max();
    if (!request.symmetric) {
      std::vector<HistogramBin> bins = signedBins(histogram, min, max);
      return ThresholdChoice{static_cast<float>(quantile(bins, 1 - p)),
                             static_cast<float>(keepSign(bins, max)), why};
    }
    std::vector<HistogramBin> bins =
        magnitudeBins(histogram, std::max(-min, max));
    bins.insert(bins.begin(), {0, 0, static_cast<double>(histogram.zeros())});
    auto t = static_cast<float>(keepSign(bins, std::max(-min, max)));
    return ThresholdChoice{-t, t, why};
  }

private:
  /// A tensor that is zero nearly everywhere would get an empty range.
  double keepSign(const std::vector<HistogramBin> &bins, double extreme) const {
    double value = quantile(bins, p);
    return value == 0 && extreme > 0 ? extreme : value;
  }
  double p;
};

Result<std::unique_ptr<ThresholdMethod>> create(const std::string &argument) {
  std::optional<double> p = parseNumber(argument);
  // 99.99 is meant as a percentage, 0.9999 as a share.
  if (p && *p > 1)
    *p /= 100;
  if (!p || !(*p > 0.5 && *p <= 1))
    return error("wants a share such as 0.9999 or a percentage such as 99.99, "
                 "found '",
                 argument, "'");
  return std::unique_ptr<ThresholdMethod>(std::make_unique<Percentile>(*p));
}

} // namespace

void registerPercentile(ThresholdRegistry &registry) {
  (void)registry.add(
      "percentile", {"percentile=P",
                     "cuts the share 1 - P off each end (asymmetric) or of the "
                     "magnitudes (symmetric)",
                     create});
}

} // namespace qc
