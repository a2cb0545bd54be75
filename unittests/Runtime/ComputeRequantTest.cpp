// Vectorised requantisation against the definition, over whole ranges and at
// ties.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compute/Microkernels.h"

#include "gtest/gtest.h"

#include <random>

using namespace qcrt;
using namespace qcrt::compute;

namespace {

const qcrt_dtype types[] = {QCRT_I8, QCRT_U8, QCRT_I16};
const RequantMode modes[] = {RequantMode::Single, RequantMode::Double,
                             RequantMode::HalfEven, RequantMode::HalfAway,
                             RequantMode::Float};

Requant makeRequant(std::mt19937 &random, RequantMode mode, qcrt_dtype type,
                    size_t channels) {
  Requant requant;
  requant.mode = mode;
  const int64_t lowest = type == QCRT_U8 ? 0 : type == QCRT_I8 ? -128 : -32768;
  const int64_t span = type == QCRT_I16 ? 65536 : 256;
  auto any = [&] {
    return static_cast<int32_t>(lowest + static_cast<int64_t>(random()) % span);
  };
  requant.zeroPoint = any();
  requant.low = any();
  requant.high = any();
  if (requant.low > requant.high)
    std::swap(requant.low, requant.high);
  const int kind = static_cast<int>(random() % 4);
  for (size_t c = 0; c < channels; ++c) {
    requant.scales.push_back(
        std::ldexp(1.0f + static_cast<float>(random() % 1000) / 1000,
                   -static_cast<int>(random() % 30)));
    // Pure shifts give many exact ties.
    int32_t multiplier =
        kind == 0   ? 1
        : kind == 1 ? 1 << (14 + random() % 2)
        : kind == 2 ? static_cast<int32_t>(16384 + random() % 16384)
                    : static_cast<int32_t>((1u << 30) + random() % (1u << 30));
    int shift = kind == 0   ? static_cast<int>(random() % 24)
                : kind == 3 ? static_cast<int>(31 + random() % 28)
                            : static_cast<int>(10 + random() % 30);
    if (random() % 16 == 0)
      multiplier = 0;
    requant.multipliers.push_back(multiplier);
    requant.shifts.push_back(shift);
  }
  return requant;
}

int32_t makeAccumulator(std::mt19937 &random, uint64_t bound) {
  int64_t limit = static_cast<int64_t>(bound);
  switch (random() % 8) {
  case 0:
    return static_cast<int32_t>(limit);
  case 1:
    return static_cast<int32_t>(-limit);
  case 2:
    return static_cast<int32_t>(random() % 7) - 3;
  default: {
    // All magnitudes, and often a power of two: a tie.
    int64_t value = static_cast<int64_t>(random()) >> (random() % 32);
    if (random() % 3 == 0)
      value = int64_t(1) << (random() % 31);
    value %= limit + 1;
    return static_cast<int32_t>(random() % 2 ? value : -value);
  }
  }
}

int32_t valueAt(const std::vector<uint8_t> &bytes, qcrt_dtype type, size_t i) {
  if (type == QCRT_I8)
    return static_cast<int8_t>(bytes[i]);
  if (type == QCRT_U8)
    return bytes[i];
  int16_t word;
  std::memcpy(&word, bytes.data() + 2 * i, sizeof(word));
  return word;
}

void check(std::mt19937 &random, Isa isa, RequantMode mode, qcrt_dtype type,
           bool interleaved) {
  const size_t channels = 1 + random() % 150;
  const uint64_t bound = (uint64_t(1) << (8 + random() % 24)) - 1;
  const Requant requant = makeRequant(random, mode, type, channels);
  std::vector<uint64_t> bounds(channels, bound);
  RequantPlan plan =
      makeRequantPlan(requant, type, channels, bounds.data(), interleaved);
  const int rows = 1 + static_cast<int>(random() % 4);
  const size_t stride = roundUp(channels, interleavedBlock);
  std::vector<int32_t> plain(stride * static_cast<size_t>(rows)), acc(plain);
  for (int32_t &value : plain)
    value = makeAccumulator(random, bound);
  for (size_t i = 0; i < acc.size(); ++i) {
    size_t position = i % interleavedBlock;
    acc[i] = plain[i - position +
                   (interleaved ? static_cast<size_t>(interleavedChannel(
                                      static_cast<int>(position)))
                                : position)];
  }
  const size_t width = type == QCRT_I16 ? 2 : 1;
  std::vector<uint8_t> out(channels * width * static_cast<size_t>(rows) + 1,
                           0x5a);
  microkernels(isa).requantize(plan,
                               {acc.data(), static_cast<ptrdiff_t>(stride),
                                rows, static_cast<int>(channels), 0, out.data(),
                                static_cast<ptrdiff_t>(channels * width)});
  EXPECT_EQ(out.back(), 0x5a) << "wrote beyond the last row";
  for (size_t row = 0; row < static_cast<size_t>(rows); ++row)
    for (size_t c = 0; c < channels; ++c)
      ASSERT_EQ(valueAt(out, type, row * channels + c),
                requant.apply(plain[row * stride + c], c))
          << isaName(isa) << " mode " << static_cast<int>(mode) << " type "
          << qcrt_dtype_name(type) << " form " << static_cast<int>(plan.form)
          << " accumulator " << plain[row * stride + c] << " multiplier "
          << requant.multipliers[c] << " shift " << requant.shifts[c];
}

} // namespace

TEST(ComputeRequant, EveryFormEqualsTheDefinition) {
  std::mt19937 random(1);
  for (int i = 0; i < 400; ++i)
    for (Isa isa : supportedIsas())
      for (RequantMode mode : modes)
        for (qcrt_dtype type : types)
          check(random, isa, mode, type,
                microkernels(isa).interleaveColumns && random() % 2);
}

TEST(ComputeRequant, WideAccumulatorsEqualTheDefinition) {
  std::mt19937_64 random(2);
  std::mt19937 small(3);
  for (int i = 0; i < 200; ++i)
    for (Isa isa : supportedIsas())
      for (RequantMode mode : modes)
        for (qcrt_dtype type : types) {
          const size_t channels = 1 + small() % 40;
          const int bits = 33 + static_cast<int>(small() % 30);
          const uint64_t bound = (uint64_t(1) << bits) - 1;
          Requant requant = makeRequant(small, mode, type, channels);
          for (int32_t &shift : requant.shifts)
            shift = std::min(62, shift + static_cast<int>(small() % 24));
          std::vector<uint64_t> bounds(channels, bound);
          RequantPlan plan =
              makeRequantPlan(requant, type, channels, bounds.data(), false);
          std::vector<int64_t> acc(channels);
          for (int64_t &value : acc) {
            value = static_cast<int64_t>(random() >> (random() % 62 + 1));
            if (random() % 4 == 0)
              value = int64_t(1) << (random() % 62);
            value %= static_cast<int64_t>(bound) + 1;
            value = random() % 2 ? value : -value;
          }
          const size_t width = type == QCRT_I16 ? 2 : 1;
          std::vector<uint8_t> out(channels * width);
          microkernels(isa).requantizeWide(
              plan, {acc.data(), static_cast<ptrdiff_t>(channels), 1,
                     static_cast<int>(channels), 0, out.data(), 0});
          for (size_t c = 0; c < channels; ++c)
            ASSERT_EQ(valueAt(out, type, c), requant.apply(acc[c], c))
                << isaName(isa) << " mode " << static_cast<int>(mode)
                << " accumulator " << acc[c] << " multiplier "
                << requant.multipliers[c] << " shift " << requant.shifts[c]
                << " fits " << plan.wideFits;
        }
}

TEST(ComputeIsa, UnknownNameIsAnError) {
  setenv("QCRT_ISA", "mmx", 1);
  EXPECT_EQ(preferredIsaError().rfind(
                "QCRT_ISA is 'mmx', but this processor has: portable", 0),
            0u);
  EXPECT_EQ(preferredIsa(), supportedIsas().back());
  setenv("QCRT_ISA", "portable", 1);
  EXPECT_EQ(preferredIsaError(), "");
  EXPECT_EQ(preferredIsa(), Isa::Portable);
  unsetenv("QCRT_ISA");
  EXPECT_EQ(preferredIsaError(), "");
}
