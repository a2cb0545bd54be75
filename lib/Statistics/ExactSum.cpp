// Exact accumulation of doubles in base 2^32.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/ExactSum.h"

#include <algorithm>
#include <cmath>

namespace qc {

static constexpr int64_t base = int64_t{1} << 32;

/// Floor division by the base, with a remainder in [0, base).
static int64_t splitDigit(int64_t &digit) {
  int64_t high = digit >> 32;
  digit -= high * base;
  return high;
}

void ExactSum::reserve(int low, int high) {
  if (digits.empty()) {
    first = low;
    digits.assign(static_cast<size_t>(high - low + 1), 0);
    return;
  }
  if (low < first) {
    digits.insert(digits.begin(), static_cast<size_t>(first - low), 0);
    first = low;
  }
  int last = first + static_cast<int>(digits.size()) - 1;
  if (high > last)
    digits.insert(digits.end(), static_cast<size_t>(high - last), 0);
}

void ExactSum::add(double value) {
  if (value == 0 || !std::isfinite(value))
    return;
  int exponent;
  double fraction = std::frexp(std::fabs(value), &exponent);
  // value = mantissa * 2^(exponent - 53), mantissa a 53-bit integer.
  auto mantissa = static_cast<uint64_t>(std::ldexp(fraction, 53));
  int position = exponent - 53 + lowestExponent;
  // The lowest double is 2^-1074 and its mantissa is shifted left by up to 52.
  if (position < 0) {
    mantissa >>= -position;
    position = 0;
  }
  int digit = position / 32, shift = position % 32;
  reserve(digit, digit + 2);
  // 53 bits shifted by up to 31 span three digits.
  uint64_t low = mantissa << shift;
  uint64_t high = shift ? mantissa >> (64 - shift) : 0;
  int64_t parts[3] = {static_cast<int64_t>(low & 0xffffffffu),
                      static_cast<int64_t>(low >> 32),
                      static_cast<int64_t>(high)};
  for (int i = 0; i < 3; ++i)
    digits[static_cast<size_t>(digit - first + i)] +=
        value < 0 ? -parts[i] : parts[i];
  // Each addition puts less than 2^32 on a digit of 63 bits.
  if (++pending == 1u << 30)
    carry();
}

void ExactSum::carry() {
  pending = 0;
  if (digits.empty())
    return;
  int64_t up = 0;
  for (size_t i = 0; i + 1 < digits.size(); ++i) {
    digits[i] += up;
    up = splitDigit(digits[i]);
  }
  digits.back() += up;
  // The top digit keeps the sign and stays short.
  while (digits.back() >= base || digits.back() < -base) {
    int64_t high = splitDigit(digits.back());
    digits.push_back(high);
  }
}

void ExactSum::merge(const ExactSum &other) {
  if (other.digits.empty())
    return;
  ExactSum addend = other;
  addend.carry();
  carry();
  reserve(addend.first,
          addend.first + static_cast<int>(addend.digits.size()) - 1);
  for (size_t i = 0; i < addend.digits.size(); ++i)
    digits[static_cast<size_t>(addend.first - first) + i] += addend.digits[i];
  ++pending;
}

ExactSum::Canonical ExactSum::canonical() const {
  ExactSum sum = *this;
  sum.carry();
  Canonical form;
  std::vector<int64_t> &digits = sum.digits;
  if (digits.empty())
    return form;
  // Make the top digit a pure sign, 0 or -1, then drop what only repeats it.
  while (digits.back() != 0 && digits.back() != -1)
    digits.push_back(splitDigit(digits.back()));
  size_t zeros = 0;
  while (zeros < digits.size() && digits[zeros] == 0)
    ++zeros;
  if (zeros == digits.size())
    return form;
  form.first = sum.first + static_cast<int32_t>(zeros);
  form.digits.assign(digits.begin() + static_cast<int64_t>(zeros),
                     digits.end());
  while (form.digits.size() > 1 &&
         (form.digits.back() == 0 || form.digits.back() == -1)) {
    int64_t top = form.digits.back();
    form.digits.pop_back();
    form.digits.back() += top * base;
  }
  return form;
}

ExactSum ExactSum::fromCanonical(const Canonical &form) {
  ExactSum sum;
  sum.first = form.first;
  sum.digits = form.digits;
  sum.pending = 1;
  return sum;
}

double ExactSum::value() const {
  Canonical form = canonical();
  if (form.digits.empty())
    return 0;
  // Work on the magnitude so that rounding is symmetric.
  bool negative = form.digits.back() < 0;
  if (negative) {
    ExactSum magnitude;
    magnitude.first = form.first;
    for (int64_t digit : form.digits)
      magnitude.digits.push_back(-digit);
    return -magnitude.value();
  }
  // The top 64 bits at least, and whether anything lies below them.
  size_t count = form.digits.size();
  size_t used = std::min<size_t>(count, 4);
  bool rest = count > used; // the lowest canonical digit is never zero
  unsigned __int128 top = 0;
  for (size_t i = 0; i < used; ++i)
    top = (top << 32) | static_cast<uint64_t>(form.digits[count - 1 - i]);
  int exponent =
      32 * (form.first + static_cast<int>(count - used)) - lowestExponent;
  // Reduce to 64 bits with a sticky last bit: the conversion then rounds once.
  while (top >> 64) {
    rest |= static_cast<bool>(top & 1);
    top >>= 1;
    ++exponent;
  }
  auto bits = static_cast<uint64_t>(top);
  if (rest && bits >> 55)
    bits |= 1;
  return std::ldexp(static_cast<double>(bits), exponent);
}

} // namespace qc
