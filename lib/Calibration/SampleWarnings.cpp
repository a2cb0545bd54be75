// Warnings about calibration samples that are likely a mistake.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Calibration/SampleWarnings.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Quantization/Activations.h"
#include "qc/Support/Strings.h"

#include "llvm/ADT/DenseSet.h"

namespace qc {

void warnAboutSamples(func::FuncOp function, const InputSurvey &survey) {
  for (const std::string &finding : survey.findCalibrationMistakes())
    function.emitWarning() << finding;
}

static const TensorStatistics *find(const StatisticsFile &statistics,
                                    Value value) {
  auto found = statistics.tensors.find(getTensorName(value));
  return found == statistics.tensors.end() ? nullptr : &found->second;
}

static bool isConstant(const TensorStatistics *statistics) {
  return statistics && statistics->count() && !statistics->infinityCount() &&
         statistics->min() == statistics->max();
}

void warnAboutStatistics(func::FuncOp function,
                         const StatisticsFile &statistics) {
  for (BlockArgument argument : function.getArguments()) {
    const TensorStatistics *found = find(statistics, argument);
    if (!found || !found->count())
      continue;
    InputFacts facts;
    facts.name = getTensorName(argument);
    facts.samples = statistics.samples;
    facts.min = found->min();
    facts.max = found->max();
    facts.infinities = found->infinityCount();
    for (const std::string &finding : checkVariety(facts))
      function.emitWarning() << finding;
  }
}

namespace {
/// Which values change from sample to sample.
class Variation {
public:
  Variation(func::FuncOp function, const StatisticsFile &statistics) {
    for (BlockArgument argument : function.getArguments())
      if (!isConstant(find(statistics, argument)))
        varying.insert(argument);
    for (Operation &op : function.getBody().front())
      if (llvm::any_of(op.getOperands(),
                       [&](Value operand) { return varies(operand); }))
        for (Value result : op.getResults())
          if (!isConstant(find(statistics, result)))
            varying.insert(result);
  }

  bool varies(Value value) const { return varying.contains(value); }

  /// What keeps `value` from varying: the last constant tensor before it that
  /// is computed from something that varies; null where there is none.
  Value findCause(Value value) const {
    SmallVector<Value> pending{value};
    llvm::DenseSet<Value> visited;
    while (!pending.empty()) {
      Value next = pending.pop_back_val();
      Operation *op = next.getDefiningOp();
      if (!op || varies(next) || !visited.insert(next).second)
        continue;
      if (llvm::any_of(op->getOperands(),
                       [&](Value operand) { return varies(operand); }))
        return next;
      llvm::append_range(pending, op->getOperands());
    }
    return {};
  }

private:
  llvm::DenseSet<Value> varying;
};
} // namespace

void warnAboutConstantResults(func::FuncOp function,
                              const StatisticsFile &statistics) {
  Variation variation(function, statistics);
  for (Value result : function.front().getTerminator()->getOperands()) {
    if (variation.varies(result) || !isActivation(result))
      continue;
    Value cause = variation.findCause(result);
    const TensorStatistics *found = cause ? find(statistics, cause) : nullptr;
    if (!found)
      continue;
    function.emitWarning()
        << "output '" << getTensorName(result)
        << "' does not depend on the inputs: '" << getTensorName(cause)
        << "' is " << formatFloat(found->min())
        << " everywhere in all samples (" << statistics.samples
        << "); check the preprocessing and the weights of the model";
  }
}

} // namespace qc
