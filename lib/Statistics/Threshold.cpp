// The registry of threshold methods, and fitting a range to a scheme.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/Threshold.h"

#include "qc/Statistics/ThresholdAlgorithms.h"
#include "qc/Support/EditDistance.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace qc {

/// A range that any scheme can represent when the values say nothing.
static ThresholdChoice fallback(const ThresholdRequest &request,
                                const char *why) {
  bool twoSided = request.symmetric && !request.isUnsigned;
  return {twoSided ? -1.0f : 0.0f, 1.0f, why};
}

static std::string clippingNote(const TensorStatistics &statistics,
                                const ThresholdChoice &choice) {
  if (!statistics.options().histogram)
    return {};
  double share = clippedShare(signedBins(statistics.all().histogram,
                                         statistics.min(), statistics.max()),
                              {choice.min, choice.max});
  if (share <= 0)
    return {};
  char text[32];
  std::snprintf(text, sizeof(text), ", clips %.2g %%", share * 100);
  return text;
}

/// Makes the range hold zero, and symmetric or non-negative if asked for.
static void fitToScheme(ThresholdChoice &choice,
                        const ThresholdRequest &request) {
  choice.min = std::min(choice.min, 0.0f);
  choice.max = std::max(choice.max, 0.0f);
  if (request.isUnsigned) {
    choice.min = 0;
  } else if (request.symmetric) {
    choice.max = std::max(-choice.min, choice.max);
    choice.min = -choice.max;
  }
}

Result<ThresholdChoice>
ThresholdMethod::choose(const TensorStatistics &statistics,
                        const ThresholdRequest &request) const {
  StatisticsOptions needed = requirements();
  if (statistics.count() == 0)
    return fallback(request, "no finite values were seen");
  if (needed.histogram && !statistics.options().histogram)
    return error("the method needs a histogram, the statistics were collected "
                 "without one");
  constexpr float least = 1e-30f; // scales stay normal numbers
  if (std::max(-statistics.min(), statistics.max()) < least)
    return fallback(request, "no values other than zero were seen");
  if (request.isUnsigned && statistics.max() < least)
    return fallback(request, "no positive values were seen");

  Result<ThresholdChoice> choice = fit(statistics, request);
  if (!choice)
    return choice;
  fitToScheme(*choice, request);
  // Means over samples of opposite sign, for one, can cancel out.
  if (choice->max - choice->min < least) {
    choice->min = statistics.min();
    choice->max = statistics.max();
    choice->why = "extremes, " + choice->why + " gave an empty range";
    fitToScheme(*choice, request);
  }
  if (!(choice->max - choice->min >= least) ||
      !std::isfinite(choice->max - choice->min))
    return error("gave the range ", choice->min, " to ", choice->max);
  choice->why += clippingNote(statistics, *choice);
  return choice;
}

Result<std::unique_ptr<ThresholdMethod>>
ThresholdRegistry::create(const std::string &spec) const {
  size_t equals = spec.find('=');
  std::string name = spec.substr(0, equals);
  std::string argument =
      equals == std::string::npos ? "" : spec.substr(equals + 1);
  const Entry *entry = entries.find(name);
  if (!entry) {
    std::vector<std::string> usages;
    for (const auto &[known, other] : methods())
      usages.push_back(other.usage);
    std::string near = nearestName(name, entries.getNames());
    return error("unknown threshold method '", name, "'",
                 near.empty() ? "" : "; did you mean '" + near + "'?",
                 suggestName("", usages));
  }
  Result<std::unique_ptr<ThresholdMethod>> method = entry->factory(argument);
  if (!method)
    return error("threshold method '", name, "' ", method.message());
  return method;
}

void registerAllThresholds(ThresholdRegistry &registry) {
  registerExtremes(registry);
  registerPercentile(registry);
  registerKl(registry);
  registerMse(registry);
  registerOctav(registry);
  registerAciq(registry);
  registerAuto(registry);
}

const ThresholdRegistry &builtinThresholds() {
  static const ThresholdRegistry registry = [] {
    ThresholdRegistry all;
    registerAllThresholds(all);
    return all;
  }();
  return registry;
}

} // namespace qc
