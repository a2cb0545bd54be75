// The qc dialect and the names of the attributes that it gives meaning to.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_QC_IR_QC_H
#define QC_DIALECT_QC_IR_QC_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"

#include "qc/Dialect/QC/IR/QCDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "qc/Dialect/QC/IR/QCAttributes.h.inc"

namespace qc {
inline constexpr llvm::StringLiteral kTargetAttr = "qc.target";
inline constexpr llvm::StringLiteral kPrecisionAttr = "qc.precision";
inline constexpr llvm::StringLiteral kInt16TensorsAttr = "qc.int16_tensors";
inline constexpr llvm::StringLiteral kDataAttr = "qc.data";
inline constexpr llvm::StringLiteral kPreprocessAttr = "qc.preprocess";
inline constexpr llvm::StringLiteral kNameAttr = "qc.name";
inline constexpr llvm::StringLiteral kPlacementAttr = "qc.placement";
inline constexpr llvm::StringLiteral kPermutationAttr = "qc.permutation";
inline constexpr llvm::StringLiteral kAddressAttr = "qc.address";

/// Alignment of resource blobs that passes create. Bytecode that holds a blob
/// of more is only read from memory that happens to be aligned so, which pipes
/// and small files are not.
inline constexpr size_t kBlobAlignment = 16;
} // namespace qc

#endif // QC_DIALECT_QC_IR_QC_H
