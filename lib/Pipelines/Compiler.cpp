// A whole compile, phase by phase.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Compiler.h"
#include "qc/Calibration/Calibrator.h"
#include "qc/Container/Container.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Export/Onnx/Export.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Pipelines/Prepare.h"
#include "qc/Statistics/Threshold.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/Preprocess.h"
#include "qc/Target/TargetRegistry.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <chrono>

namespace qc {

ArrayRef<StringRef> getPhaseNames() {
  static const StringRef names[] = {"import",   "prepare",  "calibrate",
                                    "quantize", "legalize", "schedule",
                                    "emit"};
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
  static const std::vector<std::string> artefacts = {"onnx", "qcb",
                                                     "report"};
  for (const std::string &artefact : options.emit)
    if (!llvm::is_contained(artefacts, artefact))
      return error("cannot emit '", artefact, "'",
                   suggestName(artefact, artefacts));
  std::vector<std::string> targets = TargetRegistry::global().getNames();
  if (!options.target.empty() && !llvm::is_contained(targets, options.target))
    return error("unknown target '", options.target, "'",
                 suggestName(options.target, targets));
  if (auto method = builtinThresholds().create(options.method); !method)
    return method.takeError();
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
      : options(options), context(context) {}

  FailureOr<CompileReport> run();

private:
  LogicalResult makeFolder();
  LogicalResult load();
  LogicalResult setTarget();
  LogicalResult setState();
  LogicalResult runPhase(StringRef phase);
  LogicalResult addPhase(StringRef phase, PassManager &manager);
  LogicalResult writeStage(StringRef phase);
  LogicalResult emit();
  LogicalResult fillReport();
  LogicalResult compareWithFloat();
  std::string getPath(const llvm::Twine &name) const;
  template <typename Action>
  LogicalResult timed(StringRef phase, Action action);

  const CompileOptions &options;
  MLIRContext *context;
  OwningOpRef<ModuleOp> module;
  /// The calibrated network, before it became integers: the reference.
  OwningOpRef<ModuleOp> reference;
  CompileReport report;
};

} // namespace

std::string Compiler::getPath(const llvm::Twine &name) const {
  SmallString<128> path(options.output);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

template <typename Action>
LogicalResult Compiler::timed(StringRef phase, Action action) {
  auto start = std::chrono::steady_clock::now();
  LogicalResult result = action();
  std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - start;
  report.seconds.push_back({phase.str(), elapsed.count()});
  return result;
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

LogicalResult Compiler::makeFolder() {
  if (std::error_code error =
          llvm::sys::fs::create_directories(options.output))
    return emitError(UnknownLoc::get(context))
           << "cannot make the folder '" << options.output
           << "': " << error.message();
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
    (*module)->setAttr(kTargetAttr,
                       TargetAttr::get(context, name,
                                       builder.getDictionaryAttr(entries)));
  } else if (!(*module)->hasAttr(kTargetAttr)) {
    (*module)->setAttr(kTargetAttr, TargetAttr::get(context, "generic"));
  }
  if (!options.precision.empty())
    (*module)->setAttr(kPrecisionAttr,
                       StringAttr::get(context, options.precision));
  auto backend = TargetRegistry::global().create(*module);
  if (failed(backend))
    return failure();
  auto precision = getPrecision(*module, (*backend)->getQuantSpec());
  if (failed(precision))
    return failure();
  report.target = (*backend)->getName().str();
  report.precision = precision->name;
  return success();
}

/// What the command line says becomes part of the module.
LogicalResult Compiler::setState() {
  if (failed(setTarget()))
    return failure();
  if (!options.data.empty())
    (*module)->setAttr(kDataAttr,
                       DataAttr::get(context, options.data, options.samples));
  if (!options.preprocess.empty())
    return setPreprocess(*module, options.preprocess);
  return success();
}

LogicalResult Compiler::load() {
  module = loadModule(options.model, context, options.import);
  if (!module || failed(setState()))
    return failure();
  report.tool = "qc " QC_VERSION;
  report.model = options.model;
  report.method = options.tableIn.empty() ? options.method : "table";
  return success();
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

LogicalResult Compiler::addPhase(StringRef phase, PassManager &manager) {
  if (phase == "prepare") {
    PrepareOptions prepare;
    prepare.insertPreprocess = options.insertPreprocess;
    buildPreparePipeline(manager, prepare);
  } else if (phase == "calibrate") {
    CalibrateOptions calibrate;
    calibrate.data = options.data;
    calibrate.method = options.method;
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
  } else if (phase == "quantize") {
    buildQuantizePipeline(manager, {});
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
    if (phase == "quantize")
      reference = OwningOpRef<ModuleOp>(module->clone());
    PassManager manager(context);
    manager.enableVerifier(true);
    if (failed(addPhase(phase, manager)))
      return failure();
    return manager.run(*module);
  });
}

LogicalResult Compiler::writeStage(StringRef phase) {
  std::string path = getPath(phase + ".mlirbc");
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  if (failed(writeBytecodeToFile(*module, stream)))
    return module->emitError() << "cannot encode the IR after " << phase;
  if (Status written = writeFile(path, bytes); !written)
    return emitError(UnknownLoc::get(context)) << written.message();
  report.files.push_back(path);
  return success();
}

FailureOr<CompileReport> Compiler::run() {
  if (failed(makeFolder()))
    return failure();
  for (StringRef phase : getPhaseNames()) {
    if (failed(runPhase(phase)))
      return failure();
    if (phase != "emit" && failed(writeStage(phase)))
      return failure();
    if (phase == options.stopAfter)
      break;
  }
  return std::move(report);
}

//===----------------------------------------------------------------------===//
// Artefacts
//===----------------------------------------------------------------------===//

LogicalResult Compiler::emit() {
  auto wants = [&](StringRef artefact) {
    return llvm::is_contained(options.emit, artefact);
  };
  if (wants("qcb")) {
    std::string path = getPath("model.qcb");
    if (failed(exportQcbFile(*module, path)))
      return failure();
    report.files.push_back(path);
  }
  if (wants("onnx")) {
    std::string path = getPath("model.qdq.onnx");
    if (failed(exportQdqFile(*module, path)))
      return failure();
    report.files.push_back(path);
  }
  if (!wants("report"))
    return success();
  if (failed(fillReport()))
    return failure();
  std::string path = getPath("report.json");
  report.files.push_back(path);
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << llvm::formatv("{0:2}\n", toJSON(report));
  if (Status written = writeFile(path, text); !written)
    return emitError(UnknownLoc::get(context)) << written.message();
  return success();
}

/// Facts of each op that computes a named tensor.
static llvm::StringMap<LayerReport> collectLayers(func::FuncOp function) {
  llvm::StringMap<LayerReport> layers;
  function.walk([&](Operation *op) {
    if (op->getNumResults() != 1 || op->hasTrait<OpTrait::ConstantLike>())
      return;
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!type)
      return;
    LayerReport layer;
    layer.op = op->getName().stripDialect().str();
    layer.shape.assign(type.getShape().begin(), type.getShape().end());
    auto placement = op->getAttrOfType<StringAttr>(kPlacementAttr);
    layer.placement = placement ? placement.str() : "npu";
    if (auto element =
            dyn_cast<quant::UniformQuantizedType>(type.getElementType())) {
      layer.type = (element.isSigned() ? "i" : "u") +
                   std::to_string(element.getStorageTypeIntegralWidth());
      layer.scale = element.getScale();
      layer.zeroPoint = element.getZeroPoint();
    } else {
      layer.type = "f32";
    }
    if (auto cost = dyn_cast<CostOpInterface>(op))
      layer.macs = cost.getMacs();
    layers[getTensorName(op->getResult(0))] = layer;
  });
  return layers;
}

LogicalResult Compiler::fillReport() {
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  TransposeCount count = countTransposes(*function);
  report.innerTransposes = count.inner;
  report.boundaryTransposes = count.boundary;
  auto bytesOf = [&](StringRef name) -> uint64_t {
    auto attribute = (*module)->getAttrOfType<IntegerAttr>(name);
    return attribute ? attribute.getInt() : 0;
  };
  report.arenaBytes = bytesOf("qc.arena_size");
  report.arenaLowerBound = bytesOf("qc.arena_lower_bound");
  function->walk([&](tpu::ConstantOp op) {
    report.constantBytes += sumOfBytes(op->getResultTypes());
  });
  if (!reference || options.reportSamples <= 0)
    return success();
  return compareWithFloat();
}

LogicalResult Compiler::compareWithFloat() {
  auto noted = (*module)->getAttrOfType<DataAttr>(kDataAttr);
  if (!noted)
    return success(); // no samples to compare on
  auto floatFunction = getEntryFunction(*reference);
  auto function = getEntryFunction(*module);
  if (failed(floatFunction) || failed(function))
    return failure();
  auto signatures = getInputSignatures(*floatFunction);
  if (failed(signatures))
    return failure();
  DatasetOptions datasetOptions;
  datasetOptions.raw = options.raw;
  datasetOptions.skipBad = options.skipBad;
  datasetOptions.maxSamples = options.samples;
  auto dataset = Dataset::open(noted.getSpec().str(), *signatures, datasetOptions);
  if (!dataset)
    return emitError(UnknownLoc::get(context)) << dataset.message();
  report.calibrationSamples = options.statsIn.empty() && options.tableIn.empty()
                                  ? (*dataset)->size()
                                  : 0;
  ExecutorOptions executorOptions{static_cast<int>(options.threads)};
  auto floats = FloatExecutor::create(*floatFunction, executorOptions);
  auto integers = TpuExecutor::create(*module, executorOptions);
  if (failed(floats) || failed(integers))
    return failure();
  report.comparedSamples = std::min(options.reportSamples, (*dataset)->size());
  SoftmaxAxes softmaxAxes = findSoftmaxAxes(*floatFunction);
  auto layers = compareLayers(**floats, **integers, **dataset,
                              report.comparedSamples, softmaxAxes);
  if (!layers)
    return emitError(UnknownLoc::get(context)) << layers.message();
  if (Status added = addIsolatedErrors(*layers, *module, **floats, **dataset,
                                       report.comparedSamples, softmaxAxes);
      !added)
    return emitError(UnknownLoc::get(context)) << added.message();

  llvm::StringMap<LayerReport> facts = collectLayers(*function);
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
    layer.error = std::move(error);
    report.layers.push_back(std::move(layer));
  }
  return success();
}

FailureOr<CompileReport> compile(const CompileOptions &options,
                                 MLIRContext *context) {
  return Compiler(options, context).run();
}

} // namespace qc
