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

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace qc {

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

/// Runs `samples` of `dataset` (all when 0) through both executors and compares
/// every tensor that both name, in the order in which `actual` computes them.
/// Those of `seenParts` (of the reference) are compared as they are read.
/// With `module`, the tpu that `actual` runs, also the isolated errors: each op
/// is cut out, fed with the reference's tensors in its operands' types, and
/// compared. `survey` is shown the samples, if there is one. In the tensors
/// named `mixed` (see findMixedTensors) lost channels are looked for; up to
/// `moreSamples` are run for these alone where a channel has few values (the
/// elements of a vector). `assigned`, if there is one, runs the same network
/// with storage types on the same samples, for the errors of these alone.
Result<std::vector<LayerError>>
compareLayers(Executor &reference, Executor &actual, const Dataset &dataset,
              int64_t samples, const SeenParts &seenParts, ModuleOp module = {},
              InputSurvey *survey = nullptr,
              const std::set<std::string> &mixed = {}, int64_t moreSamples = 0,
              Executor *assigned = nullptr);

} // namespace qc

#endif // QC_REPORT_LAYERERRORS_H
