// The cheapest way to compile a network that reaches a goal, found by trying.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_TUNE_H
#define QC_PIPELINES_TUNE_H

#include "qc/Pipelines/Compiler.h"
#include "qc/Pipelines/Evaluation.h"

#include "llvm/Support/JSON.h"

#include <functional>
#include <optional>

namespace qc {

/// What a program is good for by a measure of the user's own: of the outputs,
/// as a .npz by name. More is better.
using Metric = std::function<Result<double>(const std::string &outputs)>;

struct TuneOptions {
  /// Model, target and samples; `output` is the folder of all trials. What they
  /// say about method, precision, effort and corrections stays in every trial.
  CompileOptions compile;
  /// The samples that programs are judged by; empty: those of `compile`.
  std::string evaluation;
  int64_t evaluationSamples = 0; ///< 0: all
  std::string labels;            ///< as for qc eval; empty: none
  int64_t labelOffset = 0;
  /// The goal: all that are there. Points of top-1 (or of the metric), dB of
  /// the worst output.
  std::optional<double> maxDrop, minSqnr;
  /// Programs may be estimated to take so many times the cycles of the first
  /// trial.
  double maxLatency = 1.1;
  Metric metric; ///< null: top-1
};

/// One way to compile, and what came out.
struct Trial {
  std::string name;       ///< its folder: "1-low"
  CompileOptions options; ///< that make it again
  double sqnr = 0;        ///< of the worst output, dB, median over items
  std::optional<double> agreement, top1;
  std::optional<double> metric;
  double cycles = 0; ///< estimated; 0: not known
  uint64_t constantBytes = 0, arenaBytes = 0;
  double seconds = 0;
  bool isReached = false;
  std::string failure; ///< why it could not be made or is left out; else empty
};

struct TuneReport {
  std::vector<Trial> trials; ///< in the order in which they were tried
  /// Of the float network.
  std::optional<double> floatTop1, floatMetric;
  int64_t items = 0;
  /// Index of the first that reaches the goal, else of the best; -1: none
  /// compiles.
  int best = -1;
  bool isReached = false;
};

/// An error when `options` ask for nothing, or for what cannot be measured.
Status checkTuneUsage(const TuneOptions &options);

/// Compiles the model in one way after the other, the cheapest first, each into
/// a folder of its own in `options.compile.output`, and stops at the first that
/// reaches the goal. Fails after an error.
FailureOr<TuneReport> tune(const TuneOptions &options, Session &session);

llvm::json::Value toJSON(const TuneReport &report);
void printTune(const TuneReport &report, llvm::raw_ostream &os);

} // namespace qc

#endif // QC_PIPELINES_TUNE_H
