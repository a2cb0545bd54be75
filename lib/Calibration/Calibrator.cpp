// Runs samples through a float network and gathers statistics of its tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Calibration/Calibrator.h"
#include "qc/Calibration/SoftmaxInput.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Pictures.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/ExecutableOpInterface.h"
#include "qc/Support/Progress.h"
#include "qc/Support/ThreadPool.h"

#include "mlir/IR/Matchers.h"

namespace qc {

static std::optional<DType> getDType(Type type) {
  if (top::isFloatElement(type))
    return DType::F32;
  return getExecutionDType(type);
}

FailureOr<std::vector<InputSignature>>
getInputSignatures(func::FuncOp function) {
  std::vector<InputSignature> signatures;
  for (BlockArgument argument : function.getArguments()) {
    InputSignature signature;
    signature.name = getTensorName(argument);
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    auto dtype = type ? getDType(type.getElementType()) : std::nullopt;
    if (!dtype || !type.hasStaticShape())
      return function.emitError() << "input '" << signature.name
                                  << "' has type " << argument.getType()
                                  << "; samples need a static tensor of f32, "
                                     "integers";
    signature.dtype = *dtype;
    signature.shape.assign(type.getShape().begin(), type.getShape().end());
    if (auto spec = function.getArgAttrOfType<PreprocessAttr>(
            argument.getArgNumber(), kPreprocessAttr)) {
      auto parsed = PreprocessSpec::parse(
          std::string_view(spec.getSpec().data(), spec.getSpec().size()));
      if (!parsed)
        return function.emitError()
               << "input '" << signature.name << "': " << parsed.message();
      signature.preprocess = *parsed;
    }
    auto picture = function.getArgAttrOfType<StringAttr>(
        argument.getArgNumber(), kPictureAttr);
    if (picture) {
      auto parsed = PictureSpec::parse(picture.str());
      if (!parsed)
        return function.emitError()
               << "input '" << signature.name << "': " << parsed.message();
      // Until it has that form the input takes floats.
      if (parsed->isPlaced && parsed->isOfBytes())
        signature.picture = *parsed;
    }
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

namespace {
/// Adds each float tensor of a run to its statistics.
class StatisticsProbe : public Probe {
public:
  StatisticsProbe(const StatisticsOptions &options,
                  const SoftmaxAxes &softmaxAxes)
      : options(options), softmaxAxes(softmaxAxes) {}

  Interest wants(const TensorInfo &tensor) override {
    if (tensor.dtype != DType::F32 || tensor.name.empty())
      return Interest::None;
    bool asIs = options.channelAxis >= 0 || softmaxAxes.count(tensor.name);
    return asIs ? Interest::RowMajor : Interest::AnyOrder;
  }

  void observe(const TensorInfo &tensor, const Tensor &data) override {
    auto [entry, isNew] = tensors.try_emplace(tensor.name, options);
    auto axis = softmaxAxes.find(tensor.name);
    if (Status updated = entry->second.update(
            axis == softmaxAxes.end() ? data
                                      : clampToSoftmaxReach(data, axis->second),
            sampleIndex);
        !updated && status)
      status = updated.withContext("tensor '" + tensor.name + "'");
    if (entry->second.nanCount() && status)
      status = error("tensor '", tensor.name,
                     "' contains NaN; check the preprocessing and the model");
  }

  bool wantsOrder() const { return options.movingAverage; }

  std::map<std::string, TensorStatistics> tensors;
  int64_t sampleIndex = 0;
  Status status;

private:
  StatisticsOptions options;
  const SoftmaxAxes &softmaxAxes;
};

/// One executor and its statistics.
struct Worker {
  Worker(const CalibrationOptions &options, const SoftmaxAxes &softmaxAxes)
      : probe(options.statistics, softmaxAxes) {
    if (options.survey)
      survey.emplace(*options.survey);
  }
  std::unique_ptr<FloatExecutor> executor;
  StatisticsProbe probe;
  std::optional<InputSurvey> survey;

  Status run(const Dataset &dataset, int64_t index) {
    auto sample = dataset.sample(index);
    if (!sample)
      return sample.takeError();
    if (!*sample)
      return ok(); // a bad sample that is left out
    // A moving average is the one statistic that is about the order.
    // Statistics are kept in two halves; which half a sample is in must not
    // depend on the order of the samples.
    probe.sampleIndex =
        probe.wantsOrder()
            ? index
            : static_cast<int64_t>(getContentHash(**sample) >> 1);
    SmallVector<Tensor> outputs;
    if (survey)
      if (Status added = survey->add(**sample); !added)
        return added.withContext((*sample)->name);
    if (Status ran = executor->run((*sample)->inputs, outputs, &probe); !ran)
      return ran.withContext((*sample)->name);
    return probe.status.withContext((*sample)->name);
  }
};
} // namespace

FailureOr<StatisticsFile> gatherStatistics(func::FuncOp function,
                                           const Dataset &dataset,
                                           const CalibrationOptions &options) {
  int threads = options.threads > 0 ? options.threads : hardwareThreads();
  threads = std::max<int64_t>(1, std::min<int64_t>(threads, dataset.size()));
  ThreadPool pool(threads);
  SoftmaxAxes softmaxAxes = findSoftmaxAxes(function);
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < threads; ++i) {
    auto worker = std::make_unique<Worker>(options, softmaxAxes);
    auto executor =
        FloatExecutor::create(function, ExecutorOptions{1, /*rounds=*/false});
    if (failed(executor))
      return failure();
    worker->executor = std::move(*executor);
    workers.push_back(std::move(worker));
  }

  Progress progress("calibrate", dataset.size(), options.progress);
  Status status =
      pool.runUntilFailure(dataset.size(), [&](int64_t index, int worker) {
        Status ran = workers[worker]->run(dataset, index);
        return ran ? progress.advance() : ran;
      });
  if (!status)
    return function.emitError() << status.message();
  progress.finish();

  StatisticsFile merged;
  merged.sources.insert(dataset.description());
  merged.samples = dataset.size() - dataset.skipped().size();
  for (auto &worker : workers)
    if (worker->survey)
      if (Status added = options.survey->merge(*worker->survey); !added)
        return function.emitError() << added.message();
  for (auto &worker : workers)
    for (auto &[name, statistics] : worker->probe.tensors) {
      auto [entry, isNew] =
          merged.tensors.try_emplace(name, options.statistics);
      if (Status added = entry->second.merge(statistics); !added)
        return function.emitError()
               << "tensor '" << name << "': " << added.message();
    }
  if (merged.samples == 0)
    return function.emitError()
           << "no sample could be used of " << dataset.description();
  return merged;
}

} // namespace qc
