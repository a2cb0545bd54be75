// Elements of an array in the order of other dimensions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_PERMUTATION_H
#define QC_SUPPORT_PERMUTATION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace qc {

/// Row-major `values` of `shape` so that dimension i of the result is dimension
/// perm[i]; row-major, too.
template <typename T>
llvm::SmallVector<T> permuteElements(llvm::ArrayRef<T> values,
                                     llvm::ArrayRef<int64_t> shape,
                                     llvm::ArrayRef<int64_t> perm) {
  llvm::SmallVector<int64_t> strides(shape.size(), 1), index(shape.size(), 0);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  llvm::SmallVector<T> out;
  out.reserve(values.size());
  while (out.size() < values.size()) {
    int64_t offset = 0;
    for (size_t i = 0; i < perm.size(); ++i)
      offset += index[i] * strides[perm[i]];
    out.push_back(values[offset]);
    for (size_t i = perm.size(); i-- > 0;) {
      if (++index[i] < shape[perm[i]])
        break;
      index[i] = 0;
    }
  }
  return out;
}

} // namespace qc

#endif // QC_SUPPORT_PERMUTATION_H
