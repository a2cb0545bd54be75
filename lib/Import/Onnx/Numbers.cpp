// Integers and booleans that are computed when the network runs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Numbers.h"

namespace qc::onnximport {

bool holdsIntegers(NodeContext &node, size_t index) {
  Type element = node.elementType(index);
  return element && element.isInteger();
}

Value createInteger(NodeContext &node, StringRef suffix, StringRef kind,
                    Value lhs, Value rhs) {
  auto attributes = OpAttributes().string("kind", kind);
  SmallVector<Value> operands{lhs, rhs};
  return suffix.empty()
             ? node.create<top::IntegerOp>(operands, attributes)
             : node.createHelper<top::IntegerOp>(suffix, operands, attributes);
}

Value createIndices(NodeContext &node, StringRef suffix,
                    std::vector<int64_t> values, Shape shape) {
  return node.helperConstant(suffix,
                             Tensor::fromVector(values, std::move(shape)));
}

/// Input `index` in another element type.
static Value getAs(NodeContext &node, size_t index, Type element,
                   StringRef suffix) {
  Value value = node.input(index);
  if (!value || node.elementType(index) == element)
    return value;
  return node.createHelper<top::CastOp>(
      (suffix + std::to_string(index)).str(), value, {},
      RankedTensorType::get(node.shape(index), element));
}

Value getWide(NodeContext &node, size_t index) {
  return getAs(node, index, IntegerType::get(node.context(), 64), "wide");
}

Value getReal(NodeContext &node, size_t index) {
  return getAs(node, index, Float32Type::get(node.context()), "real");
}

LogicalResult setNumbers(NodeContext &node, size_t index, Value value) {
  if (!value)
    return failure();
  return node.setResult(node.create<top::CastOp>(
      value, {},
      RankedTensorType::get(top::getShape(value), node.elementType(index))));
}

} // namespace qc::onnximport
