// Weights that are no numbers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_FINITEWEIGHTS_H
#define QC_QUANTIZATION_FINITEWEIGHTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qc/Support/MLIR.h"

namespace qc {

/// Fails when a weight, a bias or another parameter of a layer of `function`
/// holds NaN or infinity, which no integer stands for. One error lists all of
/// them: tensor, op, the first place. Constants that are activations to their
/// op (masks) may hold infinities.
LogicalResult checkFiniteWeights(func::FuncOp function);

} // namespace qc

#endif // QC_QUANTIZATION_FINITEWEIGHTS_H
