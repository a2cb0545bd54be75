// qc report: shows the evidence of a compile again.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Report/LayerTable.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/MappedFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

namespace qc {

namespace {
struct ReportFlags {
  std::vector<std::string> paths;
  std::string html;
  bool json = false, open = false, diff = false, moves = false;
};
} // namespace

/// Writes the page and, if asked to, has it shown.
static int writePage(const std::string &page, const std::string &path,
                     bool open) {
  if (Status written = writeFile(path, page); !written)
    return fail(written);
  out() << "wrote " << path << "\n";
  if (!open)
    return kDone;
  auto opener = llvm::sys::findProgramByName("xdg-open");
  if (!opener)
    return fail("no program to show '" + path +
                "' with: install xdg-utils, or open it in a browser");
  std::string reason;
  if (llvm::sys::ExecuteAndWait(*opener, {*opener, path}, std::nullopt, {},
                                /*SecondsToWait=*/0, /*MemoryLimit=*/0,
                                &reason) != 0)
    return fail("'" + *opener + "' cannot show '" + path + "'" +
                (reason.empty() ? "" : ": " + reason));
  return kDone;
}

static Result<llvm::json::Value> readJson(std::string &path) {
  if (llvm::sys::fs::is_directory(path))
    path += "/report.json";
  auto text = readTextFile(path);
  if (!text)
    return text.takeError();
  auto json = llvm::json::parse(*text);
  if (!json)
    return error("'", path, "' is no JSON: ", llvm::toString(json.takeError()));
  return std::move(*json);
}

static Result<CompileReport> readFrom(const llvm::json::Value &json,
                                      const std::string &path) {
  auto report = reportFromJSON(json);
  if (!report)
    return report.status().withContext("'" + path + "'");
  return report;
}

static int runDiff(ReportFlags &flags) {
  CompileReport reports[2];
  for (size_t i = 0; i < 2; ++i) {
    auto json = readJson(flags.paths[i]);
    if (!json)
      return fail(json.status());
    auto report = readFrom(*json, flags.paths[i]);
    if (!report)
      return fail(report.status());
    reports[i] = std::move(*report);
  }
  if (!flags.html.empty()) {
    std::string page;
    llvm::raw_string_ostream stream(page);
    printDiffHtml(reports[0], reports[1], stream);
    return writePage(page, flags.html, flags.open);
  }
  if (flags.json)
    printJson(diffToJSON(reports[0], reports[1]));
  else
    printDiff(reports[0], reports[1], out());
  return kDone;
}

static int runReport(ReportFlags &flags) {
  if (flags.diff) {
    if (flags.paths.size() != 2)
      return failUsage("--diff compares two reports: give two folders");
    if (flags.open && flags.html.empty())
      return failUsage(
          "--open shows a page: say with --html where to write it");
    return runDiff(flags);
  }
  if (flags.paths.size() != 1)
    return failUsage("one report is shown at a time; --diff compares two");
  std::string &path = flags.paths.front();
  auto json = readJson(path);
  if (!json)
    return fail(json.status());
  auto report = readFrom(*json, path);
  if (!report)
    return fail(report.status());
  if (flags.open && flags.html.empty()) {
    llvm::SmallString<128> beside(path);
    llvm::sys::path::replace_extension(beside, "html");
    flags.html = beside.str().str();
  }
  if (!flags.html.empty()) {
    std::string page;
    llvm::raw_string_ostream stream(page);
    printHtml(*report, stream);
    return writePage(page, flags.html, flags.open);
  }
  if (flags.json)
    printJson(*json);
  else {
    TableStyle style = getTableStyle();
    style.moves = flags.moves;
    printReport(*report, style, out());
  }
  return kDone;
}

void addReportCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<ReportFlags>();
  CLI::App *command =
      app.add_subcommand("report", "The evidence of a compile, again");
  command->footer("Examples:\n  qc report out/\n"
                  "  qc report out/report.json --html report.html\n"
                  "  qc report out/ --open\n"
                  "  qc report --diff before/ after/");
  command
      ->add_option("report", flags->paths,
                   "Folder of a compile, or its report.json; two with --diff")
      ->required();
  command->add_flag("--diff", flags->diff,
                    "Show what differs between two reports");
  command->add_flag("--moves", flags->moves,
                    "Show also the layers that only move data");
  CLI::Option *html = command->add_option(
      "--html", flags->html, "Write a self-contained page to this file");
  CLI::Option *open = command->add_flag(
      "--open", flags->open,
      "Show the page; without --html it is written beside the report");
  command->add_flag("--json", flags->json, "Print the JSON")
      ->excludes(html)
      ->excludes(open);
  command->callback([flags, &exitCode] { exitCode = runReport(*flags); });
}

} // namespace qc
