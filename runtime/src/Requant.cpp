// Reading requantisation attributes.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Requant.h"

#include <cmath>

using namespace qcrt;

namespace {
enum Kind { Mul32, Mul16, Pow2, F32 };
const char *const kindNames[] = {"mul32", "mul16", "pow2", "f32", nullptr};
const char *const roundingNames[] = {"single", "double", "half_even", nullptr};

struct Bounds {
  int64_t lowMultiplier, highMultiplier, lowShift, highShift;
};
const Bounds bounds[] = {{int64_t(1) << 30, (int64_t(1) << 31) - 1, 2, 62},
                         {int64_t(1) << 14, (int64_t(1) << 15) - 1, 0, 46},
                         {1, 1, -30, 45}};
} // namespace

static RequantMode modeOf(int kind, int rounding) {
  if (kind == F32)
    return RequantMode::Float;
  if (rounding == 2)
    return RequantMode::HalfEven;
  if (rounding == 0)
    return RequantMode::Single;
  return kind == Pow2 ? RequantMode::HalfAway : RequantMode::Double;
}

static bool badCount(PrepareContext &context, const std::string &key,
                     size_t found, const RequantRules &rules) {
  bool good = found == static_cast<size_t>(rules.channels) ||
              (found == 1 && !rules.commonShift);
  if (good)
    return false;
  context.fail("attribute '" + key + "' has " + std::to_string(found) +
               " entries, expected " +
               (rules.commonShift || rules.channels == 1 ? "" : "1 or ") +
               std::to_string(rules.channels));
  return true;
}

static bool readScales(PrepareContext &context, const RequantRules &rules,
                       const std::string &prefix, Requant &requant) {
  std::string key = prefix + ".scales";
  for (double scale : context.attributes.numbers(key.c_str())) {
    if (!(scale >= 0 && scale <= 1e30))
      return context.refuse("attribute '" + key +
                            "' holds a negative or too large scale");
    requant.scales.push_back(static_cast<float>(scale));
  }
  return !context.failed() &&
         !badCount(context, key, requant.scales.size(), rules);
}

/// Brings a shift-only entry with a negative shift into the form m * 2^-n.
static void addLane(Requant &requant, int64_t multiplier, int64_t shift) {
  if (shift < 0) {
    multiplier <<= -shift;
    shift = 0;
  }
  requant.multipliers.push_back(static_cast<int32_t>(multiplier));
  requant.shifts.push_back(static_cast<int32_t>(shift));
}

static bool checkLane(PrepareContext &context, const std::string &prefix,
                      const Bounds &bound, int64_t multiplier, int64_t shift,
                      bool normalised) {
  int64_t low = normalised ? bound.lowMultiplier : 0;
  int64_t high = normalised ? bound.highMultiplier : (int64_t(1) << 31) - 1;
  if (multiplier != 0 && (multiplier < low || multiplier > high))
    return context.refuse("attribute '" + prefix + ".multipliers' holds " +
                          std::to_string(multiplier) +
                          ", expected a value in [" + std::to_string(low) +
                          ", " + std::to_string(high) + "]");
  if (shift < bound.lowShift || shift > bound.highShift)
    return context.refuse("attribute '" + prefix + ".shifts' holds " +
                          std::to_string(shift) + ", expected a value in [" +
                          std::to_string(bound.lowShift) + ", " +
                          std::to_string(bound.highShift) + "]");
  return true;
}

static bool readLanes(PrepareContext &context, const RequantRules &rules,
                      const std::string &prefix, int kind, Requant &requant) {
  std::string multiplierKey = prefix + ".multipliers";
  std::string shiftKey = prefix + ".shifts";
  Attributes &attributes = context.attributes;
  std::vector<int64_t> shifts = attributes.integers(shiftKey.c_str());
  std::vector<int64_t> multipliers;
  if (kind != Pow2 || attributes.has(multiplierKey.c_str()))
    multipliers = attributes.integers(multiplierKey.c_str());
  if (kind == Pow2 && multipliers.empty())
    multipliers.assign(rules.commonShift ? rules.channels : shifts.size(), 1);
  if (context.failed())
    return false;
  if (rules.commonShift && shifts.size() == 1)
    shifts.resize(multipliers.size(), shifts[0]);
  if (badCount(context, multiplierKey, multipliers.size(), rules))
    return false;
  if (shifts.size() != multipliers.size())
    return context.refuse("attribute '" + shiftKey + "' has " +
                          std::to_string(shifts.size()) +
                          " entries that do not match the " +
                          std::to_string(multipliers.size()) + " multipliers");
  for (size_t i = 0; i < shifts.size(); ++i) {
    Bounds bound = bounds[kind];
    if (rules.commonShift)
      bound.lowShift = 0;
    if (!checkLane(context, prefix, bound, multipliers[i], shifts[i],
                   !rules.commonShift))
      return false;
    addLane(requant, multipliers[i], shifts[i]);
  }
  return true;
}

bool qcrt::readClamp(PrepareContext &context, const TensorView &output,
                     int32_t &low, int32_t &high) {
  low = static_cast<int32_t>(output.qmin);
  high = static_cast<int32_t>(output.qmax);
  if (!context.attributes.has("clamp"))
    return !context.failed();
  std::vector<int64_t> clamp =
      context.attributes.integers("clamp", 2, output.qmin, output.qmax);
  if (context.failed())
    return false;
  if (clamp[0] > clamp[1])
    return context.refuse("attribute 'clamp' is the empty range [" +
                          std::to_string(clamp[0]) + ", " +
                          std::to_string(clamp[1]) + "]");
  low = static_cast<int32_t>(clamp[0]);
  high = static_cast<int32_t>(clamp[1]);
  return true;
}

bool qcrt::readRequant(PrepareContext &context, const TensorView &output,
                       const RequantRules &rules, Requant &requant) {
  std::string prefix = rules.prefix;
  Attributes &attributes = context.attributes;
  int kind = attributes.choice((prefix + ".kind").c_str(), kindNames);
  int rounding =
      attributes.choiceOr((prefix + ".rounding").c_str(), roundingNames, 0);
  if (context.failed() || !context.expectQuantized(output))
    return false;
  requant = Requant();
  requant.mode = modeOf(kind, rounding);
  requant.zeroPoint = static_cast<int32_t>(output.zeroPoint);
  if (!readClamp(context, output, requant.low, requant.high))
    return false;
  if (kind == F32) {
    attributes.ignore((prefix + ".multipliers").c_str());
    attributes.ignore((prefix + ".shifts").c_str());
    return readScales(context, rules, prefix, requant);
  }
  attributes.ignore((prefix + ".scales").c_str());
  return readLanes(context, rules, prefix, kind, requant);
}

void Requant::expand(size_t channels) {
  if (count() != 1 || channels == 1)
    return;
  if (mode == RequantMode::Float) {
    scales.resize(channels, float(scales[0]));
    return;
  }
  multipliers.resize(channels, int32_t(multipliers[0]));
  shifts.resize(channels, int32_t(shifts[0]));
}

int32_t Requant::apply(int64_t accumulator, size_t channel) const {
  int32_t result = 0;
  dispatchMode(mode, [&](auto m) {
    result = requantize<decltype(m)::value>(accumulator, lane(channel),
                                            zeroPoint, low, high);
  });
  return result;
}
