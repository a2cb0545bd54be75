// The op of tpu that reads pictures. It stands at the edge of networks: who
// works on their inside needs it not. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
#ifndef QC_DIALECT_TPU_IR_PICTURE_H
#define QC_DIALECT_TPU_IR_PICTURE_H

#include "qc/Dialect/Tpu/IR/Tpu.h"

#define GET_OP_CLASSES
#include "qc/Dialect/Tpu/IR/TpuPicture.h.inc"

#endif // QC_DIALECT_TPU_IR_PICTURE_H
