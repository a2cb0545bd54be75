// One source for all vector widths: the compiler lowers 64-byte vectors to
// whatever the path allows, and element-wise operations mean the same on each.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "UpdateKernel.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace qc {

//===----------------------------------------------------------------------===//
// SampleMoments
//===----------------------------------------------------------------------===//

SampleMoments::SampleMoments() {
  std::fill(min, min + laneCount, std::numeric_limits<float>::infinity());
  std::fill(max, max + laneCount, -std::numeric_limits<float>::infinity());
  std::fill(sum, sum + laneCount, 0.0);
  std::fill(sumOfSquares, sumOfSquares + laneCount, 0.0);
}

void SampleMoments::addOne(float value, uint64_t position) {
  if (!std::isfinite(value)) {
    ++(std::isnan(value) ? nanCount : infinityCount);
    negativeInfinityCount += value < 0;
    return;
  }
  size_t lane = position % laneCount;
  ++finiteCount;
  min[lane] = value < min[lane] ? value : min[lane];
  max[lane] = value > max[lane] ? value : max[lane];
  double wide = value;
  sum[lane] += wide;
  sumOfSquares[lane] += wide * wide;
}

float SampleMoments::smallest() const {
  float value = *std::min_element(min, min + laneCount);
  return value == 0 ? 0 : value;
}

float SampleMoments::largest() const {
  float value = *std::max_element(max, max + laneCount);
  return value == 0 ? 0 : value;
}

static double addLanes(const double *lanes) {
  double halves[8];
  for (int i = 0; i < 8; ++i)
    halves[i] = lanes[i] + lanes[i + 8];
  for (int width = 4; width; width /= 2)
    for (int i = 0; i < width; ++i)
      halves[i] += halves[i + width];
  return halves[0];
}

double SampleMoments::total() const { return addLanes(sum); }
double SampleMoments::totalOfSquares() const { return addLanes(sumOfSquares); }

void SampleMoments::addTo(Moments &moments) const {
  if (!finiteCount)
    return;
  moments.count += finiteCount;
  moments.min = std::min(moments.min, smallest());
  moments.max = std::max(moments.max, largest());
  moments.sum.add(total());
  moments.sumOfSquares.add(totalOfSquares());
}

//===----------------------------------------------------------------------===//
// HistogramScratch
//===----------------------------------------------------------------------===//

HistogramScratch::HistogramScratch() : counts(keyCount * 4) {}

HistogramScratch &HistogramScratch::ofThread() {
  static thread_local HistogramScratch scratch;
  return scratch;
}

void HistogramScratch::add(const uint16_t *keys, int64_t count) {
  uint32_t *table = counts.data();
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    ++table[keys[i] * 4];
    ++table[keys[i + 1] * 4 + 1];
    ++table[keys[i + 2] * 4 + 2];
    ++table[keys[i + 3] * 4 + 3];
  }
  for (; i < count; ++i)
    ++table[keys[i] * 4];
}

void HistogramScratch::flush(Histogram &histogram, uint32_t leastMagnitude,
                             uint32_t mostMagnitude) {
  constexpr int bins = Histogram::binsPerOctave;
  auto takeOctave = [&](int octave, Histogram::Octave &taken) {
    uint32_t *from = counts.data() + static_cast<size_t>(octave) * bins * 4;
    uint64_t any = 0;
    for (size_t bin = 0; bin < bins; ++bin, from += 4) {
      taken[bin] = uint64_t{from[0]} + from[1] + from[2] + from[3];
      any |= taken[bin];
      std::fill(from, from + 4, 0u);
    }
    return any != 0;
  };
  int first = std::max(1, static_cast<int>(leastMagnitude >> 23));
  int last = std::min(255, static_cast<int>(mostMagnitude >> 23));
  Histogram::Octave taken;
  for (int sign = 0; sign < 2; ++sign) {
    // Zeros, of either sign, and subnormals.
    if (takeOctave(sign * 256, taken))
      for (uint64_t count : taken)
        histogram.addZeros(count);
    // Octave 255 holds NaN and infinities: taken only to be cleared.
    for (int exponent = first; exponent <= last; ++exponent)
      if (takeOctave(sign * 256 + exponent, taken) && exponent < 255)
        histogram.addOctave(sign * 256 + exponent, taken);
  }
}

//===----------------------------------------------------------------------===//
// The vector loop
//===----------------------------------------------------------------------===//

namespace {

constexpr int lanes = SampleMoments::laneCount;
constexpr int64_t blockSize = 256;

typedef float Floats __attribute__((vector_size(64)));
typedef uint32_t Words __attribute__((vector_size(64)));
typedef float HalfFloats __attribute__((vector_size(32)));
typedef double Doubles __attribute__((vector_size(64)));
typedef uint16_t Keys __attribute__((vector_size(32)));

constexpr uint32_t finiteLimit = 0x7f800000; // the magnitude bits of infinity

/// Magnitude bits met so far; `least` leaves zeros out.
struct MagnitudeRange {
  uint32_t least = 0xffffffff;
  uint32_t most = 0;
};

/// Handles `count` values, a multiple of 16. If one of them is not finite the
/// sums are left alone and false is returned; keys are written either way.
template <bool withKeys>
QC_INLINE bool vectorBlock(const float *values, int64_t count,
                           SampleMoments &moments, uint16_t *keys,
                           MagnitudeRange &range) {
  Floats low, high;
  Doubles sumA, sumB, squaresA, squaresB;
  std::memcpy(&low, moments.min, sizeof(low));
  std::memcpy(&high, moments.max, sizeof(high));
  std::memcpy(&sumA, moments.sum, sizeof(sumA));
  std::memcpy(&sumB, moments.sum + 8, sizeof(sumB));
  std::memcpy(&squaresA, moments.sumOfSquares, sizeof(squaresA));
  std::memcpy(&squaresB, moments.sumOfSquares + 8, sizeof(squaresB));
  Words most = {}, least = most - 1;
  for (int64_t i = 0; i < count; i += lanes) {
    Floats value;
    Words bits;
    HalfFloats firstHalf, secondHalf;
    std::memcpy(&value, values + i, sizeof(value));
    std::memcpy(&bits, values + i, sizeof(bits));
    std::memcpy(&firstHalf, values + i, sizeof(firstHalf));
    std::memcpy(&secondHalf, values + i + 8, sizeof(secondHalf));
    low = value < low ? value : low;
    high = value > high ? value : high;
    Words magnitude = bits & 0x7fffffff;
    most = magnitude > most ? magnitude : most;
    Doubles a = __builtin_convertvector(firstHalf, Doubles);
    Doubles b = __builtin_convertvector(secondHalf, Doubles);
    sumA += a;
    sumB += b;
    squaresA += a * a;
    squaresB += b * b;
    if (withKeys) {
      // Zero wraps around to the largest word and so does not count.
      Words nonZero = magnitude - 1;
      least = nonZero < least ? nonZero : least;
      Keys key =
          __builtin_convertvector(bits >> Histogram::mantissaShift, Keys);
      std::memcpy(keys + i, &key, sizeof(key));
    }
  }
  uint32_t mostBits = 0;
  for (int lane = 0; lane < lanes; ++lane)
    mostBits = std::max<uint32_t>(mostBits, most[lane]);
  if (withKeys) {
    range.most = std::max(range.most, mostBits);
    for (int lane = 0; lane < lanes; ++lane)
      range.least = std::min<uint32_t>(range.least, least[lane]);
  }
  if (mostBits >= finiteLimit)
    return false;
  moments.finiteCount += static_cast<uint64_t>(count);
  std::memcpy(moments.min, &low, sizeof(low));
  std::memcpy(moments.max, &high, sizeof(high));
  std::memcpy(moments.sum, &sumA, sizeof(sumA));
  std::memcpy(moments.sum + 8, &sumB, sizeof(sumB));
  std::memcpy(moments.sumOfSquares, &squaresA, sizeof(squaresA));
  std::memcpy(moments.sumOfSquares + 8, &squaresB, sizeof(squaresB));
  return true;
}

using BlockFunction = bool (*)(const float *, int64_t, SampleMoments &,
                               uint16_t *, MagnitudeRange &);

/// One instance of the loop for each vector extension.
struct BlockFunctions {
  BlockFunction withKeys;
  BlockFunction withoutKeys;
};

#define QC_BLOCK_FUNCTIONS(name, attribute)                                    \
  attribute bool name##Keys(const float *values, int64_t count,                \
                            SampleMoments &moments, uint16_t *keys,            \
                            MagnitudeRange &range) {                           \
    return vectorBlock<true>(values, count, moments, keys, range);             \
  }                                                                            \
  attribute bool name##Plain(const float *values, int64_t count,               \
                             SampleMoments &moments, uint16_t *keys,           \
                             MagnitudeRange &range) {                          \
    return vectorBlock<false>(values, count, moments, keys, range);            \
  }

QC_BLOCK_FUNCTIONS(baseline, )
#if defined(__x86_64__)
QC_BLOCK_FUNCTIONS(avx2, QC_TARGET_AVX2)
QC_BLOCK_FUNCTIONS(avx512, QC_TARGET_AVX512)
#endif

BlockFunctions functionsOf(VectorPath path) {
#if defined(__x86_64__)
  if (path == VectorPath::Avx512)
    return {avx512Keys, avx512Plain};
  if (path == VectorPath::Avx2)
    return {avx2Keys, avx2Plain};
#endif
  return {baselineKeys, baselinePlain};
}

} // namespace

VectorPath bestVectorPath() {
#if defined(__x86_64__)
  static const VectorPath best = [] {
    // The runtime's variable limits these loops too (docs/GettingStarted.md).
    const char *variable = std::getenv("QCRT_ISA");
    std::string_view wanted = variable ? variable : "";
    __builtin_cpu_init();
    if (wanted == "portable" || !__builtin_cpu_supports("avx2"))
      return VectorPath::Plain;
    if (wanted == "avx2" || !__builtin_cpu_supports("avx512f") ||
        !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512vl"))
      return VectorPath::Avx2;
    return VectorPath::Avx512;
  }();
  return best;
#else
  return VectorPath::Plain;
#endif
}

/// What the vector loop leaves: a last piece, or a block that holds values
/// that are not finite.
static void scalarBlock(const float *values, int64_t count, uint64_t position,
                        SampleMoments &moments) {
  for (int64_t i = 0; i < count; ++i)
    moments.addOne(values[i], position + static_cast<uint64_t>(i));
}

static void scalarKeys(const float *values, int64_t count, uint16_t *keys,
                       MagnitudeRange &range) {
  for (int64_t i = 0; i < count; ++i) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof(bits));
    uint32_t magnitude = bits & 0x7fffffff;
    range.most = std::max(range.most, magnitude);
    range.least = std::min(range.least, magnitude - 1);
    keys[i] = static_cast<uint16_t>(bits >> Histogram::mantissaShift);
  }
}

void accumulate(const float *values, int64_t count, SampleMoments &moments,
                Histogram *histogram, BlockChoice blocks, VectorPath path) {
  BlockFunctions functions = functionsOf(path);
  HistogramScratch *scratch =
      histogram ? &HistogramScratch::ofThread() : nullptr;
  MagnitudeRange range;
  alignas(64) uint16_t keys[blockSize];
  // The scratch counts in 32 bits.
  constexpr int64_t flushAfter = int64_t{1} << 23;
  for (int64_t begin = 0, block = 0; begin < count;
       begin += blockSize, ++block) {
    int64_t size = std::min(blockSize, count - begin);
    int64_t whole = size / lanes * lanes;
    const float *at = values + begin;
    bool taken = scratch && (block + blocks.phase) % blocks.every == 0;
    bool finite = (taken ? functions.withKeys : functions.withoutKeys)(
        at, whole, moments, keys, range);
    if (!finite)
      scalarBlock(at, whole, static_cast<uint64_t>(begin), moments);
    scalarBlock(at + whole, size - whole, static_cast<uint64_t>(begin + whole),
                moments);
    if (!taken)
      continue;
    scalarKeys(at + whole, size - whole, keys + whole, range);
    scratch->add(keys, size);
    if (block % flushAfter == flushAfter - 1)
      scratch->flush(*histogram, range.least, range.most);
  }
  if (scratch)
    scratch->flush(*histogram, range.least, range.most);
}

} // namespace qc
