// A whole compile, phase by phase.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Compiler.h"
#include "Artefacts.h"
#include "GoingOn.h"
#include "ModuleFacts.h"
#include "Rehearsal.h"
#include "Remedies.h"
#include "Samples.h"
#include "qc/Assign/Assign.h"
#include "qc/Assign/Encodings.h"
#include "qc/Calibration/Calibrator.h"
#include "qc/Calibration/Ranges.h"
#include "qc/Container/Container.h"
#include "qc/Correction/Correction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Pipelines/Prepare.h"
#include "qc/Pipelines/SourceFile.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/AssignWidths.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Statistics/Threshold.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/FolderLock.h"
#include "qc/Support/Preprocess.h"
#include "qc/Target/TargetRegistry.h"

#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <chrono>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace qc {

ArrayRef<StringRef> getPhaseNames() {
  static const StringRef names[] = {"import",   "prepare",  "calibrate",
                                    "correct",  "assign",   "quantize",
                                    "legalize", "schedule", "emit"};
  return names;
}

static std::vector<std::string> toStrings(ArrayRef<StringRef> names) {
  std::vector<std::string> strings;
  for (StringRef name : names)
    strings.push_back(name.str());
  return strings;
}

Status checkUsage(const CompileOptions &options) {
  std::vector<std::string> phases = toStrings(getPhaseNames());
  if (!llvm::is_contained(phases, options.stopAfter))
    return error("unknown phase '", options.stopAfter, "'",
                 suggestName(options.stopAfter, phases));
  if (Status known = checkArtefacts(options.emit); !known)
    return known;
  std::vector<std::string> targets = TargetRegistry::global().getNames();
  if (!options.target.empty() && !llvm::is_contained(targets, options.target))
    return error("unknown target '", options.target, "'",
                 suggestName(options.target, targets));
  if (!options.method.empty())
    if (auto method = builtinThresholds().create(options.method); !method)
      return method.takeError();
  if (Status known = checkCorrections(options.correct); !known)
    return known;
  if (auto spec = PreprocessSpec::parse(options.preprocess);
      !options.preprocess.empty() && !spec)
    return spec.takeError().withContext("--preprocess");
  return ok();
}

namespace {

/// One compile: the module as it changes, and what is noted along the way.
class Compiler {
public:
  Compiler(const CompileOptions &options, MLIRContext *context)
      : options(options), context(context),
        noteWarnings(context, [this](Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == DiagnosticSeverity::Warning)
            report.warnings.push_back(diagnostic.str());
          return failure();
        }) {}

  FailureOr<CompileReport> run();

private:
  LogicalResult takeFolder();
  LogicalResult load();
  LogicalResult setTarget();
  LogicalResult setInt16Tensors(StringRef isAlready);
  LogicalResult setState();
  LogicalResult publish(StringRef next);
  bool readsSamples(StringRef next);
  LogicalResult checkSources(StringRef next);
  LogicalResult rehearseQuantization();
  LogicalResult runPhase(StringRef phase);
  LogicalResult addPhase(StringRef phase, PassManager &manager);
  LogicalResult takeEncodings();
  LogicalResult giveEncodings();
  LogicalResult writeStage(StringRef phase);
  LogicalResult emit();
  LogicalResult emitFloat();
  LogicalResult emitOnnx(StringRef artefact, StringRef file);
  LogicalResult fillReport();
  LogicalResult writeReport();
  LogicalResult compareWithFloat();
  FailureOr<std::unique_ptr<FloatExecutor>> createAssigned();
  std::string getPath(const llvm::Twine &name) const;
  template <typename Action>
  LogicalResult timed(StringRef phase, Action action);

  const CompileOptions &options;
  MLIRContext *context;
  std::optional<FolderLock> folder;
  /// Stages that are not in the folder yet; once it is published, there are
  /// none.
  std::vector<AtomicFile> pending;
  bool isPublished = false;
  bool isFloatEmitted = false;
  /// Notes warnings for the report; whoever listens before prints them.
  ScopedDiagnosticHandler noteWarnings;
  OwningOpRef<ModuleOp> module;
  /// The calibrated network, before it became integers: the reference.
  OwningOpRef<ModuleOp> reference;
  /// The same with the names of tensors that corrections have scaled; null where
  /// they have none.
  OwningOpRef<ModuleOp> compared;
  /// The same after corrections, where there were any.
  OwningOpRef<ModuleOp> corrected;
  /// The same with storage types.
  OwningOpRef<ModuleOp> assigned;
  /// What the ranges were chosen for that the module came with.
  std::optional<ActivationWidths> calibrated;
  std::string method;
  std::map<std::string, double> correctionSeconds; ///< by name
  CompileReport report;
};

} // namespace

std::string Compiler::getPath(const llvm::Twine &name) const {
  SmallString<128> path(options.output);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

/// Gives back what a phase has freed, which the next ones would otherwise stand
/// on top of.
static void returnFreeMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

template <typename Action>
LogicalResult Compiler::timed(StringRef phase, Action action) {
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
LogicalResult Compiler::takeFolder() {
  Result<FolderLock> taken = FolderLock::take(options.output);
  if (!taken)
    return emitError(UnknownLoc::get(context)) << taken.message();
  folder.emplace(std::move(*taken));
  return success();
}

LogicalResult Compiler::setTarget() {
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
  auto backend = TargetRegistry::global().create(*module);
  if (failed(backend))
    return failure();
  report.target = (*backend)->getName().str();
  if (isFloatNetwork(*module)) {
    report.precision = kFloatPrecision.str();
    return success();
  }
  auto precision = getPrecision(*module, (*backend)->getQuantSpec());
  if (failed(precision))
    return failure();
  report.precision = precision->name;
  for (const Precision &other : (*backend)->getQuantSpec().precisions)
    if (other.activation.bits > precision->activation.bits)
      report.widerPrecisions.push_back(other.name);
  return success();
}

/// Unknown names are found before the network is calibrated. What `isAlready`
/// more than that takes no others.
LogicalResult Compiler::setInt16Tensors(StringRef isAlready) {
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

/// What the command line says becomes part of the module.
LogicalResult Compiler::setState() {
  if (failed(setTarget()))
    return failure();
  auto noted = (*module)->getAttrOfType<DataAttr>(kDataAttr);
  if (!options.data.empty())
    (*module)->setAttr(kDataAttr, DataAttr::get(context, options.data,
                                                options.samples, options.raw,
                                                options.skipBad));
  else if (noted)
    (*module)->setAttr(
        kDataAttr, DataAttr::get(context, noted.getSpec(),
                                 options.samples > 0 ? options.samples
                                                     : noted.getSamples(),
                                 noted.getRaw() || options.raw,
                                 noted.getSkipBad() || options.skipBad));
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  // Behind quantization it would change nothing: see checkOptionsGoingOn.
  if (options.preprocess.empty() || isTpuFunction(*function))
    return success();
  return setPreprocess(*module, options.preprocess);
}

/// The arithmetic that `module` is or will be quantized to.
static FailureOr<std::pair<TargetAttr, std::string>>
getArithmetic(ModuleOp module) {
  auto backend = TargetRegistry::global().create(module);
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

LogicalResult Compiler::load() {
  module = loadModule(options.model, context, options.import);
  if (!module)
    return failure();
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  bool isQuantized = isTpuFunction(*function) || hasAssignedTypes(*module, *function);
  auto before = getArithmetic(*module);
  auto widths = findCalibratedWidths(*module);
  if (failed(before) || failed(widths) || failed(setState()))
    return failure();
  if (failed(checkFloatOptions(*module, options)))
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
  if (failed(setInt16Tensors(isQuantized   ? "quantized"
                             : isCorrected ? "corrected"
                                           : "")))
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

LogicalResult Compiler::addPhase(StringRef phase, PassManager &manager) {
  // A network that stays in float is prepared, placed and planned only.
  if (isFloatNetwork(*module) &&
      llvm::is_contained({"calibrate", "correct", "assign", "quantize"}, phase))
    return success();
  if (phase == "prepare") {
    PrepareOptions prepare;
    prepare.insertPreprocess = options.insertPreprocess;
    prepare.refit = options.refit;
    buildPreparePipeline(manager, prepare);
    if (!options.deny.empty()) {
      FloatLayersOptions floats;
      floats.layersToDeny.assign(options.deny.begin(), options.deny.end());
      manager.addPass(createFloatLayers(floats));
    }
  } else if (phase == "calibrate") {
    CalibrateOptions calibrate;
    calibrate.data = options.data;
    calibrate.method = method;
    calibrate.samples = options.samples;
    calibrate.threads = options.threads;
    calibrate.seed = options.seed;
    calibrate.raw = options.raw;
    calibrate.skipBad = options.skipBad;
    calibrate.statsIn = options.statsIn;
    calibrate.statsOut = options.statsOut;
    calibrate.tableIn = options.tableIn;
    calibrate.tableOut = getPath("calibration.table");
    calibrate.quiet = options.quiet;
    buildCalibratePipeline(manager, calibrate);
  } else if (phase == "correct") {
    CorrectOptions correct;
    correct.steps.assign(options.correct.begin(), options.correct.end());
    // What is written by name is for the model as it is.
    correct.keepTensors = !options.encodingsOut.empty();
    correct.threads = options.threads;
    correct.raw = options.raw;
    correct.skipBad = options.skipBad;
    correct.quiet = options.quiet;
    CorrectListener listener;
    listener.onStep = [this](StringRef name, double seconds) {
      correctionSeconds[name.str()] = seconds;
    };
    listener.onRenamed = [this](ModuleOp renamed) {
      compared = OwningOpRef<ModuleOp>(renamed.clone());
    };
    buildCorrectPipeline(manager, correct, std::move(listener));
  } else if (phase == "assign") {
    buildAssignPipeline(manager, {});
  } else if (phase == "quantize") {
    buildLowerPipeline(manager);
  } else if (phase == "legalize") {
    buildLegalizePipeline(manager, {options.allowCpu});
  } else if (phase == "schedule") {
    auto backend = TargetRegistry::global().create(*module);
    if (failed(backend))
      return failure();
    (*backend)->buildSchedulePipeline(manager);
  }
  return success();
}

LogicalResult Compiler::runPhase(StringRef phase) {
  return timed(phase, [&]() -> LogicalResult {
    if (phase == "import")
      return load();
    if (phase == "emit")
      return emit();
    if (phase == "correct" && !reference)
      reference = OwningOpRef<ModuleOp>(module->clone());
    PassManager manager(context);
    manager.enableVerifier(true);
    if (failed(addPhase(phase, manager)) || failed(manager.run(*module)))
      return failure();
    readNotes(*module, report);
    for (CorrectionReport &correction : report.corrections)
      correction.seconds = correctionSeconds[correction.name];
    if (phase == "correct" && !report.corrections.empty())
      corrected = OwningOpRef<ModuleOp>(module->clone());
    if (phase == "assign" && reference && !isFloatNetwork(*module))
      assigned = OwningOpRef<ModuleOp>(module->clone());
    return success();
  });
}

/// The parameters of a file are part of the network before others are chosen;
/// what it is compared with is the network without them.
LogicalResult Compiler::takeEncodings() {
  if (options.encodingsIn.empty())
    return success();
  reference = OwningOpRef<ModuleOp>(module->clone());
  PassManager manager(context);
  ApplyEncodingsOptions apply;
  apply.file = options.encodingsIn;
  apply.allowMissing = options.allowMissing;
  manager.addPass(createApplyEncodings(apply));
  return manager.run(*module);
}

LogicalResult Compiler::giveEncodings() {
  if (options.encodingsOut.empty())
    return success();
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  if (Status written = writeFile(options.encodingsOut,
                                 collectEncodings(*function).toText());
      !written)
    return emitError(UnknownLoc::get(context)) << written.message();
  report.files.push_back(options.encodingsOut);
  return success();
}

LogicalResult Compiler::writeStage(StringRef phase) {
  std::string path = getPath(phase + ".mlirbc");
  FailureOr<std::string> bytes = encodeBytecode(*module);
  if (failed(bytes))
    return module->emitError() << "cannot encode the IR after " << phase;
  auto write = [&]() -> Status {
    Result<AtomicFile> file = AtomicFile::create(path);
    if (!file)
      return file.takeError();
    if (Status written = file->write(*bytes); !written)
      return written;
    if (isPublished)
      return file->commit();
    pending.push_back(std::move(*file));
    return ok();
  };
  if (Status written = write(); !written)
    return emitError(UnknownLoc::get(context)) << written.message();
  report.files.push_back(path);
  return success();
}

/// Puts the stages so far into the folder, and takes away what the phases from
/// `next` on are about to write: a compile that fails half-way leaves no
/// results of an earlier one beside its own. One that fails before, by a
/// mistake in its options or in the network, leaves the folder as it was.
LogicalResult Compiler::publish(StringRef next) {
  if (std::exchange(isPublished, true))
    return success();
  SmallVector<std::string> names = {"model.qcb", "model.qdq.onnx",
                                    "model.float.onnx", "report.json",
                                    "report.html"};
  ArrayRef<StringRef> phases = getPhaseNames();
  for (StringRef phase :
       llvm::make_range(llvm::find(phases, next), phases.end()))
    names.push_back((phase + ".mlirbc").str());
  for (const std::string &name : names)
    if (std::string path = getPath(name);
        !llvm::sys::fs::equivalent(path, options.model))
      llvm::sys::fs::remove(path);
  for (AtomicFile &file : pending)
    if (Status written = file.commit(); !written)
      return emitError(UnknownLoc::get(context)) << written.message();
  pending.clear();
  return success();
}

/// Whether a phase from `next` on runs the samples that the module notes.
bool Compiler::readsSamples(StringRef next) {
  ArrayRef<StringRef> phases = getPhaseNames();
  auto isAhead = [&](StringRef phase) {
    auto at = llvm::find(phases, phase);
    return llvm::find(phases, next) <= at &&
           at <= llvm::find(phases, options.stopAfter);
  };
  bool isFloat = isFloatNetwork(*module);
  bool calibrates = isAhead("calibrate") && !isFloat &&
                    options.statsIn.empty() && options.tableIn.empty();
  bool corrects = isAhead("correct") && !isFloat &&
                  !llvm::is_contained(options.correct, "none");
  // What is compared is the network before corrections.
  bool compares = isAhead("correct") && isAhead("emit") &&
                  options.reportSamples > 0 && emits(options, "report");
  return calibrates || corrects || compares;
}

/// Files that later phases read are opened before anything is written.
LogicalResult Compiler::checkSources(StringRef next) {
  auto fail = [&](const std::string &message) {
    return emitError(UnknownLoc::get(context)) << message;
  };
  if (!options.statsIn.empty())
    if (auto read = StatisticsFile::read(options.statsIn); !read)
      return fail(read.message());
  if (!options.tableIn.empty())
    if (auto read = CalibrationTable::read(options.tableIn); !read)
      return fail(read.message());
  auto noted = (*module)->getAttrOfType<DataAttr>(kDataAttr);
  if (!noted || !readsSamples(next))
    return success();
  auto function = getEntryFunction(*module);
  return success(succeeded(function) &&
                 succeeded(openSamples(*function, noted, noted.getSamples())));
}

/// What will not be integers, or does not run on the target, is told before the
/// network is calibrated.
LogicalResult Compiler::rehearseQuantization() {
  auto reaches = [&](StringRef phase) {
    ArrayRef<StringRef> phases = getPhaseNames();
    return llvm::find(phases, options.stopAfter) >= llvm::find(phases, phase);
  };
  if (!reaches("quantize") || isFloatNetwork(*module))
    return success();
  return rehearse(*module, reaches("legalize"), options.allowCpu);
}

FailureOr<CompileReport> Compiler::run() {
  if (failed(takeFolder()))
    return failure();
  ArrayRef<StringRef> phases = getPhaseNames();
  if (failed(runPhase(phases.front())) || failed(writeStage(phases.front())))
    return failure();
  auto next = findNextPhase(*module, options, calibrated);
  if (failed(next) || failed(checkOptionsGoingOn(*module, options, *next)))
    return failure();
  // Ranges that stay, or are chosen again for other widths, keep their method.
  bool isCalibratedAnew = !options.data.empty() || !options.statsIn.empty() ||
                          !options.tableIn.empty() || !options.method.empty();
  if (std::string noted = getNotedMethod(*module);
      !noted.empty() &&
      (*next != "prepare" || (calibrated && !isCalibratedAnew)))
    report.method = method = noted;
  for (StringRef phase :
       llvm::make_range(llvm::find(phases, *next), phases.end())) {
    if (report.seconds.back().first == options.stopAfter)
      break;
    // The first phase that parameters matter to.
    if (phase == (*next == "prepare" ? "calibrate" : *next) &&
        failed(takeEncodings()))
      return failure();
    if (phase == "quantize" && *next == phase && failed(giveEncodings()))
      return failure();
    if (phase == "calibrate" && (failed(checkGivenTypes(*module, options)) ||
                                 failed(rehearseQuantization())))
      return failure();
    // From here on samples are run: whatever can be known before, is.
    if (phase != "prepare" && !isPublished &&
        (failed(checkSources(phase)) || failed(publish(*next))))
      return failure();
    if (phase == "assign" && failed(emitFloat()))
      return failure();
    if (failed(runPhase(phase)) ||
        (phase == "assign" && failed(giveEncodings())))
      return failure();
    if (phase != "emit" && failed(writeStage(phase)))
      return failure();
  }
  if (failed(publish(*next)) || failed(emitFloat()))
    return failure();
  return std::move(report);
}

//===----------------------------------------------------------------------===//
// Artefacts
//===----------------------------------------------------------------------===//

/// Writes the module as the ONNX model `file` if --emit names `artefact`.
LogicalResult Compiler::emitOnnx(StringRef artefact, StringRef file) {
  auto wanted = findArtefact(options.emit, artefact);
  if (!wanted)
    return success();
  std::string path = getPath(file);
  if (failed(exportOnnxFile(*module, path, wanted->onnx)))
    return failure();
  report.files.push_back(path);
  return success();
}

/// The float model is that of the last stage in front of the assignment of
/// types, wherever the compile ends.
LogicalResult Compiler::emitFloat() {
  if (std::exchange(isFloatEmitted, true))
    return success();
  return emitOnnx("float-onnx", "model.float.onnx");
}

LogicalResult Compiler::emit() {
  if (emits(options, "qcb")) {
    std::string path = getPath("model.qcb");
    if (failed(exportQcbFile(*module, path)))
      return failure();
    report.files.push_back(path);
  }
  if (failed(emitOnnx("onnx", "model.qdq.onnx")))
    return failure();
  if (!emits(options, "report"))
    return success();
  if (failed(fillReport()))
    return failure();
  return writeReport();
}

LogicalResult Compiler::writeReport() {
  std::string json = getPath("report.json"), html = getPath("report.html");
  report.files.push_back(json);
  report.files.push_back(html);
  std::string text, page;
  llvm::raw_string_ostream(text) << llvm::formatv("{0:2}\n", toJSON(report));
  llvm::raw_string_ostream stream(page);
  printHtml(report, stream);
  for (const auto &[path, bytes] : {std::pair(json, text), {html, page}})
    if (Status written = writeFile(path, bytes); !written)
      return emitError(UnknownLoc::get(context)) << written.message();
  return success();
}

LogicalResult Compiler::fillReport() {
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  readProgram(*function, report);
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
FailureOr<std::unique_ptr<FloatExecutor>> Compiler::createAssigned() {
  if (!assigned)
    return std::unique_ptr<FloatExecutor>();
  auto function = getEntryFunction(*assigned);
  if (failed(function))
    return failure();
  return FloatExecutor::create(
      *function, ExecutorOptions{static_cast<int>(options.threads)});
}

LogicalResult Compiler::compareWithFloat() {
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
  auto floats = FloatExecutor::create(
      *floatFunction, executorOptions);
  auto integers = TpuExecutor::create(*module, executorOptions);
  auto rounded = createAssigned();
  if (failed(floats) || failed(integers) || failed(rounded))
    return failure();
  report.comparedSamples = std::min(options.reportSamples, (*dataset)->size());
  auto layers =
      compareLayers(**floats, **integers, **dataset, report.comparedSamples,
                    findSeenParts(*floatFunction), *module,
                    /*survey=*/nullptr, findMixedTensors(*floatFunction),
                    getChannelSamples(*floatFunction), rounded->get());
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

FailureOr<CompileReport> compile(const CompileOptions &options,
                                 MLIRContext *context) {
  return Compiler(options, context).run();
}

} // namespace qc
