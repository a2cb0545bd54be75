// octav: optimal clip by fixed-point iteration (Sakr et al., 2022).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/ThresholdAlgorithms.h"

#include <algorithm>
#include <cmath>

namespace qc {

double octavThreshold(const std::vector<HistogramBin> &magnitudes,
                      double noise) {
  double count = 0, sum = 0;
  for (const HistogramBin &bin : magnitudes) {
    count += bin.count;
    sum += bin.count * (bin.low + bin.high) / 2;
  }
  if (!(count > 0))
    return 0;
  double s = sum / count;
  for (int iteration = 0; iteration < 100; ++iteration) {
    double above = 0, sumAbove = 0;
    for (const HistogramBin &bin : magnitudes) {
      if (bin.high <= s)
        continue;
      // The part of the bin beyond s.
      double low = std::max(bin.low, s), width = bin.high - bin.low;
      double part =
          width > 0 ? bin.count * (bin.high - low) / width : bin.count;
      above += part;
      sumAbove += part * (low + bin.high) / 2;
    }
    double next = sumAbove / (noise * (count - above) + above);
    if (!(next > 0))
      break; // s passed the largest value
    bool settled = std::fabs(next - s) <= 1e-6 * s;
    s = next;
    if (settled)
      break;
  }
  return s;
}

namespace {

class Octav : public ThresholdMethod {
protected:
  Result<ThresholdChoice> fit(const TensorStatistics &statistics,
                              const ThresholdRequest &request) const override {
    float min = statistics.min(), max = statistics.max();
    bool oneSided =
        request.isUnsigned || (!request.symmetric && (min >= 0 || max <= 0));
    double noise = std::pow(4.0, -request.bits) / (oneSided ? 12 : 3);
    auto t = static_cast<float>(octavThreshold(
        magnitudeBins(statistics.all().histogram, std::max(-min, max)), noise));
    return ThresholdChoice{std::max(-t, min), std::min(t, max), "octav"};
  }
};

} // namespace

void registerOctav(ThresholdRegistry &registry) {
  (void)registry.add("octav",
                     {"octav",
                      "optimal clip of rounding against clipping error, by "
                      "fixed-point iteration",
                      plainThreshold<Octav>()});
}

} // namespace qc
