// One network in float and in every precision of a target, beside each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_LADDER_H
#define QC_PIPELINES_LADDER_H

#include "qc/Pipelines/Compiler.h"
#include "qc/Statistics/Metrics.h"

namespace qc {

/// One output of the program of one precision, over all samples.
struct RungReport {
  std::string precision, output;
  ErrorMetrics error;
  uint64_t outside = 0; ///< elements
  /// Largest |difference| / |reference|, of elements above atol.
  double maxRelative = 0;
};

struct LadderReport {
  Tolerance tolerance;
  int64_t samples = 0;
  std::vector<RungReport> rungs; ///< from the finest precision to the coarsest
};

/// Compiles the model for `float` and for every precision of the target into a
/// folder of its name in `options.output`, and compares the programs' outputs
/// with the prepared float network's on `options.reportSamples` samples. Fails
/// after an error.
FailureOr<LadderReport> climbLadder(const CompileOptions &options,
                                    Session &session);

/// An error when `options` ask for what a ladder cannot do.
Status checkLadderUsage(const CompileOptions &options);

llvm::json::Value toJSON(const LadderReport &report);
void printLadder(const LadderReport &report, llvm::raw_ostream &os);

} // namespace qc

#endif // QC_PIPELINES_LADDER_H
