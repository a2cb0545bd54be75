// qc compile: from a model to artefacts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "YamlConfig.h"
#include "qc/Correction/Correction.h"
#include "qc/Pipelines/Ladder.h"
#include "qc/Statistics/Threshold.h"
#include "qc/Support/ThreadPool.h"
#include "qc/Target/TargetPlugin.h"

namespace qc {

namespace {
struct CompileFlags {
  CompileOptions options;
  DataOptions data;
  ImportFlags import;
  std::vector<std::string> targetOptions, plugins;
  Tolerance tolerance;
  bool json = false, writeConfig = false, ladder = false;
};
} // namespace

static int runLadder(CompileFlags &flags, Session &session) {
  const CompileOptions &options = flags.options;
  Status usage = ok();
  if (!options.precision.empty())
    usage = error("--ladder compiles for every precision: leave out "
                  "--precision");
  else if (options.stopAfter != "emit" || !emits(options, "qcb"))
    usage = error("--ladder runs the programs: leave out --stop-after, and "
                  "emit qcb");
  else if (!options.encodingsOut.empty() || !options.statsOut.empty())
    usage = error("--ladder compiles several times: leave out --encodings-out "
                  "and --stats-out");
  else if (options.reportSamples <= 0)
    usage = error("--ladder compares on samples: give --report-samples");
  if (!usage) {
    Session::fail(usage);
    return kWrongUsage;
  }
  auto report = climbLadder(options, flags.tolerance, &session.context);
  if (failed(report))
    return kInputFault;
  if (flags.json)
    printJson(toJSON(*report));
  else
    printLadder(*report, out());
  return kDone;
}

static int runCompile(CompileFlags &flags, const CLI::App &command) {
  if (flags.writeConfig) {
    llvm::outs() << writeYamlConfig(command);
    return kDone;
  }
  Session session;
  for (const std::string &path : flags.plugins)
    if (Status loaded = loadTargetPlugin(path); !loaded)
      return Session::fail(loaded);
  CompileOptions &options = flags.options;
  for (const std::string &text : flags.targetOptions) {
    size_t split = text.find('=');
    if (split == std::string::npos || split == 0) {
      Session::fail("--target-option '" + text + "': expected name=value");
      return kWrongUsage;
    }
    options.targetOptions[text.substr(0, split)] = text.substr(split + 1);
  }
  auto import = flags.import.get();
  if (!import) {
    Session::fail(import.status());
    return kWrongUsage;
  }
  options.import = *import;
  options.data = flags.data.data;
  options.preprocess = flags.data.preprocess;
  options.samples = flags.data.samples;
  options.raw = flags.data.raw;
  options.skipBad = flags.data.skipBad;
  if (Status usage = checkUsage(options); !usage) {
    Session::fail(usage);
    return kWrongUsage;
  }
  if (flags.ladder)
    return runLadder(flags, session);
  auto report = compile(options, &session.context);
  if (failed(report))
    return kInputFault;
  if (flags.json)
    printJson(toJSON(*report));
  else
    printReport(*report, out());
  return kDone;
}

static std::string listMethods() {
  std::string text;
  for (const auto &[name, method] : builtinThresholds().methods())
    text += (text.empty() ? "" : ", ") + method.usage;
  return text;
}

static std::string listCorrections() {
  std::string text;
  for (const Correction &correction : getCorrections())
    text += correction.name + " (" + correction.summary + "), ";
  return text;
}

void addCompileCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<CompileFlags>();
  CompileOptions &options = flags->options;
  CLI::App *command = app.add_subcommand(
      "compile", "Everything in one go: import, calibrate, quantize, emit");
  command->footer(
      "OUT/ then holds model.qcb, report.json, report.html, calibration.table "
      "and the IR after each phase (import.mlirbc, prepare.mlirbc, ...).\n"
      "Examples:\n"
      "  qc compile model.onnx --target generic --data images/ --preprocess "
      "imagenet-torch -o out/\n"
      "  qc compile model.onnx --data calib.npz --method percentile=0.9999 "
      "--precision a16w8 -o out/\n"
      "  qc compile model.onnx --data images/ --stop-after correct --emit "
      "float-onnx:opset=11 -o out/\n"
      "  qc compile --config job.yaml --samples 50");
  command->add_option("model", options.model, "Model: .onnx, .mlir or .mlirbc")
      ->required();
  command->add_option("-o,--output", options.output, "Folder for the artefacts")
      ->required();
  command->add_option("--target", options.target,
                      "Target by name; `qc targets` lists them (default: the "
                      "model's, else generic)");
  command
      ->add_option("--target-option", flags->targetOptions,
                   "An option of the target, name=value (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  command
      ->add_option("--load-target-plugin", flags->plugins,
                   "Shared library with further targets (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  flags->data.add(*command, /*required=*/false);
  flags->import.add(*command);
  command->add_option("--method", options.method,
                      "Threshold method: " + listMethods() + " (default: mse)");
  command
      ->add_option("--correct", options.correct,
                   "Corrections after calibration, between commas: " +
                       listCorrections() + "or none (default: all)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--precision", options.precision,
                      "int8, int16, a16w8, ... as the target has it, or float: "
                      "the whole network in float, on the CPU, which needs no "
                      "data (default: the target's first)");
  command
      ->add_option("--int16-tensors", options.int16Tensors,
                   "Tensors of the model that have 16 bits whatever the "
                   "precision, by name, between commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      ->add_option("--deny", options.deny,
                   "Layers that stay in float, on the CPU, between commas: a "
                   "type (Softmax), a layer by its result (name:conv_12), the "
                   "layers between two (conv_3:add_7)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      ->add_option("--threads", options.threads,
                   "Threads, at most 256 (0: one a processor); results do not "
                   "depend on it")
      ->check(countUpTo(kMostThreads));
  command->add_option("--seed", options.seed, "Seed of random samples");
  command->add_option("--stats-in", options.statsIn,
                      "Take calibration statistics from this file");
  command->add_option("--stats-out", options.statsOut,
                      "Write calibration statistics to this file");
  command->add_option("--table-in", options.tableIn,
                      "Take ranges from this calibration table");
  command->add_option("--encodings-in", options.encodingsIn,
                      "Take storage types, scales and ranges by tensor name "
                      "from this file (docs/Encodings.md)");
  command->add_option("--encodings-out", options.encodingsOut,
                      "Write those of all tensors to this file");
  command->add_flag("--allow-missing", options.allowMissing,
                    "Calibrate tensors that --encodings-in lacks");
  command->add_flag("--refit", options.refit,
                    "Choose the scales and integers of a quantized model "
                    "again, for the target");
  command->add_option("--stop-after", options.stopAfter,
                      "Last phase to run: import, prepare, calibrate, "
                      "correct, assign, quantize, legalize, schedule, emit");
  command
      ->add_option("--emit", options.emit,
                   "Artefacts, between commas: qcb, onnx (integers as QDQ), "
                   "float-onnx (the network behind the corrections), report; "
                   "an operator set as in float-onnx:opset=11")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      ->add_option("--report-samples", options.reportSamples,
                   "Samples on which layers are compared with float (0: no "
                   "comparison)")
      ->check(countUpTo(INT64_MAX));
  command->add_flag("--allow-cpu", options.allowCpu,
                    "Place ops that the target cannot run on the CPU");
  command->add_flag("--insert-preprocess", options.insertPreprocess,
                    "Move mean and std into the network, which then takes raw "
                    "pixels");
  command->add_flag("--ladder", flags->ladder,
                    "Compile for float and every precision of the target, each "
                    "into a folder of OUT, and compare them in one table");
  command->add_option("--rtol", flags->tolerance.rtol,
                      "With --ladder: an element is outside when it is further "
                      "off than ATOL + RTOL * |value|");
  command->add_option("--atol", flags->tolerance.atol, "See --rtol");
  command->add_flag("--quiet", options.quiet, "No progress");
  command->add_flag("--json", flags->json, "Print the report as JSON");
  command->add_flag("--write-config", flags->writeConfig,
                    "Print the options in force as YAML and stop");
  command->callback(
      [flags, command, &exitCode] { exitCode = runCompile(*flags, *command); });
}

} // namespace qc
