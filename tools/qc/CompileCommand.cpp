// qc compile: from a model to artefacts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "YamlConfig.h"
#include "qc/Pipelines/Ladder.h"

namespace qc {

namespace {
struct CompileFlags {
  CompileOptions options;
  bool json = false, writeConfig = false;
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

static int runCompile(const CompileFlags &flags) {
  const CompileOptions &options = flags.options;
  ToolSession session(options.quiet);
  for (const std::string &path : options.plugins)
    if (Status loaded = session.loadPlugin(path); !loaded)
      return fail(loaded);
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
  if (flags.json)
    printJson(toJSON(compilation.getReport()));
  else
    printReport(compilation.getReport(), out());
  return kDone;
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
      "  qc compile model.onnx --data calib.npz --method percentile=0.9999 "
      "--precision a16w8 -o out/\n"
      "  qc compile model.onnx --data images/ --stop-after correct --emit "
      "float-onnx:opset=11 -o out/\n"
      "  qc compile --config job.yaml --samples 50\n"
      "docs/Options.md lists the options with the phases that read them.");
  addOptions(*command, flags->options);
  command->add_flag("--json", flags->json, "Print the report as JSON");
  command->add_flag("--write-config", flags->writeConfig,
                    "Print the options in force as YAML, defaults included, "
                    "and stop");
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
