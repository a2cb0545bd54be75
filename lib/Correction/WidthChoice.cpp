// Activations that get 16 bits because the network's results are worth it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/WidthChoice.h"
#include "ValueExtremes.h"
#include "qc/Correction/BiasCorrection.h"
#include "qc/Correction/WidthCandidates.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Quantization/Activations.h"

#include "mlir/IR/Builders.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

namespace qc {

/// A tensor that brings less is not worth that a program is more than it was.
static constexpr double kLeastGain = 0.1; // dB

namespace {

/// Errors of the results that do not come from rounding activations, in both
/// views of Score that judgements ask for: noise over signal.
struct OtherNoise {
  double energy = 0, typical = 0;
};

/// dB to noise over signal, and back.
double toNoise(double decibels) { return std::pow(10, -decibels / 10); }
double toDecibels(double noise) { return -10 * std::log10(noise); }

/// A candidate that has been taken.
struct Taken {
  const WidthCandidate *candidate;
  double gain = 0;   ///< dB beside those before it, on held-out samples
  double cycles = 0; ///< more than with those before it
};

/// Some of the context's samples, with what the float network makes of them.
struct Part {
  std::vector<Sample> samples;
  Results references;
};

class WidthChooser {
public:
  explicit WidthChooser(CorrectionContext &context)
      : context(context), function(context.function),
        module(function->getParentOfType<ModuleOp>()) {}

  LogicalResult findCandidates();
  bool hasCandidates() const { return !candidates.empty(); }
  /// `before` is the integer network's score.
  LogicalResult choose(const Score &before);
  LogicalResult apply(size_t count);
  /// Whether what is applied takes no more cycles than it may. The estimates
  /// that choose do not know of conversions and tables.
  FailureOr<bool> isAffordable();
  void revert();
  void note(size_t count);
  size_t getCount() const { return taken.size(); }

private:
  Part takePart(Half half) const;
  size_t countAffordable() const;
  double getMostCycles() const {
    return context.maxCycles > 0 ? context.maxCycles : kMostCycles;
  }
  double getGain(const Score &now, const Score &before) const;
  LogicalResult measureOthers(const Score &before);
  LogicalResult measureAlone(OutputEffect &effect);
  LogicalResult takeNext(OutputEffect &effect, bool &found);
  LogicalResult measureTaken();
  FailureOr<OutputEffect::Measured>
  measureHeldOut(ArrayRef<FloatExecutor::Variant> variants) const;
  FloatExecutor::Variant join(const WidthCandidate *more = nullptr) const;

  CorrectionContext &context;
  func::FuncOp function;
  ModuleOp module;
  std::unique_ptr<WidthCandidates> search;
  std::vector<WidthCandidate> candidates;
  OwningOpRef<ModuleOp> assigned;
  std::vector<Taken> taken;
  Score now; ///< with what is taken, on fitted samples
  double cycles = 0, firstCycles = 0;
  size_t applied = 0;
  OtherNoise others;
  /// On held-out samples: of the integer network, and with activations rounded
  /// but no weights.
  double before = 0, activationsAlone = 0;
  /// What the values had before.
  SmallVector<std::tuple<Value, Type, ParametersAttr>> old;
};

} // namespace

LogicalResult WidthChooser::findCandidates() {
  auto found = WidthCandidates::create(context);
  if (failed(found))
    return failure();
  search = std::move(*found);
  assigned = context.makeAssigned();
  auto entry =
      assigned ? getEntryFunction(*assigned) : FailureOr<func::FuncOp>();
  if (failed(entry))
    return failure();
  // Biases make up for what rounded weights do to means, but later.
  takeFloatConstants(*entry, context.getFloat());
  candidates = search->find(*entry);
  cycles = firstCycles = search->estimate({});
  return success();
}

//===----------------------------------------------------------------------===//
// Choosing
//===----------------------------------------------------------------------===//

Part WidthChooser::takePart(Half half) const {
  Part part;
  size_t most = half == kFitted ? countAffordable() : context.samples.size();
  for (size_t i = half; i < context.samples.size(); i += kHalves) {
    if (part.samples.size() == most)
      break;
    part.samples.push_back(context.samples[i]);
    part.references.push_back(context.references[i]);
  }
  return part;
}

/// So many samples that running what is behind each candidate takes seconds.
size_t WidthChooser::countAffordable() const {
  constexpr double kMostWork = 1e12, kOfElement = 32;
  constexpr size_t kLeast = 4;
  double work = 1e6;
  function->walk([&](CostOpInterface op) { work += double(op.getMacs()); });
  for (Value value : collectActivations(function))
    work += kOfElement *
            double(cast<RankedTensorType>(value.getType()).getNumElements());
  return std::max<size_t>(kLeast,
                          size_t(kMostWork / (work * candidates.size() / 2)));
}

FloatExecutor::Variant WidthChooser::join(const WidthCandidate *more) const {
  FloatExecutor::Variant all;
  for (const Taken &one : taken)
    llvm::append_range(all, one.candidate->rounded);
  if (more)
    llvm::append_range(all, more->rounded);
  return all;
}

/// What the results gain when `now` is what rounded activations leave of them
/// instead of `before`: little where weights have taken more.
double WidthChooser::getGain(const Score &now, const Score &before) const {
  auto gain = [](double other, double now, double before) {
    return toDecibels(other + toNoise(now)) -
           toDecibels(other + toNoise(before));
  };
  return (gain(others.energy, now.energy, before.energy) +
          gain(others.typical, now.typical, before.typical)) /
         2;
}

/// With rounded activations, on samples by which nothing is chosen.
FailureOr<OutputEffect::Measured>
WidthChooser::measureHeldOut(ArrayRef<FloatExecutor::Variant> variants) const {
  auto entry = getEntryFunction(*assigned);
  if (failed(entry))
    return failure();
  Part part = takePart(kHeldOut);
  auto effect =
      OutputEffect::create(*entry, context.pool, part.samples, part.references);
  if (failed(effect))
    return failure();
  return (*effect)->measure(/*rounds=*/true, variants);
}

/// What the integer network loses beyond the rounding of activations.
LogicalResult WidthChooser::measureOthers(const Score &before) {
  auto measured = measureHeldOut({});
  if (failed(measured))
    return failure();
  const Score &alone = measured->common;
  this->before = before.energy;
  activationsAlone = alone.energy;
  others.energy = std::max(0.0, toNoise(before.energy) - toNoise(alone.energy));
  others.typical =
      std::max(0.0, toNoise(before.typical) - toNoise(alone.typical));
  return success();
}

LogicalResult WidthChooser::measureAlone(OutputEffect &effect) {
  auto variants = llvm::map_to_vector(
      candidates, [](const WidthCandidate &one) { return one.rounded; });
  auto measured = effect.measure(/*rounds=*/true, variants);
  if (failed(measured))
    return failure();
  now = measured->common;
  for (auto [candidate, score] :
       llvm::zip_equal(candidates, measured->variants)) {
    candidate.gain = getGain(score, now);
    candidate.cycles = search->estimate({&candidate}) - firstCycles;
  }
  return success();
}

/// Takes the candidate that brings most for its cycles. What others bring
/// changes with each that is taken, but hardly in its order: only the first are
/// measured again.
LogicalResult WidthChooser::takeNext(OutputEffect &effect, bool &found) {
  constexpr size_t kMeasured = 6;
  SmallVector<const WidthCandidate *> chosen = llvm::map_to_vector(
      taken, [](const Taken &one) { return one.candidate; });
  // What costs nothing costs a little, so that it has to bring something.
  double least = firstCycles * 1e-3;
  SmallVector<WidthCandidate *> open;
  for (WidthCandidate &candidate : candidates) {
    if (llvm::is_contained(chosen, &candidate) || candidate.gain < kLeastGain)
      continue;
    SmallVector<const WidthCandidate *> with(chosen);
    with.push_back(&candidate);
    candidate.cycles = search->estimate(with) - cycles;
    if (cycles + candidate.cycles <= firstCycles * getMostCycles())
      open.push_back(&candidate);
  }
  auto getWorth = [&](const WidthCandidate *one) {
    return one->gain / std::max(one->cycles, least);
  };
  llvm::stable_sort(
      open, [&](auto *a, auto *b) { return getWorth(a) > getWorth(b); });
  open.truncate(std::min(open.size(), kMeasured));
  found = false;
  if (open.empty())
    return success();
  auto variants =
      llvm::map_to_vector(open, [&](WidthCandidate *one) { return join(one); });
  auto measured = effect.measure(/*rounds=*/true, variants);
  if (failed(measured))
    return failure();
  Score best;
  const WidthCandidate *first = nullptr;
  for (auto [candidate, score] : llvm::zip_equal(open, measured->variants)) {
    candidate->gain = getGain(score, now);
    if (candidate->gain >= kLeastGain &&
        (!first || getWorth(candidate) > getWorth(first))) {
      first = candidate;
      best = score;
    }
  }
  // Where none of the first brings anything, those behind them may.
  found = true;
  if (!first)
    return success();
  taken.push_back({first, first->gain, first->cycles});
  cycles += first->cycles;
  now = best;
  return success();
}

/// What each of those that are taken brings on samples that it was not chosen
/// by.
LogicalResult WidthChooser::measureTaken() {
  std::vector<FloatExecutor::Variant> variants(1);
  for (const Taken &one : taken) {
    variants.push_back(variants.back());
    llvm::append_range(variants.back(), one.candidate->rounded);
  }
  auto measured = measureHeldOut(variants);
  if (failed(measured))
    return failure();
  for (auto [i, one] : llvm::enumerate(taken))
    one.gain = getGain(measured->variants[i + 1], measured->variants[i]);
  return success();
}

LogicalResult WidthChooser::choose(const Score &before) {
  auto entry = getEntryFunction(*assigned);
  if (failed(entry) || failed(measureOthers(before)))
    return failure();
  Part part = takePart(kFitted);
  auto effect =
      OutputEffect::create(*entry, context.pool, part.samples, part.references);
  if (failed(effect) || failed(measureAlone(**effect)))
    return failure();
  constexpr int kMostTaken = 32;
  Progress progress("widths", kMostTaken, context.progress);
  bool found = true;
  for (int i = 0; i < kMostTaken && found; ++i) {
    if (failed(takeNext(**effect, found)))
      return failure();
    if (Status goesOn = progress.advance(); !goesOn)
      return function.emitError() << goesOn.message();
  }
  progress.finish();
  return measureTaken();
}

//===----------------------------------------------------------------------===//
// Into the network
//===----------------------------------------------------------------------===//

/// Lets the first `count` of what was taken have 16 bits. With them nothing
/// needs to be cut.
LogicalResult WidthChooser::apply(size_t count) {
  constexpr double kHeadroom = 1.1, kMostWider = 32;
  MLIRContext *mlir = function.getContext();
  llvm::DenseSet<Value> wide;
  for (const Taken &one : ArrayRef<Taken>(taken).take_front(count))
    wide.insert_range(one.candidate->values);
  auto extremes = findExtremes(context, wide);
  if (failed(extremes))
    return failure();
  for (const Taken &one : ArrayRef<Taken>(taken).take_front(count))
    for (Value value : one.candidate->values) {
      if (llvm::any_of(old, [&](const auto &entry) {
            return std::get<0>(entry) == value;
          }))
        continue;
      ParametersAttr note = getParameters(value);
      old.push_back({value, value.getType(), note});
      auto type = cast<quant::CalibratedQuantizedType>(
          cast<RankedTensorType>(value.getType()).getElementType());
      // A range that is much wider holds what makes no difference: a mask.
      ValueRange1D range = extremes->lookup(value);
      double most = kMostWider * std::max(-type.getMin(), type.getMax());
      setRange(value, std::clamp(kHeadroom * range.min, -most, type.getMin()),
               std::clamp(kHeadroom * range.max, type.getMax(), most));
      std::string words =
          llvm::formatv("16 bits by --effort: {0:F2} dB at the results for "
                        "{1:F2} % more cycles, estimated",
                        one.gain, 100 * one.cycles / firstCycles);
      setParameters(
          value,
          ParametersAttr::get(mlir, ParameterSource::Correction, words, false));
    }
  updateFunctionType(function);
  applied = count;
  note(count);
  context.forgetIntegers();
  return success();
}

FailureOr<bool> WidthChooser::isAffordable() {
  auto found = search->estimateNow();
  if (failed(found))
    return failure();
  cycles = *found;
  note(applied);
  return cycles <= firstCycles * getMostCycles();
}

void WidthChooser::revert() {
  for (auto &[value, type, parameters] : old) {
    value.setType(type);
    setParameters(value, parameters);
  }
  old.clear();
  cycles = firstCycles;
  updateFunctionType(function);
  note(0);
  context.forgetIntegers();
}

/// What was chosen, and what speaks for it, as an attribute of the module.
void WidthChooser::note(size_t count) {
  Builder builder(function.getContext());
  auto number = [&](double value) { return builder.getF64FloatAttr(value); };
  SmallVector<Attribute> tensors;
  for (const Taken &one : ArrayRef<Taken>(taken).take_front(count)) {
    tensors.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("name",
                              builder.getStringAttr(one.candidate->name)),
         builder.getNamedAttr("gain", number(one.gain)),
         builder.getNamedAttr("cycles", number(one.cycles))}));
  }
  module->setAttr(
      kWidthsAttr,
      builder.getDictionaryAttr(
          {builder.getNamedAttr("tensors", builder.getArrayAttr(tensors)),
           builder.getNamedAttr("sqnr_before", number(before)),
           builder.getNamedAttr("sqnr_activations_alone",
                                number(activationsAlone)),
           builder.getNamedAttr("cycles_before", number(firstCycles)),
           builder.getNamedAttr("cycles_after", number(cycles))}));
}

//===----------------------------------------------------------------------===//
// All
//===----------------------------------------------------------------------===//

FailureOr<CorrectionSummary>
chooseActivationWidths(CorrectionContext &context) {
  // Means that weights shift would hide what is gained.
  auto before = scoreWithBiases(context);
  WidthChooser chooser(context);
  if (failed(before) || failed(chooser.findCandidates()))
    return failure();
  CorrectionSummary summary;
  summary.before = summary.after = *before;
  summary.counts = {{"tensors", 0}};
  if (!chooser.hasCandidates())
    return summary;
  if (failed(chooser.choose(*before)))
    return failure();
  // Fewer may do what all of them together do not.
  for (size_t count = chooser.getCount(); count > 0; count = count * 3 / 4) {
    if (failed(chooser.apply(count)))
      return failure();
    auto isAffordable = chooser.isAffordable();
    auto after = scoreWithBiases(context);
    if (failed(isAffordable) || failed(after))
      return failure();
    if (*isAffordable && isBetter(*after, *before, kLeastGain)) {
      summary.kept = true;
      summary.after = *after;
      summary.counts = {{"tensors", int64_t(count)}};
      return summary;
    }
    chooser.revert();
  }
  chooser.revert();
  return summary;
}

} // namespace qc
