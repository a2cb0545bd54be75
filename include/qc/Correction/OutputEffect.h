// What a choice does to a network's results, without compiling it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The network with storage types runs in float, where every tensor is rounded
// to its type. What a choice about some tensors does is seen by turning round
// whether these are rounded, and by running again what lies behind them: from
// the point where they are made, not from the beginning.
#ifndef QC_CORRECTION_OUTPUTEFFECT_H
#define QC_CORRECTION_OUTPUTEFFECT_H

#include "qc/Correction/Correction.h"

namespace qc {

class OutputEffect {
public:
  /// `assigned` is a function with storage types, `references` what the results
  /// of `samples` should be; all must outlive this. Fails after an error.
  static FailureOr<std::unique_ptr<OutputEffect>>
  create(func::FuncOp assigned, ThreadPool &pool, ArrayRef<Sample> samples,
         const Results &references);

  /// Scores over all samples.
  struct Measured {
    Score common; ///< with all activations rounded, or none
    std::vector<Score> variants;
  };
  /// Rounds all activations (or none, without `rounds`), and then turns round
  /// those of each of `variants`. Stored constants stay what they are. Does not
  /// depend on the number of threads.
  FailureOr<Measured> measure(bool rounds,
                              ArrayRef<FloatExecutor::Variant> variants);

private:
  OutputEffect(func::FuncOp function, ThreadPool &pool,
               ArrayRef<Sample> samples, const Results &references)
      : function(function), pool(pool), samples(samples),
        references(references) {}

  func::FuncOp function;
  ThreadPool &pool;
  ArrayRef<Sample> samples;
  const Results &references;
  std::vector<std::unique_ptr<FloatExecutor>> executors; ///< one a thread
};

/// Gives ops of `assigned` the constants that ops of the same name have in
/// `floats`, where it has stored ones: then only activations are rounded.
void takeFloatConstants(func::FuncOp assigned, func::FuncOp floats);

} // namespace qc

#endif // QC_CORRECTION_OUTPUTEFFECT_H
