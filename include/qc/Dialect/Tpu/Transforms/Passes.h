// Passes on the tpu dialect.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_TRANSFORMS_PASSES_H
#define QC_DIALECT_TPU_TRANSFORMS_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace qc {

#define GEN_PASS_DECL
#include "qc/Dialect/Tpu/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "qc/Dialect/Tpu/Transforms/Passes.h.inc"

/// Transposes that a function still contains.
struct TransposeCount {
  int64_t boundary = 0; ///< beside quantize, dequantize, an argument or result
  int64_t inner = 0;
};
TransposeCount countTransposes(mlir::func::FuncOp function);

} // namespace qc

#endif // QC_DIALECT_TPU_TRANSFORMS_PASSES_H
