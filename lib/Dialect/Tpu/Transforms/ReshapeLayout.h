// How a transpose passes through a reshape: pure index arithmetic.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_DIALECT_TPU_TRANSFORMS_RESHAPELAYOUT_H
#define QC_LIB_DIALECT_TPU_TRANSFORMS_RESHAPELAYOUT_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace qc {

/// A reshape followed by a transpose.
struct ReshapeThenTranspose {
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<int64_t> perm;
};

/// For x of shape `source`: finds shape s and permutation q such that
///   reshape(transpose(x, perm), result) == transpose(reshape(x, s), q).
/// Nothing when the reshape joins dimensions that the transpose took apart.
std::optional<ReshapeThenTranspose>
exchangeTransposeAndReshape(llvm::ArrayRef<int64_t> source,
                            llvm::ArrayRef<int64_t> perm,
                            llvm::ArrayRef<int64_t> result);

/// The same when the reshape does join what the transpose took apart: only the
/// part of the transpose that brings the joined dimensions together stays,
///   reshape(transpose(x, perm), result)
///     == transpose(reshape(transpose(x, local), shape), rest).
struct SplitTranspose {
  llvm::SmallVector<int64_t> local;
  ReshapeThenTranspose rest;
};
std::optional<SplitTranspose>
splitTransposeAtReshape(llvm::ArrayRef<int64_t> source,
                        llvm::ArrayRef<int64_t> perm,
                        llvm::ArrayRef<int64_t> result);

} // namespace qc

#endif // QC_LIB_DIALECT_TPU_TRANSFORMS_RESHAPELAYOUT_H
