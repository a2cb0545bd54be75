// qc completion, qc man: what shells and `man` want to know of the commands.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Support/AtomicFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace qc {

static std::vector<const CLI::App *> getCommands(const CLI::App &app) {
  return app.get_subcommands([](const CLI::App *) { return true; });
}

/// "--target" and "-o" of every option of `command`.
static std::vector<std::string> getWords(const CLI::App &command) {
  std::vector<std::string> words;
  for (const CLI::Option *option : command.get_options()) {
    for (const std::string &name : option->get_lnames())
      words.push_back("--" + name);
    for (const std::string &name : option->get_snames())
      words.push_back("-" + name);
  }
  return words;
}

/// `text` in single quotes, as all three shells read it.
static std::string quote(StringRef text) {
  std::string quoted = "'";
  for (char c : text)
    quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

//===----------------------------------------------------------------------===//
// Shells
//===----------------------------------------------------------------------===//

static void writeBash(const CLI::App &app, llvm::raw_ostream &os) {
  std::vector<std::string> names;
  for (const CLI::App *command : getCommands(app))
    names.push_back(command->get_name());
  os << "# bash: source <(qc completion bash)\n"
        "_qc() {\n"
        "  local word=${COMP_WORDS[COMP_CWORD]} words=\n"
        "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "    words="
     << quote(llvm::join(names, " "))
     << "\n"
        "  else\n"
        "    case ${COMP_WORDS[1]} in\n";
  for (const CLI::App *command : getCommands(app))
    os << "    " << command->get_name()
       << ") words=" << quote(llvm::join(getWords(*command), " ")) << " ;;\n";
  os << "    esac\n"
        "  fi\n"
        "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
        "  case $word in -*) ;; *)\n"
        "    [ \"$COMP_CWORD\" -eq 1 ] || COMPREPLY=($(compgen -f -- "
        "\"$word\")) ;;\n"
        "  esac\n"
        "}\n"
        "complete -o filenames -F _qc qc\n";
}

static void writeZsh(const CLI::App &app, llvm::raw_ostream &os) {
  auto describe = [](StringRef name, StringRef words) {
    std::string escaped;
    for (char c : words)
      escaped += c == ':' ? "\\:" : std::string(1, c);
    return quote((name + ":" + escaped).str());
  };
  os << "#compdef qc\n"
        "# zsh: a file _qc in a folder of $fpath\n"
        "_qc() {\n"
        "  local -a words_of\n"
        "  if (( CURRENT == 2 )); then\n"
        "    words_of=(\n";
  for (const CLI::App *command : getCommands(app))
    os << "      " << describe(command->get_name(), command->get_description())
       << "\n";
  os << "    )\n"
        "    _describe command words_of\n"
        "    return\n"
        "  fi\n"
        "  case $words[2] in\n";
  for (const CLI::App *command : getCommands(app)) {
    os << "  " << command->get_name() << ") words_of=(\n";
    for (const CLI::Option *option : command->get_options())
      for (const std::string &name : option->get_lnames())
        os << "      " << describe("--" + name, option->get_description())
           << "\n";
    os << "    ) ;;\n";
  }
  os << "  esac\n"
        "  if [[ $PREFIX == -* ]]; then\n"
        "    _describe option words_of\n"
        "  else\n"
        "    _files\n"
        "  fi\n"
        "}\n"
        "compdef _qc qc\n";
}

static void writeFish(const CLI::App &app, llvm::raw_ostream &os) {
  os << "# fish: a file qc.fish in ~/.config/fish/completions\n";
  for (const CLI::App *command : getCommands(app))
    os << "complete -c qc -n __fish_use_subcommand -f -a "
       << command->get_name() << " -d " << quote(command->get_description())
       << "\n";
  for (const CLI::App *command : getCommands(app))
    for (const CLI::Option *option : command->get_options()) {
      if (option->get_lnames().empty())
        continue;
      os << "complete -c qc -n '__fish_seen_subcommand_from "
         << command->get_name() << "' -l " << option->get_lnames().front();
      for (const std::string &name : option->get_snames())
        os << " -s " << name;
      os << " -d " << quote(option->get_description()) << "\n";
    }
}

void addCompletionCommand(CLI::App &app, int &exitCode) {
  CLI::App *command = app.add_subcommand(
      "completion", "Print completions for bash, zsh or fish");
  command->footer("Examples:\n"
                  "  source <(qc completion bash)\n"
                  "  qc completion zsh > ~/.zfunc/_qc\n"
                  "  qc completion fish > ~/.config/fish/completions/qc.fish");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&app, &exitCode, shell] {
    if (*shell == "bash")
      writeBash(app, llvm::outs());
    else if (*shell == "zsh")
      writeZsh(app, llvm::outs());
    else
      writeFish(app, llvm::outs());
    exitCode = kDone;
  });
}

//===----------------------------------------------------------------------===//
// Manual pages
//===----------------------------------------------------------------------===//

/// `text` as roff reads it: nothing in it is a request, and hyphens can be
/// copied.
static std::string toRoff(StringRef text) {
  std::string roff;
  bool begins = true;
  for (char c : text) {
    if (begins && (c == '.' || c == '\''))
      roff += "\\&";
    if (c == '\\')
      roff += "\\e";
    else if (c == '-')
      roff += "\\-";
    else
      roff += c;
    begins = c == '\n';
  }
  return roff;
}

static void writeOptions(const CLI::App &command, llvm::raw_ostream &os) {
  std::string group;
  for (const CLI::Option *option : command.get_options()) {
    if (option->get_group().empty())
      continue;
    if (option->get_group() != group) {
      group = option->get_group();
      os << ".SS " << toRoff(group) << "\n";
    }
    std::string name = option->get_name(/*positional=*/false, /*all=*/true);
    if (name.empty())
      name = option->get_name(/*positional=*/true);
    os << ".TP\n.B " << toRoff(name);
    if (option->get_items_expected_max() > 0 &&
        !option->get_type_name().empty())
      os << " " << toRoff(option->get_type_name());
    os << "\n" << toRoff(option->get_description()) << "\n";
  }
}

/// The page of `command`, or of qc itself, which lists the commands.
static std::string makePage(const CLI::App &command, StringRef title) {
  std::string page;
  llvm::raw_string_ostream os(page);
  os << ".TH " << title.upper() << " 1 \"\" \"qc " QC_VERSION "\" \"qc\"\n"
     << ".SH NAME\n"
     << toRoff(title) << " \\- " << toRoff(command.get_description()) << "\n"
     << ".SH SYNOPSIS\n.B " << toRoff(title == "qc" ? "qc" : "qc ")
     << (title == "qc" ? " COMMAND" : toRoff(command.get_name()))
     << "\n[OPTIONS]\n";
  if (std::vector<const CLI::App *> commands = getCommands(command);
      !commands.empty()) {
    os << ".SH COMMANDS\n";
    for (const CLI::App *sub : commands)
      os << ".TP\n.B " << toRoff(sub->get_name()) << "\n"
         << toRoff(sub->get_description()) << "\n";
  }
  os << ".SH OPTIONS\n";
  writeOptions(command, os);
  os << ".SH NOTES\n.nf\n" << toRoff(command.get_footer()) << "\n.fi\n";
  return page;
}

void addManCommand(CLI::App &app, int &exitCode) {
  CLI::App *command =
      app.add_subcommand("man", "Write manual pages for all commands");
  command->footer("Writes qc.1 and a page qc-COMMAND.1 for each command.\n"
                  "Example:\n"
                  "  qc man ~/.local/share/man/man1");
  auto folder = std::make_shared<std::string>();
  command->add_option("folder", *folder, "Where to")->required();
  command->callback([&app, &exitCode, folder] {
    if (std::error_code failed = llvm::sys::fs::create_directories(*folder)) {
      exitCode =
          fail("cannot make the folder '" + *folder + "': " + failed.message());
      return;
    }
    auto write = [&](const CLI::App &page, const std::string &title) {
      return writeFile(*folder + "/" + title + ".1", makePage(page, title));
    };
    Status written = write(app, "qc");
    for (const CLI::App *sub : getCommands(app))
      if (written)
        written = write(*sub, "qc-" + sub->get_name());
    exitCode = written ? kDone : fail(written);
  });
}

} // namespace qc
