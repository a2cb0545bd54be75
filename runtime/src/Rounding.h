// Rounding and rescaling of single values, exactly as docs/Arithmetic.md says.
//
// Everything here is static and always inlined: the loops that include it are
// compiled for several instruction sets, and no out-of-line copy of one of them
// may end up in code for another.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_ROUNDING_H
#define QCRT_SRC_ROUNDING_H

#include <cfloat>
#include <cstdint>
#include <type_traits>

#if defined(__GNUC__) || defined(__clang__)
#define QCRT_ALWAYS_INLINE static inline __attribute__((always_inline))
#else
#define QCRT_ALWAYS_INLINE static inline
#endif

namespace qcrt {

static_assert(FLT_EVAL_METHOD == 0,
              "results must not depend on extended precision");

/// How a * m * 2^-n becomes an integer. Kind and rounding of the attribute
/// together give one of these.
enum class RequantMode {
  Single,   ///< (a*m + 2^(n-1)) >> n
  Double,   ///< saturating doubling high multiply, then rounding shift
  HalfEven, ///< nearest, ties to even, as far as the multiplier can tell them
  HalfAway, ///< nearest, ties away from zero: `double` of a pure shift
  Float,    ///< float32 product, nearest, ties to even
};

/// (t / 2^n) rounded; 0 <= n <= 62, |t| <= 2^62.
template <RequantMode mode>
QCRT_ALWAYS_INLINE int64_t roundShift(int64_t t, int n) {
  int64_t half = (int64_t(1) << n) >> 1;
  if constexpr (mode == RequantMode::Double) {
    // The first rounding, at bit 31, seen through the second one.
    int64_t first = n > 31 ? int64_t(1) << 30 : 0;
    return (t + half + (t >= 0 ? first : -first)) >> n;
  } else if constexpr (mode == RequantMode::HalfEven) {
    int64_t sum = t + half;
    int64_t result = sum >> n;
    int64_t fraction = sum & ((int64_t(1) << n) - 1);
    return (n > 0 && fraction == 0) ? (result & ~int64_t(1)) : result;
  } else if constexpr (mode == RequantMode::HalfAway) {
    return (t + half - ((t < 0 && n > 0) ? 1 : 0)) >> n;
  } else {
    return (t + half) >> n;
  }
}

/// Nearest integer, ties to even; |value| <= 2^22. Plain IEEE additions, so
/// that it vectorises and gives the same result on every host.
QCRT_ALWAYS_INLINE int32_t roundHalfEven(float value) {
  const float magic = 12582912.0f; // 1.5 * 2^23
  return static_cast<int32_t>((value + magic) - magic);
}
/// The same for doubles; |value| <= 2^51.
QCRT_ALWAYS_INLINE int64_t roundHalfEven(double value) {
  const double magic = 6755399441055744.0; // 1.5 * 2^52
  return static_cast<int64_t>((value + magic) - magic);
}

template <typename T> QCRT_ALWAYS_INLINE T clampTo(T value, T low, T high) {
  value = value < low ? low : value;
  return value > high ? high : value;
}

/// The parameters of one channel.
struct RequantLane {
  int32_t multiplier;
  int32_t shift;
  float scale;
};

/// True for a multiplier of 31 bits that need not be its ratio exactly: it may
/// be off by up to one half.
QCRT_ALWAYS_INLINE bool isRounded(int32_t multiplier) {
  return multiplier > int32_t(1) << 30;
}

/// (t / 2^n) rounded to nearest; what is not further than `tolerance` from a
/// tie is one, and goes to even.
QCRT_ALWAYS_INLINE int64_t roundNearTies(int64_t t, int n, int64_t tolerance) {
  int64_t sum = t + ((int64_t(1) << n) >> 1) + tolerance;
  int64_t fraction = sum & ((int64_t(1) << n) - 1);
  return (sum >> n) & (n > 0 && fraction <= 2 * tolerance ? ~int64_t(1) : -1);
}

/// Value before zero point and clamp: a * m * 2^-n, or a * scale.
template <RequantMode mode>
QCRT_ALWAYS_INLINE int64_t rescale(int32_t a, const RequantLane &lane) {
  int64_t product = int64_t(a) * lane.multiplier;
  if constexpr (mode == RequantMode::HalfEven) {
    // What the multiplier is off, times a: one sixth of a sum of 9 is a tie.
    // Far outside any clamp that would be more than a step.
    int64_t off = (a < 0 ? -int64_t(a) : a) >> 1;
    int64_t quarter = (int64_t(1) << lane.shift) >> 2;
    off = off < quarter ? off : quarter;
    return roundNearTies(product, lane.shift,
                         isRounded(lane.multiplier) ? off : 0);
  }
  return roundShift<mode>(product, lane.shift);
}

/// The same for 64-bit accumulators; exact, saturating far outside any clamp.
/// HalfEven knows only exact ties where 32 bits are not enough.
template <RequantMode mode>
QCRT_ALWAYS_INLINE int64_t rescaleWide(int64_t a, const RequantLane &lane) {
  const int64_t bound = int64_t(1) << 61;
  a = clampTo(a, -bound, bound);
  if (a == static_cast<int32_t>(a))
    return rescale<mode>(static_cast<int32_t>(a), lane);
  // |a| >= 2^31 here. a*m = high * 2^31 + low, with 0 <= low < 2^62.
  const int n = lane.shift;
  int64_t high = (a >> 31) * lane.multiplier;
  int64_t low = (a & 0x7fffffff) * lane.multiplier;
  if (n < 31) {
    // high * 2^31 is a multiple of 2^(n+1): only low is rounded.
    const int64_t limit = int64_t(1) << 31; // far outside any clamp
    int64_t rounded = roundShift<RequantMode::Single>(low, n);
    if constexpr (mode == RequantMode::HalfEven)
      rounded = roundShift<RequantMode::HalfEven>(low, n);
    if constexpr (mode == RequantMode::HalfAway)
      rounded = (low + ((int64_t(1) << n) >> 1) - (a < 0 && n > 0)) >> n;
    return clampTo(high, -limit, limit) * (int64_t(1) << (31 - n)) + rounded;
  }
  // floor((high * 2^31 + low) / 2^31) and what it leaves, as a sticky half bit:
  // rounding needs the sign, the integer part and whether the rest is zero.
  int64_t whole = high + (low >> 31);
  int64_t rest = low & 0x7fffffff;
  const int k = n - 31;
  if constexpr (mode == RequantMode::Single) {
    int64_t half = k ? int64_t(1) << (k - 1) : 0;
    int64_t carry = k ? 0 : (rest + (int64_t(1) << 30)) >> 31;
    return (whole + half + carry) >> k;
  } else if constexpr (mode == RequantMode::Double) {
    // Two roundings, as defined: at bit 31 upwards, then away from zero.
    int64_t first = whole + ((rest + (int64_t(1) << 30)) >> 31);
    return roundShift<RequantMode::HalfAway>(first, k);
  } else {
    if (k == 0) {
      int64_t tie = int64_t(1) << 30;
      if (mode == RequantMode::HalfEven && rest == tie)
        return whole + (whole & 1);
      if (mode == RequantMode::HalfAway && rest == tie)
        return a < 0 ? whole : whole + 1;
      return whole + (rest >= tie ? 1 : 0);
    }
    int64_t mask = (int64_t(1) << k) - 1, tie = int64_t(1) << (k - 1);
    int64_t result = whole >> k, fraction = whole & mask;
    if (fraction != tie || rest != 0)
      return result + (fraction >= tie ? 1 : 0);
    if (mode == RequantMode::HalfEven)
      return result + (result & 1);
    return a < 0 ? result : result + 1;
  }
}

/// Stored value of an accumulator of 32 or 64 bits.
template <RequantMode mode, typename Accumulator>
QCRT_ALWAYS_INLINE int32_t requantize(Accumulator a, const RequantLane &lane,
                                      int32_t zeroPoint, int32_t low,
                                      int32_t high) {
  constexpr bool wide = std::is_same_v<Accumulator, int64_t>;
  static_assert(wide || std::is_same_v<Accumulator, int32_t>,
                "the width of an accumulator is chosen, not converted to");
  if constexpr (mode == RequantMode::Float) {
    float value = static_cast<float>(a) * lane.scale;
    value = clampTo(value, static_cast<float>(low - zeroPoint),
                    static_cast<float>(high - zeroPoint));
    return roundHalfEven(value) + zeroPoint;
  } else {
    int64_t value;
    if constexpr (wide)
      value = rescaleWide<mode>(a, lane);
    else
      value = rescale<mode>(a, lane);
    return static_cast<int32_t>(clampTo<int64_t>(value + zeroPoint, low, high));
  }
}

} // namespace qcrt
#endif // QCRT_SRC_ROUNDING_H
