// Biases that give each channel the mean that it has in the float network.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/BiasCorrection.h"
#include "ChannelMeans.h"
#include "qc/Container/Container.h"
#include "qc/Container/Encoding.h"
#include "qc/Correction/Lockstep.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Interfaces/WeightedOpInterface.h"
#include "qc/Support/Progress.h"
#include "qc/Transforms/ConstantValues.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"

#include <cmath>

namespace qc {

namespace {

/// A layer in both of its forms.
struct Layer {
  WeightedOpInterface source;  ///< of top
  WeightedOpInterface integer; ///< of tpu
  std::vector<double> bias;    ///< that of the float network
  uint32_t instruction = 0, result = 0, biasTensor = 0;
  std::vector<double> biasScales; ///< the unit of the stored bias, a channel
  std::vector<double> delta;      ///< what is added to the bias, in real units
  Tensor stored; ///< the bias with its change, as the program has it
};

/// Stored results of a layer, a channel and half.
struct StoredMeans {
  HalfMeans means; ///< real values
  /// Share of the fitted half's elements that are not at an end of the clamp:
  /// so much of a change of the bias arrives in the mean.
  std::vector<double> free;
};

class BiasCorrector {
public:
  explicit BiasCorrector(CorrectionContext &context)
      : context(context), function(context.function) {}

  LogicalResult findLayers(ModuleOp integers);
  /// Finds the changes; `results` becomes what the corrected program computes.
  LogicalResult run(Results &results);
  void apply();
  int64_t countChannels() const;

private:
  void findSources();
  Layer *addLayer(uint32_t instruction);
  void ownBias(Layer &layer);
  FailureOr<StoredMeans> measure(Lockstep &lockstep, const Layer &layer);
  LogicalResult correct(Lockstep &lockstep, Layer &layer,
                        const HalfMeans &wanted);

  CorrectionContext &context;
  func::FuncOp function;
  ProgramImage image;
  /// Layers of the float network by the tensor that they compute.
  llvm::StringMap<WeightedOpInterface> sources;
  std::map<uint32_t, Layer> layers; ///< by instruction
};

} // namespace

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

/// Layers whose weights and bias are constants.
void BiasCorrector::findSources() {
  for (Operation &op : function.getBody().front()) {
    auto layer = dyn_cast<WeightedOpInterface>(op);
    if (layer && getFloatConstant(layer.getWeight()) &&
        (!layer.getBias() || getNumbers(layer.getBias())))
      sources[getTensorName(op.getResult(0))] = layer;
  }
}

/// The unit of each channel's bias.
static std::vector<double> getBiasScales(WeightedOpInterface layer,
                                         int64_t channels) {
  auto element = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getElementType();
  };
  double input =
      cast<quant::UniformQuantizedType>(element(layer->getOperand(0)))
          .getScale();
  Type weight = element(layer.getWeight());
  if (auto single = dyn_cast<quant::UniformQuantizedType>(weight))
    return std::vector<double>(channels, input * single.getScale());
  std::vector<double> scales;
  for (double scale :
       cast<quant::UniformQuantizedPerAxisType>(weight).getScales())
    scales.push_back(input * scale);
  return scales;
}

/// The layer of `instruction`, if that is one; null otherwise.
Layer *BiasCorrector::addLayer(uint32_t instruction) {
  const qcrt::ProgramInstruction &code =
      image.program.instructions[instruction];
  auto integer =
      image.values[code.outputs[0]].getDefiningOp<WeightedOpInterface>();
  if (!integer)
    return nullptr;
  WeightedOpInterface source;
  for (StringAttr name : getNames(integer.getLoc()))
    if ((source = sources.lookup(name)))
      break;
  if (!source)
    return nullptr;
  Layer &layer = layers[instruction];
  layer.source = source;
  layer.integer = integer;
  layer.instruction = instruction;
  layer.result = code.outputs[0];
  int64_t channels = image.program.tensors[layer.result].shape.back();
  layer.bias = source.getBias() ? *getNumbers(source.getBias())
                                : std::vector<double>(channels, 0.0);
  layer.biasScales = getBiasScales(integer, channels);
  layer.delta.assign(channels, 0.0);
  return &layer;
}

/// Gives the layer a bias tensor that is no other layer's.
void BiasCorrector::ownBias(Layer &layer) {
  Value bias = layer.integer.getBias();
  unsigned operand = 0;
  while (layer.integer->getOperand(operand) != bias)
    ++operand;
  qcrt::Program &program = image.program;
  layer.biasTensor = program.tensors.size();
  qcrt::ProgramTensor copy =
      program.tensors[program.instructions[layer.instruction].inputs[operand]];
  layer.stored = Tensor(toDType(copy.dtype), copy.shape);
  copy.data = layer.stored.raw();
  program.tensors.push_back(std::move(copy));
  program.instructions[layer.instruction].inputs[operand] = layer.biasTensor;
}

template <typename T> static void storeBiasAs(Layer &layer, double limit) {
  T *stored = layer.stored.data<T>();
  for (size_t c = 0; c < layer.bias.size(); ++c)
    stored[c] = static_cast<T>(std::clamp(
        std::nearbyint((layer.bias[c] + layer.delta[c]) / layer.biasScales[c]),
        -limit, limit));
}

/// Writes the bias with its present change into the program.
static void storeBias(Layer &layer) {
  if (layer.stored.dtype() == DType::I64)
    storeBiasAs<int64_t>(layer, 0x1p62);
  else
    storeBiasAs<int32_t>(layer, INT32_MAX);
}

LogicalResult BiasCorrector::findLayers(ModuleOp integers) {
  auto built = buildProgram(integers);
  if (failed(built))
    return failure();
  image = std::move(*built);
  findSources();
  for (uint32_t i = 0; i < image.program.instructions.size(); ++i)
    if (Layer *layer = addLayer(i)) {
      ownBias(*layer);
      storeBias(*layer);
    }
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
                                              const Layer &layer) {
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
  int64_t positions = 1;
  for (int64_t dim : image.program.tensors[layer.result].shape)
    positions *= dim;
  positions /= channels;
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
LogicalResult BiasCorrector::correct(Lockstep &lockstep, Layer &layer,
                                     const HalfMeans &wanted) {
  constexpr int kSteps = 4;
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
  for (int step = 0; step < kSteps; ++step) {
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
    storeBias(layer);
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
  storeBias(layer);
  if (Status ran = lockstep.run(layer.instruction); !ran)
    return function.emitError() << ran.message();
  return success();
}

//===----------------------------------------------------------------------===//
// All layers
//===----------------------------------------------------------------------===//

LogicalResult BiasCorrector::run(Results &results) {
  std::map<std::string, int64_t> axes;
  for (auto &[instruction, layer] : layers)
    axes[getTensorName(layer.source->getResult(0))] =
        layer.source.getOutputChannelAxis();
  auto wanted = getChannelMeans(context, axes);
  if (failed(wanted))
    return failure();
  Lockstep lockstep(image.program, context.pool);
  for (const Sample &sample : context.samples)
    if (Status added = lockstep.addSample(sample.inputs); !added)
      return function.emitError() << added.message();

  uint32_t count = image.program.instructions.size();
  ProgressOptions progressOptions;
  progressOptions.quiet = context.quiet;
  Progress progress("correct", count, progressOptions);
  for (uint32_t i = 0; i < count; ++i) {
    auto found = layers.find(i);
    if (found != layers.end()) {
      Layer &layer = found->second;
      if (failed(correct(lockstep, layer,
                         (*wanted)[getTensorName(layer.source->getResult(0))])))
        return failure();
    } else if (Status ran = lockstep.run(i); !ran) {
      return function.emitError() << ran.message();
    }
    lockstep.finish(i);
    progress.advance();
  }
  progress.finish();
  results.resize(context.samples.size());
  for (size_t i = 0; i < results.size(); ++i)
    for (uint32_t tensor : image.program.outputs)
      results[i].push_back(lockstep.get(i, tensor));
  return success();
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
  for (auto &[instruction, layer] : layers) {
    for (size_t c = 0; c < layer.bias.size(); ++c)
      layer.bias[c] += layer.delta[c];
    Value old = layer.source.getBias();
    OpBuilder builder(layer.source);
    layer.source.setBias(createNumbers(
        builder,
        old ? old.getLoc() : deriveName(layer.source.getLoc(), "_bias"),
        layer.bias, layer.source.getWeight().getType()));
    if (old && old.use_empty())
      old.getDefiningOp()->erase();
  }
}

/// What the program computes without corrections.
static FailureOr<Results> runIntegers(CorrectionContext &context,
                                      ModuleOp integers) {
  auto executor =
      TpuExecutor::create(integers, ExecutorOptions{context.pool.size()});
  if (failed(executor))
    return failure();
  Results results(context.samples.size());
  for (size_t i = kHeldOut; i < results.size(); i += kHalves)
    if (Status ran = (*executor)->run(context.samples[i].inputs, results[i]);
        !ran)
      return context.function.emitError() << ran.message();
  return results;
}

FailureOr<CorrectionSummary> correctBiases(CorrectionContext &context) {
  auto integers = makeIntegers(context.function->getParentOfType<ModuleOp>());
  BiasCorrector corrector(context);
  Results corrected;
  if (failed(integers) || failed(corrector.findLayers(**integers)) ||
      failed(corrector.run(corrected)))
    return failure();
  auto uncorrected = runIntegers(context, **integers);
  if (failed(uncorrected))
    return failure();
  CorrectionSummary summary;
  summary.before = getMeanSqnr(context.references, *uncorrected, kHeldOut);
  summary.after = getMeanSqnr(context.references, corrected, kHeldOut);
  summary.kept = summary.after > summary.before;
  if (summary.kept)
    corrector.apply();
  summary.counts = {{"channels", corrector.countChannels()}};
  return summary;
}

} // namespace qc
