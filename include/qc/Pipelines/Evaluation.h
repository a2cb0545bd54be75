// What a model is worth on samples: accuracy, nearness to another model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_EVALUATION_H
#define QC_PIPELINES_EVALUATION_H

#include "qc/Pipelines/Model.h"
#include "qc/Report/LayerErrors.h"
#include "qc/Support/Labels.h"

#include "llvm/Support/JSON.h"

#include <optional>
#include <string>
#include <vector>

namespace qc {

/// How one output compares with another model's.
struct OutputEvaluation {
  std::string name;
  double sqnr = 0, cosine = 0; ///< medians over items; dB
};

/// What is counted over the items of a data set. Shares are 0..1.
struct Evaluation {
  int64_t items = 0;
  /// Of the labels; nothing without labels.
  std::optional<double> top1, top5;
  /// The other model's, and by how much less the model is right.
  std::optional<double> againstTop1, drop;
  /// Share of items with the same top-1 as the other model; nothing where the
  /// first output is no vector of scores.
  std::optional<double> agreement;
  std::vector<OutputEvaluation> outputs; ///< against the other model
};

struct EvaluationRequest {
  Model *against = nullptr; ///< null: nothing to compare with
  /// The samples of `against`; null: those of the model.
  const Dataset *againstData = nullptr;
  const Labels *labels = nullptr; ///< null: nobody knows what is right
  int64_t labelOffset = 0;        ///< added to each label
  bool warns = true;              ///< of what the samples look like
  int threads = 0;
};

/// Runs `model` on all samples. Errors name the sample. Warns of what looks
/// like a mistake in the samples.
Result<Evaluation> evaluate(Session &session, Model &model,
                            const Dataset &dataset,
                            const EvaluationRequest &request);

llvm::json::Value toJSON(const Evaluation &evaluation);

/// Compares every tensor that both models name, in the order of `actual`, on
/// all samples. Warns as `evaluate` does.
Result<std::vector<LayerError>> compareModels(Session &session,
                                              Model &reference, Model &actual,
                                              const Dataset &dataset);

/// The first difference between what two models compute, in words; empty when
/// every output has the same bytes on all samples.
Result<std::string> verifyModels(Session &session, Model &first, Model &second,
                                 const Dataset &dataset, int threads);

/// The same for two files: arrays of two .npz by name, else all bytes.
Result<std::string> verifyFiles(const std::string &first,
                                const std::string &second);

} // namespace qc

#endif // QC_PIPELINES_EVALUATION_H
