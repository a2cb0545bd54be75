// What quantization needs to know of an op, on any chip.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_QUANTIZABLEOPINTERFACE_H
#define QC_INTERFACES_QUANTIZABLEOPINTERFACE_H

#include "mlir/IR/OpDefinition.h"
#include <limits>
#include <optional>

namespace qc {

/// How an operand takes part in quantization.
enum class OperandRole { Activation, Weight, Bias, Index, Float };

/// A closed interval of real values.
struct ValueRange1D {
  double min;
  double max;
};

/// What is known of the values of a tensor.
struct KnownValues {
  ValueRange1D range;
  /// The least magnitude of a value that is not zero: of a constant its own, of
  /// an activation the step between two values; 0 when it is not known.
  double least = 0;

  /// The largest magnitude.
  double largest() const {
    return -range.min > range.max ? -range.min : range.max;
  }
};

/// Every real number.
inline constexpr ValueRange1D kUnlimited{
    -std::numeric_limits<double>::infinity(),
    std::numeric_limits<double>::infinity()};

/// Where functions that end in an exponential tail are taken to be at its end:
/// e^-16, about 2^-23, is nothing in 16 bits and in sums of a hundred.
inline constexpr double kExponentialReach = 16;

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
