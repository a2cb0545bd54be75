// exp, log and pow from IEEE basic operations only.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Elementary.h"
#include "Bits.h"
#include "Rounding.h"

#include <limits>

using namespace qcrt;

// ln 2 in two parts; the first has 32 trailing zero bits, so that its product
// with any exponent is exact.
static const double ln2High = 6.93147180369123816490e-01;
static const double ln2Low = 1.90821492927058770002e-10;
static const double infinity = std::numeric_limits<double>::infinity();
static const double notANumber = std::numeric_limits<double>::quiet_NaN();

double qcrt::portableExp(double x) {
  if (!(x == x))
    return x;
  if (x < -708)
    return 0;
  if (x > 709)
    return infinity;
  const double log2e = 1.44269504088896338700;
  int64_t exponent = roundHalfEven(x * log2e);
  double k = static_cast<double>(exponent);
  double r = (x - k * ln2High) - k * ln2Low; // |r| <= ln 2 / 2
  // Taylor series; the first term left out is r^14 / 14! < 2^-57.
  double sum = 0;
  for (int n = 13; n >= 1; --n)
    sum = (1 + sum) * r / n;
  sum += 1;
  // 2^exponent in two steps: 2^1024 on its own would overflow.
  int64_t half = exponent / 2;
  double scale = fromBits(static_cast<uint64_t>(half + 1023) << 52);
  double rest = fromBits(static_cast<uint64_t>(exponent - half + 1023) << 52);
  return sum * scale * rest;
}

double qcrt::portableLog(double x) {
  if (!(x >= 0))
    return notANumber;
  if (x == 0)
    return -infinity;
  if (x == infinity)
    return x;
  int64_t exponent = 0;
  if (x < std::numeric_limits<double>::min()) { // subnormal
    x *= 18014398509481984.0;                   // 2^54
    exponent = -54;
  }
  uint64_t bits = bitsOf(x);
  exponent += static_cast<int64_t>(bits >> 52) - 1023;
  double m = fromBits((bits & 0xFFFFFFFFFFFFFu) | (uint64_t(1023) << 52));
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  // log m = 2 atanh(s), |s| <= 0.1716; the term left out is below 2^-58 * s.
  double s = (m - 1) / (m + 1), square = s * s, sum = 0;
  for (int n = 23; n >= 3; n -= 2)
    sum = (sum + 1.0 / n) * square;
  double k = static_cast<double>(exponent);
  return k * ln2High + (k * ln2Low + 2 * (s + s * sum));
}

double qcrt::portablePow(double x, double y) {
  const double largestOdd = 9007199254740992.0; // 2^53: all larger are even
  if (y == 0 || x == 1)
    return 1;
  if (!(x == x) || !(y == y))
    return notANumber;
  bool integer = y >= largestOdd || y <= -largestOdd ||
                 static_cast<double>(static_cast<int64_t>(y)) == y;
  bool odd = integer && y < largestOdd && y > -largestOdd &&
             (static_cast<int64_t>(y) & 1);
  if (x < 0 && !integer)
    return notANumber;
  if (x == 0)
    return y > 0 ? 0 : infinity;
  double magnitude = portableExp(y * portableLog(x < 0 ? -x : x));
  return x < 0 && odd ? -magnitude : magnitude;
}
