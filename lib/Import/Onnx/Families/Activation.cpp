// Activations and other functions of one operand.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"
#include "../StoredIntegers.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>
#include <limits>

namespace qc::onnximport {

namespace {

template <typename OpT> LogicalResult importUnary(NodeContext &node) {
  return node.setResult(node.create<OpT>(node.input(0)));
}

template <host::Unary op> LogicalResult foldUnary(NodeContext &node) {
  Result<Tensor> result = host::unary(node.budget(), op, *node.constant(0));
  return result ? node.setConstant(*result) : node.fail(result.message());
}

LogicalResult importLeakyRelu(NodeContext &node) {
  return node.setResult(node.create<top::LeakyReluOp>(
      node.input(0),
      OpAttributes().real("alpha", node.realAttr("alpha", 0.01))));
}

LogicalResult importElu(NodeContext &node) {
  return node.setResult(node.create<top::EluOp>(
      node.input(0), OpAttributes().real("alpha", node.realAttr("alpha", 1))));
}

LogicalResult importHardSigmoid(NodeContext &node) {
  return node.setResult(node.create<top::HardSigmoidOp>(
      node.input(0), OpAttributes()
                         .real("alpha", node.realAttr("alpha", 0.2))
                         .real("beta", node.realAttr("beta", 0.5))));
}

LogicalResult importGelu(NodeContext &node) {
  std::string approximate = node.stringAttr("approximate", "none");
  if (approximate != "none" && approximate != "tanh")
    return node.fail("approximate = '" + approximate + "' is not known");
  return node.setResult(node.create<top::GeluOp>(
      node.input(0), OpAttributes().string("approximate", approximate)));
}

/// x * sigmoid(alpha * x)
LogicalResult importSwish(NodeContext &node) {
  double alpha = node.realAttr("alpha", 1);
  Value input = node.input(0);
  if (alpha == 1)
    return node.setResult(node.create<top::SiluOp>(input));
  Value factor = node.helperConstant("alpha", host::scalar(DType::F32, alpha));
  Value scaled = node.createHelper<top::MulOp>("scaled", {input, factor});
  Value gate = node.createHelper<top::SigmoidOp>("gate", scaled);
  return node.setResult(node.create<top::MulOp>({input, gate}));
}

/// gamma times an elu.
LogicalResult importSelu(NodeContext &node) {
  double alpha = node.realAttr("alpha", 1.67326319217681884765625);
  double gamma = node.realAttr("gamma", 1.05070102214813232421875);
  Value factor = node.helperConstant("gamma", host::scalar(DType::F32, gamma));
  Value unit = node.createHelper<top::EluOp>(
      "unit", node.input(0), OpAttributes().real("alpha", alpha));
  return node.setResult(node.create<top::MulOp>({unit, factor}));
}

/// alpha * elu(x / alpha)
LogicalResult importCelu(NodeContext &node) {
  double alpha = node.realAttr("alpha", 1);
  if (alpha == 0)
    return node.fail("alpha = 0 divides by zero");
  OpAttributes unit = OpAttributes().real("alpha", 1);
  if (alpha == 1)
    return node.setResult(node.create<top::EluOp>(node.input(0), unit));
  auto scalar = [&](StringRef suffix, double value) {
    return node.helperConstant(suffix, host::scalar(DType::F32, value));
  };
  Value scaled = node.createHelper<top::MulOp>(
      "scaled", {node.input(0), scalar("factor", 1 / alpha)});
  Value elu = node.createHelper<top::EluOp>("unit", scaled, unit);
  return node.setResult(node.create<top::MulOp>({elu, scalar("alpha", alpha)}));
}

/// x / (1 + |x|)
LogicalResult importSoftsign(NodeContext &node) {
  Value one = node.helperConstant("one", host::scalar(DType::F32, 1));
  Value magnitude = node.createHelper<top::AbsOp>("abs", node.input(0));
  Value divisor = node.createHelper<top::AddOp>("divisor", {magnitude, one});
  return node.setResult(node.create<top::DivOp>({node.input(0), divisor}));
}

LogicalResult importTan(NodeContext &node) {
  Value sine = node.createHelper<top::SinOp>("sine", node.input(0));
  Value cosine = node.createHelper<top::CosOp>("cosine", node.input(0));
  return node.setResult(node.create<top::DivOp>({sine, cosine}));
}

LogicalResult importPRelu(NodeContext &node) {
  return node.setResult(
      node.create<top::PReluOp>({node.input(0), node.input(1)}));
}

/// A bound that is an attribute in old operator sets and an input in new ones;
/// nothing when it bounds nothing. One of integers is the number that it stands
/// for.
std::optional<double> readBound(NodeContext &node, size_t index, StringRef name,
                                double open) {
  double value = open;
  if (node.since() < 11) {
    value = node.realAttr(name, open);
  } else if (node.hasInput(index)) {
    std::vector<double> values = node.reals(index, name);
    if (values.size() == 1)
      value = values.front();
    else
      (void)node.fail("input '" + name + "' is not a scalar");
    if (node.isStored(0))
      if (auto type = getStoredType(node, 0))
        value = (value - static_cast<double>(type->getZeroPoint())) *
                type->getScale();
  }
  if (std::isnan(value))
    (void)node.fail(name + " is not a number");
  // The opposite infinity is a bound, however odd.
  bool isOpen = open < 0 ? value <= open : value >= open;
  return isOpen ? std::nullopt : std::optional(value);
}

/// Bounds that only the running model knows.
LogicalResult importOpenClip(NodeContext &node) {
  if (node.isStored(0))
    return node.fail("integers are clipped between constants only");
  Value value = node.input(0);
  bool hasMax = node.hasInput(2);
  if (node.hasInput(1)) {
    SmallVector<Value> operands{value, node.input(1)};
    value = hasMax ? node.createHelper<top::MaxOp>("min", operands)
                   : node.create<top::MaxOp>(operands);
  }
  if (hasMax)
    value = node.create<top::MinOp>({value, node.input(2)});
  return node.setResult(value);
}

LogicalResult importClip(NodeContext &node) {
  bool isOpen = (node.hasInput(1) && !node.constant(1)) ||
                (node.hasInput(2) && !node.constant(2));
  if (isOpen)
    return importOpenClip(node);
  constexpr double largest = std::numeric_limits<float>::max();
  std::optional<double> min = readBound(node, 1, "min", -largest);
  std::optional<double> max = readBound(node, 2, "max", largest);
  if (!min && !max)
    return node.forward(0);
  OpAttributes attrs;
  // A minimum above the maximum loses against it.
  if (min && max)
    min = std::min(*min, *max);
  if (min)
    attrs.real("min", *min);
  if (max)
    attrs.real("max", *max);
  if (!node.isStored(0))
    return node.setResult(node.create<top::ClipOp>(node.input(0), attrs));
  return setStoredLike(
      node, 0, node.createHelper<top::ClipOp>("clipped", node.input(0), attrs));
}

} // namespace

void registerActivationFamily(HandlerRegistry &registry) {
  using host::Unary;
  registry.add("Relu", {6, 13, 14}, {importUnary<top::ReluOp>});
  registry.add("LeakyRelu", {6, 16}, {importLeakyRelu});
  registry.add("PRelu", {7, 9, 16}, {importPRelu});
  registry.add("Clip", {6, 11, 12, 13},
               {importClip, nullptr, StoredIntegers::Moved});
  registry.add("Sigmoid", {6, 13}, {importUnary<top::SigmoidOp>});
  registry.add("Tanh", {6, 13},
               {importUnary<top::TanhOp>, foldUnary<Unary::Tanh>});
  registry.add("HardSigmoid", {6, 22}, {importHardSigmoid});
  registry.add("HardSwish", {14, 22}, {importUnary<top::HardSwishOp>});
  registry.add("Elu", {6, 22}, {importElu});
  registry.add("Gelu", {20}, {importGelu});
  registry.add("Swish", {24}, {importSwish});
  registry.add("Selu", {6, 22}, {importSelu});
  registry.add("Celu", {12}, {importCelu});
  registry.add("Softplus", {1, 22}, {importUnary<top::SoftplusOp>});
  registry.add("Softsign", {1, 22}, {importSoftsign});
  registry.add("Mish", {18, 22}, {importUnary<top::MishOp>});
  registry.add("Erf", {9, 13}, {importUnary<top::ErfOp>});
  registry.add("Exp", {6, 13},
               {importUnary<top::ExpOp>, foldUnary<Unary::Exp>});
  registry.add("Log", {6, 13},
               {importUnary<top::LogOp>, foldUnary<Unary::Log>});
  registry.add("Sqrt", {6, 13},
               {importUnary<top::SqrtOp>, foldUnary<Unary::Sqrt>});
  registry.add("Abs", {6, 13},
               {importUnary<top::AbsOp>, foldUnary<Unary::Abs>});
  registry.add("Neg", {6, 13},
               {importUnary<top::NegOp>, foldUnary<Unary::Neg>});
  registry.add("Reciprocal", {6, 13},
               {importUnary<top::ReciprocalOp>, foldUnary<Unary::Reciprocal>});
  registry.add("Floor", {6, 13},
               {importUnary<top::FloorOp>, foldUnary<Unary::Floor>});
  registry.add("Ceil", {6, 13},
               {importUnary<top::CeilOp>, foldUnary<Unary::Ceil>});
  registry.add("Round", {11, 22},
               {importUnary<top::RoundOp>, foldUnary<Unary::Round>});
  registry.add("Sign", {9, 13},
               {importUnary<top::SignOp>, foldUnary<Unary::Sign>});
  registry.add("Sin", {7, 22},
               {importUnary<top::SinOp>, foldUnary<Unary::Sin>});
  registry.add("Cos", {7, 22},
               {importUnary<top::CosOp>, foldUnary<Unary::Cos>});
  registry.add("Tan", {7, 22}, {importTan, foldUnary<Unary::Tan>});
  // Only constants go through these in networks.
  registry.add("Asin", {7, 22}, {nullptr, foldUnary<Unary::Asin>});
  registry.add("Acos", {7, 22}, {nullptr, foldUnary<Unary::Acos>});
  registry.add("Atan", {7, 22}, {nullptr, foldUnary<Unary::Atan>});
  registry.add("Sinh", {9, 22}, {nullptr, foldUnary<Unary::Sinh>});
  registry.add("Cosh", {9, 22}, {nullptr, foldUnary<Unary::Cosh>});
  registry.add("Asinh", {9, 22}, {nullptr, foldUnary<Unary::Asinh>});
  registry.add("Acosh", {9, 22}, {nullptr, foldUnary<Unary::Acosh>});
  registry.add("Atanh", {9, 22}, {nullptr, foldUnary<Unary::Atanh>});
}

} // namespace qc::onnximport
