// Activations that could have 16 bits, with all that goes along.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CORRECTION_WIDTHCANDIDATES_H
#define QC_CORRECTION_WIDTHCANDIDATES_H

#include "qc/Correction/OutputEffect.h"
#include "qc/Quantization/AssignWidths.h"
#include "qc/Target/TargetBackend.h"

namespace qc {

/// A tensor that can have 16 bits.
struct WidthCandidate {
  std::string name; ///< what asks for it
  /// The activations that then have 16 bits, of the calibrated function.
  SmallVector<Value> values;
  /// The same in the assigned function.
  FloatExecutor::Variant rounded;
  double gain = 0;   ///< dB at the results, as last measured
  double cycles = 0; ///< more than without, as last estimated
};

class WidthCandidates {
public:
  /// Fails after an error.
  static FailureOr<std::unique_ptr<WidthCandidates>>
  create(CorrectionContext &context);

  /// Those that the target allows; none where all have 16 bits, or it has none.
  /// `assigned` is the function with storage types.
  std::vector<WidthCandidate> find(func::FuncOp assigned) const;

  /// Cycles of the program when all of `wide` have 16 bits.
  double estimate(ArrayRef<const WidthCandidate *> wide) const;
  /// Cycles of the program that the context's network would become as it is
  /// now, with all conversions and tables. Fails after an error.
  FailureOr<double> estimateNow() const;

private:
  WidthCandidates(CorrectionContext &context,
                  std::unique_ptr<TargetBackend> backend)
      : context(context), backend(std::move(backend)) {}

  CorrectionContext &context;
  std::unique_ptr<TargetBackend> backend;
  OwningOpRef<ModuleOp> kept; ///< the integer network of 8 bits
  func::FuncOp integers;
};

} // namespace qc

#endif // QC_CORRECTION_WIDTHCANDIDATES_H
