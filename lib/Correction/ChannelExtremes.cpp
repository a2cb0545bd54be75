// What the channels of a network's tensors hold, over a data set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ChannelExtremes.h"

#include <mutex>

namespace qc {

namespace {

/// Looks at the channels of one run.
class ChannelProbe : public Probe {
public:
  explicit ChannelProbe(const llvm::DenseMap<Value, int64_t> &axes)
      : axes(axes) {}

  Interest wants(const TensorInfo &tensor) override {
    return axes.contains(tensor.value) ? Interest::RowMajor : Interest::None;
  }
  void observe(const TensorInfo &tensor, const Tensor &data) override;

  NetworkFacts facts;

private:
  const llvm::DenseMap<Value, int64_t> &axes;
};

} // namespace

void ChannelProbe::observe(const TensorInfo &tensor, const Tensor &data) {
  int64_t axis = axes.lookup(tensor.value), channels = data.dim(axis);
  int64_t inner = 1;
  for (int64_t i = axis + 1; i < data.rank(); ++i)
    inner *= data.dim(i);
  int64_t outer = data.numElements() / (channels * inner);
  std::vector<ChannelFacts> &found = facts[tensor.value];
  found.resize(channels);
  const float *element = data.data<float>();
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t c = 0; c < channels; ++c, element += inner) {
      ChannelFacts &channel = found[c];
      double squares = 0;
      for (int64_t i = 0; i < inner; ++i) {
        channel.min = std::min(channel.min, element[i]);
        channel.max = std::max(channel.max, element[i]);
        squares += double(element[i]) * element[i];
      }
      channel.meanSquare += squares / double(outer * inner);
    }
}

static void addExtremes(const NetworkFacts &from, NetworkFacts &to) {
  for (const auto &[value, channels] : from) {
    std::vector<ChannelFacts> &into = to[value];
    into.resize(channels.size());
    for (auto [channel, all] : llvm::zip_equal(channels, into)) {
      all.min = std::min(all.min, channel.min);
      all.max = std::max(all.max, channel.max);
    }
  }
}

FailureOr<NetworkFacts> measureChannels(CorrectionContext &context,
                                        const ChannelGroups &groups) {
  llvm::DenseMap<Value, int64_t> axes;
  for (const auto &[value, span] : groups.getSpans())
    for (int64_t c = 0; c < span.count; ++c)
      if (!groups.isPinned(groups.getGroup(value, c)))
        axes[value] = span.axis;
  NetworkFacts all;
  if (axes.empty())
    return all;
  auto runner = FloatRunner::create(context.function, context.pool);
  if (failed(runner))
    return failure();

  // Sums in the order of the samples, so that they do not depend on threads.
  std::vector<NetworkFacts> kept(context.samples.size());
  Status ran = (*runner)->run(kept.size(), [&](int64_t i, Executor &executor) {
    ChannelProbe probe(axes);
    SmallVector<Tensor> results;
    Status done = executor.run(context.samples[i].inputs, results, &probe);
    kept[i] = std::move(probe.facts);
    return done.withContext(context.samples[i].name);
  });
  for (const NetworkFacts &facts : kept) {
    addExtremes(facts, all);
    for (const auto &[value, channels] : facts)
      for (auto [channel, sum] : llvm::zip_equal(channels, all[value]))
        sum.meanSquare += channel.meanSquare / double(kept.size());
  }

  std::mutex mutex;
  if (ran && context.dataset)
    ran = (*runner)->run(
        context.dataset->size(), [&](int64_t i, Executor &executor) -> Status {
          auto sample = context.dataset->sample(i);
          if (!sample)
            return sample.takeError();
          if (!*sample)
            return ok(); // a bad one that is left out
          ChannelProbe probe(axes);
          SmallVector<Tensor> results;
          if (Status done = executor.run((*sample)->inputs, results, &probe);
              !done)
            return done.withContext((*sample)->name);
          std::lock_guard<std::mutex> lock(mutex);
          addExtremes(probe.facts, all);
          return ok();
        });
  if (!ran)
    return context.function.emitError() << ran.message();
  return all;
}

} // namespace qc
