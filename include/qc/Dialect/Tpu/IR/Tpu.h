// The tpu dialect: quantized networks in integer arithmetic, channels last.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_TPU_H
#define QC_DIALECT_TPU_IR_TPU_H

#include "qc/Dialect/Tpu/IR/TpuTypes.h"
#include "qc/Interfaces/AliasOpInterface.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Interfaces/LayoutOpInterface.h"
#include "qc/Interfaces/WeightedOpInterface.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "qc/Dialect/Tpu/IR/TpuDialect.h.inc"
#include "qc/Dialect/Tpu/IR/TpuEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "qc/Dialect/Tpu/IR/TpuAttributes.h.inc"

#define GET_OP_CLASSES
#include "qc/Dialect/Tpu/IR/TpuOps.h.inc"

#endif // QC_DIALECT_TPU_IR_TPU_H
