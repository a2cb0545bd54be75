// Tensors inside of what a network computes as one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_INNERTENSORS_H
#define QC_QUANTIZATION_INNERTENSORS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "qc/Support/MLIR.h"

namespace qc {

/// The activations of `function` on whose way to a result of a layer rounding
/// adds up, in order:
///  * those that an importer has marked (qc/Dialect/QC/IR/Inner.h);
///  * of a normalisation written out, the squares, their mean or sum and what
///    becomes of that, one value a row, until it meets the data again. A
///    square in 8 bits has none for values below a sixteenth of the largest.
SmallVector<Value> findInnerTensors(func::FuncOp function);

} // namespace qc

#endif // QC_QUANTIZATION_INNERTENSORS_H
