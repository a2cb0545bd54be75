// qc check: what a target runs of a network, without data.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "PrequantizedCheck.h"
#include "qc/Pipelines/Check.h"
#include "qc/Pipelines/Vendor.h"

namespace qc {

namespace {
struct CheckFlags {
  CompileOptions options;
  bool json = false, all = false, prequantized = false;
};
} // namespace

static int runCheck(CheckFlags &flags) {
  ToolSession session(/*quiet=*/true);
  for (const std::string &path : flags.options.plugins)
    if (Status loaded = session.loadPlugin(path); !loaded)
      return fail(loaded);
  if (Status settled = settleVendorOptions(flags.options, session); !settled)
    return fail(settled);
  if (Status usage = checkUsage(flags.options, session.getContext()); !usage)
    return failUsage(usage);
  if (flags.prequantized)
    return checkPrequantized(flags.options, session, flags.json);
  auto report = checkModel(flags.options, session);
  if (failed(report))
    return kInputFault;
  if (flags.json)
    printJson(toJSON(*report));
  else
    printCheck(*report, flags.all, out());
  if (report->refused == 0 || flags.options.allowCpu)
    return kDone;
  fail(std::to_string(report->refused) + " of " +
       std::to_string(report->ops.size()) + " ops cannot run on target '" +
       report->target + "'; --allow-cpu places them on the CPU");
  return kCheckFailed;
}

void addCheckCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App *command = app.add_subcommand(
      "check", "Without data: placement of every op, types, memory");
  command->footer(
      "Lists the ops that the target does not run, with the words of its "
      "rules, and those that --deny keeps in float. Exits with 3 when the "
      "target does not run some op, unless --allow-cpu places it on the CPU.\n"
      "Examples:\n"
      "  qc check model.onnx --target tda4\n"
      "  qc check model.onnx --target horizon --allow-cpu --all\n"
      "  qc check model.onnx --target mtk --precision int16 --json\n"
      "  qc check model.onnx --target tda4 --l1-size-kb 448 --advice 50\n"
      "  qc check model.qdq.onnx --target tda4 --prequantized");
  addOptions(*command, flags->options,
             {"model",
              "target",
              "target-option",
              "vendor-config",
              "load-target-plugin",
              "precision",
              "int16-tensors",
              "inner-bits",
              "int16-weights",
              "deny",
              "allow-cpu",
              "max-subgraphs",
              "l1-size-kb",
              "advice",
              "remove-edge-ops",
              "input-shape",
              "cut-at",
              "refit",
              "insert-preprocess",
              "preprocess",
              "input-type",
              "input-layout",
              "input-stride",
              "yuv",
              "output-layout"});
  command->add_flag("--all", flags->all, "List all ops");
  command->add_flag("--prequantized", flags->prequantized,
                    "Of a quantized (QDQ) model, anybody's: whether its scales "
                    "and zero points are as the vendor's tool takes them; exit "
                    "with 3 and a list where not");
  command->add_flag("--json", flags->json, "Print as JSON");
  command->callback([flags, &exitCode] { exitCode = runCheck(*flags); });
}

} // namespace qc
