// Which layers of a compile cost its results most, and what would help.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_ANALYSIS_H
#define QC_PIPELINES_ANALYSIS_H

#include "qc/Report/Report.h"

#include "llvm/Support/JSON.h"

#include <optional>

namespace qc {

class Session;

/// What one layer does to the network's results. SQNR in dB, over all samples
/// and results together.
struct LayerAnalysis {
  std::string name, op, type;
  /// With nothing but this rounded: its activation, its weights (where it has
  /// any; their bias makes up for what that does to means), both.
  std::optional<double> activation, weights, both;
  /// With all activations up to this one rounded, and nothing else.
  std::optional<double> upTo;
  /// Of the tensor itself, from the report: alone, and with all before it.
  std::optional<double> isolated, accumulated;
  double saturation = 0; ///< share of values that are clipped
  /// Of its values in float: 3 for normal ones, more for outliers.
  double kurtosis = 0;
  /// The largest magnitude of a channel over that of the median channel; 1
  /// where there are no channels.
  double spread = 1;
};

/// A change that was measured.
struct Suggestion {
  std::string option; ///< as it can be pasted: "--int16-tensors conv_12"
  double gain = 0;    ///< dB at the results, everything else as it is
  double cycles = 0;  ///< estimated, share of the program's
};

struct AnalysisReport {
  std::string folder, target, precision;
  int64_t samples = 0;
  /// Of the results: with storage types, and with only activations rounded.
  double sqnr = 0, activationsAlone = 0;
  /// How much of the error the activations make, 0..1. The rest is the
  /// weights': with these alone rounded, biases that were corrected for both
  /// would be wrong.
  double activationShare = 0;
  std::vector<LayerAnalysis> layers;   ///< the costliest first
  std::vector<Suggestion> suggestions; ///< most for its cycles first
};

/// Analyzes the stages and the report in `folder`, on at most `samples` of the
/// samples that the stages note. Fails after an error.
FailureOr<AnalysisReport> analyze(const std::string &folder, int64_t samples,
                                  int threads, Session &session);

llvm::json::Value toJSON(const AnalysisReport &report);
/// At most `most` layers (0: all).
void printAnalysis(const AnalysisReport &report, size_t most,
                   llvm::raw_ostream &os);

/// Reads the report of the compile in `folder`.
Result<CompileReport> readReport(const std::string &folder);

} // namespace qc

#endif // QC_PIPELINES_ANALYSIS_H
