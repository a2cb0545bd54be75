// The top dialect: every op family of this folder.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_TOPOPS
#define QC_DIALECT_TOP_IR_TOPOPS

include "qc/Dialect/Top/IR/TopBase.td"
include "qc/Dialect/Top/IR/TopFamilies.td"

#endif // QC_DIALECT_TOP_IR_TOPOPS
