// Brings requantisation parameters into the form of the vector kernels.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "RequantPlan.h"

#include <algorithm>

using namespace qcrt;
using namespace qcrt::compute;

namespace {
/// m * 2^-n of one channel, as HighShifted sees it.
struct Lane {
  int32_t multiplier = 0;
  int shift = 33;
  int preShift = 0;
};
} // namespace

/// Beyond this the definition saturates.
static constexpr uint64_t wideLimit = (uint64_t(1) << 61) - 1;

/// Same value, with the largest multiplier: exact ties stay exact.
static void normalise(Lane &lane) {
  while (lane.multiplier < (int32_t(1) << 30) && lane.shift < 62) {
    lane.multiplier <<= 1;
    ++lane.shift;
  }
}

/// False if the channel cannot be expressed within the proven bound.
static bool fitLane(const RequantLane &from, RequantMode mode, uint64_t bound,
                    Lane &lane) {
  if (from.multiplier == 0) {
    lane = Lane();
    return true;
  }
  lane = Lane{from.multiplier, from.shift, 0};
  // The forms know exact ties only.
  if (mode == RequantMode::HalfEven && isRounded(from.multiplier))
    return false;
  // Mode Double rounds at bit 31 of the given product: it must not be scaled.
  if (mode == RequantMode::Double)
    return lane.shift >= 33 && bound < (uint64_t(1) << 31);
  normalise(lane);
  if (lane.shift < 33) {
    lane.preShift = 33 - lane.shift;
    lane.shift = 33;
  }
  return lane.preShift <= 30 && bound < (uint64_t(1) << (31 - lane.preShift));
}

static RequantPlan::Form formOf(RequantMode mode, bool shifted) {
  switch (mode) {
  case RequantMode::Single:
    return shifted ? RequantPlan::Form::HighShifted : RequantPlan::Form::High;
  case RequantMode::Double:
  case RequantMode::HalfAway:
    return RequantPlan::Form::HighSigned;
  case RequantMode::HalfEven:
    return RequantPlan::Form::HighEven;
  case RequantMode::Float:
    return RequantPlan::Form::Float;
  }
  return RequantPlan::Form::Exact;
}

static void setLane(RequantPlan &plan, size_t column, const Lane &lane) {
  plan.multiplier[column] = lane.multiplier;
  plan.shift[column] = lane.shift - 32;
  plan.rounding[column] = int32_t(1) << (lane.shift - 33);
  plan.preShift[column] = lane.preShift;
}

RequantPlan qcrt::compute::makeRequantPlan(const Requant &requant,
                                           qcrt_dtype type, size_t channels,
                                           const uint64_t *bounds,
                                           bool interleaved) {
  RequantPlan plan;
  plan.exact = requant;
  plan.exact.expand(channels);
  plan.type = type;
  plan.interleaved = interleaved;
  plan.zeroPoint = requant.zeroPoint;
  plan.low = requant.low;
  plan.high = requant.high;
  if (requant.mode == RequantMode::Double) {
    plan.prePositive = int64_t(1) << 30;
    plan.preNegative = -plan.prePositive;
  } else if (requant.mode == RequantMode::HalfAway) {
    plan.preNegative = -1;
  }

  // Kernels read whole blocks from any column on.
  size_t padded = roundUp(channels, interleavedBlock) + interleavedBlock;
  plan.multiplier = Buffer<int32_t>(padded);
  plan.rounding = Buffer<int32_t>(padded);
  plan.shift = Buffer<int32_t>(padded);
  plan.preShift = Buffer<int32_t>(padded);
  plan.scale = Buffer<float>(padded);

  bool fits = true, shifted = false;
  plan.wideFits = requant.mode == RequantMode::Single && !interleaved;
  for (size_t column = 0; column < padded; ++column) {
    size_t channel = column;
    if (interleaved)
      channel = column / interleavedBlock * interleavedBlock +
                interleavedChannel(static_cast<int>(column % interleavedBlock));
    Lane lane;
    if (channel < channels) {
      RequantLane from = plan.exact.lane(channel);
      plan.scale[column] = from.scale;
      if (requant.mode != RequantMode::Float)
        fits &= fitLane(from, requant.mode, bounds[channel], lane);
      plan.wideFits &= lane.preShift == 0 && bounds[channel] <= wideLimit;
    }
    shifted |= lane.preShift > 0;
    if (fits || plan.wideFits)
      setLane(plan, column, lane);
  }
  plan.form = fits ? formOf(requant.mode, shifted) : RequantPlan::Form::Exact;
  return plan;
}

void qcrt::compute::requantizeWideExact(const RequantPlan &plan,
                                        const WideRequantTile &tile) {
  const Requant &exact = plan.exact;
  dispatchStorage(plan.type, [&](auto zero) {
    using T = decltype(zero);
    dispatchMode(exact.mode, [&](auto m) {
      for (int row = 0; row < tile.rows; ++row) {
        T *to = reinterpret_cast<T *>(static_cast<char *>(tile.out) +
                                      row * tile.outStride);
        for (int c = 0; c < tile.columns; ++c)
          to[c] = static_cast<T>(requantize<decltype(m)::value>(
              tile.acc[row * tile.accStride + c],
              exact.lane(static_cast<size_t>(tile.first + c)), plan.zeroPoint,
              plan.low, plan.high));
      }
    });
  });
}
