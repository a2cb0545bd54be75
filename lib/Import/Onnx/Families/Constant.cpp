// Constants and what is known of a tensor's shape.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"

#include <cmath>

namespace qc::onnximport {

namespace {

LogicalResult foldConstant(NodeContext &node) {
  if (node.hasAttribute("value")) {
    auto tensor = node.tensorAttr("value");
    return tensor ? node.setConstant(*tensor) : failure();
  }
  if (node.hasAttribute("value_int"))
    return node.setConstant(
        Tensor::fromVector<int64_t>({node.integerAttr("value_int", 0)}, {}));
  if (node.hasAttribute("value_float"))
    return node.setConstant(Tensor::fromVector<float>(
        {static_cast<float>(node.realAttr("value_float", 0))}, {}));
  if (auto values = node.integersAttr("value_ints"))
    return node.setConstant(
        Tensor::fromVector(*values, {static_cast<int64_t>(values->size())}));
  if (auto values = node.realsAttr("value_floats"))
    return node.setConstant(
        Tensor::fromVector(std::vector<float>(values->begin(), values->end()),
                           {static_cast<int64_t>(values->size())}));
  return node.fail("only constants of numbers, stored dense, are supported");
}

LogicalResult foldConstantOfShape(NodeContext &node) {
  std::vector<int64_t> shape = node.integers(0, "the shape");
  Tensor value =
      node.tensorAttr("value").value_or(Tensor::zeros(DType::F32, {1}));
  if (node.failed())
    return failure();
  if (value.numElements() != 1)
    return node.fail("attribute 'value' is not a single element");
  Result<Tensor> result =
      host::expand(node.budget(), value.reshaped({}), shape);
  return result ? node.setConstant(*result) : node.fail(result.message());
}

/// Shapes are static, so that the contents of the input do not matter.
LogicalResult importShape(NodeContext &node) {
  ArrayRef<int64_t> shape = node.shape(0);
  auto rank = static_cast<int64_t>(shape.size());
  auto clampAxis = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = clampAxis(node.integerAttr("start", 0));
  int64_t end = clampAxis(node.integerAttr("end", rank));
  std::vector<int64_t> part;
  if (start < end)
    part = shape.slice(start, end - start).vec();
  return node.setConstant(
      Tensor::fromVector(part, {static_cast<int64_t>(part.size())}));
}

LogicalResult importSize(NodeContext &node) {
  ArrayRef<int64_t> shape = node.shape(0);
  int64_t count = countElements(Shape(shape.begin(), shape.end())).value_or(0);
  return node.setConstant(Tensor::fromVector<int64_t>({count}, {}));
}

LogicalResult foldRange(NodeContext &node) {
  // The type that halves are computed in; here that is double.
  node.ignoreAttr("stash_type");
  DType dtype = node.constant(0)->dtype();
  std::vector<double> bounds[3];
  for (size_t i = 0; i < 3; ++i) {
    if (node.constant(i)->numElements() != 1)
      return node.fail("a bound of the range is not a scalar");
    bounds[i] = node.reals(i, "a bound of the range");
    if (node.failed())
      return failure();
  }
  double start = bounds[0][0], limit = bounds[1][0], delta = bounds[2][0];
  double count = std::max(0.0, std::ceil((limit - start) / delta));
  if (!(count <= 1 << 28))
    return node.fail("the range has too many elements");
  auto size = static_cast<int64_t>(count);
  // Paid for before the elements are made.
  if (Status paid = node.budget().spend(size); !paid)
    return node.fail(paid.message());
  std::vector<double> values(size);
  for (int64_t i = 0; i < size; ++i)
    values[i] = start + static_cast<double>(i) * delta;
  Result<Tensor> result = host::fromReals(node.budget(), dtype, {size}, values);
  return result ? node.setConstant(*result) : node.fail(result.message());
}

} // namespace

void registerConstantFamily(HandlerRegistry &registry) {
  registry.add("Constant", {1, 9, 11, 12, 13, 19, 21, 23, 24, 25},
               {nullptr, foldConstant});
  registry.add("ConstantOfShape", {9, 20, 21, 23, 24, 25},
               {nullptr, foldConstantOfShape});
  registry.add("Shape", {1, 13, 15, 19, 21, 23, 24, 25},
               {importShape, nullptr, StoredIntegers::Moved});
  registry.add("Size", {1, 13, 19, 21, 23, 24, 25},
               {importSize, nullptr, StoredIntegers::Moved});
  registry.add("Range", {11, 27}, {nullptr, foldRange});
}

} // namespace qc::onnximport
