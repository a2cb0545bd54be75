// What the sub-commands of qc share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TOOLS_QC_COMMAND_H
#define QC_TOOLS_QC_COMMAND_H

#include "qc/Execution/TpuExecutor.h"
#include "qc/Pipelines/Compiler.h"
#include "qc/Pipelines/Model.h"
#include "qc/Pipelines/Options.h"
#include "qc/Pipelines/Session.h"
#include "qc/Support/Dataset.h"
#include "qc/Target/Registries.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

#include <CLI/CLI.hpp>
#include <functional>

namespace qc {

/// Exit codes of every command.
enum ExitCode {
  kDone = 0,
  kInputFault = 1,  ///< the input or the model is at fault
  kWrongUsage = 2,  ///< the command line is
  kCheckFailed = 3, ///< a check did not pass
};

/// A session that prints its messages and progress on standard error.
class ToolSession : public Session {
public:
  explicit ToolSession(bool quiet = false);
};

/// Prints "error: " and `message`; returns kInputFault.
int fail(const std::string &message);
inline int fail(const Status &status) { return fail(status.message()); }
/// The same for mistakes in the command line; returns kWrongUsage.
int failUsage(const std::string &message);
inline int failUsage(const Status &status) {
  return failUsage(status.message());
}

/// Adds options of a compile to a command: all, or those that are named. Their
/// values go to `options`.
void addOptions(CLI::App &app, CompileOptions &options);
void addOptions(CLI::App &app, CompileOptions &options,
                ArrayRef<StringRef> names);

/// What every command takes that runs models: samples, shapes, threads.
void addRunOptions(CLI::App &app, CompileOptions &options, bool dataRequired);

/// What `options` mean for a model that is run.
ModelOptions getModelOptions(const CompileOptions &options);

/// Opens the data for `model`. Nothing after an error was printed.
std::unique_ptr<Dataset>
openData(Session &session, const CompileOptions &options, const Model &model);

/// The standard output. What a terminal must not get of the names in a file is
/// written out, as printableLines() does.
llvm::raw_ostream &out();

/// How tables are shown there: as wide as the terminal, in colours unless
/// NO_COLOR is set; elsewhere whole and plain.
struct TableStyle;
TableStyle getTableStyle();

/// A whole number from 0 to `most`, for an option.
CLI::Validator countUpTo(int64_t most);
/// A finite number from `least` to `most`, for an option.
CLI::Validator numberBetween(double least, double most);

/// What may stand behind an option or a positional, for the completion of
/// shells: each value, with words about it.
using Choices = std::function<std::vector<OptionChoice>(const Registries &)>;
void offer(CLI::Option *option, Choices choices);
/// The same for what is said so already (CLI::IsMember); empty: nothing is
/// known.
std::vector<OptionChoice> getOffered(const CLI::Option &option,
                                     const Registries &registries);
/// Whether texts between commas may stand behind it.
bool isList(const CLI::Option &option);

/// The sub-commands of `app`, in the order of its help.
std::vector<const CLI::App *> getCommands(const CLI::App &app);

/// Prints `value` to standard output, for `--json`.
void printJson(llvm::json::Value value);

/// One a file: adds the sub-command. Its callback sets `exitCode`.
void addCheckCommand(CLI::App &app, int &exitCode);
void addCompileCommand(CLI::App &app, int &exitCode);
void addRunCommand(CLI::App &app, int &exitCode);
void addPreviewCommand(CLI::App &app, int &exitCode);
void addEvalCommand(CLI::App &app, int &exitCode);
void addCompareCommand(CLI::App &app, int &exitCode);
void addVerifyCommand(CLI::App &app, int &exitCode);
void addInspectCommand(CLI::App &app, int &exitCode);
void addStatsCommand(CLI::App &app, int &exitCode);
void addTargetsCommand(CLI::App &app, int &exitCode);
void addAnalyzeCommand(CLI::App &app, int &exitCode);
void addExplainCommand(CLI::App &app, int &exitCode);
void addTuneCommand(CLI::App &app, int &exitCode);
void addReportCommand(CLI::App &app, int &exitCode);
void addInitCommand(CLI::App &app, int &exitCode);
/// These two read the other commands of `app` when they run.
void addCompletionCommand(CLI::App &app, int &exitCode);
void addManCommand(CLI::App &app, int &exitCode);

/// The first word by which the scripts of `qc completion` ask what may stand in
/// the place of the last of the words behind it.
inline constexpr llvm::StringLiteral kCompletionWord = "__complete";
/// Prints "words", "files" or "folders", the kind of what may stand there, and
/// each word with what it is about on a line, behind a tab.
void completeLine(const CLI::App &app, const std::vector<std::string> &words);

} // namespace qc

#endif // QC_TOOLS_QC_COMMAND_H
