// The op of top that reads pictures. It stands at the edge of networks: who
// works on their inside needs it not. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
#ifndef QC_DIALECT_TOP_IR_PICTURE_H
#define QC_DIALECT_TOP_IR_PICTURE_H

#include "qc/Dialect/Top/IR/Top.h"

#define GET_OP_CLASSES
#include "qc/Dialect/Top/IR/TopPicture.h.inc"

#endif // QC_DIALECT_TOP_IR_PICTURE_H
