// Requantisation parameters in the form that the vector kernels read.
//
// With |a| < 2^31 and n >= 33 the wide rounding shift splits exactly:
//
//   (a*m + 2^(n-1)) >> n  ==  (((a*m) >> 32) + 2^(n-33)) >> (n - 32)
//
// so that everything after the product fits 32 bits. A larger scale than such
// an n can express is first moved into the accumulator (a << k), which is exact
// as long as the proven bound of the accumulator leaves k bits.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_REQUANTPLAN_H
#define QCRT_COMPUTE_REQUANTPLAN_H

#include "Buffer.h"
#include "Requant.h"

#include <cstddef>
#include <cstdint>

namespace qcrt::compute {

/// Channel that position `position` of a block of 64 accumulators holds when a
/// kernel leaves them in the order that byte interleaving produces: position
/// 16q + 4l + j is channel 16l + 4q + j.
inline int interleavedChannel(int position) {
  return (position & 3) | ((position >> 4) << 2) | (((position >> 2) & 3) << 4);
}
constexpr int interleavedBlock = 64;

struct RequantPlan {
  enum class Form : uint8_t {
    High,        ///< ((a*m >> 32) + rounding) >> shift
    HighShifted, ///< the same with a << preShift first
    HighSigned,  ///< preShift, and a*m + (a < 0 ? preNegative : prePositive)
    HighEven,    ///< preShift, ties to even
    Float,       ///< float(a) * scale, ties to even
    Exact,       ///< qcrt::requantize, one element at a time
  };
  Form form = Form::Exact;
  /// 64-bit accumulators: form High holds for them too (with a shift above 31,
  /// and bounds that leave room).
  bool wideFits = false;
  /// Accumulators and parameters are in the order of interleavedChannel.
  bool interleaved = false;
  qcrt_dtype type = QCRT_I8;
  int32_t zeroPoint = 0, low = 0, high = 0;
  int64_t prePositive = 0, preNegative = 0;
  /// One entry per accumulator column, padded to whole blocks of 64.
  Buffer<int32_t> multiplier, rounding, shift, preShift;
  Buffer<float> scale;
  /// The definition, for Exact and for 64-bit accumulators.
  Requant exact;
};

/// Builds the plan for `channels` columns. `bounds[c]` is the largest possible
/// magnitude of the accumulator of column c. `requant` holds 1 or `channels`
/// entries.
RequantPlan makeRequantPlan(const Requant &requant, qcrt_dtype type,
                            size_t channels, const uint64_t *bounds,
                            bool interleaved);

/// Accumulators of `rows` × `columns` results; column 0 is column `first` of
/// the plan (a multiple of 64 if the plan is interleaved).
struct RequantTile {
  const int32_t *acc;
  ptrdiff_t accStride; ///< elements; rows are readable to a multiple of 16
  int rows;
  int columns;
  int64_t first;
  void *out;
  ptrdiff_t outStride; ///< bytes
};

/// The same for 64-bit accumulators, in plain order.
struct WideRequantTile {
  const int64_t *acc;
  ptrdiff_t accStride; ///< elements
  int rows;
  int columns;
  int64_t first;
  void *out;
  ptrdiff_t outStride; ///< bytes
};

/// The definition, element by element.
void requantizeWideExact(const RequantPlan &plan, const WideRequantTile &tile);

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_REQUANTPLAN_H
