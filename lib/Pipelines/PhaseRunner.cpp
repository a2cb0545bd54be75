// Runs the phases of a compile.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "PhaseRunner.h"
#include "FrontEnds.h"
#include "GoingOn.h"
#include "ModuleFacts.h"
#include "ParameterFiles.h"
#include "Pictures.h"
#include "Rehearsal.h"
#include "Samples.h"
#include "qc/Assign/Assign.h"
#include "qc/Calibration/Ranges.h"
#include "qc/Correction/Correction.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Inner.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"
#include "qc/Import/Onnx/Import.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Pipelines/Prepare.h"
#include "qc/Pipelines/SourceFile.h"
#include "qc/Pipelines/StageFiles.h"
#include "qc/Pipelines/Vendor.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/AssignWidths.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Target/Registries.h"
#include "qc/Target/TargetRegistry.h"
#include "qc/Transforms/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"

#include <chrono>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace qc {

ArrayRef<PhaseRunner::Phase> PhaseRunner::getPhases() {
  static const Phase phases[] = {
      {"import"},
      {"prepare", false, &PhaseRunner::addPrepare},
      {"calibrate", true, &PhaseRunner::addCalibrate},
      {"correct", true, &PhaseRunner::addCorrect},
      {"assign", true, &PhaseRunner::addAssign},
      {"quantize", true, &PhaseRunner::addQuantize},
      {"legalize", false, &PhaseRunner::addLegalize},
      {"schedule", false, &PhaseRunner::addSchedule},
      {"emit"}};
  return phases;
}

ArrayRef<StringRef> getPhaseNames() {
  static const SmallVector<StringRef> names = llvm::map_to_vector(
      PhaseRunner::getPhases(),
      [](const PhaseRunner::Phase &phase) { return phase.name; });
  return names;
}

PhaseRunner::PhaseRunner(Session &session, CompileOptions options)
    : session(session), options(std::move(options)),
      context(session.getContext()),
      noteWarnings(context, [this](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == DiagnosticSeverity::Warning)
          report.warnings.push_back(diagnostic.str());
        return failure();
      }) {}

/// The ranges that were chosen, beside the stages.
static constexpr StringLiteral kTableName = "calibration.table";

LogicalResult PhaseRunner::fail(const Status &status) {
  return emitError(UnknownLoc::get(context)) << status.message();
}

/// Gives back what a phase has freed, which the next ones would otherwise stand
/// on top of.
static void returnFreeMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

template <typename Action>
LogicalResult PhaseRunner::timed(StringRef phase, Action action) {
  auto start = std::chrono::steady_clock::now();
  LogicalResult result = action();
  returnFreeMemory();
  std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - start;
  report.seconds.push_back({phase.str(), elapsed.count()});
  return result;
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

/// Two compiles at once would leave files of both.
LogicalResult PhaseRunner::takeFolder() {
  if (options.output.empty())
    return success();
  Result<FolderLock> taken = FolderLock::take(options.output);
  if (!taken)
    return fail(taken.status());
  lock.emplace(std::move(*taken));
  folder.emplace(options.output);
  return success();
}

LogicalResult PhaseRunner::setTarget() {
  if (!options.target.empty() || !options.targetOptions.empty()) {
    SmallVector<NamedAttribute> entries;
    Builder builder(context);
    for (const auto &[name, value] : options.targetOptions)
      entries.push_back(
          builder.getNamedAttr(name, builder.getStringAttr(value)));
    auto present = (*module)->getAttrOfType<TargetAttr>(kTargetAttr);
    std::string name = !options.target.empty() ? options.target
                       : present               ? present.getName().str()
                                               : "generic";
    (*module)->setAttr(
        kTargetAttr,
        TargetAttr::get(context, name, builder.getDictionaryAttr(entries)));
  } else if (!(*module)->hasAttr(kTargetAttr)) {
    (*module)->setAttr(kTargetAttr, TargetAttr::get(context, "generic"));
  }
  if (!options.precision.empty())
    (*module)->setAttr(kPrecisionAttr,
                       StringAttr::get(context, options.precision));
  auto backend = TargetRegistry::create(*module);
  if (failed(backend))
    return failure();
  report.target = (*backend)->getName().str();
  auto found = findEmissions(options, **backend, context);
  if (!found)
    return fail(found.status());
  emissions = std::move(*found);
  // What is emitted by default a compile that stops early does without.
  for (const Emission &emission : emissions)
    if (!options.emit.empty() && !reaches(getPhaseOf(emission.artefact.stage)))
      emitRemark(UnknownLoc::get(context))
          << "--stop-after " << options.stopAfter
          << " leaves out the artefact '" << emission.artefact.name
          << "', which is made by the phase '"
          << getPhaseOf(emission.artefact.stage) << "'";
  if (isFloatNetwork(*module)) {
    report.precision = kFloatPrecision.str();
    return success();
  }
  auto precision = getPrecision(*module, (*backend)->getQuantSpec());
  if (failed(precision))
    return failure();
  report.precision = precision->name;
  for (const Precision &other : (*backend)->getQuantSpec().precisions)
    if (other.activation.bits > precision->activation.bits &&
        other.weight.bits >= precision->weight.bits)
      report.widerPrecisions.push_back(other.name);
  return success();
}

/// Unknown names are found before the network is calibrated. What `isAlready`
/// more than that takes no others.
LogicalResult PhaseRunner::setInt16Tensors(StringRef isAlready) {
  SmallVector<StringRef> names(options.int16Tensors.begin(),
                               options.int16Tensors.end());
  ArrayAttr wanted = Builder(context).getStrArrayAttr(names);
  if (names.empty() || (*module)->getAttr(kInt16TensorsAttr) == wanted)
    return success();
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  if (!isAlready.empty())
    return function->emitError()
           << "is " << isAlready
           << " already: its tensors cannot change to 16 bits; "
              "start from an earlier stage, such as calibrate.mlirbc";
  (*module)->setAttr(kInt16TensorsAttr, wanted);
  return success(succeeded(findActivations(*function, options.int16Tensors)));
}

/// Layers are looked up where their weights are: behind the prepare phase.
LogicalResult PhaseRunner::setInt16Weights(StringRef isAlready) {
  SmallVector<StringRef> names(options.int16Weights.begin(),
                               options.int16Weights.end());
  ArrayAttr wanted = Builder(context).getStrArrayAttr(names);
  if (names.empty() || (*module)->getAttr(kInt16WeightsAttr) == wanted)
    return success();
  if (!isAlready.empty())
    return fail(error("the network is ", isAlready.str(),
                      " already: its weights cannot change to 16 bits; start "
                      "from an earlier stage, such as calibrate.mlirbc"));
  (*module)->setAttr(kInt16WeightsAttr, wanted);
  return success();
}

/// What the command line says becomes part of the module.
LogicalResult PhaseRunner::setState() {
  if (failed(setTarget()))
    return failure();
  auto noted = (*module)->getAttrOfType<DataAttr>(kDataAttr);
  if (!options.data.empty())
    (*module)->setAttr(kDataAttr,
                       DataAttr::get(context, options.data, options.samples,
                                     options.raw, options.skipBad));
  else if (noted)
    (*module)->setAttr(kDataAttr,
                       DataAttr::get(context, noted.getSpec(),
                                     options.samples > 0 ? options.samples
                                                         : noted.getSamples(),
                                     noted.getRaw() || options.raw,
                                     noted.getSkipBad() || options.skipBad));
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  // Behind quantization it would change nothing: see checkOptionsGoingOn.
  if (isTpuFunction(*function))
    return success();
  if (!options.innerBits.empty())
    (*module)->setAttr(kInnerBitsAttr, Builder(context).getI64IntegerAttr(
                                           options.innerBits == "8" ? 8 : 16));
  if (!options.preprocess.empty() &&
      failed(setPreprocess(*module, options.preprocess)))
    return failure();
  return setPictures(*module, options);
}

/// The arithmetic that `module` is or will be quantized to.
static FailureOr<std::pair<TargetAttr, std::string>>
getArithmetic(ModuleOp module) {
  auto backend = TargetRegistry::create(module);
  if (failed(backend))
    return failure();
  auto target = module->getAttrOfType<TargetAttr>(kTargetAttr);
  if (isFloatNetwork(module))
    return std::pair(target, kFloatPrecision.str());
  auto precision = getPrecision(module, (*backend)->getQuantSpec());
  if (failed(precision))
    return failure();
  return std::pair(target, precision->name);
}

LogicalResult PhaseRunner::load() {
  module = loadModule(options.getSource(), context, options.import);
  if (!module)
    return failure();
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  bool isQuantized =
      isTpuFunction(*function) || hasAssignedTypes(*module, *function);
  auto before = getArithmetic(*module);
  auto widths = findCalibratedWidths(*module);
  if (failed(before) || failed(widths) || failed(setState()))
    return failure();
  if (failed(checkFloatOptions(*module, options, emissions)))
    return failure();
  calibrated = std::move(*widths);
  auto after = getArithmetic(*module);
  if (failed(after))
    return failure();
  bool isCorrected = (*module)->hasAttr(kCorrectionsAttr);
  if ((isQuantized || isCorrected) && *before != *after)
    return function->emitError()
           << "is " << (isQuantized ? "quantized" : "corrected")
           << " already: it cannot change its target or precision; start from "
              "an earlier stage, such as calibrate.mlirbc";
  StringRef isAlready = isQuantized   ? "quantized"
                        : isCorrected ? "corrected"
                                      : "";
  if (failed(setInt16Tensors(isAlready)) || failed(setInt16Weights(isAlready)))
    return failure();
  report.tool = "qc " QC_VERSION;
  report.model = options.model;
  method = options.method.empty() ? CalibrateOptions().method : options.method;
  if (!isFloatNetwork(*module))
    report.method = options.tableIn.empty() ? method : "table";
  return success();
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

LogicalResult PhaseRunner::addPrepare(PassManager &manager) {
  if (!options.removeEdgeOps.empty()) {
    RemoveEdgeOpsOptions edges;
    edges.layers.assign(options.removeEdgeOps.begin(),
                        options.removeEdgeOps.end());
    manager.addPass(createRemoveEdgeOps(edges));
  }
  PrepareOptions prepare;
  prepare.insertPreprocess = options.insertPreprocess;
  prepare.refit = options.refit;
  buildPreparePipeline(manager, prepare);
  if (options.deny.empty() || isFloatNetwork(*module))
    return success();
  FloatLayersOptions floats;
  floats.layersToDeny.assign(options.deny.begin(), options.deny.end());
  manager.addPass(createFloatLayers(floats));
  return success();
}

LogicalResult PhaseRunner::addCalibrate(PassManager &manager) {
  CalibrateOptions calibrate;
  calibrate.data = options.data;
  calibrate.method = method;
  calibrate.samples = options.samples;
  calibrate.threads = options.threads;
  calibrate.seed = options.seed;
  calibrate.raw = options.raw;
  calibrate.skipBad = options.skipBad;
  calibrate.sure = options.yes;
  calibrate.statsIn = options.statsIn;
  calibrate.statsOut = options.statsOut;
  calibrate.tableIn = options.tableIn;
  calibrate.allowMissing = options.allowMissing;
  buildCalibratePipeline(manager, calibrate,
                         [this](std::string text) { table = std::move(text); });
  return success();
}

LogicalResult PhaseRunner::addCorrect(PassManager &manager) {
  CorrectOptions correct;
  correct.steps.assign(options.correct.begin(), options.correct.end());
  if (!options.effort.empty())
    correct.effort = options.effort;
  // What is written by name is for the model as it is.
  correct.keepTensors =
      !options.encodingsOut.empty() || emits(options, "encodings");
  correct.threads = options.threads;
  correct.maxCycles = options.maxCycles;
  correct.raw = options.raw;
  correct.skipBad = options.skipBad;
  CorrectListener listener;
  listener.onStep = [this](StringRef name, double seconds) {
    correctionSeconds[name.str()] = seconds;
  };
  listener.onRenamed = [this](ModuleOp renamed) {
    compared = OwningOpRef<ModuleOp>(renamed.clone());
  };
  buildCorrectPipeline(manager, correct, std::move(listener));
  return success();
}

LogicalResult PhaseRunner::addAssign(PassManager &manager) {
  buildAssignPipeline(manager, {});
  if (options.relaxFp32)
    manager.addPass(createRelaxFloat());
  return success();
}

LogicalResult PhaseRunner::addQuantize(PassManager &manager) {
  buildLowerPipeline(manager, options.keepEdges);
  return success();
}

LogicalResult PhaseRunner::addLegalize(PassManager &manager) {
  // A float network is assigned nothing.
  if (options.relaxFp32 && isFloatNetwork(*module))
    manager.addPass(createRelaxFloat());
  buildLegalizePipeline(manager, {options.allowCpu}, options.maxSubgraphs);
  return success();
}

LogicalResult PhaseRunner::addSchedule(PassManager &manager) {
  auto backend = TargetRegistry::create(*module);
  if (failed(backend))
    return failure();
  (*backend)->buildSchedulePipeline(manager);
  return success();
}

LogicalResult PhaseRunner::runPhase(const Phase &phase) {
  return timed(phase.name, [&]() -> LogicalResult {
    if (phase.name == "import")
      return load();
    if (phase.name == "emit")
      return emit(ArtefactStage::Program);
    // A compile that begins behind the corrections hands on what it got.
    if (phase.name == "assign" && !reference && !corrected)
      corrected = OwningOpRef<ModuleOp>(module->clone());
    if (phase.name == "correct" && !reference)
      reference = OwningOpRef<ModuleOp>(module->clone());
    PassManager manager(context);
    manager.enableVerifier(true);
    bool hasWork = !phase.quantizes || !isFloatNetwork(*module);
    if ((hasWork && failed((this->*phase.add)(manager))) ||
        failed(manager.run(*module)))
      return failure();
    readNotes(*module, report);
    for (CorrectionReport &correction : report.corrections)
      correction.seconds = correctionSeconds[correction.name];
    if (phase.name == "schedule" && failed(readProgramFigures()))
      return failure();
    if (phase.name == "correct" && !report.corrections.empty())
      corrected = OwningOpRef<ModuleOp>(module->clone());
    if (phase.name == "assign" && !isFloatNetwork(*module))
      assigned = OwningOpRef<ModuleOp>(module->clone());
    return success();
  });
}

/// The parameters of a file are part of the network before others are chosen;
/// what it is compared with is the network without them.
LogicalResult PhaseRunner::takeEncodings() {
  if (options.encodingsIn.empty())
    return success();
  reference = OwningOpRef<ModuleOp>(module->clone());
  auto function = getEntryFunction(*module);
  auto backend = TargetRegistry::create(*module);
  if (failed(function) || failed(backend))
    return failure();
  std::vector<std::string> notes;
  auto encodings =
      readParameterFile(options.encodingsIn, **backend, context, notes);
  if (!encodings)
    return fail(encodings.status());
  for (const std::string &note : notes)
    emitRemark(UnknownLoc::get(context)) << note;
  return applyEncodings(*function, *encodings, options.allowMissing);
}

LogicalResult PhaseRunner::giveEncodings() {
  if (options.encodingsOut.empty())
    return success();
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  if (Status written =
          writeFile(options.encodingsOut, collectEncodings(*function).toText());
      !written)
    return fail(written);
  report.files.push_back(options.encodingsOut);
  return success();
}

LogicalResult PhaseRunner::writeStage(StringRef phase) {
  if (!folder)
    return success();
  bool asText = options.stages == kTextStages;
  FailureOr<std::string> bytes =
      asText ? encodeText(*module) : encodeBytecode(*module);
  if (failed(bytes))
    return module->emitError() << "cannot encode the IR after " << phase;
  std::string name = getStageNames(phase)[asText];
  report.files.push_back(folder->getPath(name));
  return writeIntoFolder(name, std::move(*bytes));
}

/// Once it is published, unless there is something to replace, the file appears
/// at once.
LogicalResult PhaseRunner::writeIntoFolder(const std::string &name,
                                           std::string bytes) {
  Status done = folder->write(name, std::move(bytes));
  if (done && appearsAtOnce)
    done = folder->commit();
  written.insert(folder->getPath(name));
  return done ? success() : fail(done);
}

LogicalResult PhaseRunner::writeTable() {
  if (!folder || table.empty())
    return success();
  return writeIntoFolder(kTableName.str(), std::exchange(table, ""));
}

/// The names that a compile which goes on with the phase `next` writes, or that
/// an earlier compile may have written in the place of what this one writes.
std::vector<std::string> PhaseRunner::findStale(StringRef next) {
  // An earlier compile may have been for another target.
  std::vector<std::string> names;
  for (const auto &[name, artefact] : collectArtefacts("", context))
    llvm::append_range(names, artefact.files);
  ArrayRef<StringRef> phases = getPhaseNames();
  for (StringRef phase :
       llvm::make_range(llvm::find(phases, next), phases.end())) {
    llvm::append_range(names, getStageNames(phase));
    if (phase == "calibrate")
      names.push_back(kTableName.str());
  }
  // Stages that are written already stand in one form.
  for (StringRef phase : phases)
    for (const auto &[form, other] : {std::pair(0, 1), std::pair(1, 0)})
      if (std::array<std::string, 2> forms = getStageNames(phase);
          written.count(folder->getPath(forms[form])))
        names.push_back(forms[other]);
  return names;
}

/// Samples are run next, or nothing is any more. In a folder without earlier
/// results the stages appear now, and each later file when it is done, so that
/// one can go on from there when a phase fails. Earlier results stay until all
/// is done: who loses a compile of an hour to a mistake keeps the last one.
LogicalResult PhaseRunner::publish(StringRef next) {
  if (std::exchange(isPublished, true) || !folder)
    return success();
  stale = findStale(next);
  appearsAtOnce = llvm::none_of(stale, [&](const std::string &name) {
    return llvm::sys::fs::exists(folder->getPath(name));
  });
  if (!appearsAtOnce)
    return success();
  Status moved = folder->commit();
  return moved ? success() : fail(moved);
}

/// The files of this compile take the places of an earlier one's, of which
/// nothing stays beside them.
LogicalResult PhaseRunner::replaceEarlier() {
  if (!folder)
    return success();
  if (Status moved = folder->commit(); !moved)
    return fail(moved);
  auto remove = [&](const std::string &path) {
    if (!written.count(path) && !llvm::sys::fs::equivalent(path, options.model))
      llvm::sys::fs::remove(path);
  };
  for (const std::string &name : stale) {
    std::string path = folder->getPath(name);
    if (!StringRef(name).ends_with("/")) {
      remove(path);
      continue;
    }
    // Folders that become empty go with their last file.
    std::vector<std::string> folders = {path};
    std::error_code ended;
    for (llvm::sys::fs::recursive_directory_iterator at(path, ended), end;
         at != end && !ended; at.increment(ended))
      if (at->type() == llvm::sys::fs::file_type::directory_file)
        folders.push_back(at->path());
      else
        remove(at->path());
    for (const std::string &inner : llvm::reverse(folders))
      llvm::sys::fs::remove(inner);
  }
  return success();
}

/// Whether a phase from `next` on runs the samples that the module notes.
bool PhaseRunner::readsSamples(StringRef next) {
  ArrayRef<StringRef> phases = getPhaseNames();
  auto isAhead = [&](StringRef phase) {
    auto at = llvm::find(phases, phase);
    return llvm::find(phases, next) <= at &&
           at <= llvm::find(phases, options.stopAfter);
  };
  bool isFloat = isFloatNetwork(*module);
  bool calibrates = isAhead("calibrate") && !isFloat &&
                    options.statsIn.empty() &&
                    (options.tableIn.empty() || options.allowMissing);
  bool corrects = isAhead("correct") && !isFloat &&
                  !llvm::is_contained(options.correct, "none");
  // What is compared is the network before corrections.
  bool compares = isAhead("correct") && isAhead("emit") &&
                  options.reportSamples > 0 &&
                  llvm::any_of(emissions, [](const Emission &emission) {
                    return emission.artefact.readsReport;
                  });
  return calibrates || corrects || compares;
}

/// Files that later phases read are opened before anything is written.
LogicalResult PhaseRunner::checkSources(StringRef next) {
  if (!options.statsIn.empty())
    if (auto read = StatisticsFile::read(options.statsIn); !read)
      return fail(read.status());
  if (!options.tableIn.empty())
    if (auto read = CalibrationTable::read(options.tableIn); !read)
      return fail(read.status());
  auto noted = (*module)->getAttrOfType<DataAttr>(kDataAttr);
  if (!noted || !readsSamples(next))
    return success();
  auto function = getEntryFunction(*module);
  return success(succeeded(function) &&
                 succeeded(openSamples(*function, noted, noted.getSamples())));
}

bool PhaseRunner::reaches(StringRef phase) {
  ArrayRef<StringRef> phases = getPhaseNames();
  return llvm::find(phases, options.stopAfter) >= llvm::find(phases, phase);
}

/// What will not be integers, or does not run on the target, is told before the
/// network is calibrated.
LogicalResult PhaseRunner::rehearseQuantization() {
  if (!reaches("quantize") || isFloatNetwork(*module))
    return success();
  return success(
      bool(rehearse(*module, reaches("legalize"), options.allowCpu)));
}

LogicalResult PhaseRunner::run() {
  for (const std::string &path : options.plugins)
    if (Status loaded = session.loadPlugin(path); !loaded)
      return fail(loaded);
  if (Status settled = settleVendorOptions(options, session); !settled)
    return fail(settled);
  if (Status usage = checkUsage(options, context); !usage)
    return fail(usage);
  const Phase &import = getPhases().front();
  if (failed(takeFolder()) || failed(runPhase(import)) ||
      failed(writeStage(import.name)))
    return failure();
  auto next = findNextPhase(*module, options, calibrated);
  if (failed(next) ||
      failed(checkOptionsGoingOn(*module, options, emissions, *next)))
    return failure();
  if (*next == "prepare" &&
      llvm::any_of(emissions, [](const Emission &emission) {
        return emission.artefact.readsImport;
      }))
    imported = OwningOpRef<ModuleOp>(module->clone());
  if (*next == "prepare" && reaches("calibrate"))
    warnOfImages(*module, options);
  // Ranges that stay, or are chosen again for other widths, keep their method.
  bool isCalibratedAnew = !options.data.empty() || !options.statsIn.empty() ||
                          !options.tableIn.empty() || !options.method.empty();
  if (std::string noted = getNotedMethod(*module);
      !noted.empty() &&
      (*next != "prepare" || (calibrated && !isCalibratedAnew)))
    report.method = method = noted;
  if (failed(runPhases(*next)) || failed(publish(*next)) ||
      failed(emit(ArtefactStage::Float)))
    return failure();
  return replaceEarlier();
}

LogicalResult PhaseRunner::runPhases(StringRef next) {
  ArrayRef<Phase> phases = getPhases();
  auto isNext = [&](const Phase &phase) { return phase.name == next; };
  for (const Phase &phase :
       llvm::make_range(llvm::find_if(phases, isNext), phases.end())) {
    StringRef name = phase.name;
    if (report.seconds.back().first == options.stopAfter)
      break;
    // The first phase that parameters matter to.
    if (name == (next == "prepare" ? "calibrate" : next) &&
        failed(takeEncodings()))
      return failure();
    if (name == "calibrate" &&
        (failed(checkGivenTypes(*module, options, emissions)) ||
         failed(rehearseQuantization())))
      return failure();
    // From here on samples are run: whatever can be known before, is.
    if (name != "prepare" && !isPublished &&
        (failed(checkSources(name)) || failed(publish(next))))
      return failure();
    if (name == "assign" && failed(emit(ArtefactStage::Float)))
      return failure();
    if (name == "quantize" &&
        (failed(giveEncodings()) || failed(emit(ArtefactStage::Assigned))))
      return failure();
    if (failed(runPhase(phase)))
      return failure();
    if (name == "assign" && options.stopAfter == name &&
        (failed(giveEncodings()) || failed(emit(ArtefactStage::Assigned))))
      return failure();
    if (name != "emit" && (failed(writeTable()) || failed(writeStage(name))))
      return failure();
  }
  return success();
}

} // namespace qc
