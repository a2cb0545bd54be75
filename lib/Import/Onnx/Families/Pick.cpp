// Elements and rows picked, or replaced, at constant and computed indices:
// GatherElements, GatherND, ScatterElements and ScatterND.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All work on rows of the tensor seen as a matrix. At constant indices what is
// replaced is joined behind it, and picked from there; at computed ones the
// number of each row is computed, too.
#include "../Handlers.h"
#include "../HostOps.h"
#include "../Numbers.h"

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

/// How many indices make a tuple of GatherND and ScatterND; 0 after an error:
/// the shape of the indices (input 1) does not go with that of input 0.
int64_t readTupleLength(NodeContext &node, int64_t batch) {
  ArrayRef<int64_t> shape = node.shape(0), places = node.shape(1);
  int64_t length = places.empty() ? 0 : places.back();
  if (product(shape) != 0 && batch >= 0 && length >= 1 &&
      batch + length <= int64_t(shape.size()) &&
      batch < int64_t(places.size()) &&
      shape.take_front(batch) == places.take_front(batch))
    return length;
  (void)node.fail("indices of shape " + shapeText(places) +
                  " do not go with a tensor of shape " + shapeText(shape));
  return 0;
}

/// The row of input 0 that each tuple of indices of GatherND and ScatterND
/// means; `batch` dimensions in front belong to both.
std::optional<Rows> findTuples(NodeContext &node, int64_t batch) {
  ArrayRef<int64_t> shape = node.shape(0);
  std::vector<int64_t> indices = readIndices(node);
  int64_t length = node.failed() ? 0 : readTupleLength(node, batch);
  if (length == 0)
    return std::nullopt;
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
// Computed indices
//===----------------------------------------------------------------------===//

/// Rows whose numbers the network computes, flat; `count` of `size` elements.
struct ComputedRows {
  Value numbers;
  int64_t count = 1, size = 1;
};

Value flatten(NodeContext &node, Value value) {
  if (!value)
    return {};
  int64_t count = product(top::getShape(value));
  return node.createHelper<top::ReshapeOp>(
      "flat", value, {},
      RankedTensorType::get({count}, IntegerType::get(node.context(), 64)));
}

/// Indices counted from the front: those below zero are counted from the end.
Value normalizeComputed(NodeContext &node, Value indices,
                        std::vector<int64_t> sizes) {
  Shape shape;
  if (sizes.size() > 1)
    shape.push_back(static_cast<int64_t>(sizes.size()));
  return createInteger(node, "front", "mod", indices,
                       createIndices(node, "sizes", std::move(sizes), shape));
}

/// The same as findElements.
std::optional<ComputedRows> computeElements(NodeContext &node) {
  ArrayRef<int64_t> shape = node.shape(0), places = node.shape(1);
  int64_t axis = node.normalizeAxis(node.integerAttr("axis", 0), node.rank(0));
  Value indices = getWide(node, 1);
  if (!node.failed() && shape.size() != places.size())
    (void)node.fail("indices of shape " + shapeText(places) +
                    " do not go with a tensor of shape " + shapeText(shape));
  if (node.failed())
    return std::nullopt;
  for (size_t d = 0; d < shape.size(); ++d)
    if (int64_t(d) != axis && places[d] > shape[d]) {
      (void)node.fail("indices of shape " + shapeText(places) +
                      " reach beyond a tensor of shape " + shapeText(shape));
      return std::nullopt;
    }
  Value rows = normalizeComputed(node, indices, {shape[axis]});
  int64_t stride = product(shape.drop_front(axis + 1));
  if (stride != 1)
    rows = createInteger(node, "scaled", "mul", rows,
                         createIndices(node, "stride", {stride}, {}));
  // What the other dimensions add, which is known.
  int64_t step = 1;
  for (size_t d = shape.size(); d-- > 0; step *= shape[d]) {
    if (int64_t(d) == axis || places[d] == 1)
      continue;
    std::vector<int64_t> offsets(places[d]);
    for (int64_t i = 0; i < places[d]; ++i)
      offsets[i] = i * step;
    Shape ramp(shape.size(), 1);
    ramp[d] = places[d];
    std::string suffix = std::to_string(d);
    rows =
        createInteger(node, "at" + suffix, "add", rows,
                      createIndices(node, "offsets" + suffix, offsets, ramp));
  }
  return ComputedRows{flatten(node, rows), product(shape), 1};
}

/// The same as findTuples.
std::optional<ComputedRows> computeTuples(NodeContext &node, int64_t batch) {
  ArrayRef<int64_t> shape = node.shape(0), places = node.shape(1);
  Value indices = getWide(node, 1);
  int64_t length = node.failed() ? 0 : readTupleLength(node, batch);
  if (length == 0)
    return std::nullopt;
  std::vector<int64_t> sizes, strides(length);
  for (int64_t i = 0; i < length; ++i)
    sizes.push_back(shape[batch + i]);
  int64_t stride = 1;
  for (int64_t i = length; i-- > 0; stride *= sizes[i])
    strides[i] = stride;
  int64_t tuples = product(places) / length;
  Value parts = normalizeComputed(node, indices, sizes);
  if (!parts)
    return std::nullopt;
  Type element = IntegerType::get(node.context(), 64);
  parts = node.createHelper<top::ReshapeOp>(
      "tuples", parts, {}, RankedTensorType::get({tuples, length}, element));
  if (length > 1)
    parts = createInteger(node, "scaled", "mul", parts,
                          createIndices(node, "strides", strides, {length}));
  Value rows;
  for (int64_t i = 0; i < length; ++i) {
    std::string suffix = std::to_string(i);
    Value part =
        node.createHelper<top::SliceOp>("part" + suffix, parts,
                                        OpAttributes()
                                            .integers("offsets", {0, i})
                                            .integers("sizes", {tuples, 1})
                                            .integers("strides", {1, 1}));
    rows = rows ? createInteger(node, "sum" + suffix, "add", rows, part) : part;
  }
  rows = flatten(node, rows);
  int64_t batches = product(shape.take_front(batch));
  if (batches > 1) {
    std::vector<int64_t> offsets(tuples);
    for (int64_t n = 0; n < tuples; ++n)
      offsets[n] = n / (tuples / batches) * stride;
    rows = createInteger(node, "batch", "add", rows,
                         createIndices(node, "batches", offsets, {tuples}));
  }
  return ComputedRows{rows, batches * stride,
                      product(shape.drop_front(batch + length))};
}

LogicalResult gatherComputed(NodeContext &node,
                             const std::optional<ComputedRows> &rows,
                             ArrayRef<int64_t> shape) {
  if (!rows)
    return failure();
  Value picked = node.createHelper<top::GatherOp>(
      "picked", {getMatrix(node, 0, rows->size, "rows"), rows->numbers},
      OpAttributes().integer("axis", 0));
  return node.setResult(node.create<top::ReshapeOp>(
      picked, {}, RankedTensorType::get(shape, node.elementType(0))));
}

/// Rows replaced, or reduced with what is there, one after the other.
LogicalResult scatterInOrder(NodeContext &node, const ComputedRows &rows,
                             ArrayRef<int64_t> updates, StringRef reduction) {
  if (node.shape(2) != updates)
    return node.fail("updates of shape " + shapeText(node.shape(2)) +
                     " are not of shape " + shapeText(updates));
  Value written = node.createHelper<top::ScatterOp>(
      "written",
      {getMatrix(node, 0, rows.size, "rows"), rows.numbers,
       getMatrix(node, 2, rows.size, "updates")},
      OpAttributes().string("reduction", reduction));
  return node.setResult(node.create<top::ReshapeOp>(
      written, {}, RankedTensorType::get(node.shape(0), node.elementType(0))));
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

LogicalResult importGatherElements(NodeContext &node) {
  if (!node.constant(1))
    return gatherComputed(node, computeElements(node), node.shape(1));
  return gather(node, findElements(node), node.shape(1));
}

LogicalResult importGatherND(NodeContext &node) {
  int64_t batch = node.integerAttr("batch_dims", 0);
  auto shapeOf = [&] {
    SmallVector<int64_t> shape(node.shape(1).drop_back());
    llvm::append_range(shape,
                       node.shape(0).drop_front(batch + node.shape(1).back()));
    return shape;
  };
  if (!node.constant(1)) {
    auto computed = computeTuples(node, batch);
    return computed ? gatherComputed(node, computed, shapeOf()) : failure();
  }
  auto rows = findTuples(node, batch);
  return rows ? gather(node, rows, shapeOf()) : failure();
}

/// Replaces at constant indices by picking, all else in order.
template <typename Find, typename Compute>
LogicalResult importScatter(NodeContext &node, ArrayRef<int64_t> updates,
                            Find find, Compute compute) {
  std::string reduction = node.stringAttr("reduction", "none");
  if (!is_contained({"none", "add", "mul", "max", "min"}, StringRef(reduction)))
    return node.fail("reduction = '" + reduction + "' is not known");
  if (reduction != "none" || !node.constant(1)) {
    std::optional<ComputedRows> rows = compute();
    return rows ? scatterInOrder(node, *rows, updates, reduction) : failure();
  }
  return scatter(node, find(), updates);
}

LogicalResult importScatterElements(NodeContext &node) {
  return importScatter(
      node, node.shape(1), [&] { return findElements(node); },
      [&] { return computeElements(node); });
}

LogicalResult importScatterND(NodeContext &node) {
  ArrayRef<int64_t> places = node.shape(1);
  if (places.empty() || places.back() < 0 || places.back() > node.rank(0))
    return node.fail("indices of shape " + shapeText(places) +
                     " do not go with a tensor of shape " +
                     shapeText(node.shape(0)));
  SmallVector<int64_t> updates(places.drop_back());
  llvm::append_range(updates, node.shape(0).drop_front(places.back()));
  return importScatter(
      node, updates, [&] { return findTuples(node, /*batch=*/0); },
      [&] { return computeTuples(node, /*batch=*/0); });
}

} // namespace

void registerPickFamily(HandlerRegistry &registry) {
  registry.add("GatherElements", {11, 13},
               {importGatherElements, nullptr, StoredIntegers::Moved});
  registry.add("GatherND", {11, 12, 13},
               {importGatherND, nullptr, StoredIntegers::Moved});
  registry.add("ScatterElements", {11, 13, 16, 18}, {importScatterElements});
  registry.add("Scatter", {9}, {importScatterElements});
  registry.add("ScatterND", {11, 13, 16, 18}, {importScatterND});
}

} // namespace qc::onnximport
