// Updating, merging and reading the statistics of one tensor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/TensorStatistics.h"

#include "UpdateKernel.h"

#include <algorithm>
#include <cmath>

namespace qc {

void Moments::merge(const Moments &other) {
  count += other.count;
  min = std::min(min, other.min);
  max = std::max(max, other.max);
  sum.merge(other.sum);
  sumOfSquares.merge(other.sumOfSquares);
}

double Moments::mean() const {
  return count ? sum.value() / static_cast<double>(count) : 0;
}

double Moments::meanSquare() const {
  return count ? sumOfSquares.value() / static_cast<double>(count) : 0;
}

void HalfStatistics::merge(const HalfStatistics &other) {
  moments.merge(other.moments);
  samples += other.samples;
  nanCount += other.nanCount;
  infinityCount += other.infinityCount;
  negativeInfinityCount += other.negativeInfinityCount;
  sampleMin.merge(other.sampleMin);
  sampleMax.merge(other.sampleMax);
  samplesWithValues += other.samplesWithValues;
  histogram.merge(other.histogram);
}

Status TensorStatistics::update(const Tensor &value, int64_t sampleIndex) {
  if (value.dtype() != DType::F32)
    return error("statistics are of f32 tensors, found ",
                 dtypeName(value.dtype()));
  int64_t outer = 1, channels = 1, inner = value.numElements();
  if (settings.channelAxis >= 0) {
    if (settings.channelAxis >= value.rank())
      return error("statistics by channel want axis ", settings.channelAxis,
                   ", found a tensor of shape ", shapeString(value.shape()));
    auto axis = static_cast<size_t>(settings.channelAxis);
    inner = 1;
    for (size_t i = 0; i < value.shape().size(); ++i) {
      if (i < axis)
        outer *= value.dim(i);
      else if (i > axis)
        inner *= value.dim(i);
    }
    channels = value.dim(axis);
  }
  return update(value.data<float>(), outer, channels, inner, sampleIndex);
}

/// Below this many blocks a sampled histogram would be too thin.
static constexpr int64_t fewestBlocks = 4;

Status TensorStatistics::update(const float *values, int64_t outer,
                                int64_t channels, int64_t inner,
                                int64_t sampleIndex) {
  if (settings.blockSampling < 1)
    return error("block sampling is ", settings.blockSampling,
                 ", expected 1 in a positive number");
  if (settings.channelAxis >= 0)
    if (Status status = updateChannels(values, outer, channels, inner); !status)
      return status;
  int64_t count = outer * channels * inner;
  HalfStatistics &half = halves[sampleIndex & 1];
  BlockChoice blocks;
  if (count >= 256 * fewestBlocks * settings.blockSampling) {
    blocks.every = settings.blockSampling;
    // Every position gets its turn as samples go by.
    blocks.phase = (sampleIndex % blocks.every + blocks.every) % blocks.every;
  }
  SampleMoments sample;
  accumulate(values, count, sample,
             settings.histogram ? &half.histogram : nullptr, blocks,
             bestVectorPath());
  ++half.samples;
  half.nanCount += sample.nanCount;
  half.infinityCount += sample.infinityCount;
  half.negativeInfinityCount += sample.negativeInfinityCount;
  if (!sample.finiteCount)
    return ok();
  sample.addTo(half.moments);
  ++half.samplesWithValues;
  half.sampleMin.add(sample.smallest());
  half.sampleMax.add(sample.largest());
  if (settings.movingAverage)
    sampleExtremes[sampleIndex] = {sample.smallest(), sample.largest()};
  return ok();
}

Status TensorStatistics::updateChannels(const float *values, int64_t outer,
                                        int64_t channels, int64_t inner) {
  auto wanted = static_cast<size_t>(channels);
  if (perChannel.empty())
    perChannel.resize(wanted);
  if (perChannel.size() != wanted)
    return error("statistics hold ", perChannel.size(),
                 " channels, found a tensor with ", channels);
  // Channels of one element each (the innermost axis) go row by row, so that
  // memory is read in order; others go one channel at a time.
  std::vector<SampleMoments> samples(wanted);
  for (int64_t o = 0; o < outer; ++o)
    for (size_t c = 0; c < wanted; ++c) {
      const float *at =
          values + (o * channels + static_cast<int64_t>(c)) * inner;
      if (inner >= SampleMoments::laneCount) {
        accumulate(at, inner, samples[c], nullptr, {}, bestVectorPath());
        continue;
      }
      for (int64_t i = 0; i < inner; ++i)
        samples[c].addOne(at[i], static_cast<uint64_t>(o * inner + i));
    }
  for (size_t c = 0; c < wanted; ++c)
    samples[c].addTo(perChannel[c]);
  return ok();
}

Status TensorStatistics::merge(const TensorStatistics &other) {
  if (!(settings == other.settings))
    return error("statistics were collected with different options");
  if (!perChannel.empty() && !other.perChannel.empty() &&
      perChannel.size() != other.perChannel.size())
    return error("statistics hold ", perChannel.size(), " and ",
                 other.perChannel.size(), " channels");
  for (const auto &[index, extremes] : other.sampleExtremes)
    if (sampleExtremes.count(index))
      return error("sample ", index,
                   " is in both; a moving average needs "
                   "statistics of different samples");
  sampleExtremes.insert(other.sampleExtremes.begin(),
                        other.sampleExtremes.end());
  for (int parity = 0; parity < 2; ++parity)
    halves[parity].merge(other.halves[parity]);
  if (perChannel.empty())
    perChannel = other.perChannel;
  else
    for (size_t c = 0; c < other.perChannel.size(); ++c)
      perChannel[c].merge(other.perChannel[c]);
  return ok();
}

/// The mean of what `sum` adds up, clamped, as a sum of `count` again.
static ExactSum clampMean(const ExactSum &sum, uint64_t before, uint64_t count,
                          float low, float high) {
  ExactSum clamped;
  double mean = before ? sum.value() / static_cast<double>(before) : 0;
  clamped.add(std::clamp<double>(mean, low, high) * static_cast<double>(count));
  return clamped;
}

/// `histogram` holds the clamped values, or nothing.
static void clampMoments(Moments &moments, const Histogram &histogram,
                         float low, float high) {
  uint64_t count = moments.count;
  if (!count)
    return;
  moments.min = std::clamp(moments.min, low, high);
  moments.max = std::clamp(moments.max, low, high);
  double sum = 0, squares = 0, total = 0;
  for (const HistogramBin &bin :
       signedBins(histogram, moments.min, moments.max)) {
    double middle = (bin.low + bin.high) / 2;
    total += bin.count;
    sum += bin.count * middle;
    squares += bin.count * middle * middle;
  }
  if (total == 0) {
    moments.sum = clampMean(moments.sum, count, count, low, high);
    return;
  }
  // A histogram may hold some of the values only.
  double times = static_cast<double>(count) / total;
  moments.sum = ExactSum();
  moments.sum.add(sum * times);
  moments.sumOfSquares = ExactSum();
  moments.sumOfSquares.add(squares * times);
}

/// Counts `times` values that lie at an end.
static void addEnd(Moments &moments, Histogram &histogram, float end,
                   uint64_t times) {
  if (!times)
    return;
  moments.count += times;
  moments.min = std::min(moments.min, end);
  moments.max = std::max(moments.max, end);
  moments.sum.add(double(end) * static_cast<double>(times));
  moments.sumOfSquares.add(double(end) * end * static_cast<double>(times));
  histogram.add(end, times);
}

static Histogram clampHistogram(const Histogram &histogram, float low,
                                float high) {
  Histogram clamped;
  clamped.add(std::clamp(0.0f, low, high), histogram.zeros());
  for (const auto &[octave, counts] : histogram.octaves())
    for (int bin = 0; bin < Histogram::binsPerOctave; ++bin) {
      double magnitude = std::ldexp(
          1.0 + double(bin) / Histogram::binsPerOctave, octave % 256 - 127);
      double value = octave < 256 ? magnitude : -magnitude;
      clamped.add(static_cast<float>(std::clamp<double>(value, low, high)),
                  counts[static_cast<size_t>(bin)]);
    }
  return clamped;
}

TensorStatistics TensorStatistics::clampedTo(float low, float high) const {
  TensorStatistics clamped = *this;
  clamped.settings.channelAxis = -1;
  clamped.perChannel.clear();
  for (HalfStatistics &half : clamped.halves) {
    half.histogram = clampHistogram(half.histogram, low, high);
    clampMoments(half.moments, half.histogram, low, high);
    uint64_t below = std::isfinite(low) ? half.negativeInfinityCount : 0;
    uint64_t above = std::isfinite(high)
                         ? half.infinityCount - half.negativeInfinityCount
                         : 0;
    addEnd(half.moments, half.histogram, low, below);
    addEnd(half.moments, half.histogram, high, above);
    half.infinityCount -= below + above;
    half.negativeInfinityCount -= below;
    uint64_t before = half.samplesWithValues;
    if (half.moments.count && !before)
      half.samplesWithValues = half.samples;
    half.sampleMin =
        clampMean(half.sampleMin, before, half.samplesWithValues, low, high);
    half.sampleMax =
        clampMean(half.sampleMax, before, half.samplesWithValues, low, high);
  }
  for (auto &[index, extremes] : clamped.sampleExtremes)
    extremes = {std::clamp(extremes.first, low, high),
                std::clamp(extremes.second, low, high)};
  return clamped;
}

HalfStatistics TensorStatistics::all() const {
  HalfStatistics merged = halves[0];
  merged.merge(halves[1]);
  return merged;
}

uint64_t TensorStatistics::count() const {
  return halves[0].moments.count + halves[1].moments.count;
}

float TensorStatistics::min() const {
  return count() ? std::min(halves[0].moments.min, halves[1].moments.min) : 0;
}

float TensorStatistics::max() const {
  return count() ? std::max(halves[0].moments.max, halves[1].moments.max) : 0;
}

Moments TensorStatistics::moments() const {
  Moments merged = halves[0].moments;
  merged.merge(halves[1].moments);
  return merged;
}

static double meanOfSamples(ExactSum sum, const ExactSum &more,
                            uint64_t samples) {
  sum.merge(more);
  return samples ? sum.value() / static_cast<double>(samples) : 0;
}

double TensorStatistics::meanOfMin() const {
  return meanOfSamples(halves[0].sampleMin, halves[1].sampleMin,
                       halves[0].samplesWithValues +
                           halves[1].samplesWithValues);
}

double TensorStatistics::meanOfMax() const {
  return meanOfSamples(halves[0].sampleMax, halves[1].sampleMax,
                       halves[0].samplesWithValues +
                           halves[1].samplesWithValues);
}

Result<std::pair<double, double>>
TensorStatistics::movingAverage(double c) const {
  if (!settings.movingAverage)
    return error("the statistics hold no moving average; collect them anew "
                 "with this method");
  std::pair<double, double> average{0, 0};
  bool first = true;
  for (const auto &[index, extremes] : sampleExtremes) {
    double weight = first ? 1 : c;
    first = false;
    average.first += weight * (extremes.first - average.first);
    average.second += weight * (extremes.second - average.second);
  }
  return average;
}

} // namespace qc
