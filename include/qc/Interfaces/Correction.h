// Corrections: what changes a calibrated network so that its integers compute
// more nearly what its floats did.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_CORRECTION_H
#define QC_INTERFACES_CORRECTION_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Registry.h"

#include <functional>
#include <string>
#include <vector>

namespace qc {

/// What a correction works on, and what it did: qc/Correction/Correction.h.
struct CorrectionContext;
struct CorrectionSummary;

/// How much is done for accuracy where no corrections are named.
enum class Effort {
  Low,     ///< what costs little time
  Default, ///< what leaves the program as fast as it is
  High,    ///< also what makes it a little slower
  Named,   ///< of a correction: only where it is named
};

/// When a correction is done: those of a smaller value first, of one value by
/// name. Others may stand between.
enum CorrectionOrder {
  kInputRangesOrder = 100, ///< biases belong to the scales that follow
  kEqualizeOrder = 200,    ///< tensors change
  kRoundingOrder = 300,    ///< the integers of weights become fixed
  kWidthsOrder = 400,      ///< before biases are fitted to the noise
  kBiasOrder = 500,
};

/// A correction.
struct Correction {
  std::string name;
  std::string summary; ///< one line
  int order = kBiasOrder;
  /// Changes the context's network, or leaves it when that does not help. Fails
  /// after an error.
  std::function<FailureOr<CorrectionSummary>(CorrectionContext &)> run;
  /// Whether tensors are others than those of the model afterwards, so that
  /// parameters written by name do not fit the model.
  bool changesTensors = false;
  /// The least effort at which it is done without being named.
  Effort effort = Effort::Named;
};

/// Corrections by name.
class CorrectionRegistry : public Registry<Correction> {
public:
  CorrectionRegistry() : Registry("correction") {}
  /// An error when the name is taken.
  Status add(Correction correction);
  /// In the order in which they are done.
  std::vector<const Correction *> getInOrder() const;
};

} // namespace qc

#endif // QC_INTERFACES_CORRECTION_H
