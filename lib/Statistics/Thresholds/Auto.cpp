// auto: mse with headroom, kept only where it helps on unseen samples.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/ThresholdAlgorithms.h"

#include "qc/Support/Strings.h"

#include <algorithm>

namespace qc {

namespace {

/// Factor on the best clip: new samples reach a little further than old ones.
/// 1.05 and not more: see docs/Rationale/Thresholds.md for what was measured.
constexpr double defaultHeadroom = 1.05;

/// One half of the samples, or all of them.
struct Part {
  std::vector<HistogramBin> bins;
  Range extremes;
  bool empty = true;

  explicit Part(const HalfStatistics &statistics) {
    if (statistics.moments.count == 0 || statistics.histogram.total() == 0)
      return;
    empty = false;
    extremes = {std::min(0.0, double{statistics.moments.min}),
                std::max(0.0, double{statistics.moments.max})};
    bins = signedBins(statistics.histogram, extremes.min, extremes.max);
  }

  /// What the scheme makes of the extremes.
  Range whole(const ThresholdRequest &request) const {
    if (request.isUnsigned)
      return {0, extremes.max};
    if (!request.symmetric)
      return extremes;
    double t = std::max(-extremes.min, extremes.max);
    return {-t, t};
  }

  /// The best clip with headroom, not beyond what was seen.
  Range clipped(const ThresholdRequest &request, double headroom) const {
    Range range = bestRange(bins, extremes, request), limit = whole(request);
    // What is rounded up to a power of two has headroom enough.
    if (request.powerOfTwo)
      headroom = 1;
    return {std::max(limit.min, range.min * headroom),
            std::min(limit.max, range.max * headroom)};
  }
};

class Auto : public ThresholdMethod {
public:
  explicit Auto(double headroom) : headroom(headroom) {}

protected:
  Result<ThresholdChoice> fit(const TensorStatistics &statistics,
                              const ThresholdRequest &request) const override {
    Part all(statistics.all());
    Range extremes = all.whole(request);
    if (all.empty)
      return choice(extremes, "extremes, the histogram is empty");
    Range range = all.clipped(request, headroom);
    if (range.min == extremes.min && range.max == extremes.max)
      return choice(extremes, "extremes, clipping gains nothing");
    Part halves[2] = {Part(statistics.half(0)), Part(statistics.half(1))};
    if (!helps(all, halves, request))
      return choice(extremes,
                    "extremes, clipping does not help on unseen samples");
    return choice(range, "mse with headroom");
  }

private:
  static ThresholdChoice choice(Range range, const char *why) {
    return {static_cast<float>(range.min), static_cast<float>(range.max), why};
  }

  /// Fits on each half and judges on the other. With one sample there is
  /// nothing unseen: then it is judged on what it was fitted on.
  bool helps(const Part &all, const Part (&halves)[2],
             const ThresholdRequest &request) const {
    bool split = !halves[0].empty && !halves[1].empty;
    double withClip = 0, without = 0;
    for (int i = 0; i < (split ? 2 : 1); ++i) {
      const Part &fitted = split ? halves[i] : all;
      const Part &judged = split ? halves[1 - i] : all;
      Range clip = fitted.clipped(request, headroom),
            whole = fitted.whole(request);
      if (!(whole.max > whole.min) || !(clip.max > clip.min))
        return false; // that half holds nothing the scheme can represent
      QuantizationError error(judged.bins, stepCount(request));
      withClip += error(clip) * error.total();
      without += error(whole) * error.total();
    }
    return withClip < without;
  }

  double headroom;
};

Result<std::unique_ptr<ThresholdMethod>> create(const std::string &argument) {
  std::optional<double> headroom =
      argument.empty() ? defaultHeadroom : parseNumber(argument);
  if (!headroom || !(*headroom >= 1 && *headroom <= 4))
    return error("wants a headroom from 1 to 4, found '", argument, "'");
  return std::unique_ptr<ThresholdMethod>(std::make_unique<Auto>(*headroom));
}

} // namespace

void registerAuto(ThresholdRegistry &registry) {
  (void)registry.add("auto",
                     {"auto[=HEADROOM]",
                      "mse with headroom 1.05 where it lowers the error on "
                      "samples that it was not fitted on, else minmax",
                      create});
}

} // namespace qc
