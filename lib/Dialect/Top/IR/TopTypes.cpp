// Element types, shape arithmetic and checks that the op families share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/TopTypes.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

namespace qc::top {

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

bool isFloatElement(Type type) {
  Type expressed = getExpressedElement(type);
  return expressed.isF32() || expressed.isF16();
}

bool hasUsableShape(Type type) {
  auto shaped = cast<ShapedType>(type);
  if (!shaped.hasStaticShape())
    return false;
  int64_t elements = 1;
  for (int64_t size : shaped.getShape()) {
    if (size <= 0 || size > kMaxDimension || size > kMaxElements / elements)
      return false;
    elements *= size;
  }
  return true;
}

Type getExpressedElement(Type elementType) {
  // An "any" type says nothing that could be computed with.
  if (isa<quant::CalibratedQuantizedType, quant::UniformQuantizedType,
          quant::UniformQuantizedPerAxisType,
          quant::UniformQuantizedSubChannelType>(elementType))
    return cast<quant::QuantizedType>(elementType).getExpressedType();
  return elementType;
}

/// Half precision is a way to store what is computed as f32.
static Type getComputedElement(Type elementType) {
  Type element = getExpressedElement(elementType);
  return element.isF16() ? Float32Type::get(element.getContext()) : element;
}

bool areCompatibleTypes(TypeRange inferred, TypeRange actual) {
  if (inferred.size() != actual.size())
    return false;
  return llvm::all_of(llvm::zip(inferred, actual), [](auto pair) {
    auto lhs = dyn_cast<RankedTensorType>(std::get<0>(pair));
    auto rhs = dyn_cast<RankedTensorType>(std::get<1>(pair));
    return lhs && rhs && lhs.getShape() == rhs.getShape() &&
           getComputedElement(lhs.getElementType()) ==
               getComputedElement(rhs.getElementType());
  });
}

RankedTensorType getResultType(ArrayRef<int64_t> shape, Type like) {
  return RankedTensorType::get(
      shape, getExpressedElement(cast<ShapedType>(like).getElementType()));
}

RankedTensorType getResultTypeLike(Type like) {
  return getResultType(cast<ShapedType>(like).getShape(), like);
}

ArrayRef<int64_t> getShape(Value value) {
  return cast<ShapedType>(value.getType()).getShape();
}

bool isConstant(Value value) { return matchPattern(value, m_Constant()); }

bool isSplatOf(Attribute constant, double number) {
  auto splat = dyn_cast_if_present<SplatElementsAttr>(constant);
  return splat && isa<FloatType>(splat.getElementType()) &&
         splat.getSplatValue<APFloat>().convertToDouble() == number;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

std::optional<SmallVector<int64_t>> broadcastShapes(ArrayRef<int64_t> lhs,
                                                    ArrayRef<int64_t> rhs) {
  SmallVector<int64_t> shape(std::max(lhs.size(), rhs.size()), 1);
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t l = i < lhs.size() ? lhs[lhs.size() - 1 - i] : 1;
    int64_t r = i < rhs.size() ? rhs[rhs.size() - 1 - i] : 1;
    if (l != r && l != 1 && r != 1)
      return std::nullopt;
    shape[shape.size() - 1 - i] = l == 1 ? r : l;
  }
  return shape;
}

std::optional<int64_t> getWindowCount(int64_t size, int64_t kernel,
                                      int64_t stride, int64_t dilation,
                                      int64_t padBegin, int64_t padEnd,
                                      bool ceilMode) {
  int64_t span = dilation * (kernel - 1) + 1;
  int64_t room = size + padBegin + padEnd - span;
  if (room < 0 || stride <= 0)
    return std::nullopt;
  int64_t count = room / stride + 1;
  if (ceilMode && room % stride != 0 && count * stride < size + padBegin)
    ++count;
  return count;
}

bool hasEmptyWindow(int64_t size, int64_t kernel, int64_t stride,
                    int64_t dilation, int64_t padBegin, int64_t count) {
  if ((count - 1) * stride - padBegin >= size)
    return true;
  // A window that starts inside the input has its first element there; one
  // that starts before must reach in. The first has the longest way, and only
  // an input smaller than a step can be stepped over.
  int64_t candidates = dilation > size ? count : 1;
  for (int64_t i = 0; i < candidates && i * stride < padBegin; ++i) {
    int64_t start = i * stride - padBegin;
    int64_t steps = llvm::divideCeil(-start, dilation);
    if (steps >= kernel || start + steps * dilation >= size)
      return true;
  }
  return false;
}

int64_t multiplySaturating(int64_t lhs, int64_t rhs) {
  int64_t product;
  return llvm::MulOverflow(lhs, rhs, product)
             ? std::numeric_limits<int64_t>::max()
             : product;
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

LogicalResult checkRange(ArrayRef<int64_t> values, int64_t min, StringRef what,
                         ErrorEmitter emit) {
  for (int64_t value : values)
    if (value < min || value > kMaxDimension)
      return emit() << "expects " << what << " from " << min << " to "
                    << kMaxDimension << ", found " << value;
  return success();
}

LogicalResult checkAxis(int64_t axis, int64_t rank, ErrorEmitter emit) {
  if (axis >= 0 && axis < rank)
    return success();
  return emit() << "axis " << axis << " is not a dimension of a tensor of rank "
                << rank;
}

LogicalResult checkCount(ArrayRef<int64_t> values, int64_t expected,
                         StringRef what, ErrorEmitter emit) {
  if (int64_t(values.size()) == expected)
    return success();
  return emit() << "expects " << expected << " " << what << ", found "
                << values.size();
}

LogicalResult inferBroadcast(Value lhs, Value rhs, SmallVectorImpl<Type> &types,
                             ErrorEmitter emit) {
  auto shape = broadcastShapes(getShape(lhs), getShape(rhs));
  if (!shape)
    return emit() << "cannot broadcast " << lhs.getType() << " and "
                  << rhs.getType() << " to one shape";
  types.push_back(getResultType(*shape, lhs.getType()));
  return success();
}

LogicalResult inferReduction(Value input, ArrayRef<int64_t> axes, bool keepdims,
                             SmallVectorImpl<Type> &types, ErrorEmitter emit) {
  ArrayRef<int64_t> sizes = getShape(input);
  if (axes.empty())
    return emit() << "expects at least one axis";
  for (auto [i, axis] : llvm::enumerate(axes)) {
    if (failed(checkAxis(axis, sizes.size(), emit)))
      return failure();
    if (i > 0 && axes[i - 1] >= axis)
      return emit() << "expects axes that ascend, found " << axis << " behind "
                    << axes[i - 1];
  }
  SmallVector<int64_t> shape;
  for (auto [i, size] : llvm::enumerate(sizes)) {
    if (!llvm::is_contained(axes, int64_t(i)))
      shape.push_back(size);
    else if (keepdims)
      shape.push_back(1);
  }
  types.push_back(getResultType(shape, input.getType()));
  return success();
}

LogicalResult verifySameOperandElements(Operation *op) {
  auto element = [](Value value) {
    return getComputedElement(
        cast<ShapedType>(value.getType()).getElementType());
  };
  for (Value operand : op->getOperands())
    if (element(operand) != element(op->getOperand(0)))
      return op->emitOpError("expects operands of one element type, found ")
             << element(op->getOperand(0)) << " and " << element(operand);
  return success();
}

LogicalResult verifyBounds(Operation *op, std::optional<APFloat> min,
                           std::optional<APFloat> max) {
  if ((min && min->isNaN()) || (max && max->isNaN()))
    return op->emitOpError("expects bounds that are numbers, found NaN");
  if (min && max && *min > *max)
    return op->emitOpError("expects a lower bound below the upper, found ")
           << min->convertToFloat() << " and " << max->convertToFloat();
  return success();
}

SmallVector<unsigned> getElementwiseInPlaceOperands(Operation *op) {
  SmallVector<unsigned> operands;
  for (OpOperand &operand : op->getOpOperands())
    if (getShape(operand.get()) == getShape(op->getResult(0)))
      operands.push_back(operand.getOperandNumber());
  return operands;
}

} // namespace qc::top
