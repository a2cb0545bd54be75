// What would help a network that is bad in integers, found by trying it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_REMEDIES_H
#define QC_LIB_PIPELINES_REMEDIES_H

#include "qc/Pipelines/Compiler.h"
#include "qc/Support/Dataset.h"

namespace qc {

/// Says of each layer whose scale it takes, and whether a correction has drawn
/// its range in. `calibrated` and `corrected` are the float network before and
/// after the phase correct; the second may be null.
void explainRanges(func::FuncOp calibrated, func::FuncOp corrected,
                   std::vector<LayerReport> &layers);

/// What is tried on, and with.
struct RemedySearch {
  ModuleOp calibrated; ///< float, with ranges, before corrections
  const Dataset &dataset;
  const CompileReport &report; ///< what is known so far
  const CompileOptions &options;
  int64_t channelSamples; ///< see compareLayers, moreSamples
};

/// Compiles `calibrated` in other ways and compares what comes out with float
/// on the report's samples: cut in front of joins of unlike ranges, without
/// corrections, with the ranges of minmax, in each wider precision. What is no
/// different from before, or the target cannot run, is left out.
std::vector<RemedyReport> findRemedies(RemedySearch search);

} // namespace qc

#endif // QC_LIB_PIPELINES_REMEDIES_H
