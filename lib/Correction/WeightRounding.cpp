// Weights rounded for what their layers compute.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/WeightRounding.h"
#include "BiasLayers.h"
#include "qc/Correction/LayerInputs.h"
#include "qc/Correction/LayerWeights.h"
#include "qc/Correction/Lockstep.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Quantization/GroupScales.h"
#include "qc/Quantization/WeightTypes.h"
#include "qc/Support/Progress.h"
#include "qc/Transforms/ConstantValues.h"

#include "mlir/IR/Builders.h"

namespace qc {

namespace {

/// A layer whose weights can be rounded.
struct RoundedLayer {
  FloatLayer source;
  InputWindow window;
  BiasLayer *bias = nullptr;
  uint32_t input = 0;         ///< tensor of the program
  SmallVector<double> scales; ///< of each output channel
  int low = 0, high = 0;
  Tensor stored; ///< the integers as the program has them: [O, KH, KW, I]
  /// Of groups of `groupSize` inputs: [O, KH, KW, I / groupSize], or empty.
  SmallVector<int64_t> factors;
  int64_t groupSize = 1;

  /// What an integer of output `o`, position `t` of the window and input `j`
  /// stands for, in units of the output's scale.
  int64_t getFactor(int64_t o, int64_t t, int64_t j) const {
    if (factors.empty())
      return 1;
    int64_t groups = window.inputs / groupSize;
    return factors[(o * window.getWindow() + t) * groups + j / groupSize];
  }
};

class RoundingCorrector {
public:
  explicit RoundingCorrector(CorrectionContext &context)
      : context(context), function(context.function) {}

  LogicalResult findLayers(ModuleOp integers);
  bool hasLayers() const { return !layers.empty(); }
  int64_t getLayerCount() const { return int64_t(layers.size()); }
  LogicalResult run(Results &results);
  void apply();

private:
  std::optional<RoundedLayer> makeLayer(BiasLayer &bias);
  void round(Lockstep &lockstep, RoundedLayer &layer);
  void roundGroup(Lockstep &lockstep, RoundedLayer &layer, int64_t group);
  Value store(const RoundedLayer &layer);

  CorrectionContext &context;
  func::FuncOp function;
  ProgramImage image;
  std::map<uint32_t, BiasLayer> biases;
  std::map<uint32_t, RoundedLayer> layers; ///< by instruction
};

} // namespace

//===----------------------------------------------------------------------===//
// Which layers
//===----------------------------------------------------------------------===//

/// The moments of more inputs take too much memory and time.
constexpr int64_t kMostInputs = 1536;

/// The factors of groups of the weights of integer layer `op`, or null.
static Value getFactors(Operation *op) {
  if (auto conv = dyn_cast<tpu::Conv2dOp>(op))
    return conv.getFactors();
  auto matmul = dyn_cast<tpu::FullyConnectedOp>(op);
  return matmul ? matmul.getFactors() : Value();
}

/// The layer of `bias`, with weights of its own in the program; nothing when
/// its weights cannot be rounded, or the nearest integers are as good.
std::optional<RoundedLayer> RoundingCorrector::makeLayer(BiasLayer &bias) {
  auto source = getFloatLayer(bias.source);
  auto window = getInputWindow(bias.integer);
  auto type = cast<RankedTensorType>(bias.integer.getWeight().getType());
  auto element = dyn_cast<quant::QuantizedType>(type.getElementType());
  auto parameters = top::BlockParameters::get(type);
  if (!source || !window || !element || !parameters ||
      element.getStorageTypeIntegralWidth() > 8 || !element.isSigned() ||
      llvm::any_of(parameters->zeroPoints, [](int64_t z) { return z != 0; }) ||
      window->getInputs() < 2 || window->getInputs() > kMostInputs ||
      window->inputs != source->geometry.inputs ||
      window->getWindow() != source->geometry.window)
    return std::nullopt;
  RoundedLayer layer;
  layer.scales = parameters->scales;
  if (layer.scales.size() == 1)
    layer.scales.assign(source->geometry.outputs, layer.scales.front());
  if (int64_t(layer.scales.size()) != source->geometry.outputs)
    return std::nullopt;
  if (Value factors = getFactors(bias.integer)) {
    auto constant = factors.getDefiningOp<tpu::ConstantOp>();
    auto stored = constant ? top::getStoredIntegers(constant.getValue(), true)
                           : std::nullopt;
    if (!stored)
      return std::nullopt;
    layer.factors = std::move(*stored);
    layer.groupSize =
        window->inputs /
        cast<RankedTensorType>(factors.getType()).getShape().back();
  }
  layer.low = static_cast<int>(element.getStorageTypeMin());
  layer.high = static_cast<int>(element.getStorageTypeMax());
  layer.source = std::move(*source);
  layer.window = std::move(*window);
  layer.bias = &bias;
  layer.stored = ownConstant(image.program, bias.instruction, bias.integer,
                             bias.integer.getWeight());
  layer.input = image.program.instructions[bias.instruction].inputs[0];
  return layer;
}

LogicalResult RoundingCorrector::findLayers(ModuleOp integers) {
  auto built = buildProgram(integers);
  if (failed(built))
    return failure();
  image = std::move(*built);
  biases = findBiasLayers(function, image);
  for (auto &[instruction, bias] : biases)
    if (auto layer = makeLayer(bias))
      layers.emplace(instruction, std::move(*layer));
  return success();
}

//===----------------------------------------------------------------------===//
// One layer
//===----------------------------------------------------------------------===//

/// Rounds the rows of one group, and moves their biases by what that does to
/// the mean of the sums.
void RoundingCorrector::roundGroup(Lockstep &lockstep, RoundedLayer &layer,
                                   int64_t group) {
  std::vector<const Tensor *> tensors;
  for (int64_t i = 0; i < lockstep.getSampleCount(); ++i)
    if (getHalf(i) == kFitted)
      tensors.push_back(&lockstep.get(i, layer.input));
  const InputWindow &window = layer.window;
  int64_t inputs = window.getInputs();
  int64_t positions = window.getPositions() * int64_t(tensors.size());
  // More columns tell nothing new.
  int64_t most =
      std::clamp<int64_t>(32 * inputs, SecondMoments::kMostColumns, 20000);
  SecondMoments moments(inputs);
  addColumns(window, tensors, group, (positions + most - 1) / most, moments,
             context.pool);
  WeightRounder rounder(moments, context.pool);

  const WeightGeometry &geometry = layer.source.geometry;
  ArrayRef<float> all = layer.source.getWeights();
  int64_t rows = geometry.outputs / geometry.groups, first = group * rows;
  std::vector<float> weights(rows * inputs);
  std::vector<float> steps(layer.factors.empty() ? 0 : rows * inputs);
  for (int64_t o = 0; o < rows; ++o)
    for (int64_t k = 0; k < inputs; ++k)
      weights[o * inputs + k] =
          static_cast<float>(all[geometry.getIndex(first + o, k % window.inputs,
                                                   k / window.inputs)] /
                             layer.scales[first + o]);
  for (size_t i = 0; i < steps.size(); ++i) {
    int64_t k = int64_t(i) % inputs;
    steps[i] = static_cast<float>(layer.getFactor(
        first + int64_t(i) / inputs, k / window.inputs, k % window.inputs));
  }
  std::vector<int8_t> integers;
  rounder.round(weights, rows, layer.low, layer.high, integers, context.pool,
                steps);

  double inputScale =
      tpu::getActivationElement(layer.bias->integer->getOperand(0).getType())
          .getScale();
  for (int64_t o = 0; o < rows; ++o) {
    double lost = 0;
    for (int64_t k = 0; k < inputs; ++k)
      lost += (double(weights[o * inputs + k]) -
               integers[o * inputs + k] *
                   (steps.empty() ? 1.0 : double(steps[o * inputs + k]))) *
              (moments.getMean(k) * window.unit - window.zeroPoint);
    layer.bias->delta[first + o] += lost * layer.scales[first + o] * inputScale;
  }
  std::memcpy(layer.stored.data<int8_t>() + first * inputs, integers.data(),
              integers.size());
}

void RoundingCorrector::round(Lockstep &lockstep, RoundedLayer &layer) {
  // Groups side by side; inside of one, loops share the threads.
  if (layer.window.groups == 1)
    roundGroup(lockstep, layer, 0);
  else
    context.pool.run(layer.window.groups, [&](int64_t group, int) {
      roundGroup(lockstep, layer, group);
    });
  layer.bias->store();
}

//===----------------------------------------------------------------------===//
// All layers
//===----------------------------------------------------------------------===//

LogicalResult RoundingCorrector::run(Results &results) {
  Lockstep lockstep(image.program, context.pool);
  for (const Sample &sample : context.samples)
    if (Status added = lockstep.addSample(sample.inputs); !added)
      return function.emitError() << added.message();
  uint32_t count = image.program.instructions.size();
  Progress progress("round", count, context.progress);
  for (uint32_t i = 0; i < count; ++i) {
    if (auto layer = layers.find(i); layer != layers.end())
      round(lockstep, layer->second);
    if (Status ran = lockstep.run(i); !ran)
      return function.emitError() << ran.message();
    lockstep.finish(i);
    if (Status goesOn = progress.advance(); !goesOn)
      return function.emitError() << goesOn.message();
  }
  progress.finish();
  results.resize(context.samples.size());
  for (size_t i = 0; i < results.size(); ++i)
    for (uint32_t tensor : image.program.outputs)
      results[i].push_back(lockstep.get(int64_t(i), tensor));
  return success();
}

/// The scales of groups, which are `blocks` of the weight in top.
static SmallVector<double> getGroupScales(const RoundedLayer &layer,
                                          const top::Blocks &blocks) {
  const WeightGeometry &geometry = layer.source.geometry;
  std::vector<int64_t> groupOf(layer.stored.numElements());
  blocks.forEachRun([&](int64_t first, int64_t size, int64_t group) {
    std::fill_n(groupOf.begin() + first, size, group);
  });
  SmallVector<double> scales(blocks.count());
  for (int64_t o = 0; o < geometry.outputs; ++o)
    for (int64_t t = 0; t < geometry.window; ++t)
      for (int64_t j = 0; j < geometry.inputs; j += layer.groupSize)
        scales[groupOf[geometry.getIndex(o, j, t)]] =
            getGroupScale(layer.scales[o], layer.getFactor(o, t, j));
  return scales;
}

/// The weights of `layer` as a stored constant of top.
Value RoundingCorrector::store(const RoundedLayer &layer) {
  const WeightGeometry &geometry = layer.source.geometry;
  Operation *op = layer.source.op;
  auto weighted = cast<WeightedOpInterface>(op);
  Value old = weighted.getWeight();
  unsigned index = 0;
  while (op->getOperand(index) != old)
    ++index;
  ArrayRef<int64_t> shape = cast<RankedTensorType>(old.getType()).getShape();
  auto element = cast<quant::QuantizedType>(
      cast<RankedTensorType>(layer.bias->integer.getWeight().getType())
          .getElementType());
  top::Blocks blocks = top::Blocks::ofWhole(shape);
  SmallVector<double> scales = layer.scales;
  SmallVector<int64_t> channel =
      cast<QuantizableOpInterface>(op).getWeightBlock(index);
  if (!layer.factors.empty()) {
    blocks =
        getGroups(shape, channel, *getWeightInputAxis(op), layer.groupSize);
    scales = getGroupScales(layer, blocks);
  } else if (isa<quant::UniformQuantizedType>(element)) {
    scales.resize(1);
  } else {
    blocks.block = std::move(channel);
  }
  RankedTensorType type = top::getBlockType(
      op->getContext(), blocks, scales, SmallVector<int64_t>(scales.size(), 0),
      element.getStorageTypeIntegralWidth(), element.isSigned(), layer.low,
      layer.high);
  SmallVector<int64_t, 0> integers(layer.stored.numElements());
  const int8_t *stored = layer.stored.data<int8_t>();
  for (int64_t o = 0; o < geometry.outputs; ++o)
    for (int64_t t = 0; t < geometry.window; ++t)
      for (int64_t j = 0; j < geometry.inputs; ++j)
        integers[geometry.getIndex(o, j, t)] = *stored++;
  OpBuilder builder(op);
  Value made = top::QuantizedConstantOp::create(
      builder, old.getLoc(), type,
      storeIntegers(integers, type, getFirstName(old.getLoc())));
  setParameters(made, ParametersAttr::get(op->getContext(),
                                          ParameterSource::Correction,
                                          "rounded for what the layer computes",
                                          /*fixed=*/true));
  op->setOperand(index, made);
  if (old.use_empty())
    old.getDefiningOp()->erase();
  return made;
}

/// Moves what was found into the network.
void RoundingCorrector::apply() {
  for (auto &[instruction, layer] : layers) {
    store(layer);
    layer.bias->moveIntoSource();
  }
}

FailureOr<CorrectionSummary> roundWeights(CorrectionContext &context) {
  FailureOr<ModuleOp> integers = context.getIntegers();
  RoundingCorrector corrector(context);
  if (failed(integers) || failed(corrector.findLayers(*integers)))
    return failure();
  FailureOr<Score> before = context.scoreIntegers();
  if (failed(before))
    return failure();
  CorrectionSummary summary;
  summary.before = summary.after = *before;
  summary.counts = {{"layers", corrector.getLayerCount()}};
  if (!corrector.hasLayers())
    return summary;
  Results rounded;
  if (failed(corrector.run(rounded)))
    return failure();
  summary.after = scoreResults(context.references, rounded, kHeldOut);
  summary.kept = isBetter(summary.after, summary.before);
  if (summary.kept) {
    context.keepFloat();
    corrector.apply();
    context.forgetIntegers();
  }
  return summary;
}

} // namespace qc
