// Constants between attributes and tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_QC_IR_CONSTANTS_H
#define QC_DIALECT_QC_IR_CONSTANTS_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <optional>
#include <vector>

namespace qc {

/// The value of a constant, borrowed from the attribute where its bytes allow
/// it; row-major, half precision widened to f32, signed integers of 4 bits to
/// i8. Fails if the element type is
/// not executable or a resource is missing, with a message.
Result<Tensor> getConstantTensor(ElementsAttr elements);

/// Integers of 4 bits as they are stored in resources and files: two a byte,
/// the first in the low half; zero is what is left of the last byte.
std::vector<char> packHalves(ArrayRef<int8_t> values);

/// The integers that `packHalves` has packed into `bytes`, of which there are
/// `count`; nothing where the bytes are not as many as these take, or the last
/// holds more than they do.
std::optional<SmallVector<int8_t, 0>>
unpackHalves(ArrayRef<char> bytes, int64_t count, bool isSigned);

/// A dense attribute of `type` with the elements of `tensor`: a resource blob
/// named after `name` from 1 KiB on. The types' sizes must agree.
ElementsAttr getElementsAttr(const Tensor &tensor, RankedTensorType type,
                             StringRef name);

/// `value`, whose elements stay in their order, in `shape`; null for elements
/// that are neither dense nor a dense resource.
ElementsAttr reshapeConstant(ElementsAttr value, ArrayRef<int64_t> shape);

} // namespace qc

#endif // QC_DIALECT_QC_IR_CONSTANTS_H
