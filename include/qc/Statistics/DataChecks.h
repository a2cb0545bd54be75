// Samples that are likely a mistake: what they hold against what they should.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nothing here is an error: data may be what they look like. Each finding is a
// sentence for a warning that gives the figures it rests on and a way out.
#ifndef QC_STATISTICS_DATACHECKS_H
#define QC_STATISTICS_DATACHECKS_H

#include "qc/Statistics/TensorStatistics.h"
#include "qc/Support/Dataset.h"

namespace qc {

using Findings = std::vector<std::string>;

/// The strongest sample of an input and how strong the next is. The same for
/// any order in which samples are added.
struct LoudestSample {
  double magnitude = 0, next = 0; ///< largest absolute values
  std::string name;

  void add(double other, const std::string &otherName);
  void merge(const LoudestSample &other);
};

/// What a set of samples holds for one float input.
struct InputFacts {
  std::string name;
  InputOrigin origin = InputOrigin::Given;
  /// What the network carries for this input.
  std::optional<PreprocessSpec> preprocess;
  /// Part of a preprocessing is in the network: the input takes pixels.
  bool isInserted = false;
  uint64_t samples = 0;
  double min = 0, max = 0, mean = 0; ///< of the finite values
  uint64_t infinities = 0;
  LoudestSample loudest;
  /// Extremes of each channel; empty where the input has none.
  std::vector<std::pair<double, double>> channels;
};

/// A mean or std of `spec` in units of 0..1, as training scripts have them,
/// although they count in pixels of 0..255. `low` and `high` are the values
/// that inputs reach. Nothing when the numbers can be meant so.
std::optional<std::string> checkUnits(const PreprocessSpec &spec, double low,
                                      double high);

/// Values that the preprocessing which the network carries cannot have made or
/// was not meant for: pixels where normalised values are expected and the other
/// way round, a normalisation done twice, pixels without any.
Findings checkPreprocessing(const InputFacts &facts);

/// Values that say too little to choose ranges by: one constant in all samples,
/// in a channel, infinities, one sample far above all others, magnitudes that
/// no network is made for.
Findings checkVariety(const InputFacts &facts);

/// Samples that are copies of each other, or only one; `hashes` has one number
/// a sample.
Findings checkRepeats(std::vector<uint64_t> hashes);

/// Gathers the facts, in constant memory but for eight bytes a sample. One
/// object a thread; the merged facts do not depend on who saw which sample.
class InputSurvey {
public:
  /// `inserted`: the preprocessing that is in the network; empty if none is.
  InputSurvey(std::vector<InputSignature> inputs, const std::string &inserted)
      : inputs(std::move(inputs)), isInserted(!inserted.empty()) {}

  Status add(const Sample &sample);
  Status merge(const InputSurvey &other);

  /// Of each float input and each origin that its values have.
  std::vector<InputFacts> getFacts() const;

  /// What checkPreprocessing finds in all inputs.
  Findings findMistakes() const;
  /// That, and what makes samples unfit for calibration.
  Findings findCalibrationMistakes() const;

private:
  std::vector<InputSignature> inputs;
  bool isInserted;
  std::map<std::pair<size_t, InputOrigin>, TensorStatistics> seen;
  std::map<std::pair<size_t, InputOrigin>, LoudestSample> loudest;
  std::vector<uint64_t> hashes;
};

} // namespace qc

#endif // QC_STATISTICS_DATACHECKS_H
