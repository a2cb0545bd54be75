// Channels scaled across layers, so that each fills its tensor's range.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/Equalization.h"
#include "ChannelExtremes.h"
#include "ChannelGroups.h"
#include "qc/Correction/BiasCorrection.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Interfaces/QuantizableOpInterface.h"
#include "qc/Interfaces/WeightedOpInterface.h"
#include "qc/Quantization/Parameters.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Target/ChooseWidths.h"
#include "qc/Target/TargetRegistry.h"
#include "qc/Transforms/ConstantValues.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Builders.h"

#include <cmath>

namespace qc {

double chooseFactor(const GroupMeasure &measure) {
  // Channels that hold next to nothing have room without end.
  constexpr double kMost = 1 << 20;
  if (!(measure.rounding > 0) || !std::isfinite(measure.room))
    return 1;
  // rounding / f^2 + weights * f^2 is least here; without weights the larger
  // is the better.
  double best = measure.weights > 0
                    ? std::pow(measure.rounding / measure.weights, 0.25)
                    : kMost;
  return static_cast<float>(
      std::max(1.0, std::min({best, measure.room, kMost})));
}

namespace {

/// Chooses the factors of a network, and scales it by them.
class Equalizer {
public:
  Equalizer(func::FuncOp function, const Precision &precision,
            const ActivationWidths &widths)
      : function(function), precision(precision), widths(widths),
        groups(function) {}

  LogicalResult chooseFactors(CorrectionContext &context);
  int64_t countChannels() const;
  void apply();
  void revert();
  /// Erases what `apply` has replaced.
  void finish();

private:
  void limitToRanges(const NetworkFacts &facts);
  void addReaders(const NetworkFacts &facts);
  std::optional<quant::UniformQuantizedType> getType(Value value) const;
  double getWeight(const FloatLayer &layer, int64_t output, int64_t input,
                   int64_t position) const;
  SmallVector<double> getWeightSteps(const FloatLayer &layer) const;
  bool isScaled(Value value) const;
  double getFactor(Value value, int64_t channel) const;
  void scale(const FloatLayer &layer);

  func::FuncOp function;
  const Precision &precision;
  const ActivationWidths &widths;
  ChannelGroups groups;
  std::vector<GroupMeasure> measures; ///< by group
  std::vector<double> factors;
  /// What was changed, for going back.
  std::vector<std::tuple<Operation *, unsigned, Value>> operands;
  std::vector<std::pair<Operation *, Location>> locations;
};

} // namespace

//===----------------------------------------------------------------------===//
// Factors
//===----------------------------------------------------------------------===//

/// What `value` will be stored as. A scale that is a power of two represents
/// more than the range that was asked for.
std::optional<quant::UniformQuantizedType>
Equalizer::getType(Value value) const {
  auto type = dyn_cast<quant::CalibratedQuantizedType>(
      cast<RankedTensorType>(value.getType()).getElementType());
  if (!type)
    return std::nullopt;
  return getActivationType(type.getContext(), {type.getMin(), type.getMax()},
                           widths.getScheme(value));
}

/// A weight of `layer` with the present factors.
double Equalizer::getWeight(const FloatLayer &layer, int64_t output,
                            int64_t input, int64_t position) const {
  const WeightGeometry &geometry = layer.geometry;
  return layer.getWeights()[geometry.getIndex(output, input, position)] *
         getFactor(layer.op->getResult(0), output) /
         getFactor(layer.op->getOperand(0),
                   geometry.getInputChannel(output, input));
}

/// The same of the weights of each output channel, as if that were not scaled.
SmallVector<double> Equalizer::getWeightSteps(const FloatLayer &layer) const {
  const WeightGeometry &geometry = layer.geometry;
  SmallVector<double> steps(geometry.outputs, 0);
  for (int64_t o = 0; o < geometry.outputs; ++o)
    for (int64_t j = 0; j < geometry.inputs; ++j)
      for (int64_t t = 0; t < geometry.window; ++t)
        steps[o] = std::max(steps[o], std::abs(getWeight(layer, o, j, t)));
  WeightScheme scheme = widths.getWeightScheme(layer.op, precision.weight);
  if (!scheme.perChannel)
    steps.assign(geometry.outputs, *llvm::max_element(steps));
  for (auto [o, step] : llvm::enumerate(steps))
    step /= (std::exp2(scheme.bits - 1) - 1) *
            getFactor(layer.op->getResult(0), int64_t(o));
  return steps;
}

/// Less, in dB, is not worth tensors of other names.
constexpr double kLeastGain = 0.1;

/// Other samples may hold larger values than those that were seen.
constexpr double kMargin = 1.3;

/// How much larger the channels of each group may become.
void Equalizer::limitToRanges(const NetworkFacts &facts) {
  llvm::DenseMap<Value, ValueRange1D> limits;
  for (const auto &[value, channels] : facts)
    if (auto type = getType(value))
      limits[value] = getRepresentableRange(*type);
  for (const ChannelGroups::Bound &bound : groups.getBounds())
    if (auto found = limits.find(bound.value); found != limits.end())
      found->second = {std::max(found->second.min, bound.min),
                       std::min(found->second.max, bound.max)};
  for (const auto &[value, span] : groups.getSpans()) {
    auto channels = facts.find(value);
    auto limit = limits.find(value);
    for (int64_t c = 0; c < span.count; ++c) {
      double &room = measures[groups.getGroup(value, c)].room;
      // 16 bits have steps enough.
      if (channels == facts.end() || limit == limits.end() ||
          widths.getBits(value) > 8) {
        room = 1;
        continue;
      }
      const ChannelFacts &channel = channels->second[c];
      if (channel.max > 0)
        room = std::min(room, limit->second.max / (kMargin * channel.max));
      if (channel.min < 0)
        room = std::min(room, limit->second.min / (kMargin * channel.min));
    }
  }
}

/// What rounding does in the layers that read each group.
void Equalizer::addReaders(const NetworkFacts &facts) {
  for (const FloatLayer &layer : groups.getLayers()) {
    Value input = layer.op->getOperand(0);
    auto channels = facts.find(input);
    if (channels == facts.end())
      continue;
    const WeightGeometry &geometry = layer.geometry;
    ArrayRef<float> weights = layer.getWeights();
    SmallVector<double> steps = getWeightSteps(layer);
    auto type = getType(input);
    double step = type ? type->getScale() : 0;
    // A row of one column is as precise whatever its factor.
    bool isFree = geometry.inputs == 1 &&
                  widths.getWeightScheme(layer.op, precision.weight).perChannel;
    for (int64_t o = 0; o < geometry.outputs; ++o)
      for (int64_t j = 0; j < geometry.inputs; ++j) {
        int64_t c = geometry.getInputChannel(o, j);
        GroupMeasure &measure = measures[groups.getGroup(input, c)];
        double squares = 0;
        for (int64_t t = 0; t < geometry.window; ++t) {
          double weight = weights[geometry.getIndex(o, j, t)];
          squares += weight * weight;
        }
        measure.rounding += step * step * squares;
        if (!isFree)
          measure.weights += channels->second[c].meanSquare * steps[o] *
                             steps[o] * double(geometry.window);
      }
  }
}

LogicalResult Equalizer::chooseFactors(CorrectionContext &context) {
  auto facts = measureChannels(context, groups);
  if (failed(facts))
    return failure();
  // Factors change the steps of weights, on which they depend themselves.
  constexpr int kRounds = 4;
  factors.assign(groups.getGroupCount(), 1.0);
  for (int round = 0; round < kRounds; ++round) {
    measures.assign(groups.getGroupCount(), {});
    limitToRanges(*facts);
    addReaders(*facts);
    for (auto [group, measure] : llvm::enumerate(measures))
      if (!groups.isPinned(unsigned(group)))
        factors[group] = ::qc::chooseFactor(measure);
  }
  return success();
}

double Equalizer::getFactor(Value value, int64_t channel) const {
  return groups.contains(value) ? factors[groups.getGroup(value, channel)] : 1;
}

bool Equalizer::isScaled(Value value) const {
  auto span = groups.getSpans().find(value);
  return span != groups.getSpans().end() &&
         llvm::any_of(llvm::seq<int64_t>(0, span->second.count),
                      [&](int64_t c) { return getFactor(value, c) != 1; });
}

/// Channels of tensors that layers compute.
int64_t Equalizer::countChannels() const {
  int64_t count = 0;
  for (const FloatLayer &layer : groups.getLayers())
    for (int64_t o = 0; o < layer.geometry.outputs; ++o)
      count += getFactor(layer.op->getResult(0), o) != 1;
  return count;
}

//===----------------------------------------------------------------------===//
// The network
//===----------------------------------------------------------------------===//

/// Gives a layer the weights that make and read scaled channels.
void Equalizer::scale(const FloatLayer &layer) {
  Operation *op = layer.op;
  Value input = op->getOperand(0), result = op->getResult(0);
  if (!isScaled(input) && !isScaled(result))
    return;
  const WeightGeometry &geometry = layer.geometry;
  Tensor weight = layer.weight.clone();
  float *weights = weight.data<float>();
  for (int64_t o = 0; o < geometry.outputs; ++o)
    for (int64_t j = 0; j < geometry.inputs; ++j)
      for (int64_t t = 0; t < geometry.window; ++t)
        weights[geometry.getIndex(o, j, t)] =
            static_cast<float>(getWeight(layer, o, j, t));
  OpBuilder builder(op);
  auto weighted = cast<WeightedOpInterface>(op);
  auto replace = [&](Value old, Value made) {
    for (OpOperand &use : op->getOpOperands())
      if (use.get() == old) {
        operands.push_back({op, use.getOperandNumber(), old});
        use.set(made);
      }
  };
  Value old = weighted.getWeight();
  replace(old, createConstant(builder, deriveName(old.getLoc(), "_scaled"),
                              weight, old.getType()));
  if (!isScaled(result) || layer.bias.empty())
    return;
  std::vector<double> bias = layer.bias;
  for (int64_t o = 0; o < geometry.outputs; ++o)
    bias[o] *= getFactor(result, o);
  old = weighted.getBias();
  replace(old, createNumbers(builder, deriveName(old.getLoc(), "_scaled"), bias,
                             old.getType()));
}

void Equalizer::apply() {
  for (const FloatLayer &layer : groups.getLayers())
    scale(layer);
  // What a tensor holds now is not what the model calls by its name.
  for (const auto &[value, span] : groups.getSpans()) {
    if (!isScaled(value))
      continue;
    Operation *op = value.getDefiningOp();
    locations.push_back({op, op->getLoc()});
    op->setLoc(fuseNames(deriveName(op->getLoc(), "_scaled"), {op->getLoc()}));
  }
}

void Equalizer::revert() {
  for (auto [op, index, old] : operands) {
    Operation *made = op->getOperand(index).getDefiningOp();
    op->setOperand(index, old);
    if (made->use_empty())
      made->erase();
  }
  for (auto [op, location] : locations)
    op->setLoc(location);
  operands.clear();
  locations.clear();
}

void Equalizer::finish() {
  llvm::SmallPtrSet<Operation *, 16> unused;
  for (auto [op, index, old] : operands)
    if (old.use_empty() && unused.insert(old.getDefiningOp()).second)
      old.getDefiningOp()->erase();
}

/// Whether the float network still computes what it did, to 1e-4 of the
/// results.
static FailureOr<bool> isSameFloat(CorrectionContext &context) {
  constexpr double kSame = 80; // dB
  auto runner = FloatRunner::create(context.function, context.pool);
  if (failed(runner))
    return failure();
  Results results(context.samples.size());
  Status ran =
      (*runner)->run(results.size(), [&](int64_t i, Executor &executor) {
        return executor.run(context.samples[i].inputs, results[i])
            .withContext(context.samples[i].name);
      });
  if (!ran)
    return context.function.emitError() << ran.message();
  return llvm::all_of(ArrayRef<Half>{kFitted, kHeldOut}, [&](Half half) {
    Score score = scoreResults(context.references, results, half);
    return score.energy >= kSame && score.worst >= kSame;
  });
}

FailureOr<CorrectionSummary> equalizeChannels(CorrectionContext &context) {
  auto module = context.function->getParentOfType<ModuleOp>();
  auto backend = TargetRegistry::create(module);
  if (failed(backend))
    return failure();
  auto precision = getPrecision(module, (*backend)->getQuantSpec());
  auto widths = chooseWidths(context.function, **backend);
  auto before = context.scoreIntegers();
  if (failed(precision) || failed(widths) || failed(before))
    return failure();
  Equalizer equalizer(context.function, *precision, *widths);
  if (failed(equalizer.chooseFactors(context)))
    return failure();
  CorrectionSummary summary;
  summary.before = summary.after = *before;
  summary.counts = {{"channels", equalizer.countChannels()}};
  if (summary.counts.front().second == 0)
    return summary;
  auto change = [&](auto action) {
    (equalizer.*action)();
    context.forgetIntegers();
  };
  change(&Equalizer::apply);
  auto isSame = isSameFloat(context);
  auto after = context.scoreIntegers();
  if (failed(isSame) || failed(after))
    return failure();
  summary.after = *after;
  summary.kept = *isSame && isBetter(summary.after, summary.before, kLeastGain);
  if (!summary.kept) {
    // What is gained may hide behind means that biases will correct.
    auto scaled =
        *isSame ? scoreWithBiases(context) : FailureOr<Score>(Score());
    change(&Equalizer::revert);
    auto unscaled =
        *isSame ? scoreWithBiases(context) : FailureOr<Score>(Score());
    if (failed(scaled) || failed(unscaled))
      return failure();
    summary.kept = isBetter(*scaled, *unscaled, kLeastGain);
    if (!summary.kept)
      return summary;
    summary.before = *unscaled;
    summary.after = *scaled;
    change(&Equalizer::apply);
  }
  equalizer.finish();
  return summary;
}

} // namespace qc
