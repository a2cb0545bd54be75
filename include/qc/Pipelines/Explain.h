// All that is known of one layer of a compile: who chose what, and why.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_EXPLAIN_H
#define QC_PIPELINES_EXPLAIN_H

#include "qc/Interfaces/QuantizableOpInterface.h"
#include "qc/Report/Report.h"

#include "llvm/Support/JSON.h"

#include <optional>

namespace qc {

class Session;

/// Who chose the parameters of a tensor at one stage.
struct StageFacts {
  std::string stage; ///< "calibrate"
  std::optional<ValueRange1D> range;
  std::string type;          ///< the storage type, where there is one
  std::string chosenBy, why; ///< "method", "mse"
  bool isFixed = false;
};

/// The weights that a layer multiplies with.
struct WeightFacts {
  std::string type; ///< of the integers, with the number of scales
  double smallestScale = 0, largestScale = 0;
  std::string why; ///< who chose the integers; empty: the nearest ones
};

struct LayerExplanation {
  std::string name, op;
  std::vector<std::string> operands; ///< names of what it reads
  std::vector<StageFacts> stages;    ///< in their order
  std::optional<WeightFacts> weights;
  /// What corrections have added to the bias: channels, the largest by
  /// magnitude. Nothing where the tensor's channels are scaled.
  std::optional<std::pair<int64_t, double>> bias;
  /// `equalize` has scaled the channels: the name that the model has for it.
  std::string scaledFrom;
  /// From the report; nothing where it compares nothing.
  std::optional<LayerReport> layer;
};

/// Reads the stages and the report of the compile in `folder`. An unknown layer
/// is an error that suggests the nearest.
FailureOr<LayerExplanation> explainLayer(const std::string &folder,
                                         const std::string &name,
                                         Session &session);

llvm::json::Value toJSON(const LayerExplanation &explanation);
void printExplanation(const LayerExplanation &explanation,
                      llvm::raw_ostream &os);

} // namespace qc

#endif // QC_PIPELINES_EXPLAIN_H
