// Constants with their elements in another order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_DIALECT_TPU_TRANSFORMS_PERMUTECONSTANT_H
#define QC_LIB_DIALECT_TPU_TRANSFORMS_PERMUTECONSTANT_H

#include "qc/Support/MLIR.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace qc {

/// `value` with its dimensions reordered; null when its bytes are not at hand.
ElementsAttr permuteConstant(ElementsAttr value, ArrayRef<int64_t> perm);

/// The same where the dimensions that move are those of `shape`, as which
/// `value` is seen; the result has the type of `value`.
ElementsAttr permuteConstantAs(ElementsAttr value, ArrayRef<int64_t> shape,
                               ArrayRef<int64_t> perm);

} // namespace qc

#endif // QC_LIB_DIALECT_TPU_TRANSFORMS_PERMUTECONSTANT_H
