// qc analyze: which layers cost the results most.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Pipelines/Analysis.h"
#include "qc/Support/ThreadPool.h"

namespace qc {

namespace {
struct AnalyzeFlags {
  std::string folder;
  int64_t samples = 16, threads = 0;
  bool json = false, all = false, quiet = false;
};
} // namespace

static int runAnalyze(const AnalyzeFlags &flags) {
  if (flags.samples < 1)
    return failUsage("--samples: at least one sample is analyzed");
  ToolSession session(flags.quiet);
  auto report = analyze(flags.folder, flags.samples,
                        static_cast<int>(flags.threads), session);
  if (failed(report))
    return kInputFault;
  if (flags.json)
    printJson(toJSON(*report));
  else
    printAnalysis(*report, flags.all ? 0 : 20, out());
  return kDone;
}

void addAnalyzeCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<AnalyzeFlags>();
  CLI::App *command = app.add_subcommand(
      "analyze", "What each layer's rounding costs the network's results");
  command->footer(
      "Reads the stages and the report of a compile, and measures on the "
      "samples that they note: each layer's activation, its weights and both, "
      "with nothing else rounded. Suggestions are measured, too, and can be "
      "pasted into the compile.\n"
      "Examples:\n"
      "  qc analyze out/\n"
      "  qc analyze out/ --samples 32 --json");
  command->add_option("folder", flags->folder, "Folder of a compile")
      ->required();
  command->add_option("--samples", flags->samples,
                      "Take at most so many samples (default: 16)");
  command
      ->add_option("--threads", flags->threads,
                   "Threads (0: one a processor); results do not depend on it")
      ->check(countUpTo(kMostThreads));
  command->add_flag("--all", flags->all, "List all layers");
  command->add_flag("--json", flags->json, "Print as JSON");
  command->add_flag("--quiet", flags->quiet, "No progress");
  command->callback([flags, &exitCode] { exitCode = runAnalyze(*flags); });
}

} // namespace qc
