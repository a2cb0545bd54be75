// Comparisons and logic, on constants and on what the network computes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"
#include "../Numbers.h"

#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/ExecutableOpInterface.h"

#include <cmath>
#include <limits>

namespace qc::onnximport {

namespace {

LogicalResult setFolded(NodeContext &node, const Result<Tensor> &tensor) {
  return tensor ? node.setConstant(*tensor) : node.fail(tensor.message());
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

template <host::Comparison op> LogicalResult foldComparison(NodeContext &node) {
  return setFolded(node, host::compare(node.budget(), op, *node.constant(0),
                                       *node.constant(1)));
}

constexpr StringLiteral getKind(host::Comparison op) {
  switch (op) {
  case host::Comparison::Equal:
    return "equal";
  case host::Comparison::Less:
    return "less";
  case host::Comparison::Greater:
    return "greater";
  case host::Comparison::LessOrEqual:
    return "less_or_equal";
  case host::Comparison::GreaterOrEqual:
    return "greater_or_equal";
  }
  return "";
}

LogicalResult setCompared(NodeContext &node, StringRef kind, Value lhs,
                          Value rhs) {
  return node.setResult(node.create<top::CompareOp>(
      {lhs, rhs}, OpAttributes().string("kind", kind)));
}

template <host::Comparison op>
LogicalResult importComparison(NodeContext &node) {
  return setCompared(node, getKind(op), node.input(0), node.input(1));
}

template <host::Comparison op> constexpr Handler getComparison() {
  return {importComparison<op>, foldComparison<op>};
}

/// What is no number is not equal to itself.
LogicalResult importIsNaN(NodeContext &node) {
  return setCompared(node, "not_equal", node.input(0), node.input(0));
}

LogicalResult importIsInf(NodeContext &node) {
  bool above = node.integerAttr("detect_positive", 1) != 0;
  bool below = node.integerAttr("detect_negative", 1) != 0;
  Value input = node.input(0);
  if (above && below)
    input = node.createHelper<top::AbsOp>("abs", input);
  double infinity = std::numeric_limits<double>::infinity();
  Value bound = node.helperConstant(
      "infinity", host::scalar(DType::F32, above ? infinity : -infinity));
  // Above infinity is nothing.
  return setCompared(node, above || below ? "equal" : "greater", input, bound);
}

//===----------------------------------------------------------------------===//
// Booleans and bits
//===----------------------------------------------------------------------===//

template <host::Logic op> LogicalResult foldLogic(NodeContext &node) {
  return setFolded(node, host::logic(node.budget(), op, *node.constant(0),
                                     *node.constant(1)));
}

LogicalResult importAnd(NodeContext &node) {
  return node.setResult(
      createInteger(node, "", "and", node.input(0), node.input(1)));
}

LogicalResult importOr(NodeContext &node) {
  return node.setResult(
      createInteger(node, "", "or", node.input(0), node.input(1)));
}

LogicalResult importXor(NodeContext &node) {
  return node.setResult(
      createInteger(node, "", "xor", node.input(0), node.input(1)));
}

LogicalResult foldNot(NodeContext &node) {
  return setFolded(node, host::logicalNot(node.budget(), *node.constant(0)));
}

LogicalResult importNot(NodeContext &node) {
  return setCompared(
      node, "equal", node.input(0),
      node.helperConstant("false", host::scalar(DType::Bool, 0)));
}

/// All bits of x are -1 less x.
LogicalResult importBitwiseNot(NodeContext &node) {
  Value input = node.input(0);
  if (!input || !holdsIntegers(node, 0))
    return node.fail("its input holds no integers");
  auto element = cast<IntegerType>(node.elementType(0));
  std::optional<DType> dtype = getExecutionDType(element);
  if (!dtype)
    return node.fail("integers of this width are not supported");
  double ones = element.isUnsigned() ? std::exp2(element.getWidth()) - 1 : -1;
  return node.setResult(
      createInteger(node, "", "xor", input,
                    node.helperConstant("ones", host::scalar(*dtype, ones))));
}

LogicalResult importBitShift(NodeContext &node) {
  std::string direction = node.stringAttr("direction", "");
  if (direction != "LEFT" && direction != "RIGHT")
    return node.fail("direction = '" + direction + "' is not known");
  return node.setResult(createInteger(
      node, "", direction == "LEFT" ? "shift_left" : "shift_right",
      node.input(0), node.input(1)));
}

/// The positions of non-zero elements: one row a dimension.
LogicalResult foldNonZero(NodeContext &node) {
  const Tensor &source = *node.constant(0);
  std::vector<double> values = node.reals(0, "the input");
  if (node.failed())
    return failure();
  auto isSet = [](double value) { return value != 0; };
  int64_t count = llvm::count_if(values, isSet), found = 0;
  Result<Tensor> rows =
      host::allocate(node.budget(), DType::I64, {source.rank(), count});
  if (!rows)
    return node.fail(rows.message());
  for (int64_t i = 0; i < source.numElements(); ++i) {
    if (!isSet(values[i]))
      continue;
    int64_t rest = i;
    for (int64_t d = source.rank(); d-- > 0; rest /= source.dim(d))
      rows->data<int64_t>()[d * count + found] = rest % source.dim(d);
    ++found;
  }
  return node.setConstant(*rows);
}

} // namespace

void registerLogicFamily(HandlerRegistry &registry) {
  using host::Comparison;
  registry.add("Equal", {7, 11, 13, 19}, getComparison<Comparison::Equal>());
  registry.add("Less", {7, 9, 13}, getComparison<Comparison::Less>());
  registry.add("Greater", {7, 9, 13}, getComparison<Comparison::Greater>());
  registry.add("LessOrEqual", {12, 16},
               getComparison<Comparison::LessOrEqual>());
  registry.add("GreaterOrEqual", {12, 16},
               getComparison<Comparison::GreaterOrEqual>());
  registry.add("IsNaN", {9, 13, 20}, {importIsNaN});
  registry.add("IsInf", {10, 20}, {importIsInf});
  registry.add("And", {7}, {importAnd, foldLogic<host::Logic::And>});
  registry.add("Or", {7}, {importOr, foldLogic<host::Logic::Or>});
  registry.add("Xor", {7}, {importXor});
  registry.add("Not", {1}, {importNot, foldNot});
  registry.add("BitwiseAnd", {18}, {importAnd});
  registry.add("BitwiseOr", {18}, {importOr});
  registry.add("BitwiseXor", {18}, {importXor});
  registry.add("BitwiseNot", {18}, {importBitwiseNot});
  registry.add("BitShift", {11}, {importBitShift});
  registry.add("NonZero", {9, 13}, {nullptr, foldNonZero});
}

} // namespace qc::onnximport
