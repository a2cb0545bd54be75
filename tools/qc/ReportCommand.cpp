// qc report: shows the evidence of a compile again.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Support/AtomicFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

namespace qc {

namespace {
struct ReportFlags {
  std::string path, html;
  bool json = false;
};
} // namespace

static int runReport(ReportFlags &flags) {
  std::string path = flags.path;
  if (llvm::sys::fs::is_directory(path))
    path += "/report.json";
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return Session::fail("cannot read '" + path +
                         "': " + buffer.getError().message());
  auto json = llvm::json::parse((*buffer)->getBuffer());
  if (!json)
    return Session::fail("'" + path +
                         "' is no JSON: " + llvm::toString(json.takeError()));
  auto report = reportFromJSON(*json);
  if (!report)
    return Session::fail(report.status().withContext("'" + path + "'"));
  if (!flags.html.empty()) {
    std::string page;
    llvm::raw_string_ostream stream(page);
    printHtml(*report, stream);
    if (Status written = writeFile(flags.html, page); !written)
      return Session::fail(written);
    llvm::outs() << "wrote " << flags.html << "\n";
    return kDone;
  }
  if (flags.json)
    printJson(*json);
  else
    printReport(*report, llvm::outs());
  return kDone;
}

void addReportCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<ReportFlags>();
  CLI::App *command =
      app.add_subcommand("report", "The evidence of a compile, again");
  command->footer("Examples:\n  qc report out/\n"
                  "  qc report out/report.json --html report.html");
  command->add_option("report", flags->path,
                      "Folder of a compile, or its report.json")
      ->required();
  CLI::Option *html = command->add_option(
      "--html", flags->html, "Write a self-contained page to this file");
  command->add_flag("--json", flags->json, "Print the JSON")->excludes(html);
  command->callback([flags, &exitCode] { exitCode = runReport(*flags); });
}

} // namespace qc
