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

/// A single number says nothing.
static bool isConstant(const TensorStatistics *statistics) {
  return statistics && statistics->count() > 1 &&
         !statistics->infinityCount() && statistics->min() == statistics->max();
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
      follow(op, statistics);
  }

  bool varies(Value value) const { return varying.contains(value); }

  /// What keeps `value` from varying: the last constant tensor before it that
  /// is computed from something that varies; null where there is none.
  Value findCause(Value value) const { return causes.lookup(value); }

private:
  void follow(Operation &op, const StatisticsFile &statistics) {
    bool isFed = llvm::any_of(op.getOperands(),
                              [&](Value operand) { return varies(operand); });
    Value cause;
    for (Value operand : llvm::reverse(op.getOperands()))
      if (!isFed && !cause)
        cause = causes.lookup(operand);
    for (Value result : op.getResults())
      if (isFed && !isConstant(find(statistics, result)))
        varying.insert(result);
      else if (isFed || cause)
        causes[result] = isFed ? result : cause;
  }

  llvm::DenseSet<Value> varying;
  llvm::DenseMap<Value, Value> causes;
};
} // namespace

/// Names of constant results, the first few of many, and what they hang on.
static std::string listConstants(ArrayRef<std::pair<Value, Value>> constants,
                                 const StatisticsFile &statistics) {
  constexpr size_t kNamed = 5;
  bool isOne = constants.size() == 1;
  std::string names, causes;
  for (auto [result, cause] : constants.take_front(kNamed)) {
    names += (names.empty() ? "'" : ", '") + getTensorName(result) + "'";
    causes += (causes.empty() ? "'" : ", '") + getTensorName(cause) + "' is " +
              formatFloat(find(statistics, cause)->min());
  }
  if (constants.size() > kNamed)
    names += " and " + std::to_string(constants.size() - kNamed) + " more";
  return (isOne ? "output " : "outputs ") + names +
         (isOne ? " does not depend on the inputs: "
                : " do not depend on the inputs: ") +
         causes;
}

void warnAboutConstantResults(func::FuncOp function,
                              const StatisticsFile &statistics) {
  Variation variation(function, statistics);
  // All in one warning: a network can have thousands of results.
  SmallVector<std::pair<Value, Value>> constants;
  for (Value result : function.front().getTerminator()->getOperands()) {
    if (variation.varies(result) || !isActivation(result))
      continue;
    Value cause = variation.findCause(result);
    if (cause && find(statistics, cause))
      constants.push_back({result, cause});
  }
  if (constants.empty())
    return;
  function.emitWarning()
      << listConstants(constants, statistics) << " everywhere in all samples ("
      << statistics.samples
      << "); check the preprocessing and the weights of the model";
}

} // namespace qc
