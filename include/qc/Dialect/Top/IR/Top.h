// The top dialect: float networks, channels first, free of any chip.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_TOP_H
#define QC_DIALECT_TOP_IR_TOP_H

#include "qc/Dialect/Top/IR/TopTypes.h"
#include "qc/Interfaces/AliasOpInterface.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Interfaces/QuantizableOpInterface.h"
#include "qc/Interfaces/WeightedOpInterface.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "qc/Dialect/Top/IR/TopDialect.h.inc"

#define GET_OP_CLASSES
#include "qc/Dialect/Top/IR/TopOps.h.inc"

#endif // QC_DIALECT_TOP_IR_TOP_H
