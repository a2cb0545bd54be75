// Elementary functions without branches, to be inlined into loops over values.
//
// From IEEE additions, multiplications, divisions and moves of bits only, so
// that every host and every vector width computes the same bits. All take
// floats widened to double, and are meant to be rounded to float once.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_FLOATS_FUNCTIONS_H
#define QCRT_SRC_FLOATS_FUNCTIONS_H

#include "Bits.h"

#include <limits>

namespace qcrt {

/// e^x. Relative error below 2^-44; saturates to e^-700 and e^700, which are 0
/// and infinity in float.
QCRT_ALWAYS_INLINE double laneExp(double x) {
  x = x < -700 ? -700 : x;
  x = x > 700 ? 700 : x;
  // The nearest multiple of ln 2 is in the low bits of the shifted quotient.
  const double magic = 6755399441055744.0; // 1.5 * 2^52
  const double shifted = x * 1.44269504088896338700 + magic;
  const double k = shifted - magic;
  const double r = (x - k * 6.93147180369123816490e-01) -
                   k * 1.90821492927058770002e-10; // |r| <= ln 2 / 2
  // Taylor series; the first term left out is r^12 / 12! < 2^-47.
  double sum = 1.0 / 39916800;
  sum = sum * r + 1.0 / 3628800;
  sum = sum * r + 1.0 / 362880;
  sum = sum * r + 1.0 / 40320;
  sum = sum * r + 1.0 / 5040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 0.5;
  sum = sum * r + 1;
  sum = sum * r + 1;
  return sum * fromBits((bitsOf(shifted) + 1023) << 52);
}

/// Natural logarithm of a float: no subnormal double can occur. Error below
/// 2^-44 relative to the larger of the result and 2^-10.
QCRT_ALWAYS_INLINE double laneLog(double x) {
  // x = 2^k * m with m from sqrt(1/2) to sqrt(2).
  const uint64_t bits = bitsOf(x);
  const uint64_t above = bits - 0x3fe6a09e667f3bcdu + (uint64_t(1024) << 52);
  const uint64_t exponent = above >> 52;
  const double m = fromBits(bits - ((exponent - 1024) << 52));
  const double k = fromBits(exponent | 0x4330000000000000u) -
                   (4503599627370496.0 + 1024); // 2^52
  // log m = 2 atanh(s), |s| <= 0.1716; the term left out is below 2^-50 * s.
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 1.0 / 19;
  sum = sum * square + 1.0 / 17;
  sum = sum * square + 1.0 / 15;
  sum = sum * square + 1.0 / 13;
  sum = sum * square + 1.0 / 11;
  sum = sum * square + 1.0 / 9;
  sum = sum * square + 1.0 / 7;
  sum = sum * square + 1.0 / 5;
  sum = sum * square + 1.0 / 3;
  double result = k * 6.93147180369123816490e-01 +
                  (k * 1.90821492927058770002e-10 + 2 * (s + s * square * sum));
  const double infinity = std::numeric_limits<double>::infinity();
  result = x == infinity ? infinity : result;
  result = x == 0 ? -infinity : result;
  return x >= 0 ? result : std::numeric_limits<double>::quiet_NaN();
}

/// log(1 + x) of x from 0 to 1; relative error below 2^-40.
QCRT_ALWAYS_INLINE double laneLogOnePlus(double x) {
  // 2 atanh(s), s <= 1/3; the first term left out is below 2^-44 of the sum.
  const double s = x / (2 + x), square = s * s;
  double sum = 1.0 / 25;
  sum = sum * square + 1.0 / 23;
  sum = sum * square + 1.0 / 21;
  sum = sum * square + 1.0 / 19;
  sum = sum * square + 1.0 / 17;
  sum = sum * square + 1.0 / 15;
  sum = sum * square + 1.0 / 13;
  sum = sum * square + 1.0 / 11;
  sum = sum * square + 1.0 / 9;
  sum = sum * square + 1.0 / 7;
  sum = sum * square + 1.0 / 5;
  sum = sum * square + 1.0 / 3;
  return 2 * (s + s * square * sum);
}

/// Sine of x + quarters * pi / 2. Error below 2^-33 for |x| to 2^20; beyond,
/// it grows with x, as the distance of neighbouring floats does.
QCRT_ALWAYS_INLINE double laneSine(double x, int64_t quarters) {
  // The nearest multiple of pi / 2 is in the low bits of the shifted quotient.
  const double magic = 6755399441055744.0; // 1.5 * 2^52
  const double shifted = x * 0.63661977236758134308 + magic;
  const double k = shifted - magic;
  // pi / 2 in pieces of 33 bits, whose products with k to 2^20 are exact.
  const double r =
      ((x - k * 1.57079632673412561417e+00) - k * 6.07710050630396597660e-11) -
      k * 2.02226624879595063154e-21; // |r| <= pi / 4
  const uint64_t quadrant = bitsOf(shifted) + static_cast<uint64_t>(quarters);
  const double square = r * r;
  double sine = -1.0 / 39916800;
  sine = sine * square + 1.0 / 362880;
  sine = sine * square - 1.0 / 5040;
  sine = sine * square + 1.0 / 120;
  sine = sine * square - 1.0 / 6;
  sine = r + r * square * sine;
  double cosine = 1.0 / 479001600;
  cosine = cosine * square - 1.0 / 3628800;
  cosine = cosine * square + 1.0 / 40320;
  cosine = cosine * square - 1.0 / 720;
  cosine = cosine * square + 1.0 / 24;
  cosine = cosine * square - 0.5;
  cosine = 1 + square * cosine;
  const double magnitude = quadrant & 1 ? cosine : sine;
  const double result = quadrant & 2 ? -magnitude : magnitude;
  // Numbers without a place on the circle: infinities, and NaN.
  return x - x == 0 ? result : x - x;
}

/// Hyperbolic tangent; relative error below 2^-34.
QCRT_ALWAYS_INLINE double laneTanh(double x) {
  // e^x - 1 loses what x lacks of one; there the series is exact enough.
  const double e = laneExp(2 * x);
  const double square = x * x;
  const double small = x * (1 - square / 3 + square * square * (2.0 / 15));
  const double large = x > 20 ? 1 : (e - 1) / (e + 1);
  const double magnitude = x < 0 ? -x : x;
  return magnitude < 0.0078125 ? small : large;
}

/// 1 / (1 + e^-x); relative error below 2^-43.
QCRT_ALWAYS_INLINE double laneSigmoid(double x) {
  return 1 / (1 + laneExp(-x));
}

/// Error function; error below 2^-34, relative.
QCRT_ALWAYS_INLINE double laneErf(double x) {
  double z = x < 0 ? -x : x;
  z = z > 6 ? 6 : z; // 1 - erf(6) < 2^-55
  const double square = z * z;
  // Near 0 the Taylor series; the first term left out is below 2^-42.
  double sum = -1.0 / 6894720;
  sum = sum * square + 1.0 / 685440;
  sum = sum * square - 1.0 / 75600;
  sum = sum * square + 1.0 / 9360;
  sum = sum * square - 1.0 / 1320;
  sum = sum * square + 1.0 / 216;
  sum = sum * square - 1.0 / 42;
  sum = sum * square + 0.1;
  sum = sum * square - 1.0 / 3;
  const double small =
      z * (1 + sum * square) * 1.1283791670955125739; // 2/sqrt pi
  // erfc(z) e^(z^2) as a polynomial in t = 2 / (2 + z), a Chebyshev fit from
  // 0.5 to 6 (our own), within 2^-34.
  const double t = 2 / (2 + z);
  double fit = 0.030561924532951714801;
  fit = fit * t - 0.23272002102584531167;
  fit = fit * t + 0.71331462594048735485;
  fit = fit * t - 1.0920934320663717476;
  fit = fit * t + 0.81742798646808024957;
  fit = fit * t - 0.34390360828657416668;
  fit = fit * t + 0.32733927620701348099;
  fit = fit * t + 0.21078597668780449489;
  fit = fit * t + 0.28767714682953481466;
  fit = fit * t + 0.28158776378056165949;
  fit = fit * t + 0.000020511653603230386681;
  const double large = 1 - fit * laneExp(-square);
  const double result = z < 0.5 ? small : large;
  const double whole = x < 0 ? -result : result;
  return x == x ? whole : x;
}

} // namespace qcrt
#endif // QCRT_SRC_FLOATS_FUNCTIONS_H
