// The qc dialect and the names of the attributes that it gives meaning to.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_QC_IR_QC_H
#define QC_DIALECT_QC_IR_QC_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"

#include "qc/Dialect/QC/IR/QCDialect.h.inc"
#include "qc/Dialect/QC/IR/QCEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "qc/Dialect/QC/IR/QCAttributes.h.inc"

namespace qc {
/// What `value` says in a file that is read elsewhere: the text of a string
/// without quotes, anything else as it is printed.
std::string toText(mlir::Attribute value);

/// On a module: a dictionary of facts about where it comes from (the source and
/// its checksum, how it was calibrated, ...), which artefacts keep as text.
inline constexpr llvm::StringLiteral kProvenanceAttr = "qc.provenance";
/// The fact that part of this preprocessing has become part of the network.
inline constexpr llvm::StringLiteral kInsertedPreprocess =
    "preprocess_inserted";
/// Adds a fact, or replaces it.
void noteProvenance(mlir::ModuleOp module, llvm::StringRef fact,
                    const llvm::Twine &text);

inline constexpr llvm::StringLiteral kTargetAttr = "qc.target";
inline constexpr llvm::StringLiteral kPrecisionAttr = "qc.precision";
inline constexpr llvm::StringLiteral kInt16TensorsAttr = "qc.int16_tensors";
/// A dictionary: activations that a correction has given 16 bits, beside those
/// that `qc.int16_tensors` asks for, and what that brings and costs.
inline constexpr llvm::StringLiteral kWidthsAttr = "qc.widths";
inline constexpr llvm::StringLiteral kDataAttr = "qc.data";
inline constexpr llvm::StringLiteral kCorrectionsAttr = "qc.corrections";
inline constexpr llvm::StringLiteral kCalibrationSamplesAttr =
    "qc.calibration_samples";
inline constexpr llvm::StringLiteral kPreprocessAttr = "qc.preprocess";
inline constexpr llvm::StringLiteral kNameAttr = "qc.name";
inline constexpr llvm::StringLiteral kParametersAttr = "qc.parameters";
inline constexpr llvm::StringLiteral kPlacementAttr = "qc.placement";
inline constexpr llvm::StringLiteral kInFloatAttr = "qc.in_float";
inline constexpr llvm::StringLiteral kPermutationAttr = "qc.permutation";
inline constexpr llvm::StringLiteral kAddressAttr = "qc.address";

/// What is noted of the parameters of `value`, an argument of a function or the
/// result of an op; null where nothing is.
ParametersAttr getParameters(mlir::Value value);
/// Notes it, or takes the note away where `parameters` is null.
void setParameters(mlir::Value value, ParametersAttr parameters);
/// Whether later steps must leave the parameters of `value` as they are.
bool hasFixedParameters(mlir::Value value);

/// Alignment of resource blobs that passes create. Bytecode that holds a blob
/// of more is only read from memory that happens to be aligned so, which pipes
/// and small files are not.
inline constexpr size_t kBlobAlignment = 16;
} // namespace qc

#endif // QC_DIALECT_QC_IR_QC_H
