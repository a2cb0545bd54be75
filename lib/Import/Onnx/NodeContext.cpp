// Inputs, attributes and results of the node that is being imported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "NodeContext.h"
#include "HostOps.h"

#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"

#include <algorithm>

namespace qc::onnximport {

std::string shapeText(ArrayRef<int64_t> shape) {
  return shapeString(Shape(shape.begin(), shape.end()));
}

NodeContext::NodeContext(const NodeInfo &info, AttributeTable &attributes,
                         ValueTable &values, OpBuilder &builder)
    : info(info), attributes(attributes), values(values), builder(builder) {}

LogicalResult NodeContext::fail(const Twine &reason) {
  if (!failure)
    failure = reason.str();
  return LogicalResult::failure();
}

void NodeContext::warn(const Twine &message) const {
  emitWarning(resultLoc()) << message;
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

bool NodeContext::hasInput(size_t index) const {
  return index < info.inputs.size() && !info.inputs[index].empty();
}

std::string NodeContext::inputName(size_t index) const {
  return index < info.inputs.size() ? info.inputs[index] : std::string();
}

const ImportedValue *NodeContext::find(size_t index) {
  if (!hasInput(index)) {
    (void)fail("input " + Twine(index) + " is missing");
    return nullptr;
  }
  Result<const ImportedValue *> found = values.find(info.inputs[index]);
  if (!found)
    (void)fail(found.message());
  else if (!*found)
    (void)fail("input '" + info.inputs[index] + "' is not known");
  return found ? *found : nullptr;
}

Value NodeContext::input(size_t index) {
  return find(index) ? values.materialize(info.inputs[index]) : Value();
}

const Tensor *NodeContext::constant(size_t index) {
  const ImportedValue *value = hasInput(index) ? find(index) : nullptr;
  return value && value->constant ? &*value->constant : nullptr;
}

const Tensor *NodeContext::requireConstant(size_t index, StringRef what) {
  const ImportedValue *value = find(index);
  if (!value)
    return nullptr;
  if (value->constant)
    return &*value->constant;
  if (value->isPlaceholder && !failure)
    consequence = true;
  (void)fail(what + " is computed when the model runs (input '" +
             inputName(index) + "'), but must be constant");
  return nullptr;
}

/// Reading all elements is an operation on each.
bool NodeContext::pay(const Tensor &tensor) {
  Status paid = budget().spend(tensor.numElements());
  if (!paid)
    (void)fail(paid.message());
  return paid.succeeded();
}

std::vector<int64_t> NodeContext::integers(size_t index, StringRef what) {
  const Tensor *tensor = requireConstant(index, what);
  if (!tensor || !pay(*tensor))
    return {};
  Result<std::vector<int64_t>> result = host::toIntegers(*tensor);
  if (result)
    return *result;
  (void)fail(what + ": " + result.message());
  return {};
}

std::vector<double> NodeContext::reals(size_t index, StringRef what) {
  const Tensor *tensor = requireConstant(index, what);
  if (!tensor || !pay(*tensor))
    return {};
  return host::toReals(*tensor);
}

ArrayRef<int64_t> NodeContext::shape(size_t index) {
  const ImportedValue *value = find(index);
  if (!value)
    return {};
  if (value->constant)
    return value->constant->shape();
  return cast<RankedTensorType>(value->value.getType()).getShape();
}

Type NodeContext::elementType(size_t index) {
  const ImportedValue *value = find(index);
  if (!value)
    return {};
  return top::getExpressedElement(value->getType(context()).getElementType());
}

unsigned NodeContext::narrowBits(size_t index) {
  const ImportedValue *value = hasInput(index) ? find(index) : nullptr;
  return value ? value->narrowBits : 0;
}

bool NodeContext::isStored(size_t index) {
  const ImportedValue *value = hasInput(index) ? find(index) : nullptr;
  return value && value->isStored;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const AttributeValue *NodeContext::readAttr(StringRef name) {
  const AttributeValue *value = attributes.read(name);
  if (const auto *bad =
          value ? std::get_if<UnsupportedAttribute>(value) : nullptr) {
    (void)fail("attribute '" + name + "': " + bad->reason);
    return nullptr;
  }
  return value;
}

template <typename T>
const T *NodeContext::readAs(StringRef name, StringRef expected) {
  const AttributeValue *value = readAttr(name);
  if (!value)
    return nullptr;
  if (const T *typed = std::get_if<T>(value))
    return typed;
  (void)fail("attribute '" + name + "' is " + describe(*value) + ", not " +
             expected);
  return nullptr;
}

int64_t NodeContext::integerAttr(StringRef name, int64_t otherwise) {
  const auto *value = readAs<int64_t>(name, "an integer");
  return value ? *value : otherwise;
}

double NodeContext::realAttr(StringRef name, double otherwise) {
  const auto *value = readAs<float>(name, "a float");
  return value ? *value : otherwise;
}

std::string NodeContext::stringAttr(StringRef name, StringRef otherwise) {
  const auto *value = readAs<std::string>(name, "a string");
  return value ? *value : otherwise.str();
}

std::optional<std::vector<int64_t>> NodeContext::integersAttr(StringRef name) {
  const auto *value = readAs<std::vector<int64_t>>(name, "a list of integers");
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::vector<double>> NodeContext::realsAttr(StringRef name) {
  const auto *value = readAs<std::vector<float>>(name, "a list of floats");
  if (!value)
    return std::nullopt;
  return std::vector<double>(value->begin(), value->end());
}

std::optional<std::vector<std::string>>
NodeContext::stringsAttr(StringRef name) {
  const auto *value =
      readAs<std::vector<std::string>>(name, "a list of strings");
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<Tensor> NodeContext::tensorAttr(StringRef name) {
  const auto *value = readAs<Tensor>(name, "a tensor");
  return value ? std::optional(*value) : std::nullopt;
}

void NodeContext::expectAttr(StringRef name, int64_t expected) {
  int64_t value = integerAttr(name, expected);
  if (value != expected)
    (void)fail(name + " = " + Twine(value) + " is not supported");
}

int64_t NodeContext::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  (void)fail("axis " + Twine(axis) + " is out of range for a tensor of rank " +
             Twine(rank));
  return 0;
}

std::vector<int64_t> NodeContext::normalizeAxes(ArrayRef<int64_t> axes,
                                                int64_t rank) {
  std::vector<int64_t> normal;
  for (int64_t axis : axes)
    normal.push_back(normalizeAxis(axis, rank));
  std::vector<int64_t> sorted = normal;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
    (void)fail("an axis occurs twice");
  return normal;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool NodeContext::hasOutput(size_t index) const {
  return index < info.outputs.size() && !info.outputs[index].empty();
}

std::string NodeContext::outputName(size_t index) const {
  return hasOutput(index) ? info.outputs[index] : std::string();
}

void NodeContext::expectOutputs(size_t count, StringRef why) {
  for (size_t i = count; i < info.outputs.size(); ++i)
    if (hasOutput(i))
      (void)fail("output '" + info.outputs[i] + "' is not supported: " + why);
}

LogicalResult NodeContext::setResult(size_t index, Value value) {
  if (failed() || !value)
    return LogicalResult::failure();
  if (!hasOutput(index))
    return success();
  ImportedValue result;
  result.value = value;
  result.isStored = storesResults;
  values.set(info.outputs[index], std::move(result));
  return success();
}

LogicalResult NodeContext::setConstant(Tensor tensor) {
  return setConstant(0, std::move(tensor));
}

LogicalResult NodeContext::setConstant(size_t index, Tensor tensor) {
  if (failed())
    return LogicalResult::failure();
  if (hasOutput(index))
    values.set(info.outputs[index], {std::move(tensor), Value()});
  return success();
}

LogicalResult NodeContext::forward(size_t index) {
  const ImportedValue *value = find(index);
  if (!value || failed())
    return LogicalResult::failure();
  if (value->constant)
    return setConstant(*value->constant);
  // The value gets the last of its names first; see Names.h.
  if (Operation *op = value->value.getDefiningOp())
    if (op->getNumResults() == 1 && hasOutput(0))
      op->setLoc(fuseNames(resultLoc(), op->getLoc()));
  ImportedValue copy = *value;
  copy.isStored = storesResults;
  values.set(info.outputs[0], std::move(copy));
  return success();
}

} // namespace qc::onnximport
