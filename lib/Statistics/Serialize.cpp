// The statistics of one tensor as bytes: canonical, so that equal statistics
// are equal bytes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/TensorStatistics.h"

#include "Bytes.h"

namespace qc {

static void putSum(std::string &into, const ExactSum &sum) {
  ExactSum::Canonical form = sum.canonical();
  putVarint(into, form.digits.size());
  if (form.digits.empty())
    return;
  putSigned(into, form.first);
  for (int64_t digit : form.digits)
    putSigned(into, digit);
}

static ExactSum takeSum(ByteReader &reader) {
  ExactSum::Canonical form;
  size_t count = reader.count();
  if (reader.failed() || count == 0)
    return {};
  int64_t first = reader.signedNumber();
  if (first < 0 || first + static_cast<int64_t>(count) > ExactSum::digitLimit) {
    reader.fail();
    return {};
  }
  form.first = static_cast<int32_t>(first);
  for (size_t i = 0; i < count; ++i) {
    int64_t digit = reader.signedNumber();
    if (digit > 0xffffffffll || digit < -0x100000000ll)
      reader.fail();
    form.digits.push_back(digit);
  }
  return reader.failed() ? ExactSum() : ExactSum::fromCanonical(form);
}

static void putMoments(std::string &into, const Moments &moments) {
  putVarint(into, moments.count);
  putFloat(into, moments.min);
  putFloat(into, moments.max);
  putSum(into, moments.sum);
  putSum(into, moments.sumOfSquares);
}

static Moments takeMoments(ByteReader &reader) {
  Moments moments;
  moments.count = reader.varint();
  moments.min = reader.number();
  moments.max = reader.number();
  moments.sum = takeSum(reader);
  moments.sumOfSquares = takeSum(reader);
  // NaN fails this too. Without values the extremes are infinite.
  if (moments.count &&
      !(moments.min <= moments.max && moments.min - moments.min == 0 &&
        moments.max - moments.max == 0))
    reader.fail();
  return moments;
}

static void putHistogram(std::string &into, const Histogram &histogram) {
  putVarint(into, histogram.zeros());
  putVarint(into, histogram.octaves().size());
  for (const auto &[octave, counts] : histogram.octaves()) {
    putVarint(into, static_cast<uint64_t>(octave));
    for (uint64_t count : counts)
      putVarint(into, count);
  }
}

static Histogram takeHistogram(ByteReader &reader) {
  Histogram histogram;
  histogram.addZeros(reader.varint());
  size_t octaves = reader.count();
  for (size_t i = 0; i < octaves && !reader.failed(); ++i) {
    uint64_t octave = reader.varint();
    if (octave >= Histogram::octaveCount || octave % 256 == 0 ||
        octave % 256 == 255)
      reader.fail();
    Histogram::Octave counts;
    for (uint64_t &count : counts)
      count = reader.varint();
    if (!reader.failed())
      histogram.addOctave(static_cast<int>(octave), counts);
  }
  return histogram;
}

static void putHalf(std::string &into, const HalfStatistics &half) {
  putMoments(into, half.moments);
  putVarint(into, half.samples);
  putVarint(into, half.nanCount);
  putVarint(into, half.infinityCount);
  putVarint(into, half.negativeInfinityCount);
  putSum(into, half.sampleMin);
  putSum(into, half.sampleMax);
  putVarint(into, half.samplesWithValues);
  putHistogram(into, half.histogram);
}

static HalfStatistics takeHalf(ByteReader &reader) {
  HalfStatistics half;
  half.moments = takeMoments(reader);
  half.samples = reader.varint();
  half.nanCount = reader.varint();
  half.infinityCount = reader.varint();
  half.negativeInfinityCount = reader.varint();
  if (half.negativeInfinityCount > half.infinityCount)
    reader.fail();
  half.sampleMin = takeSum(reader);
  half.sampleMax = takeSum(reader);
  half.samplesWithValues = reader.varint();
  half.histogram = takeHistogram(reader);
  return half;
}

void TensorStatistics::serialize(std::string &into) const {
  putWord(into, settings.histogram, 1);
  putWord(into, settings.movingAverage, 1);
  putVarint(into, static_cast<uint64_t>(settings.blockSampling));
  putSigned(into, settings.channelAxis);
  for (const HalfStatistics &half : halves)
    putHalf(into, half);
  putVarint(into, perChannel.size());
  for (const Moments &moments : perChannel)
    putMoments(into, moments);
  putVarint(into, sampleExtremes.size());
  for (const auto &[index, extremes] : sampleExtremes) {
    putSigned(into, index);
    putFloat(into, extremes.first);
    putFloat(into, extremes.second);
  }
}

Result<TensorStatistics>
TensorStatistics::deserialize(std::string_view &bytes) {
  ByteReader reader(bytes);
  TensorStatistics statistics;
  StatisticsOptions &settings = statistics.settings;
  settings.histogram = reader.word(1) != 0;
  settings.movingAverage = reader.word(1) != 0;
  uint64_t sampling = reader.varint();
  int64_t axis = reader.signedNumber();
  if (sampling < 1 || sampling > 1 << 20 || axis < -1 || axis > 64)
    reader.fail();
  settings.blockSampling = static_cast<int>(sampling);
  settings.channelAxis = static_cast<int>(axis);
  for (HalfStatistics &half : statistics.halves)
    half = takeHalf(reader);
  size_t channels = reader.count();
  for (size_t c = 0; c < channels && !reader.failed(); ++c)
    statistics.perChannel.push_back(takeMoments(reader));
  size_t extremes = reader.count();
  for (size_t i = 0; i < extremes && !reader.failed(); ++i) {
    int64_t index = reader.signedNumber();
    float min = reader.number(), max = reader.number();
    if (!(min <= max))
      reader.fail();
    statistics.sampleExtremes[index] = {min, max};
  }
  if (reader.failed())
    return error("a field is cut off or out of range");
  bytes = reader.rest();
  return statistics;
}

} // namespace qc
