// What quantization needs to know of an op, on any chip.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_QUANTIZABLEOPINTERFACE_H
#define QC_INTERFACES_QUANTIZABLEOPINTERFACE_H

#include "mlir/IR/OpDefinition.h"
#include <optional>

namespace qc {

/// How an operand takes part in quantization.
enum class OperandRole { Activation, Weight, Bias, Index, Float };

/// A closed interval of real values.
struct ValueRange1D {
  double min;
  double max;
};

/// How the stored integers of a result follow from those of the activations.
struct ScaleRelation {
  enum Kind {
    None,   ///< some other way: by a table, by weights with scales of their own
    Sum,    ///< each operand enters with its scale over the result's
    Product ///< the operands' scales multiply
  };
  Kind kind = None;
  /// What a sum is divided by (a mean's number of elements).
  double divisor = 1;
};

} // namespace qc

#include "qc/Interfaces/QuantizableOpInterface.h.inc"

#endif // QC_INTERFACES_QUANTIZABLEOPINTERFACE_H
