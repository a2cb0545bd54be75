// How an op rewrites itself under a permutation of its data.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_LAYOUTOPINTERFACE_H
#define QC_INTERFACES_LAYOUTOPINTERFACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/SmallVector.h"

namespace qc {

/// `values` reordered: element i of the result is `values[perm[i]]`.
template <typename T>
llvm::SmallVector<T> applyPermutation(llvm::ArrayRef<T> values,
                                      llvm::ArrayRef<int64_t> perm) {
  llvm::SmallVector<T> out;
  for (int64_t p : perm)
    out.push_back(values[p]);
  return out;
}

/// The position that dimension `dim` has after a transpose by `perm`.
int64_t permutedDimension(int64_t dim, llvm::ArrayRef<int64_t> perm);

/// The permutation that undoes `perm`.
llvm::SmallVector<int64_t> invertPermutation(llvm::ArrayRef<int64_t> perm);

/// `type` with its dimensions reordered by `perm`; a per-axis quantized
/// element type keeps following its dimension.
mlir::RankedTensorType permuteType(mlir::RankedTensorType type,
                                   llvm::ArrayRef<int64_t> perm);

/// Clones `op` with `operands` and its results' types permuted; attributes
/// are kept as they are, so only for ops whose attributes name no dimension.
mlir::Operation *cloneWithPermutedTypes(mlir::Operation *op,
                                        mlir::OpBuilder &builder,
                                        llvm::ArrayRef<int64_t> perm,
                                        mlir::ValueRange operands);

} // namespace qc

#include "qc/Interfaces/LayoutOpInterface.h.inc"

#endif // QC_INTERFACES_LAYOUTOPINTERFACE_H
