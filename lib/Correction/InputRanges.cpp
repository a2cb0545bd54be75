// Ranges of a network's inputs, by what they do to its results.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/InputRanges.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Execution/StoredTensor.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/Parameters.h"
#include "qc/Target/ChooseWidths.h"
#include "qc/Target/TargetRegistry.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace qc {

namespace {

/// A range and how near the results come with it.
struct Trial {
  ValueRange1D range;
  Score scores[kHalves];
};

class InputTuner {
public:
  InputTuner(CorrectionContext &context, const ActivationScheme &scheme,
             FloatRunner &runner)
      : context(context), scheme(scheme), runner(runner) {}

  FailureOr<std::optional<ValueRange1D>> tune(BlockArgument argument);

private:
  FailureOr<Trial> measure(BlockArgument argument, ValueRange1D range);
  LogicalResult shrink(BlockArgument argument, Trial &best,
                       ArrayRef<double ValueRange1D::*> ends);

  CorrectionContext &context;
  const ActivationScheme &scheme;
  FloatRunner &runner;
};

} // namespace

/// Runs the float network with one input quantized.
FailureOr<Trial> InputTuner::measure(BlockArgument argument,
                                     ValueRange1D range) {
  auto type = getActivationType(context.function.getContext(), range, scheme);
  TensorInfo info;
  info.scale = type.getScale();
  info.zeroPoint = type.getZeroPoint();
  info.dtype = type.getStorageTypeIntegralWidth() == 16 ? DType::I16
               : type.isSigned()                        ? DType::I8
                                                        : DType::U8;
  unsigned number = argument.getArgNumber();
  Results results(context.samples.size());
  Status ran =
      runner.run(context.samples.size(), [&](int64_t i, Executor &executor) {
        std::vector<Tensor> inputs = context.samples[i].inputs;
        inputs[number] = dequantize(info, quantize(info, inputs[number]));
        return executor.run(inputs, results[i])
            .withContext(context.samples[i].name);
      });
  if (!ran)
    return context.function.emitError() << ran.message();
  return Trial{range,
               {scoreResults(context.references, results, kFitted),
                scoreResults(context.references, results, kHeldOut)}};
}

/// Draws `ends` in, step by step, until two steps in a row bring nothing.
LogicalResult InputTuner::shrink(BlockArgument argument, Trial &best,
                                 ArrayRef<double ValueRange1D::*> ends) {
  constexpr double kStep = 0.85, kLeastGain = 0.02;
  constexpr int kMisses = 2;
  ValueRange1D range = best.range;
  auto isZero = [&](double ValueRange1D::*end) { return range.*end == 0; };
  for (int misses = 0; misses < kMisses && !llvm::all_of(ends, isZero);) {
    for (double ValueRange1D::*end : ends)
      range.*end *= kStep;
    auto trial = measure(argument, range);
    if (failed(trial))
      return failure();
    if (isBetter(trial->scores[kFitted], best.scores[kFitted], kLeastGain)) {
      best = *trial;
      misses = 0;
    } else {
      ++misses;
    }
  }
  return success();
}

/// The best range of `argument`, or nothing when its own is that.
FailureOr<std::optional<ValueRange1D>>
InputTuner::tune(BlockArgument argument) {
  auto type = cast<quant::CalibratedQuantizedType>(
      cast<RankedTensorType>(argument.getType()).getElementType());
  auto before = measure(argument, {type.getMin(), type.getMax()});
  if (failed(before))
    return failure();
  Trial best = *before;
  double ValueRange1D::*const low = &ValueRange1D::min;
  double ValueRange1D::*const high = &ValueRange1D::max;
  if (scheme.symmetric ? failed(shrink(argument, best, {low, high}))
                       : failed(shrink(argument, best, low)) ||
                             failed(shrink(argument, best, high)))
    return failure();
  if (!isBetter(best.scores[kHeldOut], before->scores[kHeldOut]))
    return std::optional<ValueRange1D>();
  return std::optional<ValueRange1D>(best.range);
}

FailureOr<CorrectionSummary> tuneInputRanges(CorrectionContext &context) {
  auto module = context.function->getParentOfType<ModuleOp>();
  auto backend = TargetRegistry::create(module);
  if (failed(backend))
    return failure();
  auto widths = chooseWidths(context.function, **backend);
  auto runner = FloatRunner::create(context.function, context.pool);
  if (failed(widths) || failed(runner))
    return failure();
  SmallVector<std::pair<BlockArgument, ValueRange1D>> found;
  for (BlockArgument argument : context.function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !isa<quant::CalibratedQuantizedType>(type.getElementType()))
      continue;
    InputTuner tuner(context, widths->getScheme(argument), **runner);
    auto best = tuner.tune(argument);
    if (failed(best))
      return failure();
    if (*best)
      found.push_back({argument, **best});
  }
  auto before = context.scoreIntegers();
  if (failed(before))
    return failure();
  CorrectionSummary summary;
  summary.before = summary.after = *before;
  summary.counts = {{"inputs", found.size()}};
  if (found.empty())
    return summary;

  // An input alone in integers says nothing of what else is lost, or of who
  // else takes its scale: the network that comes out of it has the last word.
  // What is gained may hide there behind errors that biases will take away.
  SmallVector<Type> old = llvm::to_vector(context.function.getArgumentTypes());
  SmallVector<ParametersAttr> oldNotes;
  for (auto &[argument, range] : found) {
    oldNotes.push_back(getParameters(argument));
    std::string words = oldNotes.back() ? oldNotes.back().getWords().str() : "";
    setRange(argument, range.min, range.max);
    setParameters(
        argument,
        ParametersAttr::get(argument.getContext(), ParameterSource::Correction,
                            words + "; drawn in by --correct", false));
  }
  updateFunctionType(context.function);
  context.forgetIntegers();
  auto after = context.scoreIntegers();
  if (failed(after))
    return failure();
  summary.after = *after;
  summary.kept = !isWorse(summary.after, summary.before);
  if (summary.kept)
    return summary;
  for (auto [argument, type] :
       llvm::zip_equal(context.function.getArguments(), old))
    argument.setType(type);
  for (auto [changed, note] : llvm::zip_equal(found, oldNotes))
    setParameters(changed.first, note);
  updateFunctionType(context.function);
  context.forgetIntegers();
  return summary;
}

} // namespace qc
