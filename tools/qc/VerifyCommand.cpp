// qc verify: byte equality of two artefacts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "Remote.h"
#include "qc/Pipelines/Evaluation.h"

#include "llvm/Support/FileSystem.h"

namespace qc {

namespace {
struct VerifyFlags {
  std::string first, second;
  CompileOptions run;
  RemoteFlags remote;
};
} // namespace

static int report(const Result<std::string> &difference) {
  if (!difference)
    return fail(difference.status());
  if (difference->empty()) {
    out() << "Strict check PASSED\n";
    return kDone;
  }
  out() << "Strict check FAILED: " << *difference << "\n";
  return kCheckFailed;
}

static int verifyRuns(VerifyFlags &flags) {
  ToolSession session;
  auto first = openModel(session, flags.first, getModelOptions(flags.run));
  if (!first)
    return kInputFault;
  ModelOptions options = getModelOptions(flags.run);
  Result<std::optional<RemoteHost>> remote = readRemote(flags.remote);
  if (!remote)
    return fail(remote.status());
  options.remote = *remote;
  auto second = openModel(session, flags.second, options);
  if (!second)
    return kInputFault;
  if (Status match = matchInputs(*first, flags.first, *second, flags.second);
      !match)
    return fail(match);
  auto dataset = openData(session, flags.run, *first);
  if (!dataset)
    return kInputFault;
  return report(
      verifyModels(session, *first, *second, *dataset, flags.run.threads));
}

static int runVerify(VerifyFlags &flags) {
  if (flags.remote.isGiven()) {
    if (flags.run.data.empty())
      return failUsage("--data is required, to run the program on");
    // One program: the board against this machine.
    if (flags.second.empty())
      flags.second = flags.first;
    return verifyRuns(flags);
  }
  if (flags.second.empty())
    return failUsage("a second file is required, or --host");
  for (const std::string &path : {flags.first, flags.second})
    if (llvm::sys::fs::is_directory(path))
      return fail("'" + path + "' is a folder; expected a file");
  if (!flags.run.data.empty())
    return verifyRuns(flags);
  return report(verifyFiles(flags.first, flags.second));
}

void addVerifyCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<VerifyFlags>();
  CLI::App *command = app.add_subcommand(
      "verify", "Byte equality of two artefacts (.qcb, .npz, .mlirbc, ...)");
  command->footer(
      "Arrays of two .npz files are compared by name. With --data both files "
      "are models, and what they compute is compared. Exits with 3 at the "
      "first difference.\n"
      "Examples:\n"
      "  qc verify host.npz board.npz\n"
      "  qc verify out/quantize.mlirbc out/model.qcb --data images/\n"
      "  qc verify out/model.qcb --data images/ --host board --timeout 10");
  command->add_option("first", flags->first, "One file")->required();
  command->add_option("second", flags->second,
                      "The other; with --host the program that runs there "
                      "(default: the first)");
  addRunOptions(*command, flags->run, /*dataRequired=*/false);
  addRemoteOptions(*command, flags->remote);
  command->callback([flags, &exitCode] { exitCode = runVerify(*flags); });
}

} // namespace qc
