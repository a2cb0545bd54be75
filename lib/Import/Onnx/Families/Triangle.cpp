// Trilu and CumSum: what a triangular matrix masks or sums.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"
#include "../Numbers.h"

#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/ExecutableOpInterface.h"

#include <numeric>

namespace qc::onnximport {

namespace {

LogicalResult setFolded(NodeContext &node, const Result<Tensor> &tensor) {
  return tensor ? node.setConstant(*tensor) : node.fail(tensor.message());
}

/// [rows, columns] of `dtype`: 1 where `keeps` says so, else 0.
Result<Tensor> makeMask(NodeContext &node, int64_t rows, int64_t columns,
                        DType dtype,
                        function_ref<bool(int64_t row, int64_t column)> keeps) {
  if (Status paid = node.budget().spend(rows * columns); !paid)
    return error(paid.message());
  std::vector<double> mask;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      mask.push_back(keeps(row, column));
  return host::fromReals(node.budget(), dtype, {rows, columns}, mask);
}

//===----------------------------------------------------------------------===//
// Trilu
//===----------------------------------------------------------------------===//

Result<Tensor> makeTriangle(NodeContext &node, DType dtype) {
  bool isUpper = node.integerAttr("upper", 1) != 0;
  int64_t diagonal = 0;
  if (node.hasInput(1))
    for (int64_t value : node.integers(1, "the diagonal"))
      diagonal = value;
  ArrayRef<int64_t> shape = node.shape(0);
  if (shape.size() < 2)
    (void)node.fail("an input of shape " + shapeText(shape) + " is no matrix");
  if (node.failed())
    return error("");
  return makeMask(node, shape[shape.size() - 2], shape.back(), dtype,
                  [&](int64_t row, int64_t column) {
                    return isUpper ? column - row >= diagonal
                                   : column - row <= diagonal;
                  });
}

LogicalResult importTrilu(NodeContext &node) {
  if (holdsIntegers(node, 0)) {
    auto dtype = getExecutionDType(node.elementType(0));
    Result<Tensor> mask = makeTriangle(node, dtype ? *dtype : DType::F32);
    if (!mask)
      return node.fail(mask.message());
    return node.setResult(
        createInteger(node, "", *dtype == DType::Bool ? "and" : "mul",
                      node.input(0), node.helperConstant("mask", *mask)));
  }
  Result<Tensor> mask = makeTriangle(node, DType::F32);
  if (!mask)
    return node.fail(mask.message());
  return node.setResult(node.create<top::MulOp>(
      {node.input(0), node.helperConstant("mask", *mask)}));
}

LogicalResult foldTrilu(NodeContext &node) {
  Result<Tensor> mask = makeTriangle(node, DType::Bool);
  if (!mask)
    return node.fail(mask.message());
  const Tensor &source = *node.constant(0);
  return setFolded(node, host::where(node.budget(), *mask, source,
                                     host::scalar(source.dtype(), 0)));
}

//===----------------------------------------------------------------------===//
// CumSum
//===----------------------------------------------------------------------===//

struct Sums {
  int64_t axis;
  bool isExclusive, isReverse;

  /// Whether the sum at `to` contains the element at `from`.
  bool contains(int64_t from, int64_t to) const {
    return isReverse ? (isExclusive ? from > to : from >= to)
                     : (isExclusive ? from < to : from <= to);
  }
};

std::optional<Sums> readSums(NodeContext &node) {
  std::vector<int64_t> axis = node.integers(1, "the axis");
  Sums sums{0, node.integerAttr("exclusive", 0) != 0,
            node.integerAttr("reverse", 0) != 0};
  if (!node.failed() && axis.size() != 1)
    (void)node.fail("the axis is not one number");
  if (!node.failed())
    sums.axis = node.normalizeAxis(axis.front(), node.rank(0));
  return node.failed() ? std::nullopt : std::optional(sums);
}

/// A product with a triangle of ones. Integers are summed as floats, exactly up
/// to 2^24.
LogicalResult importCumSum(NodeContext &node) {
  auto sums = readSums(node);
  if (!sums)
    return failure();
  int64_t size = node.shape(0)[sums->axis], rank = node.rank(0);
  Result<Tensor> ones =
      makeMask(node, size, size, DType::F32, [&](int64_t from, int64_t to) {
        return sums->contains(from, to);
      });
  if (!ones)
    return node.fail(ones.message());
  OpAttributes plain = OpAttributes()
                           .boolean("transpose_lhs", false)
                           .boolean("transpose_rhs", false);
  Value matrix = node.helperConstant("ones", *ones), value = getReal(node, 0);
  bool isWhole = holdsIntegers(node, 0);
  auto finish = [&](auto create, auto createHelper) {
    return isWhole ? setNumbers(node, 0, createHelper())
                   : node.setResult(create());
  };
  if (rank == 1) {
    Type element = Float32Type::get(node.context());
    value = node.createHelper<top::ReshapeOp>(
        "row", value, {}, RankedTensorType::get({1, size}, element));
    value = node.createHelper<top::MatMulOp>("sums", {value, matrix}, plain);
    auto type = RankedTensorType::get({size}, element);
    return finish([&] { return node.create<top::ReshapeOp>(value, {}, type); },
                  [&] {
                    return node.createHelper<top::ReshapeOp>("all", value, {},
                                                             type);
                  });
  }
  if (sums->axis == rank - 1)
    return finish(
        [&] { return node.create<top::MatMulOp>({value, matrix}, plain); },
        [&] {
          return node.createHelper<top::MatMulOp>("sums", {value, matrix},
                                                  plain);
        });
  SmallVector<int64_t> perm(rank);
  std::iota(perm.begin(), perm.end(), 0);
  std::swap(perm[sums->axis], perm[rank - 1]);
  auto exchange = OpAttributes().integers("perm", perm);
  value = node.createHelper<top::TransposeOp>("moved", value, exchange);
  value = node.createHelper<top::MatMulOp>("sums", {value, matrix}, plain);
  return finish([&] { return node.create<top::TransposeOp>(value, exchange); },
                [&] {
                  return node.createHelper<top::TransposeOp>("all", value,
                                                             exchange);
                });
}

LogicalResult foldCumSum(NodeContext &node) {
  auto sums = readSums(node);
  if (!sums)
    return failure();
  const Tensor &source = *node.constant(0);
  std::vector<double> values = node.reals(0, "the input");
  if (node.failed())
    return failure();
  int64_t size = source.dim(sums->axis), inner = 1;
  for (int64_t d = sums->axis + 1; d < source.rank(); ++d)
    inner *= source.dim(d);
  for (int64_t row = 0; size > 0 && row < source.numElements() / size; ++row) {
    double *first = values.data() + row / inner * size * inner + row % inner;
    double sum = 0;
    for (int64_t i = 0; i < size; ++i) {
      double &value = first[(sums->isReverse ? size - 1 - i : i) * inner];
      double own = value;
      value = sums->isExclusive ? sum : sum + own;
      sum += own;
    }
  }
  return setFolded(node, host::fromReals(node.budget(), source.dtype(),
                                         source.shape(), values));
}

} // namespace

void registerTriangleFamily(HandlerRegistry &registry) {
  registry.add("Trilu", {14}, {importTrilu, foldTrilu});
  registry.add("CumSum", {11, 14}, {importCumSum, foldCumSum});
}

} // namespace qc::onnximport
