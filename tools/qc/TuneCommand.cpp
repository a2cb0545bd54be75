// qc tune: the cheapest way to compile a network that reaches a goal.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "YamlConfig.h"
#include "qc/Pipelines/Tune.h"
#include "qc/Pipelines/Vendor.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/MappedFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <cmath>

namespace qc {

namespace {
struct TuneFlags {
  TuneOptions tune;
  std::string metric;
  bool json = false;
};
} // namespace

/// Runs `program` with the path of the outputs, and reads the number that it
/// prints.
static Result<double> runMetric(const std::string &program,
                                const std::string &outputs) {
  llvm::SmallString<128> printed;
  if (std::error_code failed =
          llvm::sys::fs::createTemporaryFile("qc-metric", "txt", printed))
    return error("cannot make a temporary file: ", failed.message());
  std::string reason;
  StringRef text = printed;
  std::optional<StringRef> redirects[] = {std::nullopt, text, std::nullopt};
  int code = llvm::sys::ExecuteAndWait(
      program, {program, outputs}, std::nullopt, redirects,
      /*SecondsToWait=*/0, /*MemoryLimit=*/0, &reason);
  Result<std::string> read = readTextFile(text.str());
  llvm::sys::fs::remove(printed);
  if (code != 0)
    return error("--metric '", program, "' ",
                 reason.empty() ? "ended with code " + std::to_string(code)
                                : "cannot be run: " + reason,
                 " for '", outputs, "'");
  if (!read)
    return read.takeError();
  double value;
  if (StringRef(*read).trim().getAsDouble(value) || !std::isfinite(value))
    return error("--metric '", program, "' printed '",
                 StringRef(*read).trim().take_front(60).str(),
                 "', expected one number");
  return value;
}

/// The job file of the best trial.
static int writeJob(const Trial &trial, const std::string &folder,
                    std::string &path) {
  llvm::SmallString<128> file(folder);
  llvm::sys::path::append(file, "job.yaml");
  path = file.str().str();
  if (Status written = writeFile(path, writeYamlOptions(trial.options));
      !written)
    return fail(written);
  return kDone;
}

static int runTune(TuneFlags &flags) {
  TuneOptions &tuning = flags.tune;
  CompileOptions &compile = tuning.compile;
  ToolSession session(compile.quiet);
  for (const std::string &path : compile.plugins)
    if (Status loaded = session.loadPlugin(path); !loaded)
      return fail(loaded);
  // They are those of the samples that judge.
  tuning.labels = std::exchange(compile.labels, "");
  tuning.labelOffset = std::exchange(compile.labelOffset, 0);
  if (Status settled = settleVendorOptions(compile, session); !settled)
    return fail(settled);
  if (!flags.metric.empty()) {
    auto program = llvm::sys::findProgramByName(flags.metric);
    if (!program)
      return failUsage("--metric: there is no program '" + flags.metric + "'");
    tuning.metric = [path = *program](const std::string &outputs) {
      return runMetric(path, outputs);
    };
  }
  if (Status usage = checkTuneUsage(tuning); !usage)
    return failUsage(usage);
  if (Status usage = checkUsage(compile, session.getContext()); !usage)
    return failUsage(usage);
  if (tuning.evaluation.empty())
    session.warn("programs are judged by the samples that they are calibrated "
                 "with, which flatters them; give --eval-data");
  auto report = tune(tuning, session);
  if (failed(report))
    return kInputFault;
  std::string job;
  if (report->best >= 0)
    if (int failed =
            writeJob(report->trials[report->best], compile.output, job))
      return failed;
  if (flags.json) {
    llvm::json::Value json = toJSON(*report);
    if (!job.empty())
      (*json.getAsObject())["job"] = job;
    printJson(std::move(json));
  } else {
    printTune(*report, out());
    if (!job.empty())
      out() << (report->isReached ? "the cheapest that reaches the goal: "
                                  : "the best: ")
            << "qc compile --config " << job << "\n";
  }
  if (report->isReached)
    return kDone;
  fail("no trial reaches the goal");
  return kCheckFailed;
}

void addTuneCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<TuneFlags>();
  TuneOptions &tuning = flags->tune;
  CLI::App *command = app.add_subcommand(
      "tune", "The cheapest way to compile that reaches a goal of accuracy");
  command->footer(
      "Compiles with efforts, methods and widths in order of what they cost, "
      "each into a folder of OUT, until one reaches the goal, and writes the "
      "options of the best to OUT/job.yaml, which qc compile --config takes. "
      "What is given here of method, effort, corrections and precision stays "
      "in every trial. Exits with 3 when no trial reaches the goal.\n"
      "Examples:\n"
      "  qc tune model.onnx --data calib/ --eval-data test/ --labels folder "
      "--max-drop 1 -o tuned/\n"
      "  qc tune model.onnx --target tda4 --data calib/ --min-sqnr 26 "
      "--max-latency 1.2 -o tuned/\n"
      "  qc tune model.onnx --data calib/ --eval-data test/ --metric ./map.py "
      "--max-drop 0.5 -o tuned/\n"
      "The program of --metric gets the path of a .npz with the outputs of all "
      "samples, by name, and prints one number; more is better.");
  addOptions(*command, tuning.compile);
  // Their ranges are checkTuneUsage's, for Python as well.
  command->add_option("--max-drop", tuning.maxDrop,
                      "At most so many points of top-1 (or of the metric) less "
                      "than the float model");
  command->add_option("--min-sqnr", tuning.minSqnr,
                      "At least so many dB at every output");
  command->add_option("--max-latency", tuning.maxLatency,
                      "At most so many times the estimated cycles of the first "
                      "trial");
  command->add_option("--eval-data", tuning.evaluation,
                      "Samples that programs are judged by (default: --data)");
  command
      ->add_option("--eval-samples", tuning.evaluationSamples,
                   "Take so many of --eval-data (0: all)")
      ->check(countUpTo(INT64_MAX));
  command->add_option("--metric", flags->metric,
                      "Program that measures outputs instead of top-1");
  command->add_flag("--json", flags->json, "Print the result as JSON");
  command->callback([flags, &exitCode] { exitCode = runTune(*flags); });
}

} // namespace qc
