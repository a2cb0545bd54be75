// The definitions of docs/Arithmetic.md in wide integers, to compare with.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Reference.h"

#include <algorithm>
#include <cmath>

using namespace qcrt;
using namespace qcrt::test;

/// floor(t / 2^n) for any n >= 0.
static __int128 floorShift(__int128 t, int n) { return t >> n; }

int64_t test::referenceRound(const std::string &kind,
                             const std::string &rounding, __int128 t, int n) {
  if (n < 0) {
    t *= __int128(1) << -n;
    n = 0;
  }
  const __int128 one = 1, half = n ? one << (n - 1) : 0;
  __int128 result;
  if (rounding == "half_even") {
    result = floorShift(t + half, n);
    bool tie = n > 0 && t + half == result * (one << n);
    if (tie && (result & 1))
      --result;
  } else if (rounding == "double" && kind == "pow2") {
    result = t >= 0 ? floorShift(t + half, n) : -floorShift(-t + half, n);
  } else if (rounding == "double" && n > 31) {
    // As the classic kernels: doubling high multiply, then a rounding shift
    // with ties away from zero.
    __int128 high = floorShift(t + (one << 30), 31);
    __int128 second = one << (n - 32);
    result = high >= 0 ? floorShift(high + second, n - 31)
                       : -floorShift(-high + second, n - 31);
  } else {
    result = floorShift(t + half, n);
  }
  const __int128 bound = one << 62;
  return static_cast<int64_t>(std::min(std::max(result, -bound), bound));
}

int64_t test::referenceRescale(const std::string &kind,
                               const std::string &rounding, int64_t a,
                               int64_t multiplier, int n) {
  const __int128 product = __int128(a) * multiplier;
  if (kind == "mul32" && rounding == "half_even" && a == int32_t(a) &&
      multiplier != 1 << 30) {
    // The multiplier is off by up to one half: nearer to a tie is a tie.
    const __int128 one = __int128(1) << n, below = floorShift(product, n);
    const __int128 off = std::min<__int128>(std::abs(a), one / 2);
    for (__int128 whole : {below - 1, below, below + 1}) {
      __int128 distance = 2 * product - (2 * whole + 1) * one;
      if ((distance < 0 ? -distance : distance) <= off)
        return static_cast<int64_t>(whole & 1 ? whole + 1 : whole);
    }
  }
  return referenceRound(kind, rounding, product, n);
}

int64_t test::referenceRescale(const Ratio &ratio, int64_t a, size_t i) {
  if (ratio.kind == "f32") {
    size_t entry = ratio.scales.size() == 1 ? 0 : i;
    float product =
        static_cast<float>(a) * static_cast<float>(ratio.scales[entry]);
    return std::llrint(std::min(std::max(product, -1e9f), 1e9f));
  }
  size_t entry = ratio.shifts.size() == 1 ? 0 : i;
  int64_t multiplier = ratio.kind == "pow2" ? 1 : ratio.multipliers[entry];
  return referenceRescale(ratio.kind, ratio.rounding, a, multiplier,
                          static_cast<int>(ratio.shifts[entry]));
}

int64_t test::clampTo(int64_t value, const Format &format) {
  return std::min(std::max(value, format.low()), format.high());
}

int64_t test::quantized(double value, const Format &format) {
  if (std::isnan(value))
    return format.zeroPoint;
  double real = std::nearbyint(value) + static_cast<double>(format.zeroPoint);
  return static_cast<int64_t>(
      std::min(std::max(real, static_cast<double>(format.low())),
               static_cast<double>(format.high())));
}
