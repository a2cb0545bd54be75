// Reductions along axes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"

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
  return node.setResult(node.create<OpT>(
      node.input(0),
      OpAttributes().integers("axes", *axes).boolean("keepdims", keepDims)));
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
  registry.add("ReduceProd", {1, 11, 13, 18},
               {nullptr, foldReduce<Reduction::Prod, 18>});
}

} // namespace qc::onnximport
