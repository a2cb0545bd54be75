// qc explain: who chose what for one layer, and why.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Pipelines/Explain.h"

namespace qc {

namespace {
struct ExplainFlags {
  std::string folder, layer;
  bool json = false;
};
} // namespace

static int runExplain(const ExplainFlags &flags) {
  ToolSession session(/*quiet=*/true);
  auto explanation = explainLayer(flags.folder, flags.layer, session);
  if (failed(explanation))
    return kInputFault;
  if (flags.json)
    printJson(toJSON(*explanation));
  else
    printExplanation(*explanation, out());
  return kDone;
}

void addExplainCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<ExplainFlags>();
  CLI::App *command = app.add_subcommand(
      "explain", "All that is known of one layer: ranges, types, who and why");
  command->footer(
      "Reads the stages and the report of a compile: the range after "
      "calibration and after corrections, the storage type, who chose them, "
      "what corrections have changed, and the errors.\n"
      "Examples:\n"
      "  qc explain out/ --layer conv_12\n"
      "  qc explain out/ --layer input --json");
  command->add_option("folder", flags->folder, "Folder of a compile")
      ->required();
  command
      ->add_option("--layer", flags->layer,
                   "The tensor that the layer computes, or an input")
      ->type_name("TENSOR")
      ->required();
  command->add_flag("--json", flags->json, "Print as JSON");
  command->callback([flags, &exitCode] { exitCode = runExplain(*flags); });
}

} // namespace qc
