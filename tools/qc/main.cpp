// qc: the driver. Sub-commands are thin shells over the libraries.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "YamlConfig.h"
#include "qc/Pipelines/ToolOptions.h"
#include "qc/Support/EditDistance.h"

static const char *const kFooter =
    "Exit codes: 0 done, 1 the input or the model is at fault, 2 wrong usage, "
    "3 a check did not pass.\n"
    "Examples:\n"
    "  qc compile model.onnx --target generic --data images/ "
    "--preprocess imagenet-torch -o out/\n"
    "  qc check model.onnx --target tda4\n"
    "  qc run out/model.qcb --data images/ -o results.npz\n"
    "  qc eval out/model.qcb --data test/ --labels folder --against "
    "model.onnx\n"
    "  qc compare model.onnx out/model.qcb --data images/ --samples 8\n"
    "  qc targets\n"
    "Each command has its own page: qc COMMAND --help";

static std::vector<std::string> getCommandNames(const CLI::App &app) {
  std::vector<std::string> names;
  for (const CLI::App *command :
       app.get_subcommands([](const CLI::App *) { return true; }))
    names.push_back(command->get_name());
  return names;
}

/// Says which words are no command and no option, and what was meant, instead
/// of what the parser makes of the words behind them. Returns false where all
/// are known.
static bool nameUnknown(const CLI::App &app,
                        const std::vector<std::string> &words) {
  const CLI::App *active = &app;
  for (const CLI::App *command : app.get_subcommands())
    active = command;
  std::vector<std::string> commands = getCommandNames(app), options;
  for (const CLI::Option *option : active->get_options())
    for (const std::string &name : option->get_lnames())
      options.push_back("--" + name);
  bool found = false;
  for (size_t i = 0; i < words.size(); ++i) {
    std::string word = words[i].substr(0, words[i].find('='));
    bool isOption = word.size() > 2 && word.rfind("--", 0) == 0;
    if (!isOption && (active != &app || i > 0))
      continue;
    const std::vector<std::string> &known = isOption ? options : commands;
    if (std::find(known.begin(), known.end(), word) != known.end())
      continue;
    std::cerr << "error: unknown " << (isOption ? "option" : "command") << " '"
              << word << "'" << qc::suggestName(word, known) << "\n";
    found = true;
  }
  if (found)
    std::cerr << "Run with --help for more information.\n";
  return found;
}

/// The arguments of `command` with those that its --config file adds. Returns
/// an exit code when that fails.
static std::optional<int> addConfiguration(const CLI::App &command,
                                           std::vector<std::string> &words) {
  std::string path = qc::findYamlConfig(words);
  if (path.empty())
    return std::nullopt;
  auto config = qc::readYamlConfig(path);
  if (!config)
    return qc::fail(config.status());
  if (qc::Status applied = qc::applyYamlConfig(command, *config, words);
      !applied)
    return qc::failUsage(applied.withContext("'" + path + "'").message());
  return std::nullopt;
}

static int runCommand(int argc, char **argv) {
  CLI::App app("qc: an open quantization compiler for edge NPUs", "qc");
  app.set_version_flag("--version", "qc " QC_VERSION);
  app.footer(kFooter);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  int exitCode = qc::kDone;
  qc::addCompileCommand(app, exitCode);
  qc::addTuneCommand(app, exitCode);
  qc::addCheckCommand(app, exitCode);
  qc::addRunCommand(app, exitCode);
  qc::addPreviewCommand(app, exitCode);
  qc::addEvalCommand(app, exitCode);
  qc::addCompareCommand(app, exitCode);
  qc::addVerifyCommand(app, exitCode);
  qc::addInspectCommand(app, exitCode);
  qc::addStatsCommand(app, exitCode);
  qc::addTargetsCommand(app, exitCode);
  qc::addReportCommand(app, exitCode);
  qc::addInitCommand(app, exitCode);
  qc::addCompletionCommand(app, exitCode);
  qc::addManCommand(app, exitCode);
  qc::addAnalyzeCommand(app, exitCode);
  qc::addExplainCommand(app, exitCode);
  for (CLI::App *command : app.get_subcommands([](CLI::App *) { return true; }))
    qc::addYamlConfig(*command);

  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front() == qc::kCompletionWord) {
    qc::completeLine(app, {words.begin() + 1, words.end()});
    return qc::kDone;
  }
  for (const CLI::App *command : std::as_const(app).get_subcommands(
           [](const CLI::App *) { return true; })) {
    if (words.empty() || command->get_name() != words.front())
      continue;
    std::vector<std::string> own(words.begin() + 1, words.end());
    if (std::optional<int> failed = addConfiguration(*command, own))
      return *failed;
    words.resize(1);
    words.insert(words.end(), own.begin(), own.end());
  }

  try {
    // The parser takes words from the end.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError &error) {
    // Help and version also end parsing; they succeed.
    if (error.get_exit_code() == 0)
      return app.exit(error);
    if (nameUnknown(app, words))
      return qc::kWrongUsage;
    qc::printError(qc::error(error.what()));
    std::cerr << "Run with --help for more information.\n";
    if (words.empty()) {
      std::cerr << "commands:";
      for (const std::string &name : getCommandNames(app))
        std::cerr << " " << name;
      std::cerr << "\n";
    }
    return qc::kWrongUsage;
  }
  return exitCode;
}

int main(int argc, char **argv) {
  qc::limitSpinning(argv);
  qc::prepareTool();
  qc::shareHeap();
  return qc::runTool([&] { return runCommand(argc, argv); });
}
