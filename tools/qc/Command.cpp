// What the sub-commands of qc share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Pipelines/ToolOptions.h"
#include "qc/Report/LayerTable.h"
#include "qc/Support/Strings.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <cstdlib>
#include <map>
#include <sys/ioctl.h>
#include <unistd.h>

namespace qc {

//===----------------------------------------------------------------------===//
// The session
//===----------------------------------------------------------------------===//

ToolSession::ToolSession(bool quiet) {
  setMessageHandler(
      [](const Message &message) { llvm::errs() << toText(message); });
  if (!quiet)
    setProgressListener(std::make_shared<ProgressPrinter>());
}

int fail(const std::string &message) {
  printError(error(message));
  return kInputFault;
}

int failUsage(const std::string &message) {
  printError(error(message));
  return kWrongUsage;
}

//===----------------------------------------------------------------------===//
// The standard output
//===----------------------------------------------------------------------===//

namespace {
/// Shows names of any origin in a way that a terminal survives.
class PrintableStream final : public llvm::raw_ostream {
public:
  ~PrintableStream() override {
    flush();
    llvm::outs() << printableLines(line);
  }

private:
  /// A character may come in two pieces: whole lines are looked at.
  void write_impl(const char *bytes, size_t size) override {
    position += size;
    line.append(bytes, size);
    size_t end = line.rfind('\n') + 1;
    llvm::outs() << printableLines(line.substr(0, end));
    line.erase(0, end);
  }
  uint64_t current_pos() const override { return position; }

  std::string line;
  uint64_t position = 0;
};
} // namespace

TableStyle getTableStyle() {
  TableStyle style;
  if (isatty(STDOUT_FILENO) == 0)
    return style;
  winsize size{};
  int64_t columns = 0;
  const char *said = std::getenv("COLUMNS");
  if (!said || StringRef(said).getAsInteger(10, columns) || columns <= 0)
    columns = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
  style.width = columns > 0 ? static_cast<size_t>(columns) : 80;
  auto get = [](const char *name) {
    const char *value = std::getenv(name);
    return StringRef(value ? value : "");
  };
  if (get("NO_COLOR").empty() && get("TERM") != "dumb")
    style.painted = &llvm::outs();
  return style;
}

llvm::raw_ostream &out() {
  llvm::outs(); // made first, it ends last
  static PrintableStream stream;
  return stream;
}

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

CLI::Validator countUpTo(int64_t most) {
  return CLI::Validator(
      [most](std::string &text) -> std::string {
        auto value = parseInteger(text);
        if (value && *value >= 0 && *value <= most)
          return "";
        return "expected a whole number from 0" +
               (most == INT64_MAX ? " on" : " to " + std::to_string(most)) +
               ", found '" + text + "'";
      },
      "");
}

CLI::Validator numberBetween(double least, double most) {
  return CLI::Validator(
      [least, most](std::string &text) -> std::string {
        auto value = parseNumber(text);
        if (value && std::isfinite(*value) && *value >= least && *value <= most)
          return "";
        return "expected a number from " + formatDouble(least) +
               (std::isinf(most) ? " on" : " to " + formatDouble(most)) +
               ", found '" + text + "'";
      },
      "");
}

/// What is offered behind options that do not check it themselves.
static std::map<const CLI::Option *, Choices> &getOffers() {
  static std::map<const CLI::Option *, Choices> offers;
  return offers;
}

void offer(CLI::Option *option, Choices choices) {
  getOffers()[option] = std::move(choices);
}

std::vector<OptionChoice> getOffered(const CLI::Option &option,
                                     const Registries &registries) {
  auto found = getOffers().find(&option);
  if (found != getOffers().end())
    return found->second(registries);
  // CLI::IsMember says "{a,b}".
  std::string type = option.get_type_name();
  auto [before, members] = StringRef(type).split('{');
  std::vector<OptionChoice> offered;
  if (members.consume_back("}"))
    for (StringRef member : llvm::split(members, ','))
      offered.push_back({member.str()});
  return offered;
}

bool isList(const CLI::Option &option) { return option.get_delimiter() == ','; }

/// What the parser hands over, checked and set.
static void set(CompileOptions &options, const OptionDeclaration &declaration,
                const std::vector<std::string> &values) {
  if (Status set = setOption(options, declaration, values); !set)
    throw CLI::ValidationError(set.message());
}

static void addOption(CLI::App &app, CompileOptions &options,
                      const OptionDeclaration &declaration) {
  const OptionDeclaration *kept = &declaration;
  std::string name = (declaration.isPositional ? "" : "--") + declaration.name;
  if (!declaration.shortName.empty())
    name = "-" + declaration.shortName + "," + name;
  CLI::Option *option;
  if (declaration.form == OptionForm::Flag) {
    option = app.add_flag_function(
        name,
        [&options, kept](int64_t count) {
          set(options, *kept, {count > 0 ? "true" : "false"});
        },
        declaration.words);
  } else {
    option = app.add_option_function<std::vector<std::string>>(
        name,
        [&options, kept](const std::vector<std::string> &values) {
          set(options, *kept, values);
        },
        declaration.words);
    option->type_name(declaration.value)->expected(1);
  }
  if (declaration.form == OptionForm::List)
    option->delimiter(',')->take_all()->allow_extra_args(false);
  if (declaration.form == OptionForm::Repeated)
    option->take_all()->allow_extra_args(false);
  if (declaration.choices)
    offer(option, declaration.choices);
  option->required(declaration.isRequired);
  option->group(declaration.isPositional ? "Positionals" : declaration.group);
}

void addOptions(CLI::App &app, CompileOptions &options) {
  for (const OptionDeclaration &declaration : getOptionDeclarations())
    addOption(app, options, declaration);
}

void addOptions(CLI::App &app, CompileOptions &options,
                ArrayRef<StringRef> names) {
  for (StringRef name : names)
    addOption(app, options, **findOption(name.str()));
}

void addRunOptions(CLI::App &app, CompileOptions &options, bool dataRequired) {
  addOptions(app, options,
             {"data", "preprocess", "samples", "raw", "skip-bad", "input-shape",
              "cut-at", "threads"});
  app.get_option("--data")->required(dataRequired);
}

ModelOptions getModelOptions(const CompileOptions &options) {
  return {options.import, options.preprocess,
          static_cast<int>(options.threads)};
}

std::vector<const CLI::App *> getCommands(const CLI::App &app) {
  return app.get_subcommands([](const CLI::App *) { return true; });
}

//===----------------------------------------------------------------------===//
// Samples
//===----------------------------------------------------------------------===//

std::unique_ptr<Dataset>
openData(Session &session, const CompileOptions &options, const Model &model) {
  DatasetOptions datasetOptions;
  datasetOptions.maxSamples = options.samples;
  datasetOptions.raw = options.raw;
  datasetOptions.skipBad = options.skipBad;
  auto dataset = Dataset::open(options.data, model.signatures, datasetOptions);
  if (dataset)
    return std::move(*dataset);
  session.fail(dataset.status());
  return nullptr;
}

void printJson(llvm::json::Value value) {
  // JSON has escapes of its own.
  llvm::outs() << llvm::formatv("{0:2}\n", value);
}

} // namespace qc
