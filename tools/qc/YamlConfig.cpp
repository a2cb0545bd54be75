// --config job.yaml: every option of a command in a file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "YamlConfig.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/YamlDocument.h"

#include <yaml-cpp/yaml.h>

#include <set>

namespace qc {

void addYamlConfig(CLI::App &command) {
  command
      .add_option("--config",
                  "Read options from a YAML file; an option on the line wins")
      ->type_name("FILE");
}

std::string findYamlConfig(const std::vector<std::string> &arguments) {
  const std::string name = "--config";
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == name && i + 1 < arguments.size())
      return arguments[i + 1];
    if (arguments[i].rfind(name + "=", 0) == 0)
      return arguments[i].substr(name.size() + 1);
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static std::vector<std::string> readValues(const YAML::Node &node) {
  std::vector<std::string> values;
  if (node.IsSequence())
    for (const auto &element : node)
      values.push_back(element.as<std::string>());
  else if (node.IsMap())
    for (const auto &entry : node)
      values.push_back(entry.first.as<std::string>() + "=" +
                       entry.second.as<std::string>());
  else if (!node.IsNull())
    values.push_back(node.as<std::string>());
  return values;
}

Result<YamlConfig> readYamlConfig(const std::string &path) {
  Result<std::string> text = readTextFile(path);
  if (!text)
    return text.takeError().withContext("--config");
  YamlConfig config;
  // yaml-cpp has no other way to say that a text is no YAML.
  try {
    if (countYamlDocuments(*text) > 1)
      return error("'", path,
                   "' holds 2 YAML documents or more, or one that is cut off; "
                   "expected one: the options of one job");
    YAML::Node root = YAML::Load(*text);
    if (!root.IsNull() && !root.IsMap())
      return error("'", path, "' is not a YAML mapping of options");
    for (const auto &entry : root)
      config.push_back(
          {entry.first.as<std::string>(), readValues(entry.second)});
  } catch (const YAML::Exception &problem) {
    return error("'", path, "' cannot be read as YAML: ", problem.what());
  }
  return config;
}

//===----------------------------------------------------------------------===//
// Merging with the line
//===----------------------------------------------------------------------===//

namespace {
/// What the line gives by itself.
struct Line {
  std::set<const CLI::Option *> options;
  size_t positionals = 0;
};
} // namespace

static Line readLine(const CLI::App &command,
                     const std::vector<std::string> &arguments) {
  Line line;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string &word = arguments[i];
    if (word.size() < 2 || word[0] != '-') {
      ++line.positionals;
      continue;
    }
    size_t equals = word.find('=');
    const CLI::Option *option =
        command.get_option_no_throw(word.substr(0, equals));
    if (!option && word[1] != '-')
      option = command.get_option_no_throw(word.substr(0, 2));
    if (!option)
      continue; // the parser will say so
    line.options.insert(option);
    bool attached =
        equals != std::string::npos || (word[1] != '-' && word.size() > 2);
    if (option->get_items_expected_max() > 0 && !attached)
      ++i;
  }
  return line;
}

/// The keys that a file may have: long names, and names of positionals.
static std::vector<std::string> getKeys(const CLI::App &command) {
  std::vector<std::string> keys;
  for (const CLI::Option *option : command.get_options()) {
    for (const std::string &name : option->get_lnames())
      if (!llvm::is_contained(
              {"help", "config", "write-config", "markdown", "schema"}, name))
        keys.push_back(name);
    if (option->get_positional())
      keys.push_back(option->get_name(true));
  }
  return keys;
}

Status applyYamlConfig(const CLI::App &command, const YamlConfig &config,
                       std::vector<std::string> &arguments) {
  std::vector<std::string> known = getKeys(command);
  Line line = readLine(command, arguments);
  for (const auto &[key, values] : config) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return error("unknown key '", key, "'", suggestName(key, known));
    const CLI::Option *option = command.get_option_no_throw("--" + key);
    if (!option) {
      if (line.positionals == 0)
        arguments.insert(arguments.begin(), values.begin(), values.end());
    } else if (!line.options.count(option)) {
      for (const std::string &value : values)
        arguments.push_back("--" + key + "=" + value);
    }
  }
  return ok();
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static void writeOption(YAML::Emitter &out,
                        const OptionDeclaration &declaration,
                        const std::vector<std::string> &values) {
  out << YAML::Key << declaration.name << YAML::Value;
  if (declaration.form == OptionForm::List ||
      declaration.form == OptionForm::Repeated)
    out << YAML::Flow << values;
  else
    out << values.front();
}

std::string writeYamlConfig(const CompileOptions &options,
                            MLIRContext *context) {
  YAML::Emitter out;
  out << YAML::BeginMap;
  for (const auto &[declaration, values] :
       getEffectiveOptions(options, context))
    writeOption(out, *declaration, values);
  out << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

std::string writeYamlOptions(const CompileOptions &options) {
  YAML::Emitter out;
  out << YAML::BeginMap;
  for (const OptionDeclaration &declaration : getOptionDeclarations())
    if (isGiven(options, declaration))
      writeOption(out, declaration, declaration.get(options));
  out << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

} // namespace qc
