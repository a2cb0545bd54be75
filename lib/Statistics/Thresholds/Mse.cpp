// mse: the clip with the least squared error over the histogram.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/ThresholdAlgorithms.h"

#include "../VectorPath.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace qc {

int stepCount(const ThresholdRequest &request) {
  int bits = std::clamp(request.bits, 2, 16);
  bool twoSided = request.symmetric && !request.isUnsigned;
  return (1 << bits) - (twoSided ? 2 : 1);
}

//===----------------------------------------------------------------------===//
// The error of one range
//===----------------------------------------------------------------------===//

namespace {
constexpr size_t lanes = 8;
typedef double Doubles __attribute__((vector_size(64)));

} // namespace

QuantizationError::QuantizationError(const std::vector<HistogramBin> &bins,
                                     int steps)
    : steps(steps) {
  double largest = 0;
  for (const HistogramBin &bin : bins)
    largest = std::max({largest, -bin.low, bin.high});
  // What is far below any step counts as zero, which has no error.
  double negligible = std::ldexp(largest, -24);
  for (const HistogramBin &bin : bins) {
    count += bin.count;
    if (std::max(-bin.low, bin.high) < negligible)
      continue;
    if (!(bin.high > bin.low)) {
      points.push_back({bin.low, bin.count});
      continue;
    }
    low.push_back(bin.low);
    high.push_back(bin.high);
    density.push_back(bin.count / (bin.high - bin.low));
  }
  while (low.size() % lanes) {
    low.push_back(0);
    high.push_back(0);
    density.push_back(0);
  }
}

namespace {

/// What one evaluation needs to know of the range.
struct Grid {
  Range range;
  double scale;
};

/// Antiderivative of the squared error, at eight values.
QC_INLINE Doubles errorIntegral(Doubles x, Grid grid) {
  double inverse = 1 / grid.scale;
  double cube = grid.scale * grid.scale * grid.scale;
  Doubles low = grid.range.min - Doubles{}, high = grid.range.max - Doubles{};
  Doubles inside = x < low ? low : x;
  inside = inside > high ? high : inside;
  Doubles outside = x - inside;
  // Adding and taking away 1.5 * 2^52 rounds to an integer.
  constexpr double rounder = 6755399441055744.0;
  Doubles u = inside * inverse;
  Doubles k = (u + rounder) - rounder;
  Doubles f = u - k;
  return cube * (k * (1.0 / 12) + f * f * f * (1.0 / 3)) +
         outside * outside * outside * (1.0 / 3);
}

QC_INLINE void sumErrors(const double *low, const double *high,
                         const double *density, size_t count, const Grid &grid,
                         double *lanesOut) {
  Doubles sums = {};
  for (size_t i = 0; i < count; i += lanes) {
    Doubles a, b, weight;
    std::memcpy(&a, low + i, sizeof(a));
    std::memcpy(&b, high + i, sizeof(b));
    std::memcpy(&weight, density + i, sizeof(weight));
    sums += weight * (errorIntegral(b, grid) - errorIntegral(a, grid));
  }
  std::memcpy(lanesOut, &sums, sizeof(sums));
}

#define QC_SUM_ERRORS(name, attribute)                                         \
  attribute void name(const double *low, const double *high,                   \
                      const double *density, size_t count, const Grid &grid,   \
                      double *lanesOut) {                                      \
    sumErrors(low, high, density, count, grid, lanesOut);                      \
  }

QC_SUM_ERRORS(sumErrorsPlain, )
#if defined(__x86_64__)
QC_SUM_ERRORS(sumErrorsAvx2, QC_TARGET_AVX2)
QC_SUM_ERRORS(sumErrorsAvx512, QC_TARGET_AVX512)
#endif

auto sumErrorsFor(VectorPath path) {
#if defined(__x86_64__)
  if (path == VectorPath::Avx512)
    return sumErrorsAvx512;
  if (path == VectorPath::Avx2)
    return sumErrorsAvx2;
#endif
  return sumErrorsPlain;
}

} // namespace

double QuantizationError::operator()(Range range) const {
  double scale = (range.max - range.min) / steps;
  if (!(scale > 0))
    scale = 1e-300;
  // The zero point is an integer: both ends move onto the grid.
  range.min = std::nearbyint(range.min / scale) * scale;
  range.max = range.min + steps * scale;
  double sums[lanes];
  sumErrorsFor(bestVectorPath())(low.data(), high.data(), density.data(),
                                 low.size(), {range, scale}, sums);
  double total = 0;
  for (size_t lane = 0; lane < lanes; ++lane)
    total += sums[lane];
  for (auto [x, times] : points) {
    double inside = std::clamp(x, range.min, range.max);
    double error = x - std::nearbyint(inside / scale) * scale;
    total += times * error * error;
  }
  return count > 0 ? std::max(0.0, total) / count : 0;
}

//===----------------------------------------------------------------------===//
// Search
//===----------------------------------------------------------------------===//

namespace {

/// Ratios 2^(-i / 16), i = 0..127: from 1 down to 1 / 245.
constexpr int ratioCount = 128;
double ratioOf(int i) { return std::exp2(-i / 16.0); }

class RangeSearch {
public:
  RangeSearch(const std::vector<HistogramBin> &bins, Range extremes,
              const ThresholdRequest &request)
      : error(bins, stepCount(request)), extremes(extremes), best(extremes) {
    least = error(best);
  }

  Range oneSided() {
    scan(ratioCount, ratioOf, [&](double r) { return scaled(r, r); });
    refine([&](double r) { return Range{best.min * r, best.max * r}; });
    return best;
  }

  Range twoSided() {
    // Both ends together first, so that the ends do not wait for each other;
    // then each in turn until neither moves.
    scan(ratioCount, ratioOf, [&](double r) { return scaled(r, r); });
    for (int round = 0; round < 4; ++round) {
      Range before = best;
      scan(ratioCount, ratioOf,
           [&](double r) { return Range{best.min, extremes.max * r}; });
      scan(ratioCount, ratioOf,
           [&](double r) { return Range{extremes.min * r, best.max}; });
      if (before.min == best.min && before.max == best.max)
        break;
    }
    refine([&](double r) { return Range{best.min, best.max * r}; });
    refine([&](double r) { return Range{best.min * r, best.max}; });
    return best;
  }

private:
  Range scaled(double low, double high) const {
    return {extremes.min * low, extremes.max * high};
  }

  template <typename Ratio, typename Candidate>
  void scan(int count, Ratio ratio, Candidate candidate) {
    Range winner = best;
    for (int i = 0; i < count; ++i) {
      Range range = candidate(ratio(i));
      double value = error(range);
      if (value < least) {
        least = value;
        winner = range;
      }
    }
    best = winner;
  }

  /// Between neighbouring ratios of the grid.
  template <typename Candidate> void refine(Candidate candidate) {
    scan(
        15, [](int i) { return std::exp2((i - 7) / 128.0); },
        [&](double r) {
          Range range = candidate(r);
          return Range{std::max(range.min, extremes.min),
                       std::min(range.max, extremes.max)};
        });
  }

  QuantizationError error;
  Range extremes, best;
  double least;
};

class Mse : public ThresholdMethod {
protected:
  Result<ThresholdChoice> fit(const TensorStatistics &statistics,
                              const ThresholdRequest &request) const override {
    Range extremes{statistics.min(), statistics.max()};
    Range range = bestRange(
        signedBins(statistics.all().histogram, extremes.min, extremes.max),
        extremes, request);
    return ThresholdChoice{static_cast<float>(range.min),
                           static_cast<float>(range.max), "mse"};
  }
};

} // namespace

/// A range that fills its scale: `range` if that loses less when its scale is
/// rounded up to a power of two, else the one of half that scale.
static Range fillPowerOfTwo(const std::vector<HistogramBin> &bins, Range range,
                            const ThresholdRequest &request) {
  int steps = stepCount(request), high = request.isUnsigned ? steps : steps / 2;
  if (!(range.max > 0))
    return range;
  auto scaled = [&](double scale) {
    return Range{request.isUnsigned ? 0 : -scale * high, scale * high};
  };
  double up = std::exp2(std::ceil(std::log2(range.max / high)));
  QuantizationError error(bins, steps);
  return error(scaled(up / 2)) < error(scaled(up)) ? scaled(up / 2) : range;
}

Range bestRange(const std::vector<HistogramBin> &bins, Range extremes,
                const ThresholdRequest &request) {
  extremes.min = std::min(extremes.min, 0.0);
  extremes.max = std::max(extremes.max, 0.0);
  if (request.isUnsigned) {
    extremes.min = 0;
  } else if (request.symmetric) {
    extremes.max = std::max(-extremes.min, extremes.max);
    extremes.min = -extremes.max;
  }
  RangeSearch search(bins, extremes, request);
  bool twoSided = !request.symmetric && extremes.min < 0 && extremes.max > 0;
  Range best = twoSided ? search.twoSided() : search.oneSided();
  return request.powerOfTwo && request.symmetric
             ? fillPowerOfTwo(bins, best, request)
             : best;
}

void registerMse(ThresholdRegistry &registry) {
  (void)registry.add("mse",
                     {"mse",
                      "least mean squared error over 128 clip ratios of each "
                      "end",
                      plainThreshold<Mse>()});
}

} // namespace qc
