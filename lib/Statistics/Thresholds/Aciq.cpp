// aciq: closed-form clip for values of a known distribution (Banner et al.).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/ThresholdAlgorithms.h"

#include <algorithm>
#include <cmath>

namespace qc {

double aciqLaplaceRatio(int bits) {
  // Setting the derivative of 2 e^-x + x^2 / (3 * 4^bits) to zero gives
  // x e^x = 3 * 4^bits; Newton's steps on x + ln x.
  double target = std::log(3.0) + bits * std::log(4.0), x = target;
  for (int i = 0; i < 50; ++i)
    x -= (x + std::log(x) - target) / (1 + 1 / x);
  return x;
}

double aciqGaussianRatio(int bits) {
  // Derivative of clipping plus rounding error for a unit deviation:
  // 2 [x (1 - erf(x / sqrt 2)) - sqrt(2 / pi) e^(-x^2 / 2)] + 2 x / (3 *
  // 4^bits), which increases from below zero.
  double rounding = 2 / (3 * std::pow(4.0, bits));
  auto slope = [&](double x) {
    double pi = std::acos(-1.0);
    return 2 * (x * std::erfc(x / std::sqrt(2.0)) -
                std::sqrt(2 / pi) * std::exp(-x * x / 2)) +
           x * rounding;
  };
  double low = 0, high = 20;
  for (int i = 0; i < 100; ++i) {
    double middle = (low + high) / 2;
    (slope(middle) < 0 ? low : high) = middle;
  }
  return (low + high) / 2;
}

namespace {

class Aciq : public ThresholdMethod {
public:
  explicit Aciq(bool gaussian) : gaussian(gaussian) {}

protected:
  Result<ThresholdChoice> fit(const TensorStatistics &statistics,
                              const ThresholdRequest &request) const override {
    double min = statistics.min(), max = statistics.max();
    double mean = statistics.mean();
    double reach;
    if (gaussian) {
      double variance = statistics.meanSquare() - mean * mean;
      reach =
          aciqGaussianRatio(request.bits) * std::sqrt(std::max(0.0, variance));
    } else {
      reach = aciqLaplaceRatio(request.bits) * meanDeviation(statistics, mean);
    }
    if (!(reach > 0)) // one value only
      return ThresholdChoice{static_cast<float>(min), static_cast<float>(max),
                             "extremes, all values are equal"};
    return ThresholdChoice{static_cast<float>(std::max(min, mean - reach)),
                           static_cast<float>(std::min(max, mean + reach)),
                           gaussian ? "aciq gaussian" : "aciq laplace"};
  }

private:
  static double meanDeviation(const TensorStatistics &statistics, double mean) {
    double sum = 0, count = 0;
    for (const HistogramBin &bin : signedBins(
             statistics.all().histogram, statistics.min(), statistics.max())) {
      sum += bin.count * std::fabs((bin.low + bin.high) / 2 - mean);
      count += bin.count;
    }
    return count > 0 ? sum / count : 0;
  }
  bool gaussian;
};

Result<std::unique_ptr<ThresholdMethod>> create(const std::string &argument) {
  if (argument != "gaussian" && argument != "laplace" && !argument.empty())
    return error("wants gaussian or laplace, found '", argument, "'");
  return std::unique_ptr<ThresholdMethod>(
      std::make_unique<Aciq>(argument == "gaussian"));
}

} // namespace

void registerAciq(ThresholdRegistry &registry) {
  (void)registry.add("aciq",
                     {"aciq=gaussian|laplace",
                      "closed-form clip for that distribution (laplace if "
                      "none is given)",
                      create});
}

} // namespace qc
