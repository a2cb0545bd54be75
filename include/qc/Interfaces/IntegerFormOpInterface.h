// What becomes of an op in integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_INTEGERFORMOPINTERFACE_H
#define QC_INTERFACES_INTEGERFORMOPINTERFACE_H

#include "mlir/IR/OpDefinition.h"

namespace qc {

/// How the integer form of an op reads a constant.
enum class ConstantForm {
  Number,    ///< as the numbers that they are: biases, a factor within a table
  Weight,    ///< as weights of a layer, with scales of their own
  Activation ///< as if they had been computed
};

} // namespace qc

#include "qc/Interfaces/IntegerFormOpInterface.h.inc"

namespace qc {

/// The op that does the work of `op` in integers; empty when it has no such
/// form.
inline llvm::StringRef getIntegerName(mlir::Operation *op) {
  auto form = mlir::dyn_cast<IntegerFormOpInterface>(op);
  return form ? form.getIntegerName() : llvm::StringRef();
}

} // namespace qc

#endif // QC_INTERFACES_INTEGERFORMOPINTERFACE_H
