// Concat and Split.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"
#include "../StoredIntegers.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc::onnximport {

namespace {

/// All inputs; where they hold integers for real numbers, these are of one
/// type.
SmallVector<Value> getPieces(NodeContext &node) {
  std::optional<size_t> first;
  for (size_t i = 0; i < node.numInputs() && !first; ++i)
    if (node.isStored(i))
      first = i;
  auto type = first ? getStoredType(node, *first) : std::nullopt;
  SmallVector<Value> pieces;
  for (size_t i = 0; i < node.numInputs() && !node.failed(); ++i) {
    if (!type) {
      pieces.push_back(node.input(i));
    } else if (node.constant(i)) {
      pieces.push_back(createStored(node, i, getParameters(*type, node, i)));
    } else if (auto own = getStoredType(node, i); own && own != type) {
      (void)node.fail("joins the integers of '" + node.inputName(*first) +
                      "' and '" + node.inputName(i) +
                      "', which stand for other numbers: " + typeText(*type) +
                      " and " + typeText(*own) +
                      "; put DequantizeLinear in front of it");
    } else {
      pieces.push_back(node.input(i));
    }
  }
  return pieces;
}

LogicalResult importConcat(NodeContext &node) {
  int64_t axis = node.normalizeAxis(node.integerAttr("axis", 1), node.rank(0));
  if (node.failed())
    return failure();
  if (node.numInputs() == 1)
    return node.forward(0);
  SmallVector<Value> operands = getPieces(node);
  if (node.failed())
    return failure();
  return node.setResult(node.create<top::ConcatOp>(
      operands, OpAttributes().integer("axis", axis)));
}

LogicalResult foldConcat(NodeContext &node) {
  int64_t axis = node.normalizeAxis(node.integerAttr("axis", 1), node.rank(0));
  if (node.failed())
    return failure();
  std::vector<const Tensor *> sources;
  for (size_t i = 0; i < node.numInputs(); ++i)
    sources.push_back(node.constant(i));
  Result<Tensor> result = host::concat(node.budget(), sources, axis);
  return result ? node.setConstant(*result) : node.fail(result.message());
}

/// Equal parts; where they do not fit, operator set 18 makes the last smaller.
std::vector<int64_t> getEqualSizes(NodeContext &node, int64_t size) {
  auto parts = static_cast<int64_t>(node.numOutputs());
  if (node.hasAttribute("num_outputs") &&
      node.integerAttr("num_outputs", parts) != parts)
    (void)node.fail("num_outputs is not the number of outputs");
  if (size % parts != 0 && node.since() < 18)
    (void)node.fail("a dimension of size " + Twine(size) + " has no " +
                    Twine(parts) + " equal parts");
  int64_t each = (size + parts - 1) / parts;
  std::vector<int64_t> sizes(parts, each);
  sizes.back() = size - each * (parts - 1);
  return sizes;
}

std::vector<int64_t> getSizes(NodeContext &node, int64_t size) {
  std::vector<int64_t> sizes;
  if (node.since() >= 13 && node.hasInput(1))
    sizes = node.integers(1, "the sizes of the parts");
  else if (auto given = node.integersAttr("split"))
    sizes = *given;
  else
    sizes = getEqualSizes(node, size);
  int64_t sum = 0;
  for (int64_t part : sizes) {
    if (part < 1 || part > size)
      (void)node.fail("a part of size " + Twine(part) + " is not supported");
    else
      sum += part;
  }
  if (sizes.size() != node.numOutputs() || sum != size)
    (void)node.fail("the parts do not add up to the dimension of size " +
                    Twine(size));
  return sizes;
}

LogicalResult foldParts(NodeContext &node, int64_t axis,
                        const std::vector<int64_t> &parts) {
  const Tensor &source = *node.constant(0);
  std::vector<int64_t> offsets(source.rank(), 0), strides(source.rank(), 1);
  for (auto [index, part] : llvm::enumerate(parts)) {
    Shape sizes = source.shape();
    sizes[axis] = part;
    Result<Tensor> result =
        host::slice(node.budget(), source, offsets, sizes, strides);
    if (!result)
      return node.fail(result.message());
    if (failed(node.setConstant(index, *result)))
      return failure();
    offsets[axis] += part;
  }
  return success();
}

LogicalResult importSplit(NodeContext &node) {
  int64_t axis = node.normalizeAxis(node.integerAttr("axis", 0), node.rank(0));
  if (node.failed())
    return failure();
  std::vector<int64_t> parts = getSizes(node, node.shape(0)[axis]);
  if (node.failed())
    return failure();
  if (node.constant(0))
    return foldParts(node, axis, parts);
  if (parts.size() == 1)
    return node.forward(0);
  SmallVector<Type> types;
  for (int64_t part : parts) {
    SmallVector<int64_t> shape(node.shape(0));
    shape[axis] = part;
    types.push_back(RankedTensorType::get(shape, node.elementType(0)));
  }
  Operation *split = node.createMany<top::SplitOp>(
      node.input(0), OpAttributes().integer("axis", axis), types);
  for (size_t i = 0; split && i < parts.size(); ++i)
    (void)node.setResult(i, split->getResult(static_cast<unsigned>(i)));
  return success(split != nullptr);
}

} // namespace

void registerConcatFamily(HandlerRegistry &registry) {
  registry.add("Concat", {4, 11, 13},
               {importConcat, foldConcat, StoredIntegers::Moved});
  registry.add("Split", {2, 11, 13, 18},
               {importSplit, nullptr, StoredIntegers::Moved});
}

} // namespace qc::onnximport
