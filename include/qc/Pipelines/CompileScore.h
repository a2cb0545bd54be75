// What a compile has cost in accuracy, where labels are known.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_COMPILESCORE_H
#define QC_PIPELINES_COMPILESCORE_H

#include "qc/Pipelines/Evaluation.h"
#include "qc/Pipelines/Options.h"

namespace qc {

/// The program against the network before it was quantized, on the samples and
/// labels of a compile.
struct CompileScore {
  Evaluation evaluation;
  int64_t classes = 0;
};

/// Whether `top1` of `items` samples is what guessing among `classes` gives:
/// less than three standard deviations above it.
bool isAtChance(double top1, int64_t items, int64_t classes);

/// An error where `options`, which have labels, leave out what is scored.
Status checkScoreUsage(const CompileOptions &options);

/// Scores what a compile of `options` has left in its folder.
Result<CompileScore> scoreCompile(Session &session,
                                  const CompileOptions &options);

} // namespace qc

#endif // QC_PIPELINES_COMPILESCORE_H
