// Reading and making constants in passes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Transforms/ConstantValues.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"

#include "mlir/IR/Matchers.h"

#include <cmath>

namespace qc {

std::optional<Tensor> getConstant(Value value) {
  // Stored integers are not the numbers that they stand for.
  ElementsAttr elements;
  if (value.getDefiningOp<top::QuantizedConstantOp>() ||
      !matchPattern(value, m_Constant(&elements)))
    return std::nullopt;
  Result<Tensor> tensor = getConstantTensor(elements);
  if (!tensor)
    return std::nullopt;
  return *tensor;
}

std::optional<Tensor> getFloatConstant(Value value) {
  std::optional<Tensor> tensor = getConstant(value);
  if (!tensor || tensor->dtype() != DType::F32)
    return std::nullopt;
  return tensor;
}

std::optional<SmallVector<int64_t>> getIndexConstant(Value value) {
  std::optional<Tensor> tensor = getConstant(value);
  if (!tensor)
    return std::nullopt;
  SmallVector<int64_t> indices;
  for (int64_t i = 0; i < tensor->numElements(); ++i) {
    if (tensor->dtype() == DType::I64)
      indices.push_back(tensor->data<int64_t>()[i]);
    else if (tensor->dtype() == DType::I32)
      indices.push_back(tensor->data<int32_t>()[i]);
    else
      return std::nullopt;
  }
  return indices;
}

/// The first element if all are equal to it.
static std::optional<double> getSplat(const Tensor &tensor) {
  ArrayRef<float> data(tensor.data<float>(), tensor.numElements());
  if (data.empty() || llvm::any_of(data, [&](float x) { return x != data[0]; }))
    return std::nullopt;
  return data[0];
}

std::optional<double> getSplat(Value value) {
  std::optional<Tensor> tensor = getFloatConstant(value);
  return tensor ? getSplat(*tensor) : std::nullopt;
}

std::optional<std::vector<double>>
getNumbersAlong(Value value, ArrayRef<int64_t> shape, int64_t axis) {
  std::optional<Tensor> tensor = getFloatConstant(value);
  if (!tensor)
    return std::nullopt;
  auto broadcast = top::broadcastShapes(tensor->shape(), shape);
  if (!broadcast || ArrayRef<int64_t>(*broadcast) != shape)
    return std::nullopt;
  if (std::optional<double> splat = getSplat(*tensor))
    return std::vector<double>(shape[axis], *splat);
  // As it is not a splat, one of its dimensions is larger than 1; it must be
  // the one that falls on `axis`, and hold all elements.
  int64_t own = axis - (int64_t(shape.size()) - tensor->rank());
  if (own < 0 || tensor->dim(own) != tensor->numElements())
    return std::nullopt;
  return std::vector<double>(tensor->data<float>(),
                             tensor->data<float>() + tensor->numElements());
}

std::optional<std::vector<double>> getNumbers(Value value) {
  std::optional<Tensor> tensor = getFloatConstant(value);
  if (!tensor || tensor->rank() != 1)
    return std::nullopt;
  return std::vector<double>(tensor->data<float>(),
                             tensor->data<float>() + tensor->numElements());
}

bool allFinite(ArrayRef<double> numbers) {
  return llvm::all_of(numbers,
                      [](double x) { return std::isfinite(float(x)); });
}

Value createConstant(OpBuilder &builder, Location loc, const Tensor &tensor,
                     Type like) {
  RankedTensorType type = top::getResultType(tensor.shape(), like);
  std::string name = getFirstName(loc);
  if (name.empty())
    name = "constant";
  return top::ConstantOp::create(builder, loc, type,
                                 getElementsAttr(tensor, type, name));
}

Value createNumbers(OpBuilder &builder, Location loc, ArrayRef<double> numbers,
                    Type like) {
  Tensor tensor(DType::F32, {int64_t(numbers.size())});
  llvm::transform(numbers, tensor.data<float>(),
                  [](double x) { return float(x); });
  return createConstant(builder, loc, tensor, like);
}

} // namespace qc
