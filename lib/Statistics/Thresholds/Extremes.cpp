// minmax, mean and ema: thresholds from extremes alone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/Threshold.h"

namespace qc {

namespace {

class MinMax : public ThresholdMethod {
public:
  StatisticsOptions requirements() const override {
    StatisticsOptions options;
    options.histogram = false;
    return options;
  }

protected:
  Result<ThresholdChoice> fit(const TensorStatistics &statistics,
                              const ThresholdRequest &) const override {
    return ThresholdChoice{statistics.min(), statistics.max(), "extremes"};
  }
};

class Mean : public MinMax {
protected:
  Result<ThresholdChoice> fit(const TensorStatistics &statistics,
                              const ThresholdRequest &) const override {
    return ThresholdChoice{static_cast<float>(statistics.meanOfMin()),
                           static_cast<float>(statistics.meanOfMax()),
                           "mean of the samples' extremes"};
  }
};

class MovingAverage : public MinMax {
public:
  StatisticsOptions requirements() const override {
    StatisticsOptions options = MinMax::requirements();
    options.movingAverage = true;
    return options;
  }

protected:
  Result<ThresholdChoice> fit(const TensorStatistics &statistics,
                              const ThresholdRequest &) const override {
    Result<std::pair<double, double>> average = statistics.movingAverage();
    if (!average)
      return average.takeError();
    return ThresholdChoice{static_cast<float>(average->first),
                           static_cast<float>(average->second),
                           "moving average of the samples' extremes"};
  }
};

} // namespace

void registerExtremes(ThresholdRegistry &registry) {
  (void)registry.add("minmax", {"minmax", "smallest and largest value seen",
                                plainThreshold<MinMax>()});
  (void)registry.add("max",
                     {"max", "the same as minmax", plainThreshold<MinMax>()});
  (void)registry.add("mean",
                     {"mean", "mean over samples of each one's extremes",
                      plainThreshold<Mean>()});
  (void)registry.add("ema",
                     {"ema",
                      "exponential moving average of the samples' extremes, "
                      "c = 0.01; depends on their order",
                      plainThreshold<MovingAverage>()});
}

} // namespace qc
