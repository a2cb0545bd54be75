// What may stand at the end of an unfinished line: answers to the scripts of qc
// completion. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Pipelines/InitAll.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <set>

namespace qc {

namespace {
/// An unfinished line, read from the left.
class Line {
public:
  Line(const CLI::App &app, const std::vector<std::string> &words)
      : active(&app) {
    for (size_t i = 0; i + 1 < words.size(); ++i)
      take(words[i]);
    // Bash hands over "--option=value" as three words.
    last =
        words.empty() || (pending && words.back() == "=") ? "" : words.back();
  }

  /// Prints what may stand in the place of the last word.
  void complete() const;

private:
  void take(const std::string &word);
  const CLI::Option *find(StringRef word) const;
  void completeOptions() const;
  /// `before` is the part of the word that is there already.
  void completeValue(const CLI::Option &option, const std::string &before,
                     StringRef begin) const;

  const CLI::App *active;
  const CLI::Option *pending = nullptr; ///< whose value comes next
  std::set<const CLI::Option *> given;
  size_t positionals = 0; ///< of those that are given
  std::string last;
};
} // namespace

const CLI::Option *Line::find(StringRef word) const {
  if (!word.starts_with("-"))
    return nullptr;
  return active->get_option_no_throw(word.split('=').first.str());
}

static bool takesValue(const CLI::Option &option) {
  return option.get_items_expected_max() > 0;
}

void Line::take(const std::string &word) {
  if (pending) {
    if (word != "=")
      pending = nullptr;
    return;
  }
  if (const CLI::Option *option = find(word)) {
    given.insert(option);
    if (takesValue(*option) && word.find('=') == std::string::npos)
      pending = option;
    return;
  }
  if (StringRef(word).starts_with("-"))
    return;
  for (const CLI::App *command : getCommands(*active))
    if (command->get_name() == word) {
      active = command;
      return;
    }
  ++positionals;
}

//===----------------------------------------------------------------------===//
// Answers
//===----------------------------------------------------------------------===//

static void print(const std::string &word, StringRef words) {
  // The first sentence, on one line.
  StringRef sentence = words.split("; ").first.split(". ").first;
  llvm::outs() << word << "\t";
  for (char c : sentence)
    llvm::outs() << (c == '\n' || c == '\t' ? ' ' : c);
  llvm::outs() << "\n";
}

static bool startsWith(StringRef text, StringRef begin) {
  return text.starts_with(begin);
}

void Line::completeOptions() const {
  llvm::outs() << "words\n";
  for (const CLI::Option *option : active->get_options()) {
    bool isDone =
        given.count(option) != 0 &&
        option->get_multi_option_policy() != CLI::MultiOptionPolicy::TakeAll;
    if (isDone || option->get_group().empty())
      continue;
    for (const std::string &name : option->get_lnames())
      if (startsWith("--" + name, last))
        print("--" + name, option->get_description());
    for (const std::string &name : option->get_snames())
      if (startsWith("-" + name, last))
        print("-" + name, option->get_description());
  }
}

void Line::completeValue(const CLI::Option &option, const std::string &before,
                         StringRef begin) const {
  std::shared_ptr<Registries> builtin = makeRegistries();
  std::vector<OptionChoice> offered = getOffered(option, *builtin);
  if (!offered.empty()) {
    // Of texts between commas the last one is unfinished.
    size_t comma = isList(option) ? begin.rfind(',') : StringRef::npos;
    StringRef done =
        comma == StringRef::npos ? "" : begin.take_front(comma + 1);
    llvm::StringSet<> there;
    for (StringRef value : llvm::split(done, ','))
      there.insert(value);
    llvm::outs() << "words\n";
    for (const OptionChoice &choice : offered)
      if (startsWith(choice.value, begin.drop_front(done.size())) &&
          !there.contains(choice.value))
        print(before + done.str() + choice.value, choice.words);
    return;
  }
  // A value is called by what it is.
  static const llvm::StringSet<> files = {"FILE",   "DATA", "MODEL",
                                          "LABELS", "TEXT", "TEXT ..."};
  std::string type = option.get_type_name();
  llvm::outs() << (type == "DIR"          ? "folders\n"
                   : files.contains(type) ? "files\n"
                                          : "words\n");
}

void Line::complete() const {
  if (pending)
    return completeValue(*pending, "", last);
  StringRef word = last;
  if (const CLI::Option *option = find(word); option && word.contains('=')) {
    auto [name, begin] = word.split('=');
    return completeValue(*option, name.str() + "=", begin);
  }
  if (word.starts_with("-"))
    return completeOptions();
  std::vector<const CLI::App *> commands = getCommands(*active);
  if (!commands.empty() && positionals == 0) {
    llvm::outs() << "words\n";
    for (const CLI::App *command : commands)
      if (startsWith(command->get_name(), last))
        print(command->get_name(), command->get_description());
    return;
  }
  size_t ahead = positionals;
  for (const CLI::Option *option : active->get_options()) {
    if (!option->get_positional())
      continue;
    if (ahead < size_t(option->get_items_expected_max()))
      return completeValue(*option, "", last);
    ahead -= option->get_items_expected_max();
  }
  llvm::outs() << "words\n"; // nothing more
}

void completeLine(const CLI::App &app, const std::vector<std::string> &words) {
  Line(app, words).complete();
}

} // namespace qc
