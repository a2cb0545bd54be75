// What the first batch norm of a network has seen in training, against the
// samples.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CALIBRATION_FIRSTNORM_H
#define QC_CALIBRATION_FIRSTNORM_H

#include "qc/Support/Dataset.h"
#include "qc/Support/MLIR.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

/// How far values lie from what a batch norm has noted of them in training:
/// medians over its channels.
struct NormFit {
  double spread = 1;   ///< their standard deviation over the noted one
  double distance = 0; ///< of their mean from the noted one, in these
  /// Nothing that other images of the same kind would explain.
  bool isFar() const;
};

/// A batch norm keeps mean and variance of its input over the training images.
/// Where `function` still has one, runs it as far as that on the first images
/// of `open`'s data and compares; a sentence for a warning where they are far
/// apart, with the preset that fits where one does. `open` gives the data with
/// inputs as they are asked for. Arrays that are given as they are say nothing.
std::optional<std::string>
checkFirstNorm(func::FuncOp function, int threads,
               llvm::function_ref<Result<std::unique_ptr<Dataset>>(
                   std::vector<InputSignature>)>
                   open);

} // namespace qc

#endif // QC_CALIBRATION_FIRSTNORM_H
