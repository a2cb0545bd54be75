// Values as polynomials of two other values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Polynomial.h"
#include "Rewrite.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Transforms/ConstantValues.h"

#include <cmath>

namespace qc {

//===----------------------------------------------------------------------===//
// Polynomial
//===----------------------------------------------------------------------===//

static constexpr unsigned kMaxExponent = 4;

double Polynomial::get(Exponents exponents) const {
  auto it = terms.find(exponents);
  return it == terms.end() ? 0.0 : it->second;
}

std::optional<double> Polynomial::asConstant() const {
  for (const auto &[exponents, coefficient] : terms)
    if (exponents != Exponents{0, 0} && coefficient != 0)
      return std::nullopt;
  return get({0, 0});
}

Polynomial Polynomial::add(const Polynomial &other, double factor) const {
  Polynomial sum = *this;
  for (const auto &[exponents, coefficient] : other.terms)
    sum.terms[exponents] += factor * coefficient;
  return sum;
}

std::optional<Polynomial> Polynomial::multiply(const Polynomial &other) const {
  Polynomial product;
  for (const auto &[lhs, a] : terms)
    for (const auto &[rhs, b] : other.terms) {
      Exponents exponents{lhs.first + rhs.first, lhs.second + rhs.second};
      if (exponents.first > kMaxExponent || exponents.second > kMaxExponent)
        return std::nullopt;
      product.terms[exponents] += a * b;
    }
  return product;
}

std::optional<Polynomial> Polynomial::power(unsigned exponent) const {
  std::optional<Polynomial> product = constant(1);
  for (unsigned i = 0; i < exponent && product; ++i)
    product = product->multiply(*this);
  return product;
}

bool Polynomial::isCloseTo(const Polynomial &other, double tolerance) const {
  auto isClose = [&](double found, double expected, double scale) {
    return std::abs(found - expected) <= tolerance * scale;
  };
  double smallest = std::numeric_limits<double>::max();
  for (const auto &[exponents, coefficient] : other.terms) {
    if (!isClose(get(exponents), coefficient, std::abs(coefficient)))
      return false;
    smallest = std::min(smallest, std::abs(coefficient));
  }
  return llvm::all_of(terms, [&](const auto &term) {
    return other.terms.count(term.first) || isClose(term.second, 0, smallest);
  });
}

//===----------------------------------------------------------------------===//
// PolynomialExpander
//===----------------------------------------------------------------------===//

namespace {
using Operands = SmallVector<Polynomial, 2>;
using Rule = std::optional<Polynomial> (*)(const Operands &);
} // namespace

static std::optional<Polynomial> divide(const Operands &operands) {
  std::optional<double> divisor = operands[1].asConstant();
  if (!divisor || *divisor == 0)
    return std::nullopt;
  return Polynomial().add(operands[0], 1 / *divisor);
}

static std::optional<Polynomial> raise(const Operands &operands) {
  std::optional<double> exponent = operands[1].asConstant();
  if (!exponent || *exponent < 0 || *exponent > kMaxExponent ||
      *exponent != std::floor(*exponent))
    return std::nullopt;
  return operands[0].power(unsigned(*exponent));
}

/// How each transparent op combines its operands.
static Rule getRule(Operation *op) {
  static const std::map<StringRef, Rule> rules = {
      {top::AddOp::getOperationName(),
       [](const Operands &o) -> std::optional<Polynomial> {
         return o[0].add(o[1]);
       }},
      {top::SubOp::getOperationName(),
       [](const Operands &o) -> std::optional<Polynomial> {
         return o[0].add(o[1], -1);
       }},
      {top::MulOp::getOperationName(),
       [](const Operands &o) { return o[0].multiply(o[1]); }},
      {top::NegOp::getOperationName(),
       [](const Operands &o) -> std::optional<Polynomial> {
         return Polynomial().add(o[0], -1);
       }},
      {top::DivOp::getOperationName(), divide},
      {top::PowOp::getOperationName(), raise}};
  auto it = rules.find(op->getName().getStringRef());
  return it == rules.end() || hasActivation(op) ? nullptr : it->second;
}

bool PolynomialExpander::isTransparent(Operation *op) {
  return getRule(op) != nullptr;
}

std::optional<Polynomial> PolynomialExpander::expand(Value value,
                                                     unsigned depth) {
  // No formula that is looked for is deeper.
  constexpr unsigned maxDepth = 8;
  if (value == x)
    return Polynomial{{{1, 0}, 1.0}};
  if (value == t)
    return Polynomial{{{0, 1}, 1.0}};
  if (std::optional<double> number = getSplat(value))
    return Polynomial::constant(*number);
  Operation *op = value.getDefiningOp();
  Rule rule = op ? getRule(op) : nullptr;
  if (!rule || depth == maxDepth)
    return std::nullopt;
  Operands operands;
  for (Value operand : op->getOperands()) {
    auto polynomial = expand(operand, depth + 1);
    if (!polynomial)
      return std::nullopt;
    operands.push_back(std::move(*polynomial));
  }
  ops.add(op);
  return rule(operands);
}

} // namespace qc
