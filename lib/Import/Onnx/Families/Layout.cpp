// Transpose, Expand, Tile and Gather.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <numeric>

namespace qc::onnximport {

namespace {

LogicalResult setFolded(NodeContext &node, const Result<Tensor> &tensor) {
  return tensor ? node.setConstant(*tensor) : node.fail(tensor.message());
}

LogicalResult importTranspose(NodeContext &node) {
  auto given = node.integersAttr("perm");
  int64_t rank = node.rank(0);
  std::vector<int64_t> perm(rank);
  std::iota(perm.rbegin(), perm.rend(), 0);
  if (given) {
    if (static_cast<int64_t>(given->size()) != rank)
      return node.fail("perm has " + Twine(given->size()) +
                       " values for an input of rank " + Twine(rank));
    perm = node.normalizeAxes(*given, rank);
  }
  if (node.failed())
    return failure();
  if (const Tensor *known = node.constant(0))
    return setFolded(node, host::transpose(node.budget(), *known, perm));
  if (std::is_sorted(perm.begin(), perm.end()))
    return node.forward(0);
  return node.setResult(node.create<top::TransposeOp>(
      node.input(0), OpAttributes().integers("perm", perm)));
}

LogicalResult setExpanded(NodeContext &node, ArrayRef<int64_t> shape) {
  if (node.failed())
    return failure();
  if (const Tensor *known = node.constant(0))
    return setFolded(node, host::expand(node.budget(), *known,
                                        Shape(shape.begin(), shape.end())));
  if (node.shape(0) == shape)
    return node.forward(0);
  return node.setResult(node.create<top::ExpandOp>(
      node.input(0), {}, RankedTensorType::get(shape, node.elementType(0))));
}

LogicalResult importExpand(NodeContext &node) {
  std::vector<int64_t> wanted = node.integers(1, "the new shape");
  for (int64_t size : wanted)
    if (size < 0)
      return node.fail("the new shape holds " + Twine(size));
  auto shape = top::broadcastShapes(node.shape(0), wanted);
  if (!shape)
    return node.fail("an input of shape " + shapeText(node.shape(0)) +
                     " does not broadcast to " + shapeText(wanted));
  return setExpanded(node, *shape);
}

/// More copies than any network makes of what is not a single element.
constexpr int64_t kMostCopies = 4096;

/// Along dimensions of size 1 a repetition is an expansion; along others it
/// puts copies one behind another.
LogicalResult importTile(NodeContext &node) {
  std::vector<int64_t> repeats = node.integers(1, "the number of repetitions");
  SmallVector<int64_t> shape(node.shape(0)), copied;
  if (repeats.size() != shape.size())
    return node.fail("the repetitions do not fit the rank of the input");
  for (size_t d = 0; d < shape.size(); ++d) {
    if (repeats[d] < 1 || (shape[d] != 1 && repeats[d] > kMostCopies))
      return node.fail("the repetitions hold " + Twine(repeats[d]));
    if (shape[d] == 1)
      shape[d] = repeats[d];
    else if (repeats[d] != 1)
      copied.push_back(static_cast<int64_t>(d));
  }
  if (copied.empty())
    return setExpanded(node, shape);
  // An operand takes memory as some elements do.
  constexpr int64_t operandCost = 16;
  for (int64_t d : copied)
    if (Status paid = node.budget().spend(operandCost * repeats[d]); !paid)
      return node.fail("repeating: " + paid.message());
  Value value = node.input(0);
  if (shape != node.shape(0) && value)
    value = node.createHelper<top::ExpandOp>(
        "expanded", value, {},
        RankedTensorType::get(shape, node.elementType(0)));
  for (int64_t d : copied) {
    SmallVector<Value> operands(repeats[d], value);
    auto attributes = OpAttributes().integer("axis", d);
    value = d == copied.back()
                ? node.create<top::ConcatOp>(operands, attributes)
                : node.createHelper<top::ConcatOp>(std::to_string(d), operands,
                                                   attributes);
  }
  return node.setResult(value);
}

LogicalResult foldTile(NodeContext &node) {
  std::vector<int64_t> repeats = node.integers(1, "the number of repetitions");
  Result<Tensor> result = *node.constant(0);
  if (static_cast<int64_t>(repeats.size()) != result->rank())
    return node.fail("the repetitions do not fit the rank of the input");
  for (size_t d = 0; result && d < repeats.size(); ++d) {
    if (repeats[d] < 1 || repeats[d] > 1 << 20)
      return node.fail("the repetitions hold " + Twine(repeats[d]));
    if (Status paid = node.budget().spend(repeats[d]); !paid)
      return node.fail(paid.message());
    std::vector<const Tensor *> copies(repeats[d], &*result);
    if (repeats[d] != 1)
      result = host::concat(node.budget(), copies, static_cast<int64_t>(d));
  }
  return setFolded(node, result);
}

/// Constant indices are made non-negative; those out of range are found here.
Value getIndices(NodeContext &node, int64_t size) {
  const Tensor *known = node.constant(1);
  if (!known)
    return node.input(1);
  std::vector<int64_t> indices = node.integers(1, "indices");
  bool changed = false;
  for (int64_t &index : indices) {
    if (index < -size || index >= size) {
      (void)node.fail("index " + Twine(index) +
                      " is out of range for a "
                      "dimension of size " +
                      Twine(size));
      return {};
    }
    changed |= index < 0;
    index += index < 0 ? size : 0;
  }
  return changed ? node.helperConstant(
                       "indices", Tensor::fromVector(indices, known->shape()))
                 : node.input(1);
}

LogicalResult importGather(NodeContext &node) {
  int64_t axis = node.normalizeAxis(node.integerAttr("axis", 0), node.rank(0));
  if (node.failed())
    return failure();
  if (node.constant(0) && node.constant(1))
    return setFolded(node, host::gather(node.budget(), *node.constant(0),
                                        *node.constant(1), axis));
  Value indices = getIndices(node, node.shape(0)[axis]);
  return node.setResult(node.create<top::GatherOp>(
      {node.input(0), indices}, OpAttributes().integer("axis", axis)));
}

} // namespace

void registerLayoutFamily(HandlerRegistry &registry) {
  registry.add("Transpose", {1, 13, 21, 23, 24, 25},
               {importTranspose, nullptr, StoredIntegers::Moved});
  registry.add("Expand", {8, 13},
               {importExpand, nullptr, StoredIntegers::Moved});
  registry.add("Tile", {6, 13}, {importTile, foldTile, StoredIntegers::Moved});
  registry.add("Gather", {1, 11, 13},
               {importGather, nullptr, StoredIntegers::Moved});
}

} // namespace qc::onnximport
