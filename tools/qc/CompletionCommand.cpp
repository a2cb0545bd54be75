// qc completion, qc man: what shells and `man` want to know of the commands.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Support/AtomicFile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace qc {

//===----------------------------------------------------------------------===//
// Shells: each script asks qc itself what may stand at the cursor
//===----------------------------------------------------------------------===//

static const char kBash[] = R"script(# bash: source <(qc completion bash)
_qc() {
  local program=${1/#\~/$HOME} answer
  answer=$("$program" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) ||
    return
  COMPREPLY=()
  case ${answer%%$'\n'*} in
  files) ;; # readline does it
  folders) compopt +o default -o dirnames ;;
  *)
    compopt +o default
    mapfile -t COMPREPLY < <(tail -n +2 <<< "$answer" | cut -f 1)
    ;;
  esac
}
complete -o bashdefault -o default -F _qc qc
)script";

static const char kZsh[] = R"script(#compdef qc
# zsh: a file _qc in a folder of $fpath, or source <(qc completion zsh)
_qc() {
  local -a lines choices
  local line
  lines=("${(@f)$("${(Q)~words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  case $lines[1] in
  files)
    compset -P '--*='
    _files
    ;;
  folders)
    compset -P '--*='
    _path_files -/
    ;;
  words)
    for line in "${(@)lines[2,-1]}"; do
      choices+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    [[ -n $choices ]] && _describe -V qc choices
    ;;
  esac
}
if [[ $funcstack[1] == _qc ]]; then
  _qc "$@" # loaded from $fpath
else
  compdef _qc qc
fi
)script";

static const char kFish[] =
    R"script(# fish: a file qc.fish in ~/.config/fish/completions
function __qc_complete
  set -l words (commandline -opc)
  set -l word (commandline -ct)
  set -l answer ($words[1] __complete $words[2..-1] "$word" 2>/dev/null)
  or return
  set -l begin (string match -r -- '^--[^=]*=' "$word"; or echo)
  set -l rest (string replace -r -- '^--[^=]*=' '' "$word")
  switch $answer[1]
    case files
      printf '%s\n' $begin(__fish_complete_path "$rest")
    case folders
      printf '%s\n' $begin(__fish_complete_directories "$rest" '')
    case words
      set -e answer[1]
      printf '%s\n' $answer
  end
end
complete -c qc -f -a '(__qc_complete)'
)script";

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
  command->callback([&exitCode, shell] {
    llvm::outs() << (*shell == "bash" ? kBash : *shell == "zsh" ? kZsh : kFish);
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
