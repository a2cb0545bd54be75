// Ops that give the same elements another shape, type or name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"
#include "../Numbers.h"
#include "../TensorData.h"

#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/ExecutableOpInterface.h"

namespace qc::onnximport {

namespace {

/// The common end of the shape ops: `shape` has as many elements as the input.
LogicalResult setReshaped(NodeContext &node, ArrayRef<int64_t> shape) {
  if (node.failed())
    return failure();
  Shape to(shape.begin(), shape.end());
  ArrayRef<int64_t> from = node.shape(0);
  std::optional<int64_t> wanted = countElements(to);
  if (to.size() > host::kMostDimensions)
    return node.fail("the new shape has " + Twine(to.size()) + " dimensions; " +
                     Twine(host::kMostDimensions) + " are supported");
  if (!wanted || *wanted != *countElements(Shape(from.begin(), from.end())))
    return node.fail("an input of shape " + shapeText(from) +
                     " cannot become " + shapeText(shape));
  if (const Tensor *known = node.constant(0))
    return node.setConstant(known->reshaped(to));
  if (from == shape)
    return node.forward(0);
  Type type = node.elementType(0);
  return node.setResult(node.create<top::ReshapeOp>(
      node.input(0), {}, RankedTensorType::get(to, type)));
}

/// Replaces -1 by what is left over.
void resolveRest(NodeContext &node, std::vector<int64_t> &shape) {
  int64_t rest = -1, known = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == -1) {
      if (rest >= 0)
        (void)node.fail("the new shape has -1 twice");
      rest = static_cast<int64_t>(i);
    } else if (shape[i] < 0 || llvm::MulOverflow(known, shape[i], known)) {
      (void)node.fail("the new shape holds " + Twine(shape[i]));
      return;
    }
  }
  if (rest < 0)
    return;
  ArrayRef<int64_t> from = node.shape(0);
  int64_t count = countElements(Shape(from.begin(), from.end())).value_or(0);
  if (known == 0 || count % known != 0)
    (void)node.fail("an input of shape " + shapeText(node.shape(0)) +
                    " cannot become " + shapeText(shape));
  else
    shape[rest] = count / known;
}

LogicalResult importReshape(NodeContext &node) {
  std::vector<int64_t> shape = node.integers(1, "the new shape");
  bool allowZero = node.integerAttr("allowzero", 0) != 0;
  for (size_t i = 0; i < shape.size() && !allowZero; ++i) {
    if (shape[i] != 0)
      continue;
    if (i >= node.shape(0).size())
      return node.fail("the new shape copies dimension " + Twine(i) +
                       " of an input of rank " + Twine(node.rank(0)));
    shape[i] = node.shape(0)[i];
  }
  resolveRest(node, shape);
  return setReshaped(node, shape);
}

LogicalResult importFlatten(NodeContext &node) {
  int64_t rank = node.rank(0), axis = node.integerAttr("axis", 1);
  if (axis != rank)
    axis = node.normalizeAxis(axis, rank);
  std::vector<int64_t> shape{1, 1};
  for (int64_t d = 0; d < rank; ++d)
    if (int64_t &size = shape[d < axis ? 0 : 1];
        llvm::MulOverflow(size, node.shape(0)[d], size))
      return node.fail("an input of shape " + shapeText(node.shape(0)) +
                       " makes no matrix");
  return setReshaped(node, shape);
}

/// Axes that are an attribute before operator set 13 and an input since.
std::optional<std::vector<int64_t>> readAxes(NodeContext &node) {
  if (node.since() < 13)
    return node.integersAttr("axes");
  if (!node.hasInput(1))
    return std::nullopt;
  return node.integers(1, "axes");
}

LogicalResult importSqueeze(NodeContext &node) {
  SmallVector<int64_t> from(node.shape(0)), to;
  auto axes = readAxes(node);
  std::vector<int64_t> dropped;
  if (axes)
    dropped = node.normalizeAxes(*axes, node.rank(0));
  for (int64_t d = 0; d < static_cast<int64_t>(from.size()); ++d) {
    bool drops = axes ? llvm::is_contained(dropped, d) : from[d] == 1;
    if (drops && from[d] != 1)
      return node.fail("axis " + Twine(d) + " of shape " + shapeText(from) +
                       " is not 1");
    if (!drops)
      to.push_back(from[d]);
  }
  return setReshaped(node, to);
}

LogicalResult importUnsqueeze(NodeContext &node) {
  auto axes = readAxes(node);
  if (!axes)
    return node.fail("axes are missing");
  int64_t rank = node.rank(0) + static_cast<int64_t>(axes->size());
  std::vector<int64_t> added = node.normalizeAxes(*axes, rank), shape;
  if (node.failed())
    return failure();
  ArrayRef<int64_t> from = node.shape(0);
  for (int64_t d = 0; d < rank; ++d) {
    if (llvm::is_contained(added, d)) {
      shape.push_back(1);
    } else {
      shape.push_back(from.front());
      from = from.drop_front();
    }
  }
  return setReshaped(node, shape);
}

LogicalResult importIdentity(NodeContext &node) { return node.forward(0); }

LogicalResult importDropout(NodeContext &node) {
  node.expectOutputs(1, "the mask is only of use in training");
  // What would be dropped in training.
  node.ignoreAttr("ratio");
  node.ignoreAttr("seed");
  if (node.hasInput(2)) {
    std::vector<double> training = node.reals(2, "training_mode");
    if (training.size() != 1 || training.front() != 0)
      return node.fail("training_mode is not supported");
  }
  return node.forward(0);
}

/// Output 0 is input 0 in the element type `dtype`.
LogicalResult castTo(NodeContext &node, DType dtype) {
  if (const Tensor *known = node.constant(0)) {
    Result<Tensor> result = host::cast(node.budget(), *known, dtype);
    return result ? node.setConstant(*result) : node.fail(result.message());
  }
  Type element = getElementType(node.context(), dtype);
  // Sums of products are the numbers that they are.
  if (node.isStored(0) &&
      (!top::isFloatElement(element) || findStorageType(node.input(0))))
    return node.fail("casts the integers of '" + node.inputName(0) +
                     "' themselves, not the numbers that they stand for; put "
                     "DequantizeLinear in its place");
  if (node.failed() || element == node.elementType(0))
    return node.forward(0);
  if (element.isInteger(1)) {
    auto type = getExecutionDType(node.elementType(0));
    if (!type)
      return node.fail("integers of this width are not supported");
    return node.setResult(node.create<top::CompareOp>(
        {node.input(0), node.helperConstant("zero", host::scalar(*type, 0))},
        OpAttributes().string("kind", "not_equal")));
  }
  return node.setResult(node.create<top::CastOp>(
      node.input(0), {}, RankedTensorType::get(node.shape(0), element)));
}

LogicalResult importCast(NodeContext &node) {
  // Both only say how floats of 8 bits and less are made.
  node.ignoreAttr("saturate");
  node.ignoreAttr("round_mode");
  int to = static_cast<int>(node.integerAttr("to", 0));
  std::optional<DType> dtype = getDType(to);
  if (!dtype)
    return node.fail("element type " + getDataTypeName(to) +
                     " is not supported");
  return castTo(node, *dtype);
}

/// The type of the other input says the type.
LogicalResult importCastLike(NodeContext &node) {
  node.ignoreAttr("saturate");
  node.ignoreAttr("round_mode");
  Type element = node.elementType(1);
  auto dtype = element ? getExecutionDType(element) : std::nullopt;
  if (!dtype)
    return node.fail("the element type of its second input is not supported");
  return castTo(node, *dtype);
}

} // namespace

void registerReshapeFamily(HandlerRegistry &registry) {
  registry.add("Reshape", {5, 13, 14, 19, 21, 23, 24, 25},
               {importReshape, nullptr, StoredIntegers::Moved});
  registry.add("Flatten", {1, 9, 11, 13, 21, 23, 24, 25},
               {importFlatten, nullptr, StoredIntegers::Moved});
  registry.add("Squeeze", {1, 11, 13, 21, 23, 24, 25},
               {importSqueeze, nullptr, StoredIntegers::Moved});
  registry.add("Unsqueeze", {1, 11, 13, 21, 23, 24, 25},
               {importUnsqueeze, nullptr, StoredIntegers::Moved});
  registry.add("Identity", {1, 13, 14, 16, 19, 21, 23, 24, 25},
               {importIdentity, nullptr, StoredIntegers::Moved});
  registry.add("Dropout", {7, 10, 12, 13, 22},
               {importDropout, nullptr, StoredIntegers::Moved});
  registry.add("Cast", {6, 9, 13, 19, 21, 23, 24, 25, 28},
               {importCast, nullptr, StoredIntegers::Read});
  registry.add("CastLike", {15, 19, 21, 23, 24, 25, 28}, {importCastLike});
}

} // namespace qc::onnximport
