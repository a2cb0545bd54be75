// Models of any stage, ready to run.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_MODEL_H
#define QC_PIPELINES_MODEL_H

#include "qc/Execution/Executor.h"
#include "qc/Execution/RemoteProgram.h"
#include "qc/Interfaces/FrontEnd.h"
#include "qc/Statistics/DataChecks.h"
#include "qc/Support/Dataset.h"
#include "qc/Support/Progress.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace qc {

class Session;

struct ModelOptions {
  ImportOptions import;
  /// Replaces the preprocessing that the model carries, with a warning where
  /// that differs, but not what is in its graph; empty: it stays.
  std::string preprocess;
  int threads = 0; ///< 0: one a processor
  /// Where a .qcb runs; of other models an error.
  std::optional<RemoteHost> remote = std::nullopt;
};

/// A network or a program with what it wants as samples.
struct Model {
  OwningOpRef<ModuleOp> module; ///< null for .qcb
  std::unique_ptr<Executor> executor;
  /// What a data set must give, with the preprocessing that the model carries.
  std::vector<InputSignature> signatures;

  /// The preprocessing that has become part of the model; empty when none has.
  std::string getInsertedPreprocess() const;
  /// What to show the samples to; its findings are for the session's ears.
  InputSurvey survey() const {
    return InputSurvey(signatures, getInsertedPreprocess());
  }
};

/// Opens a model in any format that the session knows, or a .qcb program. Null
/// after an error.
std::unique_ptr<Model> openModel(Session &session, const std::string &path,
                                 const ModelOptions &options);

/// Two models that will see the same samples: where only one carries a
/// preprocessing (a float source does not), it is that of both. An error where
/// they take different ones.
Status matchInputs(Model &model, const std::string &path, Model &other,
                   const std::string &otherPath);

/// The same for models that may see the same images in different forms: false
/// where one does itself what the other's samples go through, so that each
/// wants samples of its own from the same data.
Result<bool> pairInputs(Model &model, const std::string &path, Model &other,
                        const std::string &otherPath);

/// Warns of what looks like a mistake in the samples that `survey` was shown.
void warnAboutData(Session &session, const InputSurvey &survey);

/// Calls `visit` with each sample in order; samples are loaded ahead by
/// `threads` workers. Stops at the first failure, and when the session of
/// `progress` is cancelled; null: nobody listens.
Status
forEachSample(const Dataset &dataset, int threads, ProgressListener *progress,
              const std::string &label,
              const std::function<Status(int64_t, const Sample &)> &visit);

} // namespace qc

#endif // QC_PIPELINES_MODEL_H
