// Means of each channel of float tensors, over the samples of a data set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/ChannelMeans.h"

namespace qc {

namespace {

using Means = std::map<std::string, std::vector<double>>;

/// The mean of each channel of `data` along `axis`.
std::vector<double> average(const Tensor &data, int64_t axis) {
  int64_t channels = data.dim(axis), inner = 1;
  for (int64_t i = axis + 1; i < data.rank(); ++i)
    inner *= data.dim(i);
  int64_t outer = data.numElements() / (channels * inner);
  std::vector<double> sums(channels, 0.0);
  const float *element = data.data<float>();
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t c = 0; c < channels; ++c, element += inner) {
      double sum = 0;
      for (int64_t i = 0; i < inner; ++i)
        sum += element[i];
      sums[c] += sum;
    }
  for (double &sum : sums)
    sum /= double(outer * inner);
  return sums;
}

/// Averages the tensors of one run.
class MeanProbe : public Probe {
public:
  MeanProbe(const std::map<std::string, int64_t> &axes, Means &means)
      : axes(axes), means(means) {}

  Interest wants(const TensorInfo &tensor) override {
    return axes.count(tensor.name) ? Interest::RowMajor : Interest::None;
  }
  void observe(const TensorInfo &tensor, const Tensor &data) override {
    means[tensor.name] = average(data, axes.at(tensor.name));
  }

private:
  const std::map<std::string, int64_t> &axes;
  Means &means;
};

} // namespace

FailureOr<std::map<std::string, HalfMeans>>
getChannelMeans(CorrectionContext &context,
                const std::map<std::string, int64_t> &axes) {
  auto runner = FloatRunner::create(context.getFloat(), context.pool);
  if (failed(runner))
    return failure();
  std::vector<Means> means(context.samples.size());
  Status ran = (*runner)->run(means.size(), [&](int64_t i, Executor &executor) {
    MeanProbe probe(axes, means[i]);
    SmallVector<Tensor> results;
    return executor.run(context.samples[i].inputs, results, &probe)
        .withContext(context.samples[i].name);
  });
  if (!ran)
    return context.function.emitError() << ran.message();

  // In the order of the samples, so that sums do not depend on threads.
  std::map<std::string, HalfMeans> result;
  std::array<int64_t, kHalves> counts{};
  for (size_t i = 0; i < means.size(); ++i) {
    ++counts[getHalf(i)];
    for (auto &[name, channels] : means[i]) {
      std::vector<double> &sums = result[name][getHalf(i)];
      sums.resize(channels.size(), 0.0);
      for (size_t c = 0; c < channels.size(); ++c)
        sums[c] += channels[c];
    }
  }
  for (auto &[name, halves] : result)
    for (int half = 0; half < kHalves; ++half)
      for (double &sum : halves[half])
        sum /= double(counts[half]);
  return result;
}

} // namespace qc
