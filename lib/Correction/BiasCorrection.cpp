// Biases that give each channel the mean that it has in the float network.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/BiasCorrection.h"
#include "BiasLayers.h"
#include "qc/Correction/ChannelMeans.h"
#include "qc/Correction/Lockstep.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Support/Progress.h"
#include "qc/Transforms/ConstantValues.h"

#include "mlir/IR/Builders.h"

#include <cmath>

namespace qc {

namespace {

/// Stored results of a layer, a channel and half.
struct StoredMeans {
  HalfMeans means; ///< real values
  /// Share of the fitted half's elements that are not at an end of the clamp:
  /// so much of a change of the bias arrives in the mean.
  std::vector<double> free;
};

class BiasCorrector {
public:
  BiasCorrector(CorrectionContext &context, int steps)
      : context(context), function(context.function), steps(steps) {}

  LogicalResult findLayers(ModuleOp integers);
  bool hasLayers() const { return !layers.empty(); }
  /// Finds the changes; `results` becomes what the corrected program computes.
  LogicalResult run(Results &results);
  /// How near the results come with the changes of the first `count` layers
  /// alone, which become what `apply` applies.
  FailureOr<Score> keepFirst(size_t count);
  size_t getLayerCount() const { return layers.size(); }
  void apply();
  int64_t countChannels() const;

private:
  FailureOr<StoredMeans> measure(Lockstep &lockstep, const BiasLayer &layer);
  LogicalResult correct(Lockstep &lockstep, BiasLayer &layer,
                        const HalfMeans &wanted);
  Status addSamples(Lockstep &lockstep, bool heldOutOnly);

  CorrectionContext &context;
  func::FuncOp function;
  int steps; ///< of Newton's method, a layer
  ProgramImage image;
  std::map<uint32_t, BiasLayer> layers;          ///< by instruction
  std::map<uint32_t, std::vector<double>> found; ///< changes of all of them
};

} // namespace

LogicalResult BiasCorrector::findLayers(ModuleOp integers) {
  auto built = buildProgram(integers);
  if (failed(built))
    return failure();
  image = std::move(*built);
  layers = findBiasLayers(function, image);
  return success();
}

//===----------------------------------------------------------------------===//
// One layer
//===----------------------------------------------------------------------===//

namespace {
/// Sums of one sample's stored results.
struct ChannelSums {
  std::vector<int64_t> sums, free;
};
} // namespace

template <typename T>
static void addUp(const Tensor &data, int64_t low, int64_t high,
                  ChannelSums &result) {
  int64_t channels = data.shape().back();
  result.sums.assign(channels, 0);
  result.free.assign(channels, 0);
  const T *element = data.data<T>();
  for (int64_t n = data.numElements() / channels; n > 0; --n)
    for (int64_t c = 0; c < channels; ++c, ++element) {
      result.sums[c] += *element;
      result.free[c] += *element > low && *element < high;
    }
}

/// Runs the layer on all samples and averages its results.
FailureOr<StoredMeans> BiasCorrector::measure(Lockstep &lockstep,
                                              const BiasLayer &layer) {
  if (Status ran = lockstep.run(layer.instruction); !ran)
    return function.emitError() << ran.message();
  auto type = tpu::getActivationElement(layer.integer->getResult(0).getType());
  int64_t low = type.getStorageTypeMin(), high = type.getStorageTypeMax();
  if (auto clamp = layer.integer->getAttrOfType<DenseI64ArrayAttr>("clamp")) {
    low = clamp[0];
    high = clamp[1];
  }
  std::vector<ChannelSums> found(lockstep.getSampleCount());
  context.pool.run(found.size(), [&](int64_t i, int) {
    const Tensor &data = lockstep.get(i, layer.result);
    if (data.dtype() == DType::I8)
      addUp<int8_t>(data, low, high, found[i]);
    else if (data.dtype() == DType::U8)
      addUp<uint8_t>(data, low, high, found[i]);
    else
      addUp<int16_t>(data, low, high, found[i]);
  });

  int64_t channels = layer.bias.size();
  int64_t positions = lockstep.get(0, layer.result).numElements() / channels;
  StoredMeans result;
  result.free.assign(channels, 0.0);
  std::array<double, kHalves> counts{};
  for (size_t i = 0; i < found.size(); ++i)
    counts[getHalf(i)] += positions;
  for (auto &means : result.means)
    means.assign(channels, 0.0);
  for (size_t i = 0; i < found.size(); ++i)
    for (int64_t c = 0; c < channels; ++c) {
      result.means[getHalf(i)][c] += double(found[i].sums[c]);
      if (getHalf(i) == kFitted)
        result.free[c] += double(found[i].free[c]) / counts[kFitted];
    }
  for (int half = 0; half < kHalves; ++half)
    for (double &mean : result.means[half])
      mean = (mean / counts[half] - type.getZeroPoint()) * type.getScale();
  return result;
}

/// Newton's method on the mean of each channel, as a function of its bias.
LogicalResult BiasCorrector::correct(Lockstep &lockstep, BiasLayer &layer,
                                     const HalfMeans &wanted) {
  // A channel that is nearly always at its clamp would take too large a step.
  constexpr double kLeastFree = 0.25;
  auto before = measure(lockstep, layer);
  if (failed(before))
    return failure();
  // Nearer than a fiftieth of a step is as near as samples can tell.
  double near = tpu::getActivationElement(layer.integer->getResult(0).getType())
                    .getScale() /
                50;
  StoredMeans now = *before;
  for (int step = 0; step < steps; ++step) {
    bool moved = false;
    for (size_t c = 0; c < layer.delta.size(); ++c) {
      double difference = wanted[kFitted][c] - now.means[kFitted][c];
      if (std::abs(difference) <= near)
        continue;
      layer.delta[c] += difference / std::max(now.free[c], kLeastFree);
      moved = true;
    }
    if (!moved)
      break;
    layer.store();
    auto measured = measure(lockstep, layer);
    if (failed(measured))
      return failure();
    now = std::move(*measured);
  }
  bool reverted = false;
  for (size_t c = 0; c < layer.delta.size(); ++c)
    if (layer.delta[c] != 0 &&
        std::abs(wanted[kHeldOut][c] - now.means[kHeldOut][c]) >=
            std::abs(wanted[kHeldOut][c] - before->means[kHeldOut][c])) {
      layer.delta[c] = 0;
      reverted = true;
    }
  if (!reverted)
    return success();
  layer.store();
  if (Status ran = lockstep.run(layer.instruction); !ran)
    return function.emitError() << ran.message();
  return success();
}

//===----------------------------------------------------------------------===//
// All layers
//===----------------------------------------------------------------------===//

Status BiasCorrector::addSamples(Lockstep &lockstep, bool heldOutOnly) {
  for (auto [i, sample] : llvm::enumerate(context.samples))
    if (!heldOutOnly || getHalf(int64_t(i)) == kHeldOut)
      if (Status added = lockstep.addSample(sample.inputs); !added)
        return added;
  return ok();
}

LogicalResult BiasCorrector::run(Results &results) {
  std::map<std::string, int64_t> axes;
  for (auto &[instruction, layer] : layers)
    axes[layer.name] = layer.source.getOutputChannelAxis();
  auto wanted = getChannelMeans(context, axes);
  if (failed(wanted))
    return failure();
  Lockstep lockstep(image.program, context.pool);
  if (Status added = addSamples(lockstep, /*heldOutOnly=*/false); !added)
    return function.emitError() << added.message();

  uint32_t count = image.program.instructions.size();
  Progress progress("correct", count, context.progress);
  for (uint32_t i = 0; i < count; ++i) {
    auto layer = layers.find(i);
    auto means = layer == layers.end() ? wanted->end()
                                       : wanted->find(layer->second.name);
    if (means != wanted->end()) {
      if (failed(correct(lockstep, layer->second, means->second)))
        return failure();
    } else if (Status ran = lockstep.run(i); !ran) {
      return function.emitError() << ran.message();
    }
    lockstep.finish(i);
    if (Status goesOn = progress.advance(); !goesOn)
      return function.emitError() << goesOn.message();
  }
  progress.finish();
  results.resize(context.samples.size());
  for (size_t i = 0; i < results.size(); ++i)
    for (uint32_t tensor : image.program.outputs)
      results[i].push_back(lockstep.get(i, tensor));
  for (auto &[instruction, layer] : layers)
    found[instruction] = layer.delta;
  return success();
}

FailureOr<Score> BiasCorrector::keepFirst(size_t count) {
  for (auto &[instruction, layer] : layers) {
    const std::vector<double> &delta = found[instruction];
    layer.delta = count > 0 ? delta : std::vector<double>(delta.size(), 0.0);
    layer.store();
    count -= count > 0;
  }
  Lockstep lockstep(image.program, context.pool);
  if (Status added = addSamples(lockstep, /*heldOutOnly=*/true); !added)
    return function.emitError() << added.message();
  for (uint32_t i = 0; i < image.program.instructions.size(); ++i) {
    if (Status ran = lockstep.run(i); !ran)
      return function.emitError() << ran.message();
    lockstep.finish(i);
  }
  Results results(context.samples.size());
  for (size_t i = kHeldOut; i < results.size(); i += kHalves)
    for (uint32_t tensor : image.program.outputs)
      results[i].push_back(lockstep.get(int64_t(i / kHalves), tensor));
  return scoreResults(context.references, results, kHeldOut);
}

/// Looks for the layers up to which the changes help, when all of them do not:
/// one layer may lose what those before it have gained.
static LogicalResult findPrefix(BiasCorrector &corrector,
                                CorrectionSummary &summary) {
  constexpr int kMostTrials = 5;
  size_t good = 0, bad = corrector.getLayerCount();
  Score best = summary.before;
  for (int trial = 0; trial < kMostTrials && bad - good > 1; ++trial) {
    size_t middle = (good + bad) / 2;
    auto score = corrector.keepFirst(middle);
    if (failed(score))
      return failure();
    if (isBetter(*score, best)) {
      good = middle;
      best = *score;
    } else {
      bad = middle;
    }
  }
  summary.kept = good > 0;
  if (!summary.kept)
    return success();
  summary.after = best;
  return success(succeeded(corrector.keepFirst(good)));
}

int64_t BiasCorrector::countChannels() const {
  int64_t channels = 0;
  for (auto &[instruction, layer] : layers)
    channels +=
        llvm::count_if(layer.delta, [](double delta) { return delta != 0; });
  return channels;
}

/// Moves what was found into the float network.
void BiasCorrector::apply() {
  for (auto &[instruction, layer] : layers)
    layer.moveIntoSource();
}

/// So many find the mean to a fiftieth of a step nearly always.
constexpr int kSteps = 4;

FailureOr<Score> scoreWithBiases(CorrectionContext &context) {
  // The first step makes up for nearly all of a shift.
  constexpr int kFewSteps = 1;
  FailureOr<ModuleOp> integers = context.getIntegers();
  BiasCorrector corrector(context, kFewSteps);
  Results corrected;
  if (failed(integers) || failed(corrector.findLayers(*integers)) ||
      failed(corrector.run(corrected)))
    return failure();
  return scoreResults(context.references, corrected, kHeldOut);
}

FailureOr<CorrectionSummary> correctBiases(CorrectionContext &context) {
  FailureOr<ModuleOp> integers = context.getIntegers();
  BiasCorrector corrector(context, kSteps);
  if (failed(integers) || failed(corrector.findLayers(*integers)))
    return failure();
  FailureOr<Score> before = context.scoreIntegers();
  if (failed(before))
    return failure();
  CorrectionSummary summary;
  summary.before = summary.after = *before;
  summary.counts = {{"channels", 0}};
  // Without a bias to change, running all samples in lockstep shows nothing.
  if (!corrector.hasLayers())
    return summary;
  Results corrected;
  if (failed(corrector.run(corrected)))
    return failure();
  summary.after = scoreResults(context.references, corrected, kHeldOut);
  summary.kept = isBetter(summary.after, summary.before);
  if (!summary.kept && failed(findPrefix(corrector, summary)))
    return failure();
  if (summary.kept) {
    corrector.apply();
    context.forgetIntegers();
  }
  summary.counts = {{"channels", corrector.countChannels()}};
  return summary;
}

} // namespace qc
