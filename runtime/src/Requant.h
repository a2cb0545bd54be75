// Requantisation: the one implementation of the kinds and roundings of
// docs/Arithmetic.md.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_REQUANT_H
#define QCRT_SRC_REQUANT_H

#include "Kernel.h"
#include "Rounding.h"

#include <cstdint>
#include <type_traits>
#include <vector>

namespace qcrt {

/// Requantisation of a whole tensor, ready to use.
struct Requant {
  RequantMode mode = RequantMode::Single;
  /// One entry per channel, or one in all. multipliers and shifts are empty in
  /// mode Float, scales in the others.
  std::vector<int32_t> multipliers, shifts;
  std::vector<float> scales;
  /// Of the result. low and high are the clamp in stored units.
  int32_t zeroPoint = 0, low = 0, high = 0;

  size_t count() const {
    return mode == RequantMode::Float ? scales.size() : multipliers.size();
  }
  RequantLane lane(size_t channel) const {
    size_t i = count() == 1 ? 0 : channel;
    return mode == RequantMode::Float
               ? RequantLane{0, 0, scales[i]}
               : RequantLane{multipliers[i], shifts[i], 0.0f};
  }
  /// Repeats a single entry so that there is one per channel.
  void expand(size_t channels);
  /// Stored value for any accumulator; for tests and cold paths.
  int32_t apply(int64_t accumulator, size_t channel = 0) const;
};

/// What readRequant accepts beside the usual.
struct RequantRules {
  const char *prefix = "requant";
  /// Entries: 1 or `channels` (1 <= channels).
  int64_t channels = 1;
  /// Exactly `channels` multipliers, but one shift, and multipliers need not
  /// be normalised: the form of add and sub.
  bool commonShift = false;
};

/// Reads <prefix>.kind, .rounding, .multipliers, .shifts, .scales and clamp.
/// mul32: m in [2^30, 2^31) and n in [2, 62]; mul16: m in [2^14, 2^15) and n in
/// [0, 46]; pow2: m absent or 1, n in [-30, 45]; f32: scales. m may also be 0,
/// which makes every value the zero point. False with an error in the context.
bool readRequant(PrepareContext &context, const TensorView &output,
                 const RequantRules &rules, Requant &requant);

/// Reads the optional clamp [low, high]; default and bound is output's range.
bool readClamp(PrepareContext &context, const TensorView &output, int32_t &low,
               int32_t &high);

/// Calls body(std::integral_constant<RequantMode, mode>), so that a loop is
/// compiled once per mode.
template <typename Body>
inline void dispatchMode(RequantMode mode, Body &&body) {
  switch (mode) {
  case RequantMode::Single:
    return body(std::integral_constant<RequantMode, RequantMode::Single>());
  case RequantMode::Double:
    return body(std::integral_constant<RequantMode, RequantMode::Double>());
  case RequantMode::HalfEven:
    return body(std::integral_constant<RequantMode, RequantMode::HalfEven>());
  case RequantMode::HalfAway:
    return body(std::integral_constant<RequantMode, RequantMode::HalfAway>());
  case RequantMode::Float:
    return body(std::integral_constant<RequantMode, RequantMode::Float>());
  }
}

/// Calls body(T()) with the C++ type of an 8- or 16-bit storage type.
template <typename Body>
inline void dispatchStorage(qcrt_dtype dtype, Body &&body) {
  if (dtype == QCRT_I8)
    return body(int8_t());
  if (dtype == QCRT_U8)
    return body(uint8_t());
  return body(int16_t());
}

} // namespace qcrt
#endif // QCRT_SRC_REQUANT_H
