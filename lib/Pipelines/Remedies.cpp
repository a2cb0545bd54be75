// What would help a network that is bad in integers, found by trying it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Remedies.h"
#include "qc/Calibration/Calibrator.h"
#include "qc/Calibration/Ranges.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Interfaces/WeightedOpInterface.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Quantization/Activations.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"

namespace qc {

//===----------------------------------------------------------------------===//
// Where ranges come from
//===----------------------------------------------------------------------===//

/// The range that `value` was calibrated to, if it was.
static std::optional<ValueRange1D> getRange(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  auto element =
      type ? dyn_cast<quant::CalibratedQuantizedType>(type.getElementType())
           : quant::CalibratedQuantizedType();
  if (!element)
    return std::nullopt;
  return ValueRange1D{element.getMin(), element.getMax()};
}

static double getWidth(Value value) {
  auto range = getRange(value);
  return range ? range->max - range->min : 0;
}

/// What several tensors become, where it is no larger than the network's own.
static bool isJoin(Operation *op) {
  return op && op->getNumResults() == 1 && sharesParameters(op) &&
         getActivationOperands(op).size() > 1;
}

static void explainJoin(Operation *join,
                        const llvm::StringMap<LayerReport *> &layers) {
  std::string name = getTensorName(join->getResult(0));
  const LayerReport *result = layers.lookup(name);
  if (!result)
    return;
  constexpr double kMuchSmaller = 0.5;
  double width = getWidth(join->getResult(0));
  for (Value operand : getActivationOperands(join))
    for (Value value = operand; value; value = getMovedOperand(value)) {
      LayerReport *layer = layers.lookup(getTensorName(value));
      if (!layer || layer->scale != result->scale ||
          layer->zeroPoint != result->zeroPoint ||
          getWidth(value) > kMuchSmaller * width)
        continue;
      layer->scaleOf = result->scaleOf.empty() ? name : result->scaleOf;
      layer->method += "; scale of '" + layer->scaleOf + "'";
    }
}

void explainRanges(func::FuncOp calibrated, func::FuncOp corrected,
                   std::vector<LayerReport> &layers) {
  llvm::StringMap<LayerReport *> byName;
  for (LayerReport &layer : layers)
    byName[layer.error.name] = &layer;
  // From the last to the first: nested joins take the scale of the outer one.
  for (Operation &op : llvm::reverse(calibrated.getBody().front()))
    if (isJoin(&op))
      explainJoin(&op, byName);
  if (!corrected)
    return;
  llvm::StringMap<double> widths;
  for (Value value : collectActivations(corrected)) {
    widths[getTensorName(value)] = getWidth(value);
    LayerReport *layer = byName.lookup(getTensorName(value));
    ParametersAttr note = getParameters(value);
    if (layer && note && note.getSource() == ParameterSource::Correction &&
        layer->type == "i16")
      layer->method = note.getWords().str();
  }
  for (Value value : collectActivations(calibrated)) {
    auto now = widths.find(getTensorName(value));
    LayerReport *layer = byName.lookup(getTensorName(value));
    if (!layer || now == widths.end() || now->second >= getWidth(value))
      continue;
    layer->isDrawnIn = true;
    layer->method += "; drawn in by --correct";
  }
}

//===----------------------------------------------------------------------===//
// Trials
//===----------------------------------------------------------------------===//

namespace {
class Trials {
public:
  explicit Trials(RemedySearch &search) : search(search) {}

  void tryCut();
  void tryWithoutCorrections();
  void tryExtremes();
  void tryPrecisions();

  std::vector<RemedyReport> remedies;

private:
  OwningOpRef<ModuleOp> copy() {
    return OwningOpRef<ModuleOp>(search.calibrated.clone());
  }
  OwningOpRef<ModuleOp> makeIntegers(ModuleOp floats);
  void measure(const std::string &option, ModuleOp floats,
               StringRef precision = "");
  SmallVector<Value> expand(Value value, bool isLost) const;

  RemedySearch &search;
};
} // namespace

OwningOpRef<ModuleOp> Trials::makeIntegers(ModuleOp floats) {
  OwningOpRef<ModuleOp> integers(floats.clone());
  PassManager manager(integers->getContext());
  buildAssignPipeline(manager, {});
  buildLowerPipeline(manager);
  buildLegalizePipeline(manager, {search.options.allowCpu});
  return succeeded(manager.run(*integers)) ? std::move(integers)
                                           : OwningOpRef<ModuleOp>();
}

/// Notes what comes out of `floats`, if anything does.
void Trials::measure(const std::string &option, ModuleOp floats,
                     StringRef precision) {
  OwningOpRef<ModuleOp> changed(floats.clone());
  if (!precision.empty())
    (*changed)->setAttr(kPrecisionAttr,
                        StringAttr::get(changed->getContext(), precision));
  OwningOpRef<ModuleOp> integers = makeIntegers(*changed);
  auto function = getEntryFunction(floats);
  if (!integers || failed(function))
    return;
  ExecutorOptions options{static_cast<int>(search.options.threads)};
  auto reference = FloatExecutor::create(*function, {options.threads});
  auto actual = TpuExecutor::create(*integers, options);
  if (failed(reference) || failed(actual))
    return;
  std::set<std::string> results;
  for (const TensorInfo &info : (*reference)->getOutputs())
    results.insert(info.name);
  LayerComparison what;
  what.samples = search.report.comparedSamples;
  what.seenParts = findSeenParts(*function);
  what.mixed = findMixedTensors(*function);
  what.moreSamples = search.channelSamples;
  auto layers = compareLayers(**reference, **actual, search.dataset, what);
  if (!layers)
    return;
  RemedyReport remedy{option, kEqualSqnr, true};
  size_t found = 0;
  for (const LayerError &layer : *layers)
    if (results.count(layer.name)) {
      remedy.sqnr = std::min(remedy.sqnr, getWorstSqnr(layer));
      remedy.isEnough &= !isBad(layer);
      ++found;
    }
  if (found == results.size())
    remedies.push_back(std::move(remedy));
}

/// What could be given instead of result `value`, so that each part has a scale
/// of its own: the operands of a join whose ranges are unlike, or what a result
/// with lost channels is scaled from. `value` itself where there is nothing.
SmallVector<Value> Trials::expand(Value value, bool isLost) const {
  constexpr double kUnlike = 8;
  Value source = value;
  while (Value moved = getMovedOperand(source))
    source = moved;
  Operation *op = source.getDefiningOp();
  if (!op)
    return {value};
  SmallVector<Value> operands = getActivationOperands(op);
  if (operands.empty() || llvm::any_of(operands, llvm::IsaPred<BlockArgument>))
    return {value};
  if (!isJoin(op)) {
    bool scales = isLost && operands.size() == 1 && !sharesParameters(op) &&
                  !isa<WeightedOpInterface>(op);
    return {scales ? operands.front() : value};
  }
  SmallVector<Value> parts;
  double least = INFINITY, most = 0;
  for (Value operand : operands) {
    llvm::append_range(parts, expand(operand, false));
    least = std::min(least, getWidth(operand));
    most = std::max(most, getWidth(operand));
  }
  bool isUnlike = most > kUnlike * least || parts.size() > operands.size();
  return isUnlike ? parts : SmallVector<Value>{value};
}

/// Lets `function` return `values`.
static void setResults(func::FuncOp function, ArrayRef<Value> values) {
  function.front().getTerminator()->setOperands(values);
  function->removeAttr(function.getResAttrsAttrName());
  updateFunctionType(function);
  for (auto [index, value] : llvm::enumerate(values))
    function.setResultAttr(
        index, kNameAttr,
        StringAttr::get(function.getContext(), getTensorName(value)));
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.front())))
    if (isOpTriviallyDead(&op))
      op.erase();
}

void Trials::tryCut() {
  OwningOpRef<ModuleOp> module = copy();
  auto function = getEntryFunction(*module);
  if (failed(function))
    return;
  std::set<std::string> lost;
  for (const LayerError &output : search.report.outputs)
    if (output.lost)
      lost.insert(output.name);
  llvm::SetVector<Value> parts;
  bool isCut = false;
  for (Value result : function->front().getTerminator()->getOperands()) {
    SmallVector<Value> own = expand(result, lost.count(getTensorName(result)));
    isCut |= own.size() != 1 || own.front() != result;
    parts.insert_range(own);
  }
  if (!isCut)
    return;
  std::vector<std::string> names;
  for (Value part : parts)
    names.push_back(getTensorName(part));
  setResults(*function, parts.getArrayRef());
  measure("--cut-at " + llvm::join(names, ","), *module);
}

void Trials::tryWithoutCorrections() {
  bool isCorrected = llvm::any_of(
      search.report.corrections, [](const CorrectionReport &correction) {
        return llvm::any_of(correction.counts,
                            [](const auto &count) { return count.second > 0; });
      });
  if (isCorrected)
    measure("--correct none", search.calibrated);
}

/// Another pass over all samples, so only where something is clipped.
void Trials::tryExtremes() {
  constexpr double kClipped = 0.001;
  bool isClipped =
      llvm::any_of(search.report.layers, [](const LayerReport &layer) {
        return layer.error.saturation > kClipped && isBad(layer.error);
      });
  if (!isClipped || search.report.method == "minmax")
    return;
  OwningOpRef<ModuleOp> module = copy();
  auto function = getEntryFunction(*module);
  if (failed(function))
    return;
  CalibrationOptions options;
  options.statistics.histogram = false;
  options.threads = search.options.threads;
  auto statistics = gatherStatistics(*function, search.dataset, options);
  if (failed(statistics))
    return;
  for (Value value : collectActivations(*function))
    if (auto found = statistics->tensors.find(getTensorName(value));
        found != statistics->tensors.end())
      setRange(value, found->second.min(), found->second.max());
  updateFunctionType(*function);
  measure("--method minmax", *module);
}

/// A trial takes as long as the rest of the compilation where a network
/// consists of functions, whose 16-bit tables have 65536 candidates each.
static bool hasManyFunctions(ModuleOp module) {
  constexpr int64_t kManyFunctions = 256;
  int64_t count = 0;
  module.walk([&](Operation *op) {
    count += op->hasTrait<top::ElementwiseFunction>();
  });
  return count > kManyFunctions;
}

void Trials::tryPrecisions() {
  if (hasManyFunctions(search.calibrated))
    return;
  for (const std::string &precision : search.report.widerPrecisions)
    measure("--precision " + precision, search.calibrated, precision);
}

std::vector<RemedyReport> findRemedies(RemedySearch search) {
  // What a trial cannot do is no news.
  ScopedDiagnosticHandler silence(search.calibrated.getContext(),
                                  [](Diagnostic &) { return success(); });
  Trials trials(search);
  trials.tryCut();
  trials.tryWithoutCorrections();
  trials.tryExtremes();
  trials.tryPrecisions();
  return std::move(trials.remedies);
}

} // namespace qc
