// Orders of dimensions, constants and stages of a network that is exported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Export/Network/Network.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/ExecutableOpInterface.h"
#include "qc/Transforms/ConstantValues.h"

#include "mlir/IR/Matchers.h"

namespace qc {

//===----------------------------------------------------------------------===//
// Orders of dimensions
//===----------------------------------------------------------------------===//

Order getPlainOrder(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

SmallVector<int64_t> reorder(ArrayRef<int64_t> values,
                             ArrayRef<int64_t> order) {
  return llvm::map_to_vector(order, [&](int64_t i) { return values[i]; });
}

int64_t mapAxis(int64_t axis, ArrayRef<int64_t> order) {
  return llvm::find(order, axis) - order.begin();
}

Tensor permute(const Tensor &tensor, ArrayRef<int64_t> order) {
  if (llvm::equal(order, getPlainOrder(tensor.rank())))
    return tensor;
  Shape shape;
  SmallVector<int64_t> strides(tensor.rank(), 1);
  for (int64_t i = tensor.rank() - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * tensor.dim(i + 1);
  for (int64_t i : order)
    shape.push_back(tensor.dim(i));
  strides = reorder(strides, order);
  Tensor result(tensor.dtype(), shape);
  size_t size = dtypeSize(tensor.dtype());
  auto *to = static_cast<char *>(result.raw());
  auto *from = static_cast<const char *>(tensor.raw());
  SmallVector<int64_t> index(shape.size(), 0);
  int64_t offset = 0;
  for (int64_t n = 0; n < result.numElements(); ++n) {
    std::memcpy(to + n * size, from + offset * size, size);
    for (int64_t d = shape.size() - 1; d >= 0; --d) {
      offset += strides[d];
      if (++index[d] < shape[d])
        break;
      offset -= index[d] * strides[d];
      index[d] = 0;
    }
  }
  return result;
}

Order getReducedOrder(ArrayRef<int64_t> order, ArrayRef<int64_t> axes,
                      bool keep) {
  if (keep)
    return llvm::to_vector(order);
  Order result;
  for (int64_t dim : order)
    if (!llvm::is_contained(axes, dim))
      result.push_back(
          dim - llvm::count_if(axes, [&](int64_t axis) { return axis < dim; }));
  return result;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

int64_t getRank(Value value) {
  return cast<RankedTensorType>(value.getType()).getRank();
}
ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

ElementsAttr getElements(Value value) {
  ElementsAttr elements;
  return matchPattern(value, m_Constant(&elements)) ? elements : nullptr;
}

std::optional<float> toFloat(std::optional<APFloat> bound) {
  return bound ? std::optional(bound->convertToFloat()) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Networks
//===----------------------------------------------------------------------===//

/// Weights of a float network whose integers a correction has chosen.
static SmallVector<top::QuantizedConstantOp>
findRounded(func::FuncOp function) {
  SmallVector<top::QuantizedConstantOp> rounded;
  for (auto stored : function.front().getOps<top::QuantizedConstantOp>())
    if (ParametersAttr parameters = getParameters(stored.getOutput());
        parameters && parameters.getSource() == ParameterSource::Correction)
      rounded.push_back(stored);
  return rounded;
}

FailureOr<OwningOpRef<ModuleOp>> withNumbers(ModuleOp module,
                                             func::FuncOp function) {
  if (findRounded(function).empty())
    return OwningOpRef<ModuleOp>();
  OwningOpRef<ModuleOp> copy(module.clone());
  for (top::QuantizedConstantOp stored :
       findRounded(copy->lookupSymbol<func::FuncOp>(function.getName()))) {
    auto type = cast<RankedTensorType>(stored.getOutput().getType());
    auto values = top::dequantizeElements(stored.getValue(), type);
    if (!values)
      return stored.emitError() << "the integers of '" << getTensorName(stored)
                                << "' are not in this file";
    Tensor real(DType::F32, type.getShape().vec());
    llvm::copy(*values, real.data<float>());
    OpBuilder builder(stored);
    stored.replaceAllUsesWith(
        createConstant(builder, stored.getLoc(), real, type));
    stored.erase();
  }
  return copy;
}

LogicalResult checkStage(func::FuncOp function, StringRef format,
                         StringRef integers) {
  auto isStored = [](Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && isa<quant::QuantizedType>(type.getElementType()) &&
           !isa<quant::CalibratedQuantizedType>(type.getElementType());
  };
  for (Operation &op : function.front().without_terminator()) {
    if (!isa_and_nonnull<top::TopDialect>(op.getDialect()))
      continue;
    for (ValueRange values :
         {ValueRange(op.getOperands()), ValueRange(op.getResults())})
      for (Value value : values)
        if (isStored(value))
          return op.emitOpError("at '")
                 << getDisplayName(&op) << "' has '" << getTensorName(value)
                 << "' in " << value.getType()
                 << ", which is between the two forms of " << format
                 << ": give the stage in front of the assignment of types "
                    "(correct.mlirbc) for a float model, the one behind it "
                    "(quantize.mlirbc) for "
                 << integers;
  }
  return success();
}

bool isExportable(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() &&
         getExecutionDType(tensor.getElementType());
}

LogicalResult checkSignature(func::FuncOp function, StringRef format) {
  auto check = [&](const std::string &what, Type type) -> LogicalResult {
    if (isExportable(type))
      return success();
    return function.emitError(what)
           << " has type " << type << ", which no " << format
           << " model can take or give; expected a tensor of fixed shape";
  };
  for (BlockArgument argument : function.getArguments())
    if (failed(check("input '" + getTensorName(argument) + "'",
                     argument.getType())))
      return failure();
  for (auto [i, type] :
       llvm::enumerate(function.getFunctionType().getResults())) {
    auto name = function.getResultAttrOfType<StringAttr>(i, kNameAttr);
    if (failed(check("output '" + (name ? name.str() : std::to_string(i)) + "'",
                     type)))
      return failure();
  }
  return success();
}

Tensor multiplyGroups(const Tensor &integers, const Tensor &factors) {
  Tensor product(DType::I8, integers.shape());
  int64_t size = integers.numElements() / factors.numElements();
  for (int64_t i = 0; i < product.numElements(); ++i)
    product.data<int8_t>()[i] = static_cast<int8_t>(
        integers.data<int8_t>()[i] * factors.data<int8_t>()[i / size]);
  return product;
}

Order chooseOrder(ValueRange operands, int64_t rank,
                  function_ref<Order(Value)> getOrder) {
  Value largest;
  bool mixedWithPlain = false;
  for (Value operand : operands) {
    // Broadcasting aligns the last dimensions, which another order moves.
    if (getRank(operand) != rank)
      return getPlainOrder(rank);
    auto count = [](Value v) {
      return cast<RankedTensorType>(v.getType()).getNumElements();
    };
    if (getElements(operand))
      continue;
    mixedWithPlain |= getOrder(operand) == getPlainOrder(rank);
    if (!largest || count(operand) > count(largest))
      largest = operand;
  }
  // Images go on as images; for the rest, matrix products and normalisations
  // to come want the plain order.
  if (rank != 4 && mixedWithPlain)
    return getPlainOrder(rank);
  return largest ? getOrder(largest) : getPlainOrder(rank);
}

} // namespace qc
