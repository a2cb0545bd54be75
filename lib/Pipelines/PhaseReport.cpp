// What a compile emits: artefacts, and the evidence behind them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ModuleFacts.h"
#include "PhaseRunner.h"
#include "Remedies.h"
#include "Samples.h"
#include "qc/Correction/OutputEffect.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Pipelines/CostFacts.h"
#include "qc/Quantization/Activations.h"

namespace qc {

//===----------------------------------------------------------------------===//
// Artefacts
//===----------------------------------------------------------------------===//

namespace {
/// Files in memory, whole or not at all.
class MemorySink : public ArtefactSink {
public:
  Status write(const std::string &name, std::string bytes) override {
    files[name] = std::move(bytes);
    return ok();
  }
  std::map<std::string, std::string> files;
};

/// Notes the names of what goes to another sink.
class NamingSink : public ArtefactSink {
public:
  explicit NamingSink(ArtefactSink &sink) : sink(sink) {}
  Status write(const std::string &name, std::string bytes) override {
    names.push_back(name);
    return sink.write(name, std::move(bytes));
  }
  std::vector<std::string> names;

private:
  ArtefactSink &sink;
};
} // namespace

/// The network in an earlier stage; null where it has not been in it.
ModuleOp PhaseRunner::getStage(ArtefactStage stage) {
  switch (stage) {
  case ArtefactStage::Imported:
    return imported ? *imported : ModuleOp();
  case ArtefactStage::Float:
    return corrected ? *corrected : reference ? *reference : ModuleOp();
  case ArtefactStage::Assigned:
    return assigned ? *assigned : ModuleOp();
  case ArtefactStage::Program:
    return *module;
  }
  llvm_unreachable("unknown stage");
}

LogicalResult PhaseRunner::write(const Emission &emission) {
  const Artefact &artefact = emission.artefact;
  MemorySink memory;
  NamingSink sink(folder ? static_cast<ArtefactSink &>(*folder) : memory);
  ArtefactRequest request;
  request.module = *module;
  request.getStage = [this](ArtefactStage stage) { return getStage(stage); };
  request.options = emission.options;
  request.getReport = [this] { return getReport(); };
  size_t before = folder ? folder->getPending() : 0;
  if (failed(artefact.write(request, sink))) {
    if (folder)
      folder->dropBehind(before);
    return failure();
  }
  if (folder)
    for (const std::string &name : sink.names)
      written.insert(folder->getPath(name));
  if (folder && appearsAtOnce)
    if (Status moved = folder->commit(); !moved)
      return fail(moved);
  for (auto &[name, bytes] : memory.files)
    files[name] = std::move(bytes);
  auto list = [&](const std::string &name) {
    report.files.push_back(folder ? folder->getPath(name) : name);
  };
  if (artefact.readsReport)
    return success();
  for (const std::string &name : sink.names)
    if (!llvm::any_of(artefact.files, [&](StringRef known) {
          return known.ends_with("/") && StringRef(name).starts_with(known);
        }))
      list(name);
  // A folder is one line, however many files it holds.
  for (const std::string &name : artefact.files)
    if (StringRef(name).ends_with("/"))
      list(name);
  return success();
}

/// What nobody has asked for: that it cannot be made is worth a warning.
LogicalResult PhaseRunner::tryToWrite(const Emission &emission) {
  std::string reason;
  bool failed = false;
  {
    ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
        return failure();
      failed = true;
      if (reason.empty()) {
        reason = diagnostic.str();
        if (std::string name = getFirstName(diagnostic.getLocation());
            !name.empty())
          reason = "'" + name + "': " + reason;
        for (Diagnostic &note : diagnostic.getNotes())
          reason += "; " + note.str();
      }
      return success();
    });
    failed |= mlir::failed(write(emission));
  }
  if (failed)
    emitWarning(UnknownLoc::get(context))
        << "'" << emission.artefact.name << "' (" << emission.artefact.summary
        << ") is not written: " << reason;
  return success();
}

/// Makes those artefacts of `stage` that are asked for, once.
LogicalResult PhaseRunner::emit(ArtefactStage stage) {
  if (!emitted.insert(stage).second)
    return success();
  if (stage == ArtefactStage::Program && failed(readProgramFigures()))
    return failure();
  // The report comes last: it lists what the others have written.
  llvm::stable_sort(emissions, [](const Emission &a, const Emission &b) {
    return a.artefact.readsReport < b.artefact.readsReport;
  });
  for (const Emission &emission : emissions) {
    const Artefact &artefact = emission.artefact;
    if (artefact.stage != stage)
      continue;
    // The report lists its own files, too.
    for (const std::string &name : artefact.files)
      if (artefact.readsReport)
        report.files.push_back(folder ? folder->getPath(name) : name);
    if (failed(emission.isAsked ? write(emission) : tryToWrite(emission)))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// The report
//===----------------------------------------------------------------------===//

FailureOr<llvm::json::Value> PhaseRunner::getReport() {
  if (!std::exchange(isCompared, true) && failed(fillReport()))
    return failure();
  return toJSON(report);
}

/// What the program takes, whether there is a report or not.
LogicalResult PhaseRunner::readProgramFigures() {
  if (std::exchange(hasProgramFigures, true))
    return success();
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  readProgram(*function, report);
  return success();
}

LogicalResult PhaseRunner::fillReport() {
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  readSteps(*function, report);
  report.cost = makeCostReport(*function, options.l1SizeKb, options.advice);
  if (!reference || options.reportSamples <= 0)
    return success();
  return compareWithFloat();
}

/// Samples by which the elements of vectors are judged: so many that a rare
/// strong one does not decide, where running them costs little.
static int64_t getChannelSamples(func::FuncOp function) {
  constexpr int64_t kSamples = 16, kMostMacs = 100'000'000;
  int64_t macs = 0;
  function.walk([&](CostOpInterface op) { macs += op.getMacs(); });
  return macs <= kMostMacs ? kSamples : 0;
}

/// Runs the network with storage types in float; null where there is none.
FailureOr<std::unique_ptr<FloatExecutor>> PhaseRunner::createAssigned() {
  if (!assigned)
    return std::unique_ptr<FloatExecutor>();
  auto function = getEntryFunction(*assigned);
  if (failed(function))
    return failure();
  return FloatExecutor::create(
      *function, ExecutorOptions{static_cast<int>(options.threads)});
}

/// The same with the weights of `floats`, in `mixed`: activations alone are
/// rounded.
FailureOr<std::unique_ptr<FloatExecutor>>
PhaseRunner::createActivations(func::FuncOp floats,
                               OwningOpRef<ModuleOp> &mixed) {
  if (!assigned)
    return std::unique_ptr<FloatExecutor>();
  mixed = OwningOpRef<ModuleOp>(assigned->clone());
  auto function = getEntryFunction(*mixed);
  if (failed(function))
    return failure();
  takeFloatConstants(*function, floats);
  return FloatExecutor::create(
      *function, ExecutorOptions{static_cast<int>(options.threads)});
}

LogicalResult PhaseRunner::compareWithFloat() {
  auto noted = (*module)->getAttrOfType<DataAttr>(kDataAttr);
  if (!noted)
    return success(); // no samples to compare on
  auto floatFunction = getEntryFunction(compared ? *compared : *reference);
  auto function = getEntryFunction(*module);
  if (failed(floatFunction) || failed(function))
    return failure();
  auto dataset = openSamples(*floatFunction, noted, noted.getSamples());
  if (failed(dataset))
    return failure();
  ExecutorOptions executorOptions{static_cast<int>(options.threads)};
  auto floats = FloatExecutor::create(*floatFunction, executorOptions);
  auto integers = TpuExecutor::create(*module, executorOptions);
  auto rounded = createAssigned();
  OwningOpRef<ModuleOp> mixed;
  auto activations = createActivations(*floatFunction, mixed);
  if (failed(floats) || failed(integers) || failed(rounded) ||
      failed(activations))
    return failure();
  report.comparedSamples = std::min(options.reportSamples, (*dataset)->size());
  report.runBytes = (*integers)->getArenaBytes();
  LayerComparison what;
  what.samples = report.comparedSamples;
  what.seenParts = findSeenParts(*floatFunction);
  what.module = *module;
  what.mixed = findMixedTensors(*floatFunction);
  what.moreSamples = getChannelSamples(*floatFunction);
  what.assigned = rounded->get();
  what.activations = activations->get();
  what.histograms = true;
  what.progress = session.getProgressListener();
  auto layers = compareLayers(**floats, **integers, **dataset, what);
  if (!layers)
    return emitError(UnknownLoc::get(context)) << layers.message();

  llvm::StringMap<LayerReport> facts = collectLayers(*function);
  llvm::StringMap<std::string> reasons;
  for (Value value : collectActivations(*floatFunction))
    if (ParametersAttr parameters = getParameters(value))
      reasons[getTensorName(value)] = parameters.getWords().str();
  std::set<std::string> results;
  for (const TensorInfo &info : (*floats)->getOutputs())
    results.insert(info.name);
  for (LayerError &error : *layers) {
    if (results.count(error.name))
      report.outputs.push_back(error);
    auto found = facts.find(error.name);
    if (found == facts.end())
      continue;
    LayerReport layer = found->second;
    layer.method = reasons.lookup(error.name);
    layer.error = std::move(error);
    report.layers.push_back(std::move(layer));
  }
  auto correctedFunction = corrected ? getEntryFunction(*corrected)
                                     : FailureOr<func::FuncOp>(func::FuncOp());
  if (failed(correctedFunction))
    return failure();
  explainRanges(*floatFunction, *correctedFunction, report.layers);
  if (findFirstBad(report))
    report.remedies = findRemedies({*reference, **dataset, report, options,
                                    getChannelSamples(*floatFunction)});
  return success();
}

} // namespace qc
