// Values as polynomials of two other values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_TRANSFORMS_POLYNOMIAL_H
#define QC_LIB_TRANSFORMS_POLYNOMIAL_H

#include "Enclosure.h"

#include <map>

namespace qc {

/// The sum of coefficient * x^i * t^j over (i, j), exponents at most 4.
class Polynomial {
public:
  using Exponents = std::pair<unsigned, unsigned>;

  Polynomial() = default;
  Polynomial(std::initializer_list<std::pair<const Exponents, double>> terms)
      : terms(terms) {}
  static Polynomial constant(double value) { return {{{0, 0}, value}}; }

  /// The value of a polynomial without x and t.
  std::optional<double> asConstant() const;

  Polynomial add(const Polynomial &other, double factor = 1) const;
  /// Nothing when an exponent would exceed the limit.
  std::optional<Polynomial> multiply(const Polynomial &other) const;
  std::optional<Polynomial> power(unsigned exponent) const;

  /// True when each coefficient is within `tolerance` of the other's, relative
  /// to the other's; one that the other does not have must vanish beside it.
  bool isCloseTo(const Polynomial &other, double tolerance) const;

private:
  double get(Exponents exponents) const;

  std::map<Exponents, double> terms;
};

/// Writes values as polynomials of `x` and `t`, through add, sub, mul, div,
/// pow, neg and constants that are one number.
class PolynomialExpander {
public:
  PolynomialExpander(Value x, Value t) : x(x), t(t) {}

  /// Nothing when `value` depends on something else.
  std::optional<Polynomial> expand(Value value) { return expand(value, 0); }

  /// True for an op that expand can look through.
  static bool isTransparent(Operation *op);

  /// The ops that were looked through.
  Enclosure ops;

private:
  std::optional<Polynomial> expand(Value value, unsigned depth);

  Value x, t;
};

} // namespace qc

#endif // QC_LIB_TRANSFORMS_POLYNOMIAL_H
