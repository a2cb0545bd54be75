// The tpu dialect: every op family of this folder.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_TPUOPS
#define QC_DIALECT_TPU_IR_TPUOPS

include "qc/Dialect/Tpu/IR/TpuBase.td"
include "qc/Dialect/Tpu/IR/TpuFamilies.td"

#endif // QC_DIALECT_TPU_IR_TPUOPS
