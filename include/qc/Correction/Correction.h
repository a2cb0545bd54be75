// What corrections of a calibrated network share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CORRECTION_CORRECTION_H
#define QC_CORRECTION_CORRECTION_H

#include "qc/Correction/Score.h"
#include "qc/Execution/Executor.h"
#include "qc/Interfaces/Correction.h"
#include "qc/Support/Dataset.h"
#include "qc/Support/Progress.h"
#include "qc/Support/ThreadPool.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

/// Fewer samples than this say too little.
inline constexpr int64_t kSmallestCorrectionSet = 8;

/// Samples are told apart in two halves: even ones are fitted, odd ones judge
/// what was fitted.
enum Half { kFitted, kHeldOut, kHalves };
inline Half getHalf(int64_t sample) { return Half(sample % kHalves); }

/// Results of a network, by sample.
using Results = std::vector<SmallVector<Tensor>>;

/// What a correction did.
struct CorrectionSummary {
  /// False when the results of held-out samples did not come nearer to the
  /// float network: then nothing was changed.
  bool kept = false;
  /// What was changed, in words and numbers: {"channels", 120}.
  std::vector<std::pair<std::string, int64_t>> counts;
  /// Of the integer network's results on held-out samples.
  Score before, after;
};

/// The float network, one executor a thread.
class FloatRunner {
public:
  /// Fails after an error at an op that cannot be executed.
  static FailureOr<std::unique_ptr<FloatRunner>> create(func::FuncOp function,
                                                        ThreadPool &pool);

  /// Calls `body` for each sample, from several threads.
  Status
  run(int64_t samples,
      llvm::function_ref<Status(int64_t sample, Executor &executor)> body);

private:
  explicit FloatRunner(ThreadPool &pool) : pool(pool) {}
  ThreadPool &pool;
  std::vector<std::unique_ptr<FloatExecutor>> executors;
};

/// What a correction works on. Its result has the same bytes for any number of
/// threads.
struct CorrectionContext {
  CorrectionContext(func::FuncOp function, ThreadPool &pool,
                    ProgressListener *progress)
      : function(function), pool(pool), progress(progress) {}

  func::FuncOp function; ///< calibrated top, to be changed
  ThreadPool &pool;
  ProgressListener *progress; ///< null: nobody listens
  std::vector<Sample> samples;
  /// What the float network computes of `samples`.
  Results references;
  /// All samples that there are, for what looks at each of them once; may be
  /// null.
  const Dataset *dataset = nullptr;
  /// The program may take so many times the cycles that it is estimated to take
  /// with 8 bits; 0: kMostCycles of WidthChoice.h.
  double maxCycles = 0;

  /// Keeps the float network as it is now: what comes later rounds its weights.
  void keepFloat();
  /// The float network before that: means that the integers should have.
  func::FuncOp getFloat();

  /// The integer network that `function`'s module would become as it is now;
  /// made once until a correction changes something. Fails after an error.
  FailureOr<ModuleOp> getIntegers();
  void forgetIntegers() {
    integers = nullptr;
    integerScore.reset();
  }

  /// `function`'s module with storage types. Null after an error.
  OwningOpRef<ModuleOp> makeAssigned();

  /// How near that network's results come on held-out samples. Fails after an
  /// error.
  FailureOr<Score> scoreIntegers();

private:
  OwningOpRef<ModuleOp> integers, floats;
  std::optional<Score> integerScore;
};

/// "low", "default" or "high"; an error that suggests the nearest otherwise.
Result<Effort> parseEffort(const std::string &name);

/// The built-in corrections.
void registerAllCorrections(CorrectionRegistry &registry);

/// An error when one of `names` is no correction of `known`, or `none` is not
/// alone.
Status checkCorrections(const CorrectionRegistry &known,
                        ArrayRef<std::string> names);

/// Energies of the float results of one sample and of their errors.
std::vector<ResultEnergy> getEnergies(ArrayRef<Tensor> references,
                                      ArrayRef<Tensor> results);

/// How near the float results of the samples of `half` come to `references`.
Score scoreResults(const Results &references, const Results &results,
                   Half half);

} // namespace qc

#endif // QC_CORRECTION_CORRECTION_H
