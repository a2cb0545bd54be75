// Checks that several op families of tpu share; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_DIALECT_TPU_IR_VERIFYUTILS_H
#define QC_LIB_DIALECT_TPU_IR_VERIFYUTILS_H

#include "qc/Dialect/Tpu/IR/Tpu.h"

namespace qc::tpu {

/// `requant` has one entry or `channels`, and `clamp` lies within the storage
/// range of `result`.
LogicalResult verifyRequant(Operation *op, RequantAttr requant,
                            int64_t channels,
                            std::optional<ArrayRef<int64_t>> clamp,
                            Value result);

/// `clamp`, if given, is [low, high] within the storage range of `result`.
LogicalResult verifyClamp(Operation *op, std::optional<ArrayRef<int64_t>> clamp,
                          Value result);

/// `result` has exactly `shape`.
LogicalResult verifyShape(Operation *op, Value result, ArrayRef<int64_t> shape);

/// The sizes that a window of an NHWC op leaves of `input`'s H and W, checked
/// together with the lengths and signs of its attributes.
FailureOr<SmallVector<int64_t>>
getWindowedSizes(Operation *op, RankedTensorType input,
                 ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                 ArrayRef<int64_t> pads, ArrayRef<int64_t> dilations);

/// `axis` is a dimension of `type`.
LogicalResult verifyAxis(Operation *op, int64_t axis, RankedTensorType type);

/// The i32 or i64 bias that activations of `input`'s width accumulate in.
LogicalResult verifyBias(Operation *op, Value input, Value bias,
                         int64_t channels);

/// What AliasOpInterface says of an elementwise op on operand 0 alone: the
/// result may overwrite it when both are stored in elements of one width.
SmallVector<unsigned> reuseIfSameWidth(Value operand, Value result);

} // namespace qc::tpu

#endif // QC_LIB_DIALECT_TPU_IR_VERIFYUTILS_H
