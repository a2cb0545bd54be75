// The error of every layer, over samples.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/LayerErrors.h"
#include "IsolatedErrors.h"
#include "qc/Statistics/Histogram.h"

#include <cmath>
#include <set>

namespace qc {

bool isBad(const ErrorMetrics &metrics) {
  // SQNR 20 dB is an RMSE of 0.1 of the tensor's RMS.
  return metrics.cosine < 0.99 || metrics.sqnr < 20;
}

bool isBad(const LayerError &error) {
  return error.lost || isBad(error.accumulated);
}

double getWorstSqnr(const LayerError &error) {
  double sqnr = error.accumulated.sqnr;
  return error.lost ? std::min(sqnr, error.lost->error.sqnr) : sqnr;
}

/// Smallest and largest integer of a type that activations are stored in.
static std::optional<std::pair<int64_t, int64_t>> getStorageRange(DType type) {
  switch (type) {
  case DType::I8:
    return std::make_pair(-128, 127);
  case DType::U8:
    return std::make_pair(0, 255);
  case DType::I16:
    return std::make_pair(-32768, 32767);
  default:
    return std::nullopt;
  }
}

std::optional<ValueRange1D> getStoredRange(const TensorInfo &tensor) {
  auto range = getStorageRange(tensor.dtype);
  if (!range || tensor.scale <= 0)
    return std::nullopt;
  return ValueRange1D{double(range->first - tensor.zeroPoint) * tensor.scale,
                      double(range->second - tensor.zeroPoint) * tensor.scale};
}

namespace {
/// Follows the values of one tensor.
class ValueWatch {
public:
  void add(const Tensor &tensor);
  ValueHistogram get() const;

private:
  Histogram histogram;
  double low = 0, high = 0;
  bool isEmpty = true;
};
} // namespace

/// The extremes are those of all values; of many, a part is counted.
void ValueWatch::add(const Tensor &tensor) {
  constexpr int64_t kMost = 1 << 14;
  int64_t count = tensor.numElements();
  int64_t stride = count / kMost | 1; // odd, to meet all channels
  const float *values = tensor.data<float>();
  for (int64_t i = 0; i < count; ++i) {
    if (!std::isfinite(values[i]))
      continue;
    low = isEmpty ? values[i] : std::min<double>(low, values[i]);
    high = isEmpty ? values[i] : std::max<double>(high, values[i]);
    isEmpty = false;
    if (i % stride == 0)
      histogram.add(values[i]);
  }
}

ValueHistogram ValueWatch::get() const {
  constexpr int64_t kParts = 48;
  ValueHistogram parts{low, high, std::vector<int64_t>(kParts)};
  double width = (high - low) / kParts;
  auto find = [&](double value) {
    auto at = static_cast<int64_t>((value - low) / width);
    return width > 0 ? std::clamp<int64_t>(at, 0, kParts - 1) : 0;
  };
  for (const HistogramBin &bin : signedBins(histogram, low, high)) {
    // A bin may be wider than a part.
    int64_t first = find(bin.low), last = find(bin.high);
    for (int64_t part = first; part <= last; ++part) {
      double from = std::max(bin.low, low + part * width);
      double to = std::min(bin.high, low + (part + 1) * width);
      double share =
          first == last ? 1 : std::max(0.0, to - from) / (bin.high - bin.low);
      parts.counts[part] += std::llround(bin.count * share);
    }
  }
  return parts;
}

namespace {
/// Compares what the network under test shows with what the reference kept.
/// Where several tensors have one name (an input, and the integers that it
/// becomes) the last of them is compared, which is also what the reference
/// keeps; what integers lose is looked for in all.
class CompareProbe : public Probe {
public:
  CompareProbe(const TensorStore &reference, const std::set<std::string> &mixed,
               bool watchesValues = false)
      : reference(reference), mixed(mixed), watchesValues(watchesValues) {}

  /// The next run is one of `executor`.
  void begin(const Executor &executor) {
    ahead.clear();
    for (const TensorInfo &tensor : executor.getTensors())
      ++ahead[tensor.name];
  }

  struct Entry {
    ErrorAccumulator error;
    uint64_t stored = 0, clipped = 0;
    ChannelWatch channels;
    ValueWatch values;
    double step = 0; ///< of the stored integers; 0 where there are none
  };

  Interest wants(const TensorInfo &tensor) override {
    bool isWanted = !isForChannels || mixed.count(tensor.name);
    return isWanted && reference.find(tensor.name) ? Interest::RowMajor
                                                   : Interest::None;
  }

  void observe(const TensorInfo &tensor, const Tensor &data) override {
    bool isLast = --ahead[tensor.name] <= 0;
    Tensor actual = reference.asRead(tensor.name, toSourceTensor(tensor, data));
    const Tensor *expected = reference.find(tensor.name);
    if (expected->dtype() != DType::F32 || actual.dtype() != DType::F32)
      return;
    if (expected->numElements() != actual.numElements()) {
      if (status)
        status = error("tensor '", tensor.name, "' has ",
                       shapeString(actual.shape()), " elements, the reference ",
                       shapeString(expected->shape()));
      return;
    }
    if (!entries.count(tensor.name))
      order.push_back(tensor.name);
    Entry &entry = entries[tensor.name];
    if (!isForChannels && isLast)
      entry.error.add(*expected, actual);
    if (watchesValues && !isForChannels && isLast)
      entry.values.add(*expected);
    if (mixed.count(tensor.name) && getStorageRange(data.dtype())) {
      entry.step = tensor.scale;
      entry.channels.add(*expected, actual);
    }
    if (!isForChannels)
      countClipped(entry, tensor, data.dtype(), *expected);
  }

  /// From now on only channels are watched. False when nothing more is needed.
  bool watchChannels() {
    isForChannels = true;
    return llvm::any_of(entries, [](const auto &entry) {
      return !entry.second.channels.isSure();
    });
  }

  /// Of tensor `name`, if it was shown.
  std::optional<ErrorMetrics> getError(const std::string &name) const {
    auto found = entries.find(name);
    if (found == entries.end())
      return std::nullopt;
    return found->second.error.metrics();
  }

  std::map<std::string, Entry> entries;
  std::vector<std::string> order;
  Status status;

private:
  /// Adds how many of the reference's values the integers of `type` cannot
  /// hold. A value within half a step of an end is rounded, not clipped.
  static void countClipped(Entry &entry, const TensorInfo &tensor, DType type,
                           const Tensor &expected) {
    auto range = getStorageRange(type);
    if (!range || tensor.scale <= 0)
      return;
    auto [low, high] = *range;
    double from = (low - tensor.zeroPoint - 0.5) * tensor.scale;
    double to = (high - tensor.zeroPoint + 0.5) * tensor.scale;
    const float *values = expected.data<float>();
    for (int64_t i = 0; i < expected.numElements(); ++i)
      entry.clipped += values[i] < from || values[i] > to;
    entry.stored += expected.numElements();
  }

  const TensorStore &reference;
  const std::set<std::string> &mixed;
  bool watchesValues;
  bool isForChannels = false;
  std::map<std::string, int64_t> ahead; ///< of each name, in this run
};
} // namespace

/// Runs the network once more, in another form.
static Status runBeside(Executor *executor, const Sample &sample,
                        CompareProbe &probe) {
  if (!executor)
    return ok();
  SmallVector<Tensor> outputs;
  probe.begin(*executor);
  Status ran = executor->run(sample.inputs, outputs, &probe);
  return (ran ? probe.status : ran).withContext(sample.name);
}

Result<std::vector<LayerError>> compareLayers(Executor &reference,
                                              Executor &actual,
                                              const Dataset &dataset,
                                              const LayerComparison &what) {
  IsolatedErrors isolated;
  if (what.module)
    if (Status cut = isolated.cut(what.module, reference); !cut)
      return cut;
  std::set<std::string> shared;
  for (const TensorInfo &info : actual.getTensors())
    shared.insert(info.name);
  TensorStore store(
      [&](const std::string &name) {
        return shared.count(name) != 0 || isolated.needs(name);
      },
      what.seenParts);
  const std::set<std::string> none;
  CompareProbe probe(store, what.mixed, what.histograms);
  CompareProbe assignedProbe(store, none), activationsProbe(store, none);
  int64_t count = what.samples > 0 ? std::min(what.samples, dataset.size())
                                   : dataset.size();
  int64_t most = std::max(count, std::min(what.moreSamples, dataset.size()));
  Progress progress("compare", count, what.progress);
  for (int64_t i = 0; i < most; ++i) {
    if (i > 0 && i <= count)
      if (Status goesOn = progress.advance(); !goesOn)
        return goesOn;
    if (i >= count && !probe.watchChannels())
      break;
    auto sample = dataset.sample(i);
    if (!sample)
      return sample.takeError();
    if (!*sample)
      continue;
    if (what.survey)
      if (Status added = what.survey->add(**sample); !added)
        return added.withContext((*sample)->name);
    SmallVector<Tensor> outputs;
    store.clear();
    if (Status ran = reference.run((*sample)->inputs, outputs, &store); !ran)
      return ran.withContext((*sample)->name);
    probe.begin(actual);
    if (Status ran = actual.run((*sample)->inputs, outputs, &probe); !ran)
      return ran.withContext((*sample)->name);
    if (!probe.status)
      return probe.status;
    if (i >= count)
      continue;
    if (Status ran = runBeside(what.assigned, **sample, assignedProbe); !ran)
      return ran;
    if (Status ran = runBeside(what.activations, **sample, activationsProbe);
        !ran)
      return ran;
    if (Status added = isolated.add(store); !added)
      return added.withContext((*sample)->name);
  }
  progress.finish();
  std::vector<LayerError> layers;
  for (const std::string &name : probe.order) {
    const CompareProbe::Entry &entry = probe.entries[name];
    LayerError layer;
    layer.name = name;
    layer.accumulated = entry.error.metrics();
    layer.lost = entry.channels.find(entry.step);
    if (entry.stored)
      layer.saturation = double(entry.clipped) / entry.stored;
    layer.assigned = assignedProbe.getError(name);
    layer.activations = activationsProbe.getError(name);
    if (what.histograms)
      layer.histogram = entry.values.get();
    layers.push_back(std::move(layer));
  }
  isolated.finish(layers);
  return layers;
}

} // namespace qc
