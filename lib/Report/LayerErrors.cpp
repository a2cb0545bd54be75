// The accumulated error of every layer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/LayerErrors.h"
#include "qc/Report/TensorStore.h"

#include <cmath>
#include <set>

namespace qc {

bool isBad(const ErrorMetrics &metrics) {
  // SQNR 20 dB is an RMSE of 0.1 of the tensor's RMS.
  return metrics.cosine < 0.99 || metrics.sqnr < 20;
}

namespace {
/// Compares what the network under test shows with what the reference kept.
class CompareProbe : public Probe {
public:
  CompareProbe(const TensorStore &reference) : reference(reference) {}

  struct Entry {
    ErrorAccumulator error;
    uint64_t stored = 0, atEnd = 0;
  };

  Interest wants(const TensorInfo &tensor) override {
    return reference.find(tensor.name) ? Interest::RowMajor : Interest::None;
  }

  void observe(const TensorInfo &tensor, const Tensor &data) override {
    Tensor actual = toSourceTensor(tensor, data);
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
    entry.error.add(*expected, actual);
    countSaturation(entry, data);
  }

  std::map<std::string, Entry> entries;
  std::vector<std::string> order;
  Status status;

private:
  template <typename T> static void count(Entry &entry, const Tensor &data) {
    const T *values = data.data<T>();
    for (int64_t i = 0; i < data.numElements(); ++i)
      entry.atEnd += values[i] == std::numeric_limits<T>::min() ||
                     values[i] == std::numeric_limits<T>::max();
    entry.stored += data.numElements();
  }
  static void countSaturation(Entry &entry, const Tensor &data) {
    if (data.dtype() == DType::I8)
      count<int8_t>(entry, data);
    else if (data.dtype() == DType::U8)
      count<uint8_t>(entry, data);
    else if (data.dtype() == DType::I16)
      count<int16_t>(entry, data);
  }

  const TensorStore &reference;
};
} // namespace

Result<std::vector<LayerError>> compareLayers(Executor &reference,
                                              Executor &actual,
                                              const Dataset &dataset,
                                              int64_t samples) {
  std::set<std::string> shared;
  for (const TensorInfo &info : actual.getTensors())
    shared.insert(info.name);
  TensorStore store(
      [&](const std::string &name) { return shared.count(name) != 0; });
  CompareProbe probe(store);
  int64_t count = samples > 0 ? std::min(samples, dataset.size()) : dataset.size();
  for (int64_t i = 0; i < count; ++i) {
    auto sample = dataset.sample(i);
    if (!sample)
      return sample.takeError();
    if (!*sample)
      continue;
    SmallVector<Tensor> outputs;
    store.clear();
    if (Status ran = reference.run((*sample)->inputs, outputs, &store); !ran)
      return ran.withContext((*sample)->name);
    if (Status ran = actual.run((*sample)->inputs, outputs, &probe); !ran)
      return ran.withContext((*sample)->name);
    if (!probe.status)
      return probe.status;
  }
  std::vector<LayerError> layers;
  for (const std::string &name : probe.order) {
    const CompareProbe::Entry &entry = probe.entries[name];
    LayerError layer;
    layer.name = name;
    layer.accumulated = entry.error.metrics();
    if (entry.stored)
      layer.saturation = double(entry.atEnd) / entry.stored;
    layers.push_back(std::move(layer));
  }
  return layers;
}

} // namespace qc
