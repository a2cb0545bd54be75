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

} // namespace qc

#include "qc/Interfaces/QuantizableOpInterface.h.inc"

#endif // QC_INTERFACES_QUANTIZABLEOPINTERFACE_H
