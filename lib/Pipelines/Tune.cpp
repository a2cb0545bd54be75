// The cheapest way to compile a network that reaches a goal, found by trying.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Tune.h"
#include "qc/Calibration/Samples.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Pipelines/Session.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Support/Npy.h"
#include "qc/Support/Strings.h"
#include "qc/Target/TargetRegistry.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <chrono>
#include <cmath>

namespace qc {

static std::string inFolder(StringRef folder, StringRef name) {
  SmallString<128> path(folder);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

//===----------------------------------------------------------------------===//
// What is tried
//===----------------------------------------------------------------------===//

/// Precisions of the target with wider activations or weights than its first,
/// in its own order, but whole 16 bits last.
static FailureOr<std::vector<std::string>>
findWiderPrecisions(const CompileOptions &options, Session &session) {
  auto backend =
      Registries::of(session.getContext())
          .targets.create(options.target.empty() ? "generic" : options.target,
                          [] { return InFlightDiagnostic(); });
  std::vector<std::string> names;
  if (failed(backend))
    return names;
  Builder builder(session.getContext());
  NamedAttrList attributes;
  for (const auto &[name, value] : options.targetOptions)
    attributes.set(name, builder.getStringAttr(value));
  if (failed((*backend)->configure(
          attributes.getDictionary(session.getContext()),
          [&] { return emitError(UnknownLoc::get(session.getContext())); })))
    return failure();
  std::vector<Precision> wider = (*backend)->getQuantSpec().precisions;
  if (!wider.empty()) {
    Precision first = wider.front();
    wider.erase(wider.begin());
    llvm::erase_if(wider, [&](const Precision &other) {
      return other.activation.bits < first.activation.bits ||
             other.weight.bits < first.weight.bits;
    });
  }
  llvm::stable_sort(wider, [](const Precision &a, const Precision &b) {
    return a.activation.bits + a.weight.bits <
           b.activation.bits + b.weight.bits;
  });
  for (const Precision &precision : wider)
    names.push_back(precision.name);
  return names;
}

namespace {
/// An option and the value that a trial gives it.
struct Change {
  std::string CompileOptions::*member;
  std::string value;
};

/// Trials in order of cost: first of the time that compiling takes, then of the
/// cycles that the program does.
class Plan {
public:
  Plan(const TuneOptions &options, const std::vector<std::string> &precisions);
  std::vector<Trial> trials;

private:
  void add(const std::string &words, ArrayRef<Change> changes);
  const TuneOptions &options;
};
} // namespace

/// Adds a trial, unless what the user has said leaves nothing to try.
void Plan::add(const std::string &words, ArrayRef<Change> changes) {
  Trial trial;
  trial.options = options.compile;
  for (const Change &change : changes) {
    std::string &value = trial.options.*change.member;
    bool isCorrected = change.member == &CompileOptions::effort &&
                       !options.compile.correct.empty();
    if (!value.empty() || isCorrected)
      return;
    value = change.value;
  }
  trial.name = std::to_string(trials.size() + 1) + "-" + words;
  trial.options.output = inFolder(options.compile.output, trial.name);
  trials.push_back(std::move(trial));
}

Plan::Plan(const TuneOptions &options,
           const std::vector<std::string> &precisions)
    : options(options) {
  auto effort = &CompileOptions::effort;
  auto method = &CompileOptions::method;
  auto precision = &CompileOptions::precision;
  add("low", {{effort, "low"}});
  add("default", {});
  for (const char *name : {"percentile=0.9999", "minmax", "kl"})
    add(StringRef(name).split('=').first.str(), {{method, name}});
  add("high", {{effort, "high"}});
  add("high-percentile", {{effort, "high"}, {method, "percentile=0.9999"}});
  for (const std::string &name : precisions)
    add(name, {{precision, name}});
}

//===----------------------------------------------------------------------===//
// What comes out
//===----------------------------------------------------------------------===//

namespace {
class Tuner {
public:
  Tuner(const TuneOptions &options, Session &session)
      : options(options), session(session) {}

  LogicalResult open();
  LogicalResult run(Trial &trial);
  bool isBetter(const Trial &a, const Trial &b) const;

  TuneReport report;

private:
  LogicalResult fail(const Status &status) {
    session.fail(status);
    return failure();
  }
  LogicalResult judge(Trial &trial);
  Result<double> measure(Model &model, const std::string &folder);

  const TuneOptions &options;
  Session &session;
  std::unique_ptr<Model> floats;
  std::unique_ptr<Dataset> dataset;
  std::optional<Labels> labels;
};
} // namespace

LogicalResult Tuner::open() {
  const CompileOptions &compile = options.compile;
  floats = openModel(
      session, compile.model,
      {compile.import, compile.preprocess, static_cast<int>(compile.threads)});
  if (!floats)
    return failure();
  DatasetOptions how;
  how.raw = compile.raw;
  how.skipBad = compile.skipBad;
  bool isOwn = !options.evaluation.empty();
  how.maxSamples = isOwn ? options.evaluationSamples : compile.samples;
  auto opened = openDataset(session.getContext(),
                            isOwn ? options.evaluation : compile.data,
                            floats->signatures, how);
  if (!opened)
    return fail(opened.status());
  dataset = std::move(*opened);
  if (options.labels.empty())
    return success();
  auto loaded =
      loadLabels(options.labels == "folder" ? "" : options.labels, *dataset);
  if (!loaded)
    return fail(loaded.status());
  labels = std::move(*loaded);
  return success();
}

/// The user's measure of what `model` makes of the samples.
Result<double> Tuner::measure(Model &model, const std::string &folder) {
  std::vector<NamedTensor> arrays;
  ArrayRef<TensorInfo> outputs = model.executor->getOutputs();
  std::vector<std::vector<Tensor>> results(outputs.size());
  Status ran = forEachSample(
      *dataset, static_cast<int>(options.compile.threads),
      session.getProgressListener(), "metric",
      [&](int64_t, const Sample &sample) {
        SmallVector<Tensor> found;
        if (Status done = model.executor->run(sample.inputs, found); !done)
          return done;
        for (auto [all, one] : llvm::zip_equal(results, found))
          all.push_back(one);
        return ok();
      });
  if (!ran)
    return ran;
  for (auto [info, all] : llvm::zip_equal(outputs, results)) {
    Shape shape = all.front().shape();
    shape.insert(shape.begin(), int64_t(all.size()));
    Tensor stack(all.front().dtype(), shape);
    size_t bytes = all.front().byteSize();
    for (auto [i, one] : llvm::enumerate(all))
      std::memcpy(static_cast<char *>(stack.raw()) + i * bytes,
                  std::as_const(one).raw(), bytes);
    arrays.push_back({info.name, std::move(stack)});
  }
  std::string file = inFolder(folder, "outputs.npz");
  if (Status written = writeNpz(file, arrays); !written)
    return written;
  return options.metric(file);
}

LogicalResult Tuner::judge(Trial &trial) {
  auto program = openModel(session, inFolder(trial.options.output, "model.qcb"),
                           {{},
                            options.compile.preprocess,
                            static_cast<int>(options.compile.threads)});
  if (!program)
    return failure();
  if (Status match =
          matchInputs(*program, trial.name, *floats, options.compile.model);
      !match)
    return fail(match);
  EvaluationRequest request;
  request.against = floats.get();
  request.labels = labels ? &*labels : nullptr;
  request.labelOffset = options.labelOffset;
  request.threads = static_cast<int>(options.compile.threads);
  auto found = evaluate(session, *program, *dataset, request);
  if (!found)
    return fail(found.status());
  report.items = found->items;
  report.floatTop1 = found->againstTop1;
  trial.sqnr = INFINITY;
  for (const OutputEvaluation &output : found->outputs)
    trial.sqnr = std::min(trial.sqnr, output.sqnr);
  trial.agreement = found->agreement;
  trial.top1 = found->top1;
  std::optional<double> drop;
  if (found->drop)
    drop = 100 * *found->drop;
  if (options.metric) {
    if (!report.floatMetric) {
      auto value = measure(*floats, options.compile.output);
      if (!value)
        return fail(value.status());
      report.floatMetric = *value;
    }
    auto value = measure(*program, trial.options.output);
    if (!value)
      return fail(value.status());
    trial.metric = *value;
    drop = *report.floatMetric - *value;
  }
  trial.isReached = (!options.minSqnr || trial.sqnr >= *options.minSqnr) &&
                    (!options.maxDrop || (drop && *drop <= *options.maxDrop));
  return success();
}

LogicalResult Tuner::run(Trial &trial) {
  auto start = std::chrono::steady_clock::now();
  Compilation compilation(session, trial.options);
  if (failed(compilation.run()))
    return failure();
  trial.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  const CompileReport &made = compilation.getReport();
  trial.cycles = made.estimatedCycles;
  trial.constantBytes = made.constantBytes;
  trial.arenaBytes = made.arenaBytes;
  return judge(trial);
}

/// What comes nearer to the goal.
bool Tuner::isBetter(const Trial &a, const Trial &b) const {
  if (options.maxDrop) {
    double x = a.metric.value_or(a.top1.value_or(0));
    double y = b.metric.value_or(b.top1.value_or(0));
    if (x != y)
      return x > y;
  }
  return a.sqnr > b.sqnr;
}

//===----------------------------------------------------------------------===//
// All
//===----------------------------------------------------------------------===//

/// An error where a number of the goal is none that can be reached or missed.
static Status checkGoal(const char *name, std::optional<double> value,
                        double most) {
  if (!value || (std::isfinite(*value) && *value >= 0 && *value <= most))
    return ok();
  std::string range = std::isinf(most) ? "on" : "to " + formatDouble(most);
  return error("--", name, ": expected a number from 0 ", range, ", found ",
               formatDouble(*value));
}

Status checkTuneUsage(const TuneOptions &options) {
  // What a metric counts in, nobody knows.
  double points = options.metric ? INFINITY : 100;
  if (Status fits = checkGoal("max-drop", options.maxDrop, points); !fits)
    return fits;
  if (Status fits = checkGoal("min-sqnr", options.minSqnr, INFINITY); !fits)
    return fits;
  if (Status fits = checkGoal("max-latency", options.maxLatency, INFINITY);
      !fits)
    return fits;
  if (!options.maxDrop && !options.minSqnr)
    return error("no goal: give --max-drop, --min-sqnr or both");
  if (options.maxDrop && options.labels.empty() && !options.metric)
    return error("--max-drop is about what is right: give --labels, or "
                 "--metric");
  if (options.compile.data.empty())
    return error("tuning needs samples: give --data");
  const CompileOptions &compile = options.compile;
  if (compile.ladder || compile.stopAfter != "emit" || !emits(compile, "qcb"))
    return error("tuning runs the programs: leave out --ladder and "
                 "--stop-after, and emit qcb");
  if (!compile.statsOut.empty() || !compile.encodingsOut.empty())
    return error("tuning compiles several times: leave out --stats-out and "
                 "--encodings-out");
  if (compile.precision == kFloatPrecision)
    return error("precision float has nothing to tune");
  return ok();
}

FailureOr<TuneReport> tune(const TuneOptions &options, Session &session) {
  if (std::error_code failed =
          llvm::sys::fs::create_directories(options.compile.output)) {
    session.fail(error("cannot make folder '", options.compile.output,
                       "': ", failed.message()));
    return failure();
  }
  auto precisions = findWiderPrecisions(options.compile, session);
  if (failed(precisions))
    return failure();
  Tuner tuner(options, session);
  if (failed(tuner.open()))
    return failure();
  TuneReport &report = tuner.report;
  double firstCycles = 0;
  for (Trial &trial : Plan(options, *precisions).trials) {
    Trial &added = report.trials.emplace_back(std::move(trial));
    bool isFirst = report.trials.size() == 1;
    // A first that does not compile is the model's fault. Behind it, a target
    // may refuse what a trial asks for.
    std::string reason;
    {
      ScopedDiagnosticHandler listener(
          session.getContext(), [&](Diagnostic &diagnostic) {
            bool isError =
                diagnostic.getSeverity() == DiagnosticSeverity::Error;
            if (isError && reason.empty())
              reason = diagnostic.str();
            // What the first has said is not said again.
            return success(!isFirst);
          });
      if (failed(tuner.run(added))) {
        if (isFirst)
          return failure();
        added.failure = reason.empty() ? "failed" : reason;
        continue;
      }
    }
    if (isFirst)
      firstCycles = added.cycles;
    if (added.cycles > options.maxLatency * firstCycles) {
      added.isReached = false;
      added.failure = "takes more than --max-latency allows";
      continue;
    }
    int index = static_cast<int>(report.trials.size()) - 1;
    if (report.best < 0 || added.isReached ||
        tuner.isBetter(added, report.trials[report.best]))
      report.best = index;
    if (added.isReached) {
      report.isReached = true;
      break;
    }
  }
  return std::move(report);
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

llvm::json::Value toJSON(const TuneReport &report) {
  llvm::json::Array trials;
  for (const Trial &trial : report.trials) {
    llvm::json::Object object{{"name", trial.name},
                              {"output", trial.options.output},
                              {"seconds", trial.seconds},
                              {"reached", trial.isReached}};
    if (!trial.failure.empty())
      object["failure"] = trial.failure;
    if (trial.cycles > 0)
      object["estimated_cycles"] = trial.cycles;
    if (trial.constantBytes > 0) {
      object["sqnr_db"] = trial.sqnr;
      object["constant_bytes"] = int64_t(trial.constantBytes);
      object["arena_bytes"] = int64_t(trial.arenaBytes);
    }
    auto add = [&](StringRef name, std::optional<double> value) {
      if (value)
        object[name] = *value;
    };
    add("agreement", trial.agreement);
    add("top1", trial.top1);
    add("metric", trial.metric);
    trials.push_back(std::move(object));
  }
  llvm::json::Object object{{"items", report.items},
                            {"reached", report.isReached},
                            {"trials", std::move(trials)}};
  if (report.best >= 0)
    object["best"] = report.trials[report.best].name;
  if (report.floatTop1)
    object["float_top1"] = *report.floatTop1;
  if (report.floatMetric)
    object["float_metric"] = *report.floatMetric;
  return object;
}

static std::string percent(std::optional<double> share) {
  return share ? llvm::formatv("{0,8:F2}", 100 * *share).str() : "       -";
}

void printTune(const TuneReport &report, llvm::raw_ostream &os) {
  bool hasMetric = report.floatMetric.has_value();
  os << llvm::formatv("{0,-20}", "trial") << "    SQNR  agree %  top-1 %"
     << (hasMetric ? "    metric" : "")
     << "        cycles   constants  seconds\n";
  if (report.floatTop1 || hasMetric)
    os << llvm::formatv("{0,-20}", "float") << "       -        - "
       << percent(report.floatTop1)
       << (hasMetric ? llvm::formatv("{0,10:F4}", *report.floatMetric).str()
                     : "")
       << "\n";
  for (const Trial &trial : report.trials) {
    os << llvm::formatv("{0,-20}", trial.name);
    if (trial.constantBytes == 0) {
      os << " " << printable(trial.failure) << "\n";
      continue;
    }
    os << llvm::formatv("{0,8:F1} ", trial.sqnr) << percent(trial.agreement)
       << " " << percent(trial.top1);
    if (hasMetric)
      os << llvm::formatv("{0,10:F4}", *trial.metric);
    os << llvm::formatv("{0,14} {1,11} {2,8:F1}", formatThousands(trial.cycles),
                        trial.constantBytes, trial.seconds)
       << (trial.isReached ? "  reached" : "")
       << (trial.failure.empty() ? "" : "  " + trial.failure) << "\n";
  }
  os << "\non " << report.items
     << " items; SQNR in dB of the worst output, median; cycles are "
        "estimated\n";
}

} // namespace qc
