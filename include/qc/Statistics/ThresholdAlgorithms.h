// The calculations behind the threshold methods, as plain functions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_STATISTICS_THRESHOLDALGORITHMS_H
#define QC_STATISTICS_THRESHOLDALGORITHMS_H

#include "qc/Statistics/Histogram.h"
#include "qc/Statistics/Threshold.h"

#include <vector>

namespace qc {

struct Range {
  double min = 0;
  double max = 0;
};

/// The value below which the share p of all counts lies, interpolated within
/// its bin.
double quantile(const std::vector<HistogramBin> &bins, double p);

/// Share of counts outside the range.
double clippedShare(const std::vector<HistogramBin> &bins, Range range);

/// Bins redistributed to `count` equal ones over [0, max]; values spread evenly
/// over their bin.
std::vector<double> linearBins(const std::vector<HistogramBin> &bins,
                               double max, int count);

/// Of all i in levels..size: the i with the smallest KL(P‖Q). P is the first i
/// bins with the rest added to bin i-1; Q is the first i bins merged to
/// `levels` groups (bounds floor(j * i / levels)) and each group's sum spread
/// evenly over its bins that P does not have empty. A candidate whose Q is
/// zero where P is not is infinitely bad. Ties go to the smaller i.
int klBestCount(const std::vector<double> &linear, int levels);

/// Sum over the histogram of the squared error of quantizing to `steps` equal
/// steps over a range that contains zero (moved by up to half a step, so that
/// zero is a grid point), values outside it clipped, divided by the number of
/// values. Values are spread evenly over their bin, and the
/// integral of the sawtooth error is exact: with u = x / scale, k = round(u),
/// the antiderivative of (u - k)^2 is k / 12 + (u - k)^3 / 3.
class QuantizationError {
public:
  QuantizationError(const std::vector<HistogramBin> &bins, int steps);
  double operator()(Range range) const;
  double total() const { return count; }

private:
  // Sorted intervals, padded to whole vectors, and point masses.
  std::vector<double> low, high, density;
  std::vector<std::pair<double, double>> points;
  double steps, count = 0;
};

/// Number of steps between the ends of the range.
int stepCount(const ThresholdRequest &request);

/// The range with the least error for the request (the method `mse`),
/// inside the extremes.
Range bestRange(const std::vector<HistogramBin> &bins, Range extremes,
                const ThresholdRequest &request);

/// Fixed point of s ← E[|x| 1(|x| > s)] / (noise E[1(0 < |x| ≤ s)] +
/// E[1(|x| > s)]), where noise * s^2 is the variance of rounding: 4^-bits / 3
/// over [-s, s], a quarter of it over [0, s].
double octavThreshold(const std::vector<HistogramBin> &magnitudes,
                      double noise);

/// Clip value in units of the standard deviation (gaussian) or the mean
/// absolute deviation (laplace) that minimises rounding plus clipping error of
/// a symmetric quantizer (Banner et al., ACIQ). The laplace one is Lambert's
/// W(3 * 4^bits).
double aciqGaussianRatio(int bits);
double aciqLaplaceRatio(int bits);

} // namespace qc

#endif // QC_STATISTICS_THRESHOLDALGORITHMS_H
