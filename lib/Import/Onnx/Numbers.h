// Integers and booleans that are computed when the network runs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_NUMBERS_H
#define QC_LIB_IMPORT_ONNX_NUMBERS_H

#include "NodeContext.h"

#include "qc/Dialect/Top/IR/Numbers.h"

namespace qc::onnximport {

/// Whether input `index` holds integers or booleans.
bool holdsIntegers(NodeContext &node, size_t index);

/// top.integer of two values; a helper named `suffix`, or output 0 where that
/// is empty.
Value createInteger(NodeContext &node, StringRef suffix, StringRef kind,
                    Value lhs, Value rhs);

/// A constant of int64.
Value createIndices(NodeContext &node, StringRef suffix,
                    std::vector<int64_t> values, Shape shape);

/// Input `index` as int64.
Value getWide(NodeContext &node, size_t index);

/// Input `index` as f32, which integers up to 2^24 are exactly.
Value getReal(NodeContext &node, size_t index);

/// Makes f32 `value` output 0 in the element type of input `index`, where
/// that holds integers. `value` was made as a helper.
LogicalResult setNumbers(NodeContext &node, size_t index, Value value);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_NUMBERS_H
