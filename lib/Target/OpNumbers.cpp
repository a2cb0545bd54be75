// Numbers of an op that support rules limit.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Target/RuleLibrary.h"

namespace qc::rules {

static SmallVector<int64_t> getArray(Operation *op, StringRef name) {
  auto array = op->getAttrOfType<DenseI64ArrayAttr>(name);
  return array ? llvm::to_vector(array.asArrayRef()) : SmallVector<int64_t>();
}

static ArrayRef<int64_t> getShape(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type ? type.getShape() : ArrayRef<int64_t>();
}

/// [outputs, height, width, inputs of a group] of a convolution, else empty.
static ArrayRef<int64_t> getWindowWeights(Operation *op) {
  if (!op->hasAttr("group") || op->getNumOperands() < 2)
    return {};
  ArrayRef<int64_t> shape = getShape(op->getOperand(1));
  return shape.size() == 4 ? shape : ArrayRef<int64_t>();
}

static bool isActivation(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  Operation *source = value.getDefiningOp();
  return type && tpu::isActivationElement(type.getElementType()) &&
         !(source && source->hasTrait<OpTrait::ConstantLike>());
}

static SmallVector<Value> getActivations(Operation *op) {
  SmallVector<Value> values;
  llvm::copy_if(op->getOperands(), std::back_inserter(values), isActivation);
  llvm::copy_if(op->getResults(), std::back_inserter(values), isActivation);
  return values;
}

SmallVector<int64_t> getKernel(Operation *op) {
  ArrayRef<int64_t> weights = getWindowWeights(op);
  return weights.empty() ? getArray(op, "kernel")
                         : SmallVector<int64_t>{weights[1], weights[2]};
}

SmallVector<int64_t> getStrides(Operation *op) {
  return getArray(op, "strides");
}
SmallVector<int64_t> getDilations(Operation *op) {
  return getArray(op, "dilations");
}
SmallVector<int64_t> getPads(Operation *op) { return getArray(op, "pads"); }

SmallVector<int64_t> getGroup(Operation *op) {
  auto group = op->getAttrOfType<IntegerAttr>("group");
  return group ? SmallVector<int64_t>{group.getInt()} : SmallVector<int64_t>();
}

SmallVector<int64_t> getInputChannels(Operation *op) {
  ArrayRef<int64_t> shape = getShape(op->getOperand(0));
  return shape.empty() ? SmallVector<int64_t>()
                       : SmallVector<int64_t>{shape.back()};
}

SmallVector<int64_t> getGroupChannels(Operation *op) {
  ArrayRef<int64_t> weights = getWindowWeights(op);
  SmallVector<int64_t> group = getGroup(op);
  if (weights.empty() || group.empty() || group[0] < 1)
    return {};
  return {weights[3], weights[0] / group[0]};
}

SmallVector<int64_t> getSizes(Operation *op) {
  SmallVector<int64_t> sizes;
  for (Value value : getActivations(op))
    llvm::append_range(sizes, getShape(value));
  return sizes;
}

SmallVector<int64_t> getBatches(Operation *op) {
  SmallVector<int64_t> batches;
  for (Value value : getActivations(op))
    if (ArrayRef<int64_t> shape = getShape(value); !shape.empty())
      batches.push_back(shape.front());
  return batches;
}

SmallVector<int64_t> getReducedCount(Operation *op) {
  ArrayRef<int64_t> shape = getShape(op->getOperand(0));
  int64_t count = 1;
  for (int64_t axis : getArray(op, "axes"))
    if (axis >= 0 && axis < int64_t(shape.size()))
      count *= shape[axis];
  return {count};
}

SmallVector<int64_t> getOperandCount(Operation *op) {
  return {int64_t(op->getNumOperands())};
}

bool isDepthwise(Operation *op) {
  ArrayRef<int64_t> weights = getWindowWeights(op);
  SmallVector<int64_t> group = getGroup(op);
  return !weights.empty() && weights[3] == 1 && group[0] > 1;
}

static bool isWide(Value value) {
  return tpu::getActivationElement(value.getType())
             .getStorageTypeIntegralWidth() > 8;
}

bool isWide(Operation *op) {
  return llvm::any_of(getActivations(op),
                      [](Value value) { return isWide(value); });
}

} // namespace qc::rules
