// Reductions along axes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"
#include "../Numbers.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <algorithm>
#include <numeric>

namespace qc::onnximport {

namespace {

/// The axes to reduce; nothing when the node passes its input on.
std::optional<std::vector<int64_t>> readAxes(NodeContext &node,
                                             int64_t inputSince) {
  std::vector<int64_t> axes;
  if (node.since() < inputSince)
    axes = node.integersAttr("axes").value_or(axes);
  else if (node.hasInput(1))
    axes = node.integers(1, "axes");
  bool isNothing = node.integerAttr("noop_with_empty_axes", 0) != 0;
  if (axes.empty() && isNothing && !node.failed())
    return std::nullopt;
  int64_t rank = node.rank(0);
  if (axes.empty()) {
    axes.resize(rank);
    std::iota(axes.begin(), axes.end(), 0);
  }
  axes = node.normalizeAxes(axes, rank);
  std::sort(axes.begin(), axes.end());
  return axes;
}

/// `inputSince`: the operator set in which axes became an input.
template <typename OpT, int64_t inputSince>
LogicalResult importReduce(NodeContext &node) {
  bool keepDims = node.integerAttr("keepdims", 1) != 0;
  auto axes = readAxes(node, inputSince);
  if (!axes || (!node.failed() && axes->empty()))
    return node.forward(0);
  auto attributes =
      OpAttributes().integers("axes", *axes).boolean("keepdims", keepDims);
  if (holdsIntegers(node, 0))
    return setNumbers(
        node, 0,
        node.createHelper<OpT>("real_result", getReal(node, 0), attributes));
  return node.setResult(node.create<OpT>(node.input(0), attributes));
}

/// What is summed, and what becomes of the sum, in a norm of the elements.
enum class Norm { L1, L2, SumOfSquares };

template <Norm norm> LogicalResult importNorm(NodeContext &node) {
  bool keepDims = node.integerAttr("keepdims", 1) != 0;
  auto axes = readAxes(node, 18);
  if (node.failed())
    return failure();
  if (!axes || axes->empty())
    return node.fail("a norm of single elements is not supported");
  Value input = node.input(0);
  auto sumOf =
      OpAttributes().integers("axes", *axes).boolean("keepdims", keepDims);
  Value summand = norm == Norm::L1
                      ? node.createHelper<top::AbsOp>("abs", input)
                      : node.createHelper<top::MulOp>("square", {input, input});
  if (norm != Norm::L2)
    return node.setResult(node.create<top::ReduceSumOp>(summand, sumOf));
  Value sum = node.createHelper<top::ReduceSumOp>("sum", summand, sumOf);
  return node.setResult(node.create<top::SqrtOp>(sum));
}

/// log(sum(x)), and with `ofExp` log(sum(e^x)), which the largest is taken out
/// of first.
template <bool ofExp> LogicalResult importLogSum(NodeContext &node) {
  bool keepDims = node.integerAttr("keepdims", 1) != 0;
  auto axes = readAxes(node, 18);
  if (node.failed())
    return failure();
  if (!axes || axes->empty())
    return ofExp ? node.forward(0)
                 : node.setResult(node.create<top::LogOp>(node.input(0)));
  auto kept = OpAttributes().integers("axes", *axes).boolean("keepdims", true);
  auto last =
      OpAttributes().integers("axes", *axes).boolean("keepdims", keepDims);
  Value input = node.input(0);
  if (!ofExp)
    return node.setResult(node.create<top::LogOp>(
        node.createHelper<top::ReduceSumOp>("sum", input, last)));
  Value most = node.createHelper<top::ReduceMaxOp>("most", input, kept);
  Value below = node.createHelper<top::SubOp>("below", {input, most});
  Value powers = node.createHelper<top::ExpOp>("exp", below);
  Value sum = node.createHelper<top::ReduceSumOp>("sum", powers, last);
  Value log = node.createHelper<top::LogOp>("log", sum);
  if (!keepDims && log)
    most =
        node.createHelper<top::ReshapeOp>("most_flat", most, {}, log.getType());
  return node.setResult(node.create<top::AddOp>({log, most}));
}

/// Factor by factor: networks multiply few.
LogicalResult importProduct(NodeContext &node) {
  bool keepDims = node.integerAttr("keepdims", 1) != 0;
  auto axes = readAxes(node, 18);
  if (!axes || (!node.failed() && axes->empty()))
    return node.forward(0);
  constexpr int64_t most = 256;
  int64_t factors = 1;
  for (int64_t axis : *axes)
    factors *= std::min<int64_t>(node.shape(0)[axis], most + 1);
  if (factors > most)
    return node.fail("a product of more than " + Twine(most) +
                     " elements that the network computes is not supported");
  Value value = getReal(node, 0);
  for (int64_t axis : *axes) {
    if (!value)
      return failure();
    SmallVector<int64_t> shape(top::getShape(value));
    int64_t size = shape[axis];
    std::vector<int64_t> offsets(shape.size(), 0), strides(shape.size(), 1);
    shape[axis] = 1;
    Value product;
    for (int64_t i = 0; i < size; ++i) {
      offsets[axis] = i;
      std::string suffix = std::to_string(axis) + "_" + std::to_string(i);
      Value part =
          node.createHelper<top::SliceOp>("factor" + suffix, value,
                                          OpAttributes()
                                              .integers("offsets", offsets)
                                              .integers("sizes", shape)
                                              .integers("strides", strides));
      product = product ? node.createHelper<top::MulOp>("product" + suffix,
                                                        {product, part})
                        : part;
    }
    value = product;
  }
  SmallVector<int64_t> shape;
  for (auto [dim, size] : llvm::enumerate(node.shape(0)))
    if (!llvm::is_contained(*axes, int64_t(dim)))
      shape.push_back(size);
    else if (keepDims)
      shape.push_back(1);
  auto type = RankedTensorType::get(shape, Float32Type::get(node.context()));
  if (holdsIntegers(node, 0))
    return setNumbers(
        node, 0,
        node.createHelper<top::ReshapeOp>("real_result", value, {}, type));
  return node.setResult(node.create<top::ReshapeOp>(value, {}, type));
}

template <host::Reduction op, int64_t inputSince>
LogicalResult foldReduce(NodeContext &node) {
  bool keepDims = node.integerAttr("keepdims", 1) != 0;
  auto axes = readAxes(node, inputSince);
  if (node.failed())
    return failure();
  if (!axes)
    return node.forward(0);
  Result<Tensor> result =
      host::reduce(node.budget(), op, *node.constant(0), *axes, keepDims);
  return result ? node.setConstant(*result) : node.fail(result.message());
}

template <typename OpT, host::Reduction op, int64_t inputSince>
constexpr Handler handlerFor(StoredIntegers stored = StoredIntegers::Refused) {
  return {importReduce<OpT, inputSince>, foldReduce<op, inputSince>, stored};
}

} // namespace

void registerReduceFamily(HandlerRegistry &registry) {
  using host::Reduction;
  registry.add("ReduceMean", {1, 11, 13, 18},
               handlerFor<top::ReduceMeanOp, Reduction::Mean, 18>());
  registry.add("ReduceSum", {1, 11, 13},
               handlerFor<top::ReduceSumOp, Reduction::Sum, 13>());
  registry.add(
      "ReduceMax", {1, 11, 12, 13, 18, 20},
      handlerFor<top::ReduceMaxOp, Reduction::Max, 18>(StoredIntegers::Moved));
  registry.add(
      "ReduceMin", {1, 11, 12, 13, 18, 20},
      handlerFor<top::ReduceMinOp, Reduction::Min, 18>(StoredIntegers::Moved));
  registry.add("ReduceL1", {1, 11, 13, 18}, {importNorm<Norm::L1>});
  registry.add("ReduceL2", {1, 11, 13, 18}, {importNorm<Norm::L2>});
  registry.add("ReduceSumSquare", {1, 11, 13, 18},
               {importNorm<Norm::SumOfSquares>});
  registry.add("ReduceLogSum", {1, 11, 13, 18}, {importLogSum<false>});
  registry.add("ReduceLogSumExp", {1, 11, 13, 18}, {importLogSum<true>});
  registry.add("ReduceProd", {1, 11, 13, 18},
               {importProduct, foldReduce<Reduction::Prod, 18>});
}

} // namespace qc::onnximport
