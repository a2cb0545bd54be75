// The error of every layer: accumulated, and of the layer alone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_REPORT_LAYERERRORS_H
#define QC_REPORT_LAYERERRORS_H

#include "qc/Calibration/SoftmaxInput.h"
#include "qc/Execution/Executor.h"
#include "qc/Report/LostChannels.h"
#include "qc/Statistics/DataChecks.h"
#include "qc/Statistics/Metrics.h"
#include "qc/Support/Dataset.h"
#include "qc/Support/Progress.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace qc {

/// How often the reference's values lie in each of equal parts of a range.
struct ValueHistogram {
  double low = 0, high = 0; ///< the smallest and the largest of all values
  /// Of each part, from `low` to `high`; of a part of the values where a tensor
  /// has many.
  std::vector<int64_t> counts;
};

/// A named tensor of the network under test against the reference's tensor of
/// the same name.
struct LayerError {
  std::string name;
  /// With everything before it quantized as well.
  ErrorMetrics accumulated;
  /// Share of the reference's values that are clipped, 0..1: they lie more than
  /// half a step outside of what the stored integers can represent. Zero for
  /// tensors that are not stored as integers.
  double saturation = 0;
  /// Channels that are lost, where they are looked for.
  std::optional<LostChannels> lost;
  /// With this layer alone quantized, its operands taken from the reference;
  /// absent where the layer cannot be cut out.
  std::optional<ErrorMetrics> isolated;
  /// With everything rounded to its storage type and computed in float: what
  /// the integer program adds to it comes from its arithmetic.
  std::optional<ErrorMetrics> assigned;
  /// The same with activations rounded, and no weights.
  std::optional<ErrorMetrics> activations;
  /// Where it was asked for.
  std::optional<ValueHistogram> histogram;
};

/// A layer that deserves a look: cosine below 0.99 or RMSE above 0.1 of the
/// tensor's own RMS.
bool isBad(const ErrorMetrics &metrics);
/// The same of a layer with all before it, or channels of it are lost.
bool isBad(const LayerError &error);
/// The accumulated SQNR in dB, or that of the lost channels where it is lower.
double getWorstSqnr(const LayerError &error);

/// The real values that the stored integers of `tensor` can represent; nothing
/// when it is not stored as integers.
std::optional<ValueRange1D> getStoredRange(const TensorInfo &tensor);

/// What is compared, beside every tensor.
struct LayerComparison {
  int64_t samples = 0; ///< how many; 0: all
  /// Of the reference: tensors that are compared as they are read.
  SeenParts seenParts;
  /// The tpu that the network under test runs: each op is cut out, fed with the
  /// reference's tensors in its operands' types, and compared. Null: none is.
  ModuleOp module;
  InputSurvey *survey = nullptr; ///< is shown the samples, if there is one
  /// Tensors in which lost channels are looked for (see findMixedTensors); up
  /// to `moreSamples` are run for these alone where a channel has few values
  /// (the elements of a vector).
  std::set<std::string> mixed;
  int64_t moreSamples = 0;
  /// Run the same network on the same samples, if there are such: with storage
  /// types in float, and with those of activations alone.
  Executor *assigned = nullptr, *activations = nullptr;
  bool histograms = false;              ///< of the reference's tensors
  ProgressListener *progress = nullptr; ///< hears of "compare", if not null
};

/// Runs samples of `dataset` through both executors and compares every tensor
/// that both name, in the order in which `actual` computes them.
Result<std::vector<LayerError>> compareLayers(Executor &reference,
                                              Executor &actual,
                                              const Dataset &dataset,
                                              const LayerComparison &what);

} // namespace qc

#endif // QC_REPORT_LAYERERRORS_H
