// Which layers of a compile cost its results most, and what would help.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Analysis.h"
#include "Samples.h"
#include "TensorShape.h"
#include "qc/Correction/OutputEffect.h"
#include "qc/Correction/Passes.h"
#include "qc/Correction/WidthCandidates.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/WeightedOpInterface.h"
#include "qc/Pipelines/Compiler.h"
#include "qc/Pipelines/Session.h"
#include "qc/Pipelines/StageFiles.h"
#include "qc/Quantization/Activations.h"
#include "qc/Support/MappedFile.h"
#include "qc/Transforms/ConstantValues.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cmath>

namespace qc {

static std::string inFolder(StringRef folder, StringRef name) {
  SmallString<128> path(folder);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

Result<CompileReport> readReport(const std::string &folder) {
  std::string path = inFolder(folder, "report.json");
  auto text = readTextFile(path);
  if (!text)
    return text.takeError();
  auto json = llvm::json::parse(*text);
  if (!json)
    return error("'", path, "' is no JSON: ", llvm::toString(json.takeError()));
  auto report = reportFromJSON(*json);
  return report ? std::move(report)
                : Result<CompileReport>(
                      report.status().withContext("'" + path + "'"));
}

namespace {
class Analyzer {
public:
  Analyzer(const std::string &folder, int threads, Session &session)
      : folder(folder), session(session), pool(threads) {}

  LogicalResult load(int64_t samples);
  LogicalResult measureActivations();
  LogicalResult measureWeights();
  LogicalResult suggest();
  AnalysisReport finish();

private:
  OwningOpRef<ModuleOp> loadStage(StringRef name);
  LogicalResult matchNames();
  LogicalResult runFloats(int64_t samples);
  LogicalResult measureLayer(Operation *op, WeightedOpInterface layer);
  FailureOr<std::vector<double>> getMeans(const std::string &name,
                                          int64_t axis);
  FailureOr<std::unique_ptr<OutputEffect>> createEffect(func::FuncOp of);
  LayerAnalysis &getLayer(const std::string &name);

  std::string folder;
  Session &session;
  ThreadPool pool;
  CompileReport compiled;
  /// The float network under the names that the assigned one has.
  OwningOpRef<ModuleOp> floats;
  /// As it was assigned, and with the weights of `floats`.
  OwningOpRef<ModuleOp> assigned, mixed;
  func::FuncOp floatFunction, assignedFunction, mixedFunction;
  std::unique_ptr<CorrectionContext> context;
  std::map<std::string, TensorShape> shapes;
  AnalysisReport report;
  llvm::StringMap<size_t> indices;
};
} // namespace

//===----------------------------------------------------------------------===//
// What there is
//===----------------------------------------------------------------------===//

OwningOpRef<ModuleOp> Analyzer::loadStage(StringRef name) {
  std::string path = findStageFile(folder, name);
  if (!path.empty())
    return loadModule({path, std::nullopt}, session.getContext());
  session.fail(error("'", folder, "' has no stage ", name.str(),
                     ": analysis needs the folder of a qc compile that has "
                     "quantized a network"));
  return nullptr;
}

/// Repeats the corrections that give tensors other numbers: they are the same
/// for the same samples.
LogicalResult Analyzer::matchNames() {
  std::set<std::string> known;
  for (Value value : collectActivations(floatFunction))
    known.insert(getTensorName(value));
  bool isRenamed =
      llvm::any_of(collectActivations(assignedFunction), [&](Value value) {
        Operation *op = value.getDefiningOp();
        std::string name = getTensorName(value);
        return !isa_and_nonnull<top::RequantizeOp>(op) &&
               StringRef(name).ends_with("_scaled") && !known.count(name);
      });
  auto done = (*assigned)->getAttrOfType<DictionaryAttr>(kCorrectionsAttr);
  if (!isRenamed || !done)
    return success();
  CorrectOptions correct;
  for (StringRef step : {"inputs", "equalize"})
    if (done.contains(step))
      correct.steps.push_back(step.str());
  PassManager manager(session.getContext());
  manager.addPass(createCorrect(correct, {}));
  return manager.run(*floats);
}

LogicalResult Analyzer::runFloats(int64_t samples) {
  auto data = (*floats)->getAttrOfType<DataAttr>(kDataAttr);
  if (!data)
    return floatFunction.emitError()
           << "has no samples to analyze with: compile with --data";
  int64_t most = samples;
  if (data.getSamples() > 0)
    most = std::min(most, data.getSamples());
  auto dataset = openSamples(floatFunction, data, most);
  if (failed(dataset))
    return failure();
  for (int64_t i = 0; i < (*dataset)->size(); ++i) {
    auto sample = (*dataset)->sample(i);
    if (!sample)
      return floatFunction.emitError() << sample.message();
    if (*sample)
      context->samples.push_back(std::move(**sample));
  }
  report.samples = int64_t(context->samples.size());
  auto runner = FloatRunner::create(floatFunction, pool);
  if (failed(runner))
    return failure();
  context->references.resize(context->samples.size());
  std::vector<ShapeProbe> probes(context->samples.size());
  Status ran = (*runner)->run(
      context->samples.size(), [&](int64_t i, Executor &executor) {
        return executor
            .run(context->samples[i].inputs, context->references[i], &probes[i])
            .withContext(context->samples[i].name);
      });
  if (!ran)
    return floatFunction.emitError() << ran.message();
  // In the order of the samples, so that sums do not depend on threads.
  for (const ShapeProbe &probe : probes)
    for (const auto &[name, shape] : probe.shapes)
      shapes[name].add(shape);
  return success();
}

LogicalResult Analyzer::load(int64_t samples) {
  auto read = readReport(folder);
  if (!read) {
    session.fail(read.status());
    return failure();
  }
  compiled = std::move(*read);
  floats = loadStage("calibrate");
  assigned = floats ? loadStage("assign") : nullptr;
  if (!assigned)
    return failure();
  auto first = getEntryFunction(*floats);
  auto second = getEntryFunction(*assigned);
  if (failed(first) || failed(second))
    return failure();
  floatFunction = *first;
  assignedFunction = *second;
  if (failed(matchNames()))
    return failure();
  context = std::make_unique<CorrectionContext>(floatFunction, pool, nullptr);
  if (failed(runFloats(samples)))
    return failure();
  mixed = OwningOpRef<ModuleOp>(assigned->clone());
  auto third = getEntryFunction(*mixed);
  if (failed(third))
    return failure();
  mixedFunction = *third;
  takeFloatConstants(mixedFunction, floatFunction);
  report.folder = folder;
  report.target = compiled.target;
  report.precision = compiled.precision;
  return success();
}

LayerAnalysis &Analyzer::getLayer(const std::string &name) {
  auto [entry, isNew] = indices.try_emplace(name, report.layers.size());
  if (isNew)
    report.layers.emplace_back().name = name;
  return report.layers[entry->second];
}

//===----------------------------------------------------------------------===//
// Effects
//===----------------------------------------------------------------------===//

FailureOr<std::unique_ptr<OutputEffect>>
Analyzer::createEffect(func::FuncOp of) {
  return OutputEffect::create(of, pool, context->samples, context->references);
}

LogicalResult Analyzer::measureActivations() {
  std::vector<FloatExecutor::Variant> alone, behind;
  std::vector<std::string> names;
  for (Value value : collectActivations(mixedFunction)) {
    if (!getStorageType(value) || getTensorName(value).empty())
      continue;
    names.push_back(getTensorName(value));
    alone.push_back({value});
    for (auto &variant : behind)
      variant.push_back(value);
    behind.emplace_back();
  }
  auto effect = createEffect(mixedFunction);
  if (failed(effect))
    return failure();
  auto one = (*effect)->measure(/*rounds=*/false, alone);
  auto upTo = (*effect)->measure(/*rounds=*/true, behind);
  if (failed(one) || failed(upTo))
    return failure();
  report.activationsAlone = upTo->common.energy;
  for (auto [i, name] : llvm::enumerate(names)) {
    LayerAnalysis &layer = getLayer(name);
    layer.activation = one->variants[i].energy;
    layer.upTo = upTo->variants[i].energy;
  }
  auto whole = createEffect(assignedFunction);
  if (failed(whole))
    return failure();
  auto rounded = (*whole)->measure(/*rounds=*/true, {});
  if (failed(rounded))
    return failure();
  report.sqnr = rounded->common.energy;
  // Noise adds up, decibels do not.
  report.activationShare =
      std::min(1.0, std::pow(10, (report.sqnr - report.activationsAlone) / 10));
  return success();
}

/// Means of the channels of tensor `name` with weights as they are now and no
/// activation rounded.
FailureOr<std::vector<double>> Analyzer::getMeans(const std::string &name,
                                                  int64_t axis) {
  auto runner = FloatRunner::create(mixedFunction, pool);
  if (failed(runner))
    return failure();
  std::vector<MeanOfChannels> probes(context->samples.size(), {name, axis});
  Status ran = (*runner)->run(
      context->samples.size(), [&](int64_t i, Executor &executor) {
        SmallVector<Tensor> results;
        return executor.run(context->samples[i].inputs, results, &probes[i])
            .withContext(context->samples[i].name);
      });
  if (!ran)
    return floatFunction.emitError() << ran.message();
  std::vector<double> means;
  for (const MeanOfChannels &probe : probes) {
    means.resize(probe.means.size(), 0.0);
    for (size_t c = 0; c < means.size(); ++c)
      means[c] += probe.means[c] / double(probes.size());
  }
  return means;
}

/// Gives `layer` of the mixed network the stored weights of `op`, with a bias
/// that keeps its means, and measures.
LogicalResult Analyzer::measureLayer(Operation *op, WeightedOpInterface layer) {
  std::string name = getTensorName(op->getResult(0));
  auto stored = cast<WeightedOpInterface>(op);
  int64_t axis = layer.getOutputChannelAxis();
  Value weight = layer.getWeight(), bias = layer.getBias();
  auto before = getMeans(name, axis);
  OpBuilder builder(layer);
  Operation *copy = builder.clone(*stored.getWeight().getDefiningOp());
  auto *use = llvm::find_if(layer->getOpOperands(), [&](OpOperand &operand) {
    return operand.get() == weight;
  });
  use->set(copy->getResult(0));
  auto after = getMeans(name, axis);
  if (failed(before) || failed(after))
    return failure();
  Operation *moved = nullptr;
  auto numbers = bias ? getNumbers(bias) : std::nullopt;
  if (numbers && numbers->size() == after->size()) {
    for (size_t c = 0; c < numbers->size(); ++c)
      (*numbers)[c] += (*before)[c] - (*after)[c];
    Value made = createNumbers(builder, bias.getLoc(), *numbers,
                               layer->getOperand(0).getType());
    moved = made.getDefiningOp();
    layer.setBias(made);
  }
  auto effect = createEffect(mixedFunction);
  if (failed(effect))
    return failure();
  std::vector<FloatExecutor::Variant> both;
  if (getStorageType(layer->getResult(0)))
    both.push_back({layer->getResult(0)});
  auto measured = (*effect)->measure(/*rounds=*/false, both);
  if (failed(measured))
    return failure();
  LayerAnalysis &found = getLayer(name);
  found.weights = measured->common.energy;
  if (!both.empty())
    found.both = measured->variants.front().energy;
  use->set(weight);
  if (moved) {
    layer.setBias(bias);
    moved->erase();
  }
  copy->erase();
  return success();
}

LogicalResult Analyzer::measureWeights() {
  llvm::StringMap<WeightedOpInterface> layers;
  for (Operation &op : mixedFunction.getBody().front())
    if (auto layer = dyn_cast<WeightedOpInterface>(&op))
      layers[getTensorName(op.getResult(0))] = layer;
  SmallVector<std::pair<Operation *, WeightedOpInterface>> pairs;
  for (Operation &op : assignedFunction.getBody().front())
    if (auto stored = dyn_cast<WeightedOpInterface>(&op))
      if (stored.getWeight().getDefiningOp<top::QuantizedConstantOp>())
        if (WeightedOpInterface layer =
                layers.lookup(getTensorName(op.getResult(0))))
          pairs.push_back({&op, layer});
  Progress progress("analyze", int64_t(pairs.size()),
                    session.getProgressListener());
  for (auto [op, layer] : pairs) {
    if (failed(measureLayer(op, layer)))
      return failure();
    if (Status goesOn = progress.advance(); !goesOn)
      return floatFunction.emitError() << goesOn.message();
  }
  progress.finish();
  return success();
}

//===----------------------------------------------------------------------===//
// What helps
//===----------------------------------------------------------------------===//

LogicalResult Analyzer::suggest() {
  constexpr double kLeastGain = 0.1; // dB
  auto search = WidthCandidates::create(*context);
  if (failed(search))
    return failure();
  std::vector<WidthCandidate> candidates = (*search)->find(assignedFunction);
  auto variants = llvm::map_to_vector(
      candidates, [](const WidthCandidate &one) { return one.rounded; });
  auto effect = createEffect(assignedFunction);
  if (failed(effect))
    return failure();
  auto measured = (*effect)->measure(/*rounds=*/true, variants);
  if (failed(measured))
    return failure();
  double cycles = (*search)->estimate({});
  for (auto [candidate, score] :
       llvm::zip_equal(candidates, measured->variants)) {
    double gain = score.energy - measured->common.energy;
    if (gain < kLeastGain)
      continue;
    double cost = (*search)->estimate({&candidate}) - cycles;
    // The name that the model has for it.
    StringRef name = candidate.name;
    name.consume_back("_scaled");
    report.suggestions.push_back({"--int16-tensors " + name.str(), gain,
                                  cycles > 0 ? cost / cycles : 0});
  }
  auto getWorth = [](const Suggestion &one) {
    return one.gain / std::max(one.cycles, 1e-3);
  };
  llvm::stable_sort(report.suggestions,
                    [&](const Suggestion &a, const Suggestion &b) {
                      return getWorth(a) > getWorth(b);
                    });
  return success();
}

AnalysisReport Analyzer::finish() {
  std::map<std::string, const LayerReport *> known;
  for (const LayerReport &layer : compiled.layers)
    known[layer.error.name] = &layer;
  for (LayerAnalysis &layer : report.layers) {
    if (auto found = known.find(layer.name); found != known.end()) {
      const LayerReport &entry = *found->second;
      layer.op = entry.op;
      layer.type = entry.type;
      layer.saturation = entry.error.saturation;
      layer.accumulated = entry.error.accumulated.sqnr;
      if (entry.error.isolated)
        layer.isolated = entry.error.isolated->sqnr;
    }
    if (auto shape = shapes.find(layer.name); shape != shapes.end()) {
      layer.kurtosis = shape->second.getKurtosis();
      layer.spread = shape->second.getSpread();
    }
  }
  auto getCost = [](const LayerAnalysis &layer) {
    return std::min({layer.both.value_or(kEqualSqnr),
                     layer.activation.value_or(kEqualSqnr),
                     layer.weights.value_or(kEqualSqnr)});
  };
  llvm::stable_sort(report.layers,
                    [&](const LayerAnalysis &a, const LayerAnalysis &b) {
                      return getCost(a) < getCost(b);
                    });
  return std::move(report);
}

FailureOr<AnalysisReport> analyze(const std::string &folder, int64_t samples,
                                  int threads, Session &session) {
  Analyzer analyzer(folder, threads, session);
  if (failed(analyzer.load(samples)) || failed(analyzer.measureActivations()) ||
      failed(analyzer.measureWeights()) || failed(analyzer.suggest()))
    return failure();
  return analyzer.finish();
}

} // namespace qc
