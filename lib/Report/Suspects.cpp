// Which layers are at fault, in words, and what helps.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/Report.h"
#include "qc/Support/Strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

#include <map>
#include <utility>

namespace qc {

bool isBadAlone(const LayerReport &layer) {
  return layer.error.isolated && isBad(*layer.error.isolated);
}

const LayerReport *findFirstBad(const CompileReport &report) {
  for (const LayerReport &layer : report.layers)
    if (isBadAlone(layer))
      return &layer;
  for (const LayerReport &layer : report.layers)
    if (isBad(layer.error))
      return &layer;
  return nullptr;
}

/// The layer before `last` that loses most by itself, or null.
static const LayerReport *findCulprit(const CompileReport &report,
                                      const LayerReport &last) {
  const LayerReport *culprit = nullptr;
  for (const LayerReport &layer : report.layers) {
    if (&layer == &last)
      break;
    if (layer.error.isolated && (!culprit || layer.error.isolated->sqnr <
                                                 culprit->error.isolated->sqnr))
      culprit = &layer;
  }
  return culprit;
}

double getWorstOutput(const CompileReport &report) {
  double worst = kEqualSqnr;
  for (const LayerError &output : report.outputs)
    worst = std::min(worst, getWorstSqnr(output));
  return worst;
}

/// What is wrong with `layer`, in words.
static std::string describeCause(const CompileReport &report,
                                 const LayerReport &layer) {
  std::string text;
  llvm::raw_string_ostream os(text);
  bool alone = isBadAlone(layer);
  if (!layer.scaleOf.empty() && (alone || layer.error.lost)) {
    os << "it takes the scale of '" << layer.scaleOf
       << "', which is too coarse for it";
  } else if (alone && layer.error.saturation > 0.02) {
    os << llvm::format("%.1f", layer.error.saturation * 100)
       << " % of its values are clipped";
    if (layer.isDrawnIn)
      os << " by a range that --correct has drawn in";
    else if (!layer.method.empty())
      os << " by the method (" << layer.method << ")";
  } else if (layer.error.lost) {
    const LostChannels &lost = *layer.error.lost;
    os << "values of " << lost.describe() << " (dimension " << lost.axis
       << ") span " << llvm::format("%.1f", lost.steps)
       << " steps of its integers, others " << llvm::format("%.0f", lost.widest)
       << ", and have " << llvm::format("%.1f", lost.error.sqnr) << " dB";
  } else if (alone) {
    os << layer.type << " is too coarse for it";
  } else if (const LayerReport *culprit = findCulprit(report, layer)) {
    os << "the error adds up from the layers before it, most of it from '"
       << culprit->error.name << "' ("
       << llvm::format("%.1f", culprit->error.isolated->sqnr) << " dB alone)";
  } else {
    os << "the error comes from the layers before it";
  }
  return text;
}

/// The remedy to name, or null when none brings enough to be worth it.
static const RemedyReport *chooseRemedy(const CompileReport &report) {
  constexpr double kWorthIt = 3; // dB: half of the error
  double before = getWorstOutput(report);
  const RemedyReport *best = nullptr;
  for (const RemedyReport &remedy : report.remedies) {
    if (remedy.sqnr < before + kWorthIt)
      continue;
    if (remedy.isEnough)
      return &remedy;
    if (!best || remedy.sqnr > best->sqnr)
      best = &remedy;
  }
  return best;
}

std::string suggestRemedy(const CompileReport &report,
                          const LayerReport &layer) {
  std::string text = describeCause(report, layer);
  llvm::raw_string_ostream os(text);
  if (report.outputs.empty()) { // nothing was compared, so nothing tried
    os << ": try ";
    if (!report.widerPrecisions.empty())
      os << "--precision " << report.widerPrecisions.front() << " or ";
    os << "another --method";
    return text;
  }
  double before = getWorstOutput(report);
  if (const RemedyReport *remedy = chooseRemedy(report)) {
    os << ": try " << remedy->option
       << llvm::format(", which brings %.1f dB", remedy->sqnr)
       << llvm::format(" instead of %.1f dB at the outputs", before);
    return text;
  }
  os << llvm::format("; the outputs have %.1f dB", before);
  if (report.remedies.empty()) {
    if (report.widerPrecisions.empty())
      os << ", and there is no other precision or range to try";
    else
      os << "; --precision " << report.widerPrecisions.front()
         << " was not tried, as it takes long on so many functions";
    return text;
  }
  os << ", and gain less than 3 dB with";
  for (const auto &[index, remedy] : llvm::enumerate(report.remedies))
    os << (index ? ", " : " ") << remedy.option
       << llvm::format(" (%.1f dB)", remedy.sqnr);
  return text;
}

std::optional<std::pair<double, double>>
getThresholds(const LayerReport &layer) {
  static const std::map<std::string, std::pair<double, double>> kRanges = {
      {"i8", {-128, 127}},
      {"u8", {0, 255}},
      {"i16", {-32768, 32767}},
      {"u16", {0, 65535}}};
  auto range = kRanges.find(layer.type);
  if (range == kRanges.end() || layer.scale <= 0)
    return std::nullopt;
  double zero = double(layer.zeroPoint);
  return std::make_pair((range->second.first - zero) * layer.scale,
                        (range->second.second - zero) * layer.scale);
}

/// A name as one word of a shell.
static std::string quoteForShell(const std::string &name) {
  auto isPlain = [](char c) {
    return isalnum(static_cast<unsigned char>(c)) ||
           StringRef("_./:-").contains(c);
  };
  if (!name.empty() && llvm::all_of(name, isPlain))
    return name;
  std::string quoted = "'";
  for (char c : name)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// What to add to the compile so that `layer` loses less.
static std::string getOption(const CompileReport &report,
                             const LayerReport &layer) {
  StringRef name = layer.error.name;
  name.consume_back("_scaled"); // the name that the model has for it
  // Lists are separated by commas, so that a name with one cannot be given.
  if (name.contains(',') || printable(name.str()) != name)
    return "";
  bool isWide = StringRef(layer.type).ends_with("16");
  if (!report.widerPrecisions.empty() && !isWide)
    return "--int16-tensors " + quoteForShell(name.str());
  return "--deny " + quoteForShell("name:" + name.str()) + " --allow-cpu";
}

/// The part of the range of `histogram` that 99 % of its values are in, as two
/// ends.
static std::pair<double, double> getBulk(const ValueHistogram &histogram) {
  constexpr double kOutside = 0.005; // at each end
  int64_t total = 0;
  for (int64_t count : histogram.counts)
    total += count;
  double step =
      (histogram.high - histogram.low) / double(histogram.counts.size());
  auto find = [&](const auto &counts) {
    int64_t sum = 0;
    size_t passed = 0;
    for (int64_t count : counts) {
      sum += count;
      if (double(sum) > kOutside * double(total))
        break;
      ++passed;
    }
    return double(passed) * step;
  };
  return {histogram.low + find(ArrayRef<int64_t>(histogram.counts)),
          histogram.high - find(llvm::reverse(histogram.counts))};
}

/// Why `layer` loses as much as it does, as far as its numbers say.
static std::string describeLoss(const LayerReport &layer) {
  std::vector<std::string> parts;
  std::string text;
  llvm::raw_string_ostream os(text);
  const LayerError &error = layer.error;
  if (!layer.scaleOf.empty())
    parts.push_back("it takes the scale of '" + layer.scaleOf + "'");
  if (error.saturation > 0.001) {
    os << llvm::format("%.2f %% of its values are clipped",
                       100 * error.saturation);
    parts.push_back(std::exchange(text, {}));
  }
  auto limits = getThresholds(layer);
  if (limits && error.histogram && !error.histogram->counts.empty()) {
    auto [low, high] = getBulk(*error.histogram);
    double steps =
        (std::min(high, limits->second) - std::max(low, limits->first)) /
        layer.scale;
    double all = (limits->second - limits->first) / layer.scale;
    os << llvm::format("99 %% of its values have %.0f of the %.0f steps of %s",
                       std::max(steps, 1.0), all + 1, layer.type.c_str());
    parts.push_back(std::exchange(text, {}));
  }
  if (parts.empty())
    parts.push_back(layer.type + " is coarse for it");
  return join(parts, "; ");
}

std::vector<Suspect> findSuspects(const CompileReport &report, size_t most) {
  constexpr double kOrdinary = 45; // dB: 8 bits over a range that fits
  std::vector<const LayerReport *> layers;
  for (const LayerReport &layer : report.layers)
    if (!layer.moves && layer.error.isolated &&
        layer.error.isolated->sqnr < kOrdinary)
      layers.push_back(&layer);
  // Of equals, what comes first: they stand in one array.
  llvm::sort(layers, [](const LayerReport *a, const LayerReport *b) {
    return std::make_pair(a->error.isolated->sqnr, a) <
           std::make_pair(b->error.isolated->sqnr, b);
  });
  layers.resize(std::min(layers.size(), most));
  std::vector<Suspect> suspects;
  suspects.reserve(layers.size());
  for (const LayerReport *layer : layers)
    suspects.push_back(
        {layer, describeLoss(*layer), getOption(report, *layer)});
  return suspects;
}

} // namespace qc
