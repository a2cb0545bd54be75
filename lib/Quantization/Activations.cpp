// Which values of a float function are activations.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/Activations.h"

#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/Top/IR/Numbers.h"
#include "qc/Dialect/Top/IR/Top.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace qc {

bool isActivation(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || matchPattern(value, m_Constant()))
    return false;
  return isa<FloatType, quant::CalibratedQuantizedType,
             quant::UniformQuantizedType>(type.getElementType());
}

quant::UniformQuantizedType getStorageType(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type ? dyn_cast<quant::UniformQuantizedType>(type.getElementType())
              : quant::UniformQuantizedType();
}

SmallVector<Value> collectActivations(func::FuncOp function) {
  SmallVector<Value> activations;
  llvm::copy_if(function.getArguments(), std::back_inserter(activations),
                isActivation);
  for (Operation &op : function.getBody().front())
    llvm::copy_if(op.getResults(), std::back_inserter(activations),
                  isActivation);
  return activations;
}

SmallVector<Value> getActivationOperands(Operation *op) {
  SmallVector<Value> operands;
  llvm::copy_if(op->getOperands(), std::back_inserter(operands), isActivation);
  return operands;
}

bool sharesParameters(Operation *op) {
  auto quantizable = dyn_cast_or_null<QuantizableOpInterface>(op);
  return quantizable && quantizable.sharesParameters();
}

bool joinsValues(Operation *op) {
  auto quantizable = dyn_cast_or_null<QuantizableOpInterface>(op);
  if (!quantizable || !quantizable.sharesParameters())
    return false;
  size_t sources = llvm::count_if(op->getOperands(), [](Value operand) {
    auto type = cast<ShapedType>(operand.getType());
    return isActivation(operand) ||
           top::getExpressedElement(type.getElementType()).isF32();
  });
  auto inserted = quantizable.getInsertedValues();
  // Every range holds zero.
  return sources > 1 || (inserted && (inserted->min < 0 || inserted->max > 0));
}

Value getMovedOperand(Value value) {
  Operation *op = value.getDefiningOp();
  if (!sharesParameters(op) || joinsValues(op))
    return {};
  SmallVector<Value> operands = getActivationOperands(op);
  return operands.size() == 1 ? operands.front() : Value();
}

std::optional<SmallVector<float>> getFloatElements(Value value) {
  if (auto stored = value.getDefiningOp<top::QuantizedConstantOp>())
    return top::dequantizeElements(
        stored.getValue(),
        cast<RankedTensorType>(stored.getOutput().getType()));
  ElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) ||
      !elements.getElementType().isF32() ||
      elements.getNumElements() > kMostConstantElements)
    return std::nullopt;
  if (auto range = elements.tryGetValues<float>())
    return SmallVector<float>(range->begin(), range->end());
  if (auto resource = dyn_cast<DenseF32ResourceElementsAttr>(elements))
    if (auto array = resource.tryGetAsArrayRef())
      return llvm::to_vector(*array);
  return std::nullopt;
}

static void include(std::optional<ValueRange1D> &range, ValueRange1D other) {
  range = range ? ValueRange1D{std::min(range->min, other.min),
                               std::max(range->max, other.max)}
                : other;
}

std::optional<KnownValues> getConstantValues(Value value) {
  auto elements = getFloatElements(value);
  if (!elements || elements->empty())
    return std::nullopt;
  std::optional<ValueRange1D> range;
  double least = 0;
  for (double element : *elements) {
    if (std::isnan(element))
      continue;
    include(range, {element, element});
    if (element != 0 && (least == 0 || std::abs(element) < least))
      least = std::abs(element);
  }
  if (!range)
    return std::nullopt;
  return KnownValues{*range, least};
}

std::optional<ValueRange1D> getConstantContents(Operation *op) {
  auto quantizable = dyn_cast_or_null<QuantizableOpInterface>(op);
  if (!quantizable || !quantizable.sharesParameters())
    return std::nullopt;
  std::optional<ValueRange1D> contents = quantizable.getInsertedValues();
  for (Value operand : op->getOperands())
    if (auto constant = getConstantValues(operand))
      include(contents, constant->range);
  return contents;
}

void setRange(Value value, double low, double high) {
  // The type needs an interval that is not empty and contains zero. Ranges are
  // float32 numbers: a table's text reads back as the same ones.
  float min = std::min(static_cast<float>(low), 0.0f);
  float max = std::max(static_cast<float>(high), 0.0f);
  if (min == max)
    max = std::numeric_limits<float>::min();
  auto type = cast<RankedTensorType>(value.getType());
  Type element = top::getExpressedElement(type.getElementType());
  value.setType(RankedTensorType::get(
      type.getShape(), quant::CalibratedQuantizedType::get(element, min, max)));
}

bool isInFloat(Operation *op) {
  return op &&
         (op->hasAttr(kInFloatAttr) || op->hasTrait<top::NoIntegerForm>());
}

bool isFloatOnly(Value value) {
  Operation *op = value.getDefiningOp();
  if ((op && !isInFloat(op)) || (!op && value.use_empty()))
    return false;
  // What a quantized model rounds stays rounded.
  if (getStorageType(value) && hasFixedParameters(value))
    return false;
  // What is only handed through is no layer's.
  return (op || llvm::any_of(value.getUsers(), isInFloat)) &&
         llvm::all_of(value.getUsers(), [](Operation *user) {
           return isInFloat(user) || isa<func::ReturnOp>(user);
         });
}

bool hasStorageTypes(func::FuncOp function) {
  bool any = false;
  for (Value value : collectActivations(function)) {
    bool isTyped = bool(getStorageType(value));
    if (!isTyped && !isFloatOnly(value) &&
        !(isa<BlockArgument>(value) && value.use_empty()))
      return false;
    any |= isTyped;
  }
  return any;
}

void updateFunctionType(func::FuncOp function) {
  auto terminator =
      cast<func::ReturnOp>(function.getBody().front().getTerminator());
  function.setFunctionType(FunctionType::get(
      function.getContext(), function.getBody().getArgumentTypes(),
      terminator.getOperandTypes()));
}

} // namespace qc
