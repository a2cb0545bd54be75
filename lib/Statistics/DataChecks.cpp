// Samples that are likely a mistake.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/DataChecks.h"

#include "qc/Support/Strings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace qc {

using Spec = PreprocessSpec;

/// The largest value of a pixel.
static constexpr double kWhite = 255;

static std::string numberText(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.4g", value);
  return text;
}

static std::string rangeText(double low, double high) {
  return numberText(low) + ".." + numberText(high);
}

static std::string samplesText(uint64_t samples) {
  return std::to_string(samples) + (samples == 1 ? " sample" : " samples");
}

//===----------------------------------------------------------------------===//
// Units of mean and std
//===----------------------------------------------------------------------===//

template <typename Predicate>
static bool allOf(const std::vector<double> &values, Predicate predicate) {
  return !values.empty() &&
         std::all_of(values.begin(), values.end(), predicate);
}

/// Less than one grey step, but not nothing: no mean of pixels is that.
static bool hasUnitMean(const Spec &spec) {
  return allOf(spec.mean, [](double mean) { return std::abs(mean) <= 1; }) &&
         std::any_of(spec.mean.begin(), spec.mean.end(),
                     [](double mean) { return mean != 0; });
}

/// A std below one spreads pixels wider than they are.
static bool hasUnitStd(const Spec &spec) {
  return allOf(spec.std, [&](double std) {
    return std < 1 && std::abs(spec.scale) / std > 1;
  });
}

/// The numbers of `spec` as they would count in pixels.
static Spec toPixelUnits(Spec spec) {
  auto scaleUp = [](std::vector<double> &values) {
    for (double &value : values)
      value = std::round(value * kWhite * 1e4) / 1e4;
  };
  if (hasUnitMean(spec))
    scaleUp(spec.mean);
  if (hasUnitStd(spec))
    scaleUp(spec.std);
  return spec;
}

/// The preset whose numbers are those of `spec`, or "".
static std::string findPreset(const Spec &spec) {
  auto agree = [](const std::vector<double> &a, const std::vector<double> &b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) {
             return std::abs(x - y) <= 0.005 * std::abs(y);
           });
  };
  for (const auto &[name, text] : preprocessPresets())
    if (auto preset = Spec::parse(text);
        preset && preset->normalises() && agree(spec.mean, preset->mean) &&
        agree(spec.std, preset->std) && spec.scale == preset->scale)
      return name;
  return "";
}

/// "mean=1,2,3 std=4,5,6": the part of a spec that changes values.
static std::string normalisationText(const Spec &spec) {
  Spec part;
  part.mean = spec.mean;
  part.std = spec.std;
  part.scale = spec.scale;
  return part.toString();
}

std::optional<std::string> checkUnits(const Spec &spec, double low,
                                      double high) {
  if (!hasUnitMean(spec) && !hasUnitStd(spec))
    return std::nullopt;
  Spec meant = toPixelUnits(spec);
  std::string preset = findPreset(meant);
  return "inputs reach " + rangeText(low, high) + " by '" +
         normalisationText(spec) +
         "': mean and std count in pixels of 0..255, these look as if they "
         "counted in 0..1; did you mean '" +
         normalisationText(meant) + "'" +
         (preset.empty() ? "" : " (as " + preset + " has it)") + "?";
}

//===----------------------------------------------------------------------===//
// Preprocessing
//===----------------------------------------------------------------------===//

namespace {
struct Interval {
  double low, high;
  double width() const { return high - low; }
};
} // namespace

static size_t countNumbers(const Spec &spec) {
  return std::max({spec.mean.size(), spec.std.size(), size_t(1)});
}

/// What `spec` makes of pixels 0..255.
static Interval getExpected(const Spec &spec) {
  Interval all{INFINITY, -INFINITY};
  for (size_t c = 0; c < countNumbers(spec); ++c)
    for (double pixel : {0.0, kWhite}) {
      double value = spec.normalise(pixel, static_cast<int>(c));
      all = {std::min(all.low, value), std::max(all.high, value)};
    }
  return all;
}

/// What `spec` has been applied to.
static Interval getBefore(const InputFacts &facts, const Spec &spec) {
  Interval all{INFINITY, -INFINITY};
  auto add = [&](double value, size_t c) {
    int channel = static_cast<int>(c);
    double raw = (value - spec.offset(channel)) / spec.multiplier(channel);
    all = {std::min(all.low, raw), std::max(all.high, raw)};
  };
  size_t numbers = countNumbers(spec);
  for (size_t c = 0; c < facts.channels.size(); ++c) {
    add(facts.channels[c].first, c % numbers);
    add(facts.channels[c].second, c % numbers);
  }
  if (facts.channels.empty() || numbers == 1) {
    add(facts.min, 0);
    add(facts.max, 0);
  }
  return all;
}

/// Whether the numbers of a spec are meant for pixels: raw arrays can hold
/// anything else, with a mean and std in units of its own.
static bool countsInPixels(const Spec &spec) {
  Interval expected = getExpected(spec);
  bool shrinks = expected.width() <= kWhite / 8;
  bool shifts = std::any_of(spec.mean.begin(), spec.mean.end(),
                            [](double mean) { return mean >= 16; });
  return spec.normalises() && (shrinks || shifts) &&
         std::all_of(spec.mean.begin(), spec.mean.end(),
                     [](double mean) { return mean >= 0 && mean <= kWhite; });
}

/// How far values may lie outside, and how little of a range they may use.
static constexpr double kOutside = 0.25, kNarrow = 1.0 / 16;

static bool isOutside(Interval found, Interval expected) {
  double margin = kOutside * expected.width();
  return found.low < expected.low - margin ||
         found.high > expected.high + margin;
}

static bool isNarrow(Interval found, Interval expected) {
  return found.width() < kNarrow * expected.width();
}

static bool looksLikePixels(Interval found) {
  return found.low >= 0 && found.high <= kWhite && found.high > 16;
}

static std::string foundText(const InputFacts &facts) {
  return "input '" + facts.name + "' holds " + rangeText(facts.min, facts.max) +
         " with a mean of " + numberText(facts.mean);
}

/// Arrays that are taken as they are, against what the network expects.
static std::optional<std::string> checkGiven(const InputFacts &facts) {
  Spec spec = facts.preprocess.value_or(Spec());
  // Without a word about preprocessing nobody knows what is right.
  if (!facts.isInserted && spec == Spec())
    return std::nullopt;
  Interval expected = getExpected(spec), found{facts.min, facts.max};
  std::string wanted =
      facts.isInserted
          ? ", and the network, which does the preprocessing itself, takes "
            "pixels of 0..255"
          : ", and its preprocessing '" + spec.toString() + "' makes " +
                rangeText(expected.low, expected.high) + " of pixels";
  bool isOneSided =
      found.low >= 0 && expected.low < -kOutside / 2 * expected.width();
  if (looksLikePixels(found) && isOutside(found, expected))
    return foundText(facts) + wanted +
           ": these look like pixels that are not normalised yet; give --raw";
  if (!isOutside(found, expected) && !isNarrow(found, expected) && !isOneSided)
    return std::nullopt;
  if (!spec.normalises())
    return foundText(facts) + wanted +
           ": these look as if they were normalised already; give pixels, or a "
           "model without that preprocessing";
  return foundText(facts) + wanted +
         ": these look as if they were normalised in another way, or not at "
         "all; give pixels with --raw, or the preprocessing that was used";
}

/// Arrays that have been preprocessed, against the pixels they should hold.
static std::optional<std::string> checkRaw(const InputFacts &facts) {
  if (!facts.preprocess || !countsInPixels(*facts.preprocess))
    return std::nullopt;
  Interval found = getBefore(facts, *facts.preprocess), pixels{0, kWhite};
  bool isTooLarge = found.low >= 0 && isOutside(found, pixels);
  if (!isNarrow(found, pixels) && !isTooLarge)
    return std::nullopt;
  return "the raw values of input '" + facts.name + "' are " +
         rangeText(found.low, found.high) + ", and '" +
         normalisationText(*facts.preprocess) +
         "' counts in pixels of 0..255, so that the input reaches " +
         rangeText(facts.min, facts.max) + " with a mean of " +
         numberText(facts.mean) +
         (isTooLarge ? ": these are no 8-bit pixels; give mean and std in "
                       "their units"
                     : ": these look as if they were normalised already; "
                       "leave --raw out");
}

Findings checkPreprocessing(const InputFacts &facts) {
  Findings findings;
  auto put = [&](std::optional<std::string> finding) {
    if (finding)
      findings.push_back(std::move(*finding));
  };
  bool isConstant = facts.min == facts.max;
  switch (facts.origin) {
  case InputOrigin::Given:
    if (!isConstant)
      put(checkGiven(facts));
    break;
  case InputOrigin::Raw:
    // In units of its own an array may have a mean and std below one.
    if (facts.preprocess &&
        looksLikePixels(getBefore(facts, *facts.preprocess)))
      put(checkUnits(*facts.preprocess, facts.min, facts.max));
    if (!isConstant)
      put(checkRaw(facts));
    break;
  case InputOrigin::Pixels:
    if (!facts.preprocess && !facts.isInserted)
      put(foundText(facts) +
          ", pixels as they are in the images: the model carries no "
          "preprocessing; give --preprocess, such as imagenet-torch, or "
          "--preprocess none if the network takes pixels");
    [[fallthrough]];
  case InputOrigin::Drawn:
    if (facts.preprocess)
      put(checkUnits(*facts.preprocess, facts.min, facts.max));
    break;
  }
  return findings;
}

//===----------------------------------------------------------------------===//
// Variety
//===----------------------------------------------------------------------===//

void LoudestSample::add(double other, const std::string &otherName) {
  if (other > magnitude || (other == magnitude && otherName < name)) {
    next = std::max(next, magnitude);
    magnitude = other;
    name = otherName;
  } else {
    next = std::max(next, other);
  }
}

void LoudestSample::merge(const LoudestSample &other) {
  add(other.magnitude, other.name);
  next = std::max(next, other.next);
}

/// Values this large or small come from a damaged file or another unit.
static constexpr double kHuge = 1e9, kTiny = 1e-9;
/// One sample so many times above all others takes the range for itself.
static constexpr double kAlone = 1000;

/// Magnitudes that are likely a mistake.
static std::optional<std::string> checkMagnitude(const InputFacts &facts) {
  double largest = std::max(std::abs(facts.min), std::abs(facts.max));
  if (facts.samples >= 3 &&
      facts.loudest.magnitude > kAlone * facts.loudest.next)
    return "sample '" + facts.loudest.name + "' reaches " +
           numberText(facts.loudest.magnitude) + " in input '" + facts.name +
           "', and no other of " + samplesText(facts.samples) + " more than " +
           numberText(facts.loudest.next) +
           ": ranges follow it; leave it out if it is damaged";
  if (largest <= kHuge && largest >= kTiny)
    return std::nullopt;
  return "input '" + facts.name + "' holds " + rangeText(facts.min, facts.max) +
         ": hardly a network is made for such magnitudes; check how the "
         "samples were made";
}

Findings checkVariety(const InputFacts &facts) {
  Findings findings;
  if (facts.infinities)
    findings.push_back("input '" + facts.name + "' is infinite in " +
                       std::to_string(facts.infinities) +
                       " values, which no range can hold");
  if (facts.min == facts.max) {
    findings.push_back("input '" + facts.name + "' is " +
                       numberText(facts.min) + " everywhere in " +
                       samplesText(facts.samples) +
                       ": ranges chosen by it say nothing about other data; "
                       "check how the samples were made");
    return findings;
  }
  if (auto finding = checkMagnitude(facts))
    findings.push_back(std::move(*finding));
  constexpr size_t kListed = 4;
  std::vector<std::string> constants;
  for (size_t c = 0; c < facts.channels.size(); ++c)
    if (facts.channels[c].first == facts.channels[c].second)
      constants.push_back(std::to_string(c) + " (" +
                          numberText(facts.channels[c].first) + ")");
  if (constants.empty())
    return findings;
  size_t count = constants.size();
  constants.resize(std::min(count, kListed));
  findings.push_back("input '" + facts.name + "' is constant in channel " +
                     join(constants, ", ") +
                     (count > kListed
                          ? " and " + std::to_string(count - kListed) + " more"
                          : "") +
                     " in all of " + samplesText(facts.samples) +
                     ": check how the samples were made");
  return findings;
}

Findings checkRepeats(std::vector<uint64_t> hashes) {
  size_t samples = hashes.size();
  if (samples == 1)
    return {"there is only one sample: its ranges say little about other "
            "data; about a hundred are enough"};
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  if (samples && hashes.size() == 1)
    return {"all " + samplesText(samples) +
            " are the same: their ranges say little about other data"};
  if (size_t copies = samples - hashes.size(); copies * 10 >= samples && copies)
    return {std::to_string(copies) + " of " + samplesText(samples) +
            " are copies of others: what they hold counts several times"};
  return {};
}

//===----------------------------------------------------------------------===//
// The survey
//===----------------------------------------------------------------------===//

/// The largest absolute value that is finite.
static double getMagnitude(const Tensor &values) {
  const float *data = values.data<float>();
  float largest = 0;
  for (int64_t i = 0, count = values.numElements(); i < count; ++i)
    if (float value = std::abs(data[i]); std::isfinite(value))
      largest = std::max(largest, value);
  return largest;
}

/// Where values of `shape` have their channels: [outer, channels, inner].
static std::array<int64_t, 3> splitChannels(const InputSignature &input) {
  int64_t count = countElements(input.shape).value_or(0);
  if (input.shape.size() < 3)
    return {1, 1, count};
  auto axis = static_cast<size_t>(
      getChannelAxis(input.shape, input.preprocess.value_or(Spec())));
  std::array<int64_t, 3> parts{1, input.shape[axis], 1};
  for (size_t i = 0; i < input.shape.size(); ++i)
    if (i != axis)
      parts[i < axis ? 0 : 2] *= input.shape[i];
  return parts;
}

Status InputSurvey::add(const Sample &sample) {
  auto hash = getContentHash(sample);
  hashes.push_back(hash);
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (sample.inputs[i].dtype() != DType::F32)
      continue;
    StatisticsOptions options;
    options.histogram = false;
    options.channelAxis = 0;
    auto &entry =
        seen.try_emplace({i, sample.origins[i]}, options).first->second;
    auto [outer, channels, inner] = splitChannels(inputs[i]);
    if (Status added =
            entry.update(sample.inputs[i].data<float>(), outer, channels, inner,
                         static_cast<int64_t>(hash >> 1));
        !added)
      return added;
    loudest[{i, sample.origins[i]}].add(getMagnitude(sample.inputs[i]),
                                        sample.name);
  }
  return ok();
}

Status InputSurvey::merge(const InputSurvey &other) {
  hashes.insert(hashes.end(), other.hashes.begin(), other.hashes.end());
  for (const auto &[key, statistics] : other.seen)
    if (auto [entry, isNew] = seen.try_emplace(key, statistics); !isNew)
      if (Status added = entry->second.merge(statistics); !added)
        return added;
  for (const auto &[key, sample] : other.loudest)
    loudest[key].merge(sample);
  return ok();
}

std::vector<InputFacts> InputSurvey::getFacts() const {
  std::vector<InputFacts> all;
  for (const auto &[key, statistics] : seen) {
    const InputSignature &input = inputs[key.first];
    InputFacts facts;
    facts.name = input.name;
    facts.origin = key.second;
    facts.preprocess = input.preprocess;
    facts.isInserted = isInserted && input.shape.size() >= 3;
    facts.samples = statistics.samples();
    facts.min = statistics.min();
    facts.max = statistics.max();
    facts.mean = statistics.mean();
    facts.infinities = statistics.infinityCount();
    facts.loudest = loudest.at(key);
    if (input.shape.size() >= 3)
      for (const Moments &moments : statistics.channels())
        if (moments.count)
          facts.channels.push_back({moments.min, moments.max});
    if (statistics.count())
      all.push_back(std::move(facts));
  }
  return all;
}

Findings InputSurvey::findMistakes() const {
  Findings findings;
  for (const InputFacts &facts : getFacts())
    for (std::string &finding : checkPreprocessing(facts))
      findings.push_back(std::move(finding));
  return findings;
}

Findings InputSurvey::findCalibrationMistakes() const {
  Findings findings = findMistakes();
  std::vector<InputFacts> all = getFacts();
  bool isConstant = !all.empty(), isDrawn = false;
  for (const InputFacts &facts : all) {
    isConstant &= facts.min == facts.max;
    isDrawn |= facts.origin == InputOrigin::Drawn;
    for (std::string &finding : checkVariety(facts))
      findings.push_back(std::move(finding));
  }
  // Constants are copies of each other, random numbers are known to say little.
  if (!isConstant && !isDrawn)
    for (std::string &finding : checkRepeats(hashes))
      findings.push_back(std::move(finding));
  return findings;
}

} // namespace qc
