// Elements and rows picked, or replaced, at constant indices: GatherElements,
// GatherND, ScatterElements and ScatterND.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All are a gather of rows of the tensor seen as a matrix. What is replaced is
// joined behind it, and picked from there.
#include "../Handlers.h"
#include "../HostOps.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <numeric>

namespace qc::onnximport {

namespace {

/// A tensor as rows of `size` elements, and the rows of a result in order.
struct Rows {
  int64_t count = 1, size = 1;
  std::vector<int64_t> picked;
};

int64_t product(ArrayRef<int64_t> sizes) {
  int64_t result = 1;
  for (int64_t size : sizes)
    result *= size;
  return result;
}

std::vector<int64_t> readIndices(NodeContext &node) {
  std::vector<int64_t> indices = node.integers(1, "the indices");
  if (Status paid = node.budget().spend(int64_t(indices.size())); !paid)
    (void)node.fail(paid.message());
  return indices;
}

/// `index` counted from the front of a dimension of `size`; an error when it is
/// out of range.
int64_t normalize(NodeContext &node, int64_t index, int64_t size) {
  if (index >= -size && index < size)
    return index < 0 ? index + size : index;
  (void)node.fail("index " + Twine(index) +
                  " is out of range for a dimension of size " + Twine(size));
  return 0;
}

//===----------------------------------------------------------------------===//
// What is picked
//===----------------------------------------------------------------------===//

/// The element of input 0 that each index of GatherElements and ScatterElements
/// means: the one at its own place, but for the dimension `axis`.
std::optional<Rows> findElements(NodeContext &node) {
  ArrayRef<int64_t> shape = node.shape(0), places = node.shape(1);
  int64_t axis = node.normalizeAxis(node.integerAttr("axis", 0), node.rank(0));
  std::vector<int64_t> indices = readIndices(node);
  if (!node.failed() && shape.size() != places.size())
    (void)node.fail("indices of shape " + shapeText(places) +
                    " do not go with a tensor of shape " + shapeText(shape));
  if (node.failed())
    return std::nullopt;
  for (size_t d = 0; d < shape.size(); ++d)
    if (int64_t(d) != axis && places[d] > shape[d])
      (void)node.fail("indices of shape " + shapeText(places) +
                      " reach beyond a tensor of shape " + shapeText(shape));
  Rows rows{product(shape), 1, {}};
  for (auto [n, index] : llvm::enumerate(indices)) {
    int64_t rest = int64_t(n), stride = 1, element = 0;
    for (size_t d = shape.size(); d-- > 0;) {
      int64_t place = rest % places[d];
      rest /= places[d];
      if (int64_t(d) == axis)
        place = normalize(node, index, shape[d]);
      element += place * stride;
      stride *= shape[d];
    }
    rows.picked.push_back(element);
  }
  if (node.failed())
    return std::nullopt;
  return rows;
}

/// The row of input 0 that each tuple of indices of GatherND and ScatterND
/// means; `batch` dimensions in front belong to both.
std::optional<Rows> findTuples(NodeContext &node, int64_t batch) {
  ArrayRef<int64_t> shape = node.shape(0), places = node.shape(1);
  std::vector<int64_t> indices = readIndices(node);
  if (node.failed())
    return std::nullopt;
  int64_t length = places.empty() ? 0 : places.back();
  if (product(shape) == 0 || batch < 0 || length < 1 ||
      batch + length > int64_t(shape.size()) ||
      batch >= int64_t(places.size()) ||
      shape.take_front(batch) != places.take_front(batch)) {
    (void)node.fail("indices of shape " + shapeText(places) +
                    " do not go with a tensor of shape " + shapeText(shape));
    return std::nullopt;
  }
  Rows rows{product(shape.take_front(batch + length)),
            product(shape.drop_front(batch + length)),
            {}};
  int64_t tuples = int64_t(indices.size()) / length;
  int64_t each = tuples / product(shape.take_front(batch));
  for (int64_t n = 0; n < tuples; ++n) {
    int64_t row = n / each;
    for (int64_t i = 0; i < length; ++i)
      row = row * shape[batch + i] +
            normalize(node, indices[n * length + i], shape[batch + i]);
    rows.picked.push_back(row);
  }
  if (node.failed())
    return std::nullopt;
  return rows;
}

//===----------------------------------------------------------------------===//
// Picking
//===----------------------------------------------------------------------===//

Tensor getIndices(const Rows &rows) {
  return Tensor::fromVector(rows.picked, {int64_t(rows.picked.size())});
}

/// Input `index` as [rows, size of a row].
Value getMatrix(NodeContext &node, size_t index, int64_t size,
                StringRef suffix) {
  int64_t count = product(node.shape(index)) / size;
  return node.createHelper<top::ReshapeOp>(
      suffix, node.input(index), {},
      RankedTensorType::get({count, size}, node.elementType(index)));
}

/// The picked rows of `matrix` as output 0 of `shape`.
LogicalResult setPicked(NodeContext &node, Value matrix, const Rows &rows,
                        ArrayRef<int64_t> shape) {
  Value picked = node.createHelper<top::GatherOp>(
      "picked", {matrix, node.helperConstant("indices", getIndices(rows))},
      OpAttributes().integer("axis", 0));
  return node.setResult(node.create<top::ReshapeOp>(
      picked, {}, RankedTensorType::get(shape, node.elementType(0))));
}

LogicalResult setFoldedRows(NodeContext &node, const Tensor &matrix,
                            const Rows &rows, ArrayRef<int64_t> shape) {
  Result<Tensor> result =
      host::gather(node.budget(), matrix, getIndices(rows), /*axis=*/0);
  return result ? node.setConstant(
                      result->reshaped(Shape(shape.begin(), shape.end())))
                : node.fail(result.message());
}

LogicalResult gather(NodeContext &node, const std::optional<Rows> &rows,
                     ArrayRef<int64_t> shape) {
  if (!rows)
    return failure();
  if (rows->picked.empty())
    return node.fail("picks nothing: the result has no elements");
  if (const Tensor *known = node.constant(0))
    return setFoldedRows(node, known->reshaped({rows->count, rows->size}),
                         *rows, shape);
  return setPicked(node, getMatrix(node, 0, rows->size, "rows"), *rows, shape);
}

/// Where rows are replaced more than once, the last counts.
LogicalResult scatter(NodeContext &node, std::optional<Rows> rows,
                      ArrayRef<int64_t> updates) {
  std::string reduction = node.stringAttr("reduction", "none");
  if (reduction != "none")
    return node.fail("reduction = '" + reduction + "' is not supported");
  if (!rows)
    return failure();
  if (node.shape(2) != updates)
    return node.fail("updates of shape " + shapeText(node.shape(2)) +
                     " are not of shape " + shapeText(updates));
  if (rows->picked.empty())
    return node.forward(0);
  std::vector<int64_t> order(rows->count);
  std::iota(order.begin(), order.end(), 0);
  for (auto [n, row] : llvm::enumerate(rows->picked))
    order[row] = rows->count + int64_t(n);
  rows->picked = std::move(order);
  const Tensor *known = node.constant(0), *update = node.constant(2);
  if (known && update) {
    Tensor top = known->reshaped({rows->count, rows->size});
    Tensor bottom =
        update->reshaped({update->numElements() / rows->size, rows->size});
    Result<Tensor> joined = host::concat(node.budget(), {&top, &bottom}, 0);
    return joined ? setFoldedRows(node, *joined, *rows, node.shape(0))
                  : node.fail(joined.message());
  }
  Value joined = node.createHelper<top::ConcatOp>(
      "joined",
      {getMatrix(node, 0, rows->size, "rows"),
       getMatrix(node, 2, rows->size, "updates")},
      OpAttributes().integer("axis", 0));
  return setPicked(node, joined, *rows, node.shape(0));
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

LogicalResult importGatherElements(NodeContext &node) {
  return gather(node, findElements(node), node.shape(1));
}

LogicalResult importGatherND(NodeContext &node) {
  int64_t batch = node.integerAttr("batch_dims", 0);
  auto rows = findTuples(node, batch);
  if (!rows)
    return failure();
  SmallVector<int64_t> shape(node.shape(1).drop_back());
  llvm::append_range(shape,
                     node.shape(0).drop_front(batch + node.shape(1).back()));
  return gather(node, rows, shape);
}

LogicalResult importScatterElements(NodeContext &node) {
  auto rows = findElements(node);
  return scatter(node, std::move(rows), node.shape(1));
}

LogicalResult importScatterND(NodeContext &node) {
  auto rows = findTuples(node, /*batch=*/0);
  if (!rows)
    return failure();
  SmallVector<int64_t> updates(node.shape(1).drop_back());
  llvm::append_range(updates, node.shape(0).drop_front(node.shape(1).back()));
  return scatter(node, std::move(rows), updates);
}

} // namespace

void registerPickFamily(HandlerRegistry &registry) {
  registry.add("GatherElements", {11, 13},
               {importGatherElements, nullptr, StoredIntegers::Moved});
  registry.add("GatherND", {11, 12, 13},
               {importGatherND, nullptr, StoredIntegers::Moved});
  registry.add("ScatterElements", {11, 13, 16, 18}, {importScatterElements});
  registry.add("ScatterND", {11, 13, 16, 18}, {importScatterND});
}

} // namespace qc::onnximport
