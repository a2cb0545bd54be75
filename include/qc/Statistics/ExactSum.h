// Sum of doubles without rounding, so that the order of adding cannot matter.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_STATISTICS_EXACTSUM_H
#define QC_STATISTICS_EXACTSUM_H

#include <cstdint>
#include <vector>

namespace qc {

/// A fixed-point number wide enough for any sum of up to 2^31 doubles, kept in
/// signed 32-bit digits with room for carries (Kulisch's long accumulator, but
/// holding only the digits in use). Adding and merging are exact, hence
/// associative and commutative; the only rounding is in value().
class ExactSum {
public:
  /// Adds a finite double; others are a programming error and are ignored.
  void add(double value);
  void merge(const ExactSum &other);
  /// The sum rounded to a double, ties to even of the last digit.
  double value() const;

  /// Canonical form: digits 0..2^32-1, least significant first, the top one
  /// signed, with no digit to spare at either end. The digit k stands for
  /// digit * 2^(32 * (first + k) - lowestExponent). Equal sums, however they
  /// came about, have equal canonical forms.
  struct Canonical {
    int32_t first = 0;
    std::vector<int64_t> digits;
    bool operator==(const Canonical &other) const {
      return first == other.first && digits == other.digits;
    }
  };
  Canonical canonical() const;
  static ExactSum fromCanonical(const Canonical &form);

  /// Exponent of the lowest bit of digit 0: below it lies no bit of a double.
  static constexpr int lowestExponent = 1088;
  /// First digits that a double or a sum of many can reach are below this.
  static constexpr int digitLimit = (lowestExponent + 1024 + 64) / 32 + 1;

private:
  void reserve(int low, int high);
  void carry();

  int first = 0;
  uint32_t pending = 0; ///< additions since the last carry
  std::vector<int64_t> digits;
};

} // namespace qc

#endif // QC_STATISTICS_EXACTSUM_H
