// qc report: shows the evidence of a compile again.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/MappedFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

namespace qc {

namespace {
struct ReportFlags {
  std::string path, html;
  bool json = false, open = false;
};
} // namespace

/// Writes the page and, if asked to, has it shown.
static int writePage(const CompileReport &report, const std::string &path,
                     bool open) {
  std::string page;
  llvm::raw_string_ostream stream(page);
  printHtml(report, stream);
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

static int runReport(ReportFlags &flags) {
  std::string path = flags.path;
  if (llvm::sys::fs::is_directory(path))
    path += "/report.json";
  auto text = readTextFile(path);
  if (!text)
    return fail(text.status());
  auto json = llvm::json::parse(*text);
  if (!json)
    return fail("'" + path +
                "' is no JSON: " + llvm::toString(json.takeError()));
  auto report = reportFromJSON(*json);
  if (!report)
    return fail(report.status().withContext("'" + path + "'"));
  if (flags.open && flags.html.empty()) {
    llvm::SmallString<128> beside(path);
    llvm::sys::path::replace_extension(beside, "html");
    flags.html = beside.str().str();
  }
  if (!flags.html.empty())
    return writePage(*report, flags.html, flags.open);
  if (flags.json)
    printJson(*json);
  else
    printReport(*report, out());
  return kDone;
}

void addReportCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<ReportFlags>();
  CLI::App *command =
      app.add_subcommand("report", "The evidence of a compile, again");
  command->footer("Examples:\n  qc report out/\n"
                  "  qc report out/report.json --html report.html\n"
                  "  qc report out/ --open");
  command
      ->add_option("report", flags->path,
                   "Folder of a compile, or its report.json")
      ->required();
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
