// One network in float and in every precision of a target, beside each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Ladder.h"
#include "Artefacts.h"
#include "Samples.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Execution/StoredTensor.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Pipelines/Session.h"
#include "qc/Pipelines/StageFiles.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Support/Strings.h"
#include "qc/Target/TargetRegistry.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <cmath>

namespace qc {

static std::string inFolder(StringRef folder, StringRef name) {
  SmallString<128> path(folder);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

/// What the options mean for one precision.
static CompileOptions getRung(const CompileOptions &options, StringRef name,
                              MLIRContext *context) {
  CompileOptions rung = options;
  if (name == kFloatPrecision) {
    // What quantizes has nothing to do here.
    static const CompileOptions nothing;
    for (const OptionDeclaration &option : getOptionDeclarations())
      if (option.quantizes)
        (void)option.set(rung, option.get(nothing));
    auto known = collectArtefacts(options.target, context);
    llvm::erase_if(rung.emit, [&](const std::string &text) {
      auto found = known.find(StringRef(text).split(':').first.str());
      return found != known.end() && found->second.isOfIntegers;
    });
  }
  rung.precision = name.str();
  rung.output = inFolder(options.output, name);
  return rung;
}

/// float, then the target's precisions from the finest on.
static FailureOr<std::vector<std::string>> findPrecisions(ModuleOp module) {
  auto backend = TargetRegistry::create(module);
  if (failed(backend))
    return failure();
  // By bits, then in the target's own order.
  std::vector<std::tuple<int, int, int, std::string>> order;
  for (const Precision &precision : (*backend)->getQuantSpec().precisions)
    order.push_back({-int(precision.activation.bits),
                     -int(precision.weight.bits), int(order.size()),
                     precision.name});
  llvm::sort(order);
  std::vector<std::string> names = {kFloatPrecision.str()};
  for (const auto &entry : order)
    names.push_back(std::get<3>(entry));
  return names;
}

namespace {
/// What is summed for one output.
struct OutputErrors {
  ErrorAccumulator errors;
  uint64_t outside = 0;
  double maxRelative = 0;

  void add(const Tensor &expected, const Tensor &actual,
           const Tolerance &tolerance) {
    errors.add(expected, actual);
    const float *x = expected.data<float>(), *y = actual.data<float>();
    for (int64_t i = 0; i < expected.numElements(); ++i) {
      double size = std::abs(double(x[i])), off = std::abs(double(y[i]) - x[i]);
      // Written so that NaN is outside.
      outside += !(off <= tolerance.atol + tolerance.rtol * size);
      if (size > tolerance.atol)
        maxRelative = std::max(maxRelative, off / size);
    }
  }
};

/// The float network and the samples that programs are compared with it on.
class Judge {
public:
  explicit Judge(const CompileOptions &options) : options(options) {}

  LogicalResult open(MLIRContext *context, const std::string &path);
  ModuleOp getModule() const { return *module; }
  Status judge(const std::string &precision, const std::string &program,
               LadderReport &report);

private:
  const CompileOptions &options;
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<FloatExecutor> floats;
  std::unique_ptr<Dataset> dataset;
};
} // namespace

LogicalResult Judge::open(MLIRContext *context, const std::string &path) {
  module = loadModule({path, std::nullopt}, context);
  if (!module)
    return failure();
  auto function = getEntryFunction(*module);
  if (failed(function))
    return failure();
  auto data = (*module)->getAttrOfType<DataAttr>(kDataAttr);
  if (!data)
    return function->emitError()
           << "has no samples to compare precisions on: give --data";
  ExecutorOptions executorOptions{static_cast<int>(options.threads)};
  auto executor = FloatExecutor::create(*function, executorOptions);
  if (failed(executor))
    return failure();
  auto opened = openSamples(*function, data, options.reportSamples);
  if (failed(opened))
    return failure();
  floats = std::move(*executor);
  dataset = std::move(*opened);
  return success();
}

Status Judge::judge(const std::string &precision, const std::string &program,
                    LadderReport &report) {
  auto executor = TpuExecutor::open(
      program, ExecutorOptions{static_cast<int>(options.threads)});
  if (!executor)
    return executor.takeError();
  auto outputs = (*executor)->getOutputs();
  std::vector<OutputErrors> errors(outputs.size());
  report.samples = 0;
  for (int64_t i = 0; i < dataset->size(); ++i) {
    auto sample = dataset->sample(i);
    if (!sample)
      return sample.takeError();
    if (!*sample)
      continue;
    SmallVector<Tensor> expected, actual;
    if (Status ran = floats->run((*sample)->inputs, expected); !ran)
      return ran.withContext((*sample)->name);
    if (Status ran = (*executor)->run((*sample)->inputs, actual); !ran)
      return ran.withContext((*sample)->name);
    for (auto [error, info, x, y] :
         llvm::zip_equal(errors, outputs, expected, actual))
      if (x.dtype() == DType::F32)
        error.add(x, toSourceTensor(info, y), options.tolerance);
    ++report.samples;
  }
  for (auto [error, info] : llvm::zip_equal(errors, outputs))
    report.rungs.push_back({precision, info.name, error.errors.metrics(),
                            error.outside, error.maxRelative});
  return ok();
}

FailureOr<LadderReport> climbLadder(const CompileOptions &options,
                                    Session &session) {
  MLIRContext *context = session.getContext();
  LadderReport report;
  report.tolerance = options.tolerance;
  Judge judge(options);
  std::vector<std::string> precisions = {kFloatPrecision.str()};
  for (size_t i = 0; i < precisions.size(); ++i) {
    CompileOptions rung = getRung(options, precisions[i], context);
    std::string folder = rung.output;
    Compilation compilation(session, std::move(rung));
    if (failed(compilation.run()))
      return failure();
    if (i == 0) {
      // Only now the target is known: the model may name it.
      if (failed(judge.open(context, findStageFile(folder, "prepare"))))
        return failure();
      auto found = findPrecisions(judge.getModule());
      if (failed(found))
        return failure();
      precisions = *found;
    }
    if (Status judged =
            judge.judge(precisions[i], inFolder(folder, "model.qcb"), report);
        !judged)
      return emitError(UnknownLoc::get(context)) << judged.message();
  }
  return report;
}

Status checkLadderUsage(const CompileOptions &options) {
  if (!options.precision.empty())
    return error("--ladder compiles for every precision: leave out "
                 "--precision");
  if (options.stopAfter != "emit" || !emits(options, "qcb"))
    return error("--ladder runs the programs: leave out --stop-after, and "
                 "emit qcb");
  if (!options.encodingsOut.empty() || !options.statsOut.empty())
    return error("--ladder compiles several times: leave out --encodings-out "
                 "and --stats-out");
  if (!options.labels.empty())
    return error("--ladder compares with float alone: leave out --labels");
  if (options.reportSamples <= 0)
    return error("--ladder compares on samples: give --report-samples");
  return ok();
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

llvm::json::Value toJSON(const LadderReport &report) {
  llvm::json::Array rungs;
  for (const RungReport &rung : report.rungs)
    rungs.push_back(
        llvm::json::Object{{"precision", rung.precision},
                           {"output", rung.output},
                           {"sqnr_db", rung.error.sqnr},
                           {"elements", int64_t(rung.error.elements)},
                           {"outside", int64_t(rung.outside)},
                           {"max_difference", rung.error.maxDifference},
                           {"max_relative_difference", rung.maxRelative}});
  return llvm::json::Object{{"rtol", report.tolerance.rtol},
                            {"atol", report.tolerance.atol},
                            {"samples", report.samples},
                            {"rungs", std::move(rungs)}};
}

void printLadder(const LadderReport &report, llvm::raw_ostream &os) {
  os << llvm::formatv("{0,-10} {1,-32}", "precision", "output")
     << "    SQNR   outside  largest difference  relative\n";
  for (const RungReport &rung : report.rungs)
    os << llvm::formatv("{0,-10} {1,-32}", rung.precision,
                        printable(rung.output))
       << llvm::format(" %7.1f", rung.error.sqnr)
       << llvm::format(" %8.3f%%", rung.error.elements ? 100.0 * rung.outside /
                                                             rung.error.elements
                                                       : 0.0)
       << llvm::format(" %19.3g", rung.error.maxDifference)
       << llvm::format(" %9.3g", rung.maxRelative)
       << (rung.outside ? "\n" : "  passes\n");
  os << "\nagainst the float network on " << report.samples
     << " samples; SQNR in dB; outside: elements further off than "
     << llvm::format("%g + %g * |value|", report.tolerance.atol,
                     report.tolerance.rtol)
     << "; relative: the largest, of elements above "
     << llvm::format("%g", report.tolerance.atol) << "\n";
}

} // namespace qc
