// Which layers keep weights of 8 bits beside others of 4.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_WEIGHTWIDTHS_H
#define QC_QUANTIZATION_WEIGHTWIDTHS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"

namespace qc {

/// The layers of `function` that lose most by weights of fewer than 8 bits or
/// have few of them: the first behind inputs, the last in front of results,
/// those with one input a channel, transposed convolutions, and the smallest
/// ones with a tenth of all weights.
llvm::DenseSet<mlir::Operation *> findFineLayers(mlir::func::FuncOp function);

} // namespace qc

#endif // QC_QUANTIZATION_WEIGHTWIDTHS_H
