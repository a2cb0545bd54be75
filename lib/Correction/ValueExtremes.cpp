// The smallest and the largest of what values hold, over a data set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ValueExtremes.h"

#include <cmath>
#include <mutex>

namespace qc {

namespace {
class ExtremesProbe : public Probe {
public:
  explicit ExtremesProbe(const llvm::DenseSet<Value> &values)
      : values(values) {}

  Interest wants(const TensorInfo &tensor) override {
    return values.contains(tensor.value) && tensor.dtype == DType::F32
               ? Interest::AnyOrder
               : Interest::None;
  }
  void observe(const TensorInfo &tensor, const Tensor &data) override {
    ValueRange1D &range = found[tensor.value];
    const float *element = data.data<float>();
    for (int64_t i = 0; i < data.numElements(); ++i)
      if (std::isfinite(element[i])) {
        range.min = std::min<double>(range.min, element[i]);
        range.max = std::max<double>(range.max, element[i]);
      }
  }

  llvm::DenseMap<Value, ValueRange1D> found;

private:
  const llvm::DenseSet<Value> &values;
};
} // namespace

FailureOr<llvm::DenseMap<Value, ValueRange1D>>
findExtremes(CorrectionContext &context, const llvm::DenseSet<Value> &values) {
  auto runner = FloatRunner::create(context.function, context.pool);
  if (failed(runner))
    return failure();
  llvm::DenseMap<Value, ValueRange1D> all;
  for (Value value : values)
    all[value] = {0, 0};
  std::mutex mutex;
  auto look = [&](const Sample &sample, Executor &executor) {
    ExtremesProbe probe(values);
    SmallVector<Tensor> results;
    if (Status done = executor.run(sample.inputs, results, &probe); !done)
      return done.withContext(sample.name);
    std::lock_guard<std::mutex> lock(mutex);
    for (const auto &[value, range] : probe.found) {
      all[value].min = std::min(all[value].min, range.min);
      all[value].max = std::max(all[value].max, range.max);
    }
    return ok();
  };
  Status ran = (*runner)->run(context.samples.size(),
                              [&](int64_t i, Executor &executor) {
                                return look(context.samples[i], executor);
                              });
  if (ran && context.dataset)
    ran = (*runner)->run(context.dataset->size(),
                         [&](int64_t i, Executor &executor) -> Status {
                           auto sample = context.dataset->sample(i);
                           if (!sample)
                             return sample.takeError();
                           // A bad one is left out.
                           return *sample ? look(**sample, executor) : ok();
                         });
  if (!ran)
    return context.function.emitError() << ran.message();
  return all;
}

} // namespace qc
