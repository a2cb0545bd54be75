// Threshold methods: from a tensor's statistics to the range to quantize.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_STATISTICS_THRESHOLD_H
#define QC_STATISTICS_THRESHOLD_H

#include "qc/Statistics/TensorStatistics.h"
#include "qc/Support/Registry.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace qc {

/// The scheme that the range is for.
struct ThresholdRequest {
  int bits = 8;
  /// Zero point fixed: the range is [-t, t], or [0, t] if also isUnsigned.
  bool symmetric = false;
  /// Only values from zero up can be represented.
  bool isUnsigned = false;
  /// The scale of a symmetric range becomes the power of two that is not below.
  bool powerOfTwo = false;
};

/// A range with min <= 0 <= max and min < max, and the reason for it in a few
/// words ("mse, clips 0.02 %"), for reports.
struct ThresholdChoice {
  float min = 0;
  float max = 0;
  std::string why;
};

class ThresholdMethod {
public:
  virtual ~ThresholdMethod() = default;
  /// Errors: the statistics lack what the method needs (a histogram, moving
  /// averages). A tensor without finite values, or of zeros only, gets 0..1.
  Result<ThresholdChoice> choose(const TensorStatistics &statistics,
                                 const ThresholdRequest &request) const;
  /// What the method needs to have been collected.
  virtual StatisticsOptions requirements() const { return {}; }

protected:
  /// Called with at least one finite non-zero value. May return any range; the
  /// caller makes it fit the request.
  virtual Result<ThresholdChoice>
  fit(const TensorStatistics &statistics,
      const ThresholdRequest &request) const = 0;
};

/// Name → method. A spec is "name" or "name=argument", e.g.
/// "percentile=0.9999".
class ThresholdRegistry {
public:
  /// `argument` is empty for a bare name.
  using Factory = std::function<Result<std::unique_ptr<ThresholdMethod>>(
      const std::string &argument)>;
  struct Entry {
    std::string usage;   ///< "percentile=P"
    std::string summary; ///< one line
    Factory factory;
  };

  /// An error when the name is taken.
  Status add(const std::string &name, Entry entry) {
    return entries.add(name, std::move(entry));
  }
  /// An unknown name is an error that lists the known ones.
  Result<std::unique_ptr<ThresholdMethod>>
  create(const std::string &spec) const;
  const std::map<std::string, Entry> &methods() const {
    return entries.getEntries();
  }

private:
  Registry<Entry> entries{"threshold method"};
};

/// A factory for methods without an argument: giving one is an error.
template <typename Method> ThresholdRegistry::Factory plainThreshold() {
  return [](const std::string &argument)
             -> Result<std::unique_ptr<ThresholdMethod>> {
    if (!argument.empty())
      return error("takes no argument, found '", argument, "'");
    return std::unique_ptr<ThresholdMethod>(std::make_unique<Method>());
  };
}

/// One function a file in lib/Statistics/Thresholds; registerAllThresholds
/// calls them all.
void registerExtremes(ThresholdRegistry &registry);   // minmax max mean ema
void registerPercentile(ThresholdRegistry &registry); // percentile=P
void registerKl(ThresholdRegistry &registry);         // kl
void registerMse(ThresholdRegistry &registry);        // mse
void registerOctav(ThresholdRegistry &registry);      // octav
void registerAciq(ThresholdRegistry &registry);       // aciq=gaussian|laplace
void registerAuto(ThresholdRegistry &registry);       // auto
void registerAllThresholds(ThresholdRegistry &registry);

/// All built-in methods.
const ThresholdRegistry &builtinThresholds();

} // namespace qc

#endif // QC_STATISTICS_THRESHOLD_H
