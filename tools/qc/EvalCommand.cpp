// qc eval: accuracy, and agreement with another model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "Remote.h"
#include "qc/Pipelines/Analysis.h"
#include "qc/Pipelines/Evaluation.h"
#include "qc/Support/AtomicFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace qc {

namespace {
struct EvalFlags {
  std::string model, labels, against, report;
  CompileOptions run;
  RemoteFlags remote;
  std::optional<double> maxDrop, minAgreement;
  bool json = false;
};
} // namespace

static void printEvaluation(const Evaluation &evaluation) {
  out() << evaluation.items << " items\n";
  if (evaluation.top1)
    out() << llvm::formatv("top-1 {0:f2} %, top-5 {1:f2} %\n",
                           100 * *evaluation.top1, 100 * *evaluation.top5);
  if (evaluation.drop)
    out() << llvm::formatv("top-1 of the other model {0:f2} %, drop {1:f2} "
                           "points\n",
                           100 * *evaluation.againstTop1,
                           100 * *evaluation.drop);
  if (evaluation.agreement)
    out() << llvm::formatv("agreement of top-1 {0:f2} %\n",
                           100 * *evaluation.agreement);
  for (const OutputEvaluation &output : evaluation.outputs)
    out() << llvm::formatv(
        "output '{0}': SQNR {1:f1} dB, cosine {2:f5} (medians)\n", output.name,
        output.sqnr, output.cosine);
}

/// kCheckFailed, after a line that says so, where a limit is not kept.
static int checkLimits(const EvalFlags &flags, const Evaluation &evaluation) {
  int code = kDone;
  if (flags.maxDrop && 100 * *evaluation.drop > *flags.maxDrop) {
    fail(llvm::formatv("top-1 drops by {0:f2} points, at most {1:f2} are asked "
                       "for",
                       100 * *evaluation.drop, *flags.maxDrop)
             .str());
    code = kCheckFailed;
  }
  if (flags.minAgreement &&
      100 * evaluation.agreement.value_or(0) < *flags.minAgreement) {
    fail(llvm::formatv("agreement of top-1 is {0:f2} %, at least {1:f2} are "
                       "asked for",
                       100 * evaluation.agreement.value_or(0),
                       *flags.minAgreement)
             .str());
    code = kCheckFailed;
  }
  return code;
}

/// The report in the folder that --report names, which has to be that of the
/// program; nothing where none is named.
static Result<std::optional<CompileReport>> openReport(const EvalFlags &flags) {
  if (flags.report.empty())
    return std::optional<CompileReport>();
  llvm::StringRef folder = llvm::sys::path::parent_path(flags.model);
  if (!llvm::sys::fs::equivalent(folder.empty() ? "." : folder, flags.report))
    return error("--report: '", flags.report, "' is not the folder of '",
                 flags.model, "', so its report is of another program");
  auto report = readReport(flags.report);
  if (!report)
    return report.takeError();
  return std::optional<CompileReport>(std::move(*report));
}

/// Adds what was found to the report, and makes its page again.
static Status addToReport(const EvalFlags &flags, CompileReport report,
                          const Evaluation &evaluation) {
  EvaluationReport found;
  found.data = flags.run.data;
  found.items = evaluation.items;
  found.top1 = evaluation.top1;
  found.floatTop1 = evaluation.againstTop1;
  found.agreement = evaluation.agreement;
  report.evaluation = std::move(found);
  std::string text, page;
  llvm::raw_string_ostream(text) << llvm::formatv("{0:2}\n", toJSON(report));
  llvm::raw_string_ostream stream(page);
  printHtml(report, stream);
  if (Status written = writeFile(flags.report + "/report.json", text); !written)
    return written;
  return writeFile(flags.report + "/report.html", page);
}

static int runEval(EvalFlags &flags) {
  if (flags.labels.empty() && flags.against.empty())
    return failUsage("nothing to evaluate: give --labels, --against or both");
  if (flags.maxDrop && (flags.labels.empty() || flags.against.empty()))
    return failUsage("--max-drop compares two models on labels: give --labels "
                     "and --against");
  if (flags.minAgreement && flags.against.empty())
    return failUsage("--min-agreement compares two models: give --against");
  auto report = openReport(flags);
  if (!report)
    return fail(report.status());
  ToolSession session(flags.run.quiet);
  std::unique_ptr<Model> against;
  ModelOptions options = getModelOptions(flags.run);
  Result<std::optional<RemoteHost>> remote = readRemote(flags.remote);
  if (!remote)
    return fail(remote.status());
  options.remote = *remote;
  auto model = openModel(session, flags.model, options);
  if (!model)
    return kInputFault;
  EvaluationRequest request;
  bool sharesSamples = true;
  if (!flags.against.empty()) {
    against = openModel(session, flags.against, getModelOptions(flags.run));
    if (!against)
      return kInputFault;
    auto alike = pairInputs(*model, flags.model, *against, flags.against);
    if (!alike)
      return fail(alike.status());
    sharesSamples = *alike;
    request.against = against.get();
  }
  auto dataset = openData(session, flags.run, *model);
  if (!dataset)
    return kInputFault;
  std::unique_ptr<Dataset> againstData;
  if (!sharesSamples) {
    againstData = openData(session, flags.run, *against);
    if (!againstData)
      return kInputFault;
    request.againstData = againstData.get();
  }
  Labels labels;
  if (!flags.labels.empty()) {
    auto loaded =
        loadLabels(flags.labels == "folder" ? "" : flags.labels, *dataset);
    if (!loaded)
      return fail(loaded.status());
    labels = std::move(*loaded);
    request.labels = &labels;
  }
  request.labelOffset = flags.run.labelOffset;
  request.threads = flags.run.threads;
  auto evaluation = evaluate(session, *model, *dataset, request);
  if (!evaluation)
    return fail(evaluation.status());
  if (*report)
    if (Status added = addToReport(flags, std::move(**report), *evaluation);
        !added)
      return fail(added);
  if (flags.json)
    printJson(toJSON(*evaluation));
  else
    printEvaluation(*evaluation);
  return checkLimits(flags, *evaluation);
}

void addEvalCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<EvalFlags>();
  CLI::App *command = app.add_subcommand(
      "eval", "Top-1 and top-5; against another model agreement and SQNR");
  command->footer(
      "Examples:\n"
      "  qc eval out/model.qcb --data test/ --labels folder\n"
      "  qc eval out/model.qcb --data images/ --labels synsets.txt --against "
      "model.onnx --json\n"
      "  qc eval out/model.qcb --data test/ --labels folder --against "
      "model.onnx --max-drop 1\n"
      "  qc eval out/model.qcb --data test/ --labels folder --against "
      "model.onnx --report out\n"
      "Exits with 3 when --max-drop or --min-agreement is not kept.");
  command
      ->add_option("model", flags->model,
                   "Model: .onnx, .mlir, .mlirbc or .qcb")
      ->required();
  addRunOptions(*command, flags->run, /*dataRequired=*/true);
  command->add_option("--labels", flags->labels,
                      "folder (names of sub-folders), a text file, .npy or "
                      ".npz (array y or labels)");
  addOptions(*command, flags->run, {"label-offset"});
  command->add_option("--against", flags->against,
                      "Another model to compare outputs with");
  command
      ->add_option("--max-drop", flags->maxDrop,
                   "Exit with 3 when top-1 is more than so many points below "
                   "the other model's")
      ->check(numberBetween(0, 100));
  command
      ->add_option("--min-agreement", flags->minAgreement,
                   "Exit with 3 when less than so many percent of the items "
                   "have the other model's top-1")
      ->check(numberBetween(0, 100));
  command->add_option("--report", flags->report,
                      "Folder of the compile that made the model: the figures "
                      "are added to its report.json and report.html");
  addRemoteOptions(*command, flags->remote);
  command->add_flag("--json", flags->json, "Print the result as JSON");
  command->callback([flags, &exitCode] { exitCode = runEval(*flags); });
}

} // namespace qc
