// qc stats: calibration statistics of shards.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Statistics/StatisticsFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"

namespace qc {

namespace {
struct StatsFlags {
  std::vector<std::string> files;
  std::string output;
};
} // namespace

static int runMerge(const StatsFlags &flags) {
  StatisticsFile merged;
  for (const auto &[i, path] : llvm::enumerate(flags.files)) {
    for (const std::string &earlier : llvm::ArrayRef(flags.files).take_front(i))
      if (llvm::sys::fs::equivalent(earlier, path))
        return fail(error("'", path,
                          "' is given twice: its samples "
                          "would count twice"));
    auto read = StatisticsFile::read(path);
    if (!read)
      return fail(read.status());
    if (i == 0)
      merged = std::move(*read);
    else if (Status added = merged.merge(*read); !added)
      return fail(added.withContext("'" + path + "'"));
  }
  if (Status written = merged.write(flags.output); !written)
    return fail(written);
  out() << merged.samples << " samples, " << merged.tensors.size()
        << " tensors in '" << flags.output << "'\n";
  return kDone;
}

static int runShow(const StatsFlags &flags) {
  for (const std::string &path : flags.files) {
    auto read = StatisticsFile::read(path);
    if (!read)
      return fail(read.status());
    out() << showStatistics(*read);
  }
  return kDone;
}

static int runDiff(const StatsFlags &flags) {
  auto first = StatisticsFile::read(flags.files[0]);
  if (!first)
    return fail(first.status());
  auto second = StatisticsFile::read(flags.files[1]);
  if (!second)
    return fail(second.status());
  std::string difference = diffStatistics(*first, *second);
  out() << (difference.empty() ? "no difference\n" : difference);
  return difference.empty() ? kDone : kCheckFailed;
}

void addStatsCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<StatsFlags>();
  CLI::App *command =
      app.add_subcommand("stats", "Calibration statistics: merge, show, diff");
  command->require_subcommand(1);
  command->footer("Example:\n"
                  "  qc compile m.onnx --data a/ --stats-out a.stats "
                  "--stop-after calibrate -o a/\n"
                  "  qc compile m.onnx --data b/ --stats-out b.stats "
                  "--stop-after calibrate -o b/\n"
                  "  qc stats merge a.stats b.stats -o all.stats\n"
                  "  qc compile m.onnx --stats-in all.stats -o out/");
  CLI::App *merge =
      command->add_subcommand("merge", "Join shards into one file");
  merge->add_option("files", flags->files, "Statistics files")->required();
  merge->add_option("-o,--output", flags->output, "The joined file")
      ->required();
  merge->callback([flags, &exitCode] { exitCode = runMerge(*flags); });
  CLI::App *show = command->add_subcommand("show", "A table of all tensors");
  show->add_option("files", flags->files, "Statistics files")->required();
  show->callback([flags, &exitCode] { exitCode = runShow(*flags); });
  CLI::App *diff =
      command->add_subcommand("diff", "What differs between two files");
  diff->add_option("files", flags->files, "Two statistics files")
      ->required()
      ->expected(2);
  diff->callback([flags, &exitCode] { exitCode = runDiff(*flags); });
}

} // namespace qc
