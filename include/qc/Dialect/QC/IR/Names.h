// Names of tensors: carried by locations, so that they survive fusion.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A value's name is the first name in its op's location; result i of an op with
// several results is named by the i-th. Ops that were fused keep the names of
// what they swallowed behind it. A name's child location is the source node.
#ifndef QC_DIALECT_QC_IR_NAMES_H
#define QC_DIALECT_QC_IR_NAMES_H

#include "mlir/IR/Location.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/SmallVector.h"
#include <string>

namespace qc {

/// All tensor names in `loc`, outermost first, without duplicates.
llvm::SmallVector<mlir::StringAttr> getNames(mlir::Location loc);

/// The first of them; empty when there is none.
std::string getFirstName(mlir::Location loc);

/// The source tensor that `value` computes; empty when it has no name.
/// Arguments of a function are named by `qc.name`, else by their location.
std::string getTensorName(mlir::Value value);

/// What to call `op` in a message: its first name, else its op name.
std::string getDisplayName(mlir::Operation *op);

/// A location for a tensor `name` made by source node `node` (may be empty).
mlir::Location getTensorLoc(mlir::MLIRContext *context, llvm::StringRef name,
                            llvm::StringRef node = "");

/// The location of an op that computes the value of `last` and has swallowed
/// `earlier`: names of `last` first, duplicates dropped.
mlir::Location fuseNames(mlir::Location last,
                         llvm::ArrayRef<mlir::Location> earlier);

/// A location for a value derived from that named by `loc` (a transpose or a
/// rescale that the compiler inserted): the name with `suffix` appended.
mlir::Location deriveName(mlir::Location loc, llvm::StringRef suffix);

/// The permutation by which the results of `op` differ from the source tensors
/// that its location names (result dimension i is source dimension perm[i]);
/// empty when they do not.
llvm::ArrayRef<int64_t> getSourcePermutation(mlir::Operation *op);

/// Notes that the results of `op` are the source tensors transposed by `perm`;
/// an identity leaves no trace.
void setSourcePermutation(mlir::Operation *op, llvm::ArrayRef<int64_t> perm);

} // namespace qc

#endif // QC_DIALECT_QC_IR_NAMES_H
