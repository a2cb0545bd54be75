// qc compile: from a model to artefacts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "YamlConfig.h"
#include "qc/Pipelines/CompileScore.h"
#include "qc/Pipelines/Ladder.h"
#include "qc/Pipelines/Vendor.h"
#include "qc/Report/LayerTable.h"

namespace qc {

namespace {
struct CompileFlags {
  CompileOptions options;
  bool json = false, writeConfig = false, dryRun = false;
};
} // namespace

static int runLadder(const CompileFlags &flags, Session &session) {
  if (Status usage = checkLadderUsage(flags.options); !usage)
    return failUsage(usage);
  auto report = climbLadder(flags.options, session);
  if (failed(report))
    return kInputFault;
  if (flags.json)
    printJson(toJSON(*report));
  else
    printLadder(*report, out());
  return kDone;
}

/// What each key of the vendor's does, and the same in options of qc.
static int runDry(CompileFlags &flags, Session &session) {
  std::string file = flags.options.vendorConfig;
  auto translation = takeVendorOptions(flags.options, session.getContext());
  if (!translation)
    return fail(translation.status());
  if (translation->outcomes.empty() && translation->format.empty())
    return failUsage("--dry-run prints what the vendor's options do: give "
                     "--vendor-config, or one as --target-option");
  if (flags.json) {
    printJson(toJSON(*translation));
  } else {
    if (!file.empty())
      out() << file << ": " << translation->format << "\n";
    printTranslation(*translation, out());
    out() << "\nthe same in options of qc:\n"
          << writeYamlOptions(flags.options);
  }
  if (!translation->isRefused())
    return kDone;
  return fail("a compile would refuse these options");
}

/// What the line may leave to the vendor's file.
static Status checkRequired(const CompileOptions &options) {
  if (options.model.empty())
    return error("model is required: neither the line nor --vendor-config "
                 "names one");
  if (options.output.empty())
    return error("--output is required: neither the line nor --vendor-config "
                 "names a folder");
  return ok();
}

/// What the compile has cost, and whether there was anything to lose.
static int printScore(const CompileFlags &flags, const CompileReport &report,
                      Session &session) {
  auto score = scoreCompile(session, flags.options);
  if (!score)
    return fail(score.status());
  const Evaluation &evaluation = score->evaluation;
  double network = evaluation.againstTop1.value_or(0);
  bool guesses = isAtChance(network, evaluation.items, score->classes);
  if (guesses)
    session.warn(llvm::formatv(
                     "top-1 in float is {0:f2} % of {1} samples, at the level "
                     "of chance for {2} classes: the preprocessing, the labels "
                     "(their order, --label-offset) or the model are not what "
                     "they should be",
                     100 * network, evaluation.items, score->classes)
                     .str());
  if (flags.json) {
    llvm::json::Value value = toJSON(report);
    (*value.getAsObject())["score"] = toJSON(evaluation);
    (*value.getAsObject())["float_at_chance"] = guesses;
    printJson(std::move(value));
    return kDone;
  }
  out() << llvm::formatv("top-1 on the samples of --data ({0} of them): float "
                         "{1:f2} %, {2} {3:f2} %\n",
                         evaluation.items, 100 * network, report.precision,
                         100 * evaluation.top1.value_or(0));
  return kDone;
}

static int runCompile(CompileFlags &flags) {
  CompileOptions &options = flags.options;
  ToolSession session(options.quiet);
  for (const std::string &path : options.plugins)
    if (Status loaded = session.loadPlugin(path); !loaded)
      return fail(loaded);
  if (flags.dryRun)
    return runDry(flags, session);
  if (Status settled = settleVendorOptions(options, session); !settled)
    return fail(settled);
  if (Status given = checkRequired(options); !given)
    return failUsage(given);
  if (Status usage = checkUsage(options, session.getContext()); !usage)
    return failUsage(usage);
  if (flags.writeConfig) {
    llvm::outs() << writeYamlConfig(options, session.getContext());
    return kDone;
  }
  if (options.ladder)
    return runLadder(flags, session);
  Compilation compilation(session, options);
  if (failed(compilation.run()))
    return kInputFault;
  const CompileReport &report = compilation.getReport();
  bool isScored = !options.labels.empty();
  if (!flags.json) {
    TableStyle style = getTableStyle();
    style.warnings = false; // they have been told
    printReport(report, style, out());
  }
  if (flags.json && !isScored)
    printJson(toJSON(report));
  return isScored ? printScore(flags, report, session) : kDone;
}

void addCompileCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<CompileFlags>();
  CLI::App *command = app.add_subcommand(
      "compile", "Everything in one go: import, calibrate, quantize, emit");
  command->footer(
      "OUT/ then holds model.qcb, report.json, report.html, calibration.table "
      "and the IR after each phase (import.mlirbc, prepare.mlirbc, ...).\n"
      "Examples:\n"
      "  qc compile model.onnx --target generic --data images/ --preprocess "
      "imagenet-torch -o out/\n"
      "  qc compile model.onnx --data images/ --preprocess imagenet-torch "
      "--input-type nv12 -o out/\n"
      "  qc compile model.onnx --data calib.npz --method percentile=0.9999 "
      "--precision a16w8 -o out/\n"
      "  qc compile model.onnx --data images/ --stop-after correct --emit "
      "float-onnx:opset=11 -o out/\n"
      "  qc compile --config job.yaml --samples 50\n"
      "  qc compile --target horizon --vendor-config mobilenet.yaml --dry-run\n"
      "docs/Options.md lists the options with the phases that read them.");
  addOptions(*command, flags->options);
  command->add_flag("--json", flags->json, "Print the report as JSON");
  command->add_flag("--write-config", flags->writeConfig,
                    "Print the options in force as YAML, defaults included, "
                    "and stop");
  CLI::Option *dry =
      command->add_flag("--dry-run", flags->dryRun,
                        "Print what each of the vendor's options does, and "
                        "stop");
  // Both may be in the vendor's file, and a dry run needs neither.
  for (CLI::Option *option : {dry, command->get_option("--vendor-config")})
    option->trigger_on_parse()->each([command](const std::string &) {
      command->get_option("model")->required(false);
      command->get_option("--output")->required(false);
    });
  // What is printed about the options themselves needs none of them.
  command
      ->add_flag_callback(
          "--markdown",
          [] {
            writeOptionPage(llvm::outs());
            throw CLI::Success();
          },
          "Print docs/Options.md and stop")
      ->trigger_on_parse();
  command
      ->add_flag_callback(
          "--schema",
          [] {
            writeOptionSchema(llvm::outs());
            throw CLI::Success();
          },
          "Print a JSON schema of job files and stop")
      ->trigger_on_parse();
  command->callback([flags, &exitCode] { exitCode = runCompile(*flags); });
}

} // namespace qc
