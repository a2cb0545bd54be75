// What says that a tensor is inside of an op of the model, and how wide such
// are. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_QC_IR_INNER_H
#define QC_DIALECT_QC_IR_INNER_H

#include "llvm/ADT/StringRef.h"

namespace qc {

/// On an op, without a value or with a string: its result is inside of what the
/// model computes as one op (a step of an LSTM, one direction of a resize),
/// which rounds there less often, or nowhere. What has one string is one tensor
/// at different times: its range holds what all of them hold.
inline constexpr llvm::StringLiteral kInnerAttr = "qc.inner";

/// On a module, an integer: the bits of such tensors, 8 or 16. Where it does
/// not say so, 16 if the target has them.
inline constexpr llvm::StringLiteral kInnerBitsAttr = "qc.inner_bits";

} // namespace qc

#endif // QC_DIALECT_QC_IR_INNER_H
