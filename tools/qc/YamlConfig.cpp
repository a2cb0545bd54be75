// --config job.yaml: every option of a command in a file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "YamlConfig.h"
#include "qc/Support/EditDistance.h"

#include <yaml-cpp/yaml.h>

namespace qc {

namespace {

/// Reads a flat YAML mapping whose values are scalars or lists of them.
class YamlFormat : public CLI::Config {
public:
  explicit YamlFormat(const CLI::App &command) : command(command) {}

  std::string to_config(const CLI::App *app, bool, bool,
                        std::string) const override {
    return writeYamlConfig(*app);
  }

  std::vector<CLI::ConfigItem> from_config(std::istream &input) const override {
    std::vector<CLI::ConfigItem> items;
    try {
      YAML::Node root = YAML::Load(input);
      if (root.IsNull())
        return items;
      if (!root.IsMap())
        throw CLI::FileError("the configuration is not a YAML mapping of "
                             "options");
      for (const auto &entry : root)
        items.push_back(readItem(entry.first.as<std::string>(), entry.second));
    } catch (const YAML::Exception &error) {
      throw CLI::FileError(std::string("the configuration is no YAML: ") +
                           error.what());
    }
    return items;
  }

private:
  CLI::ConfigItem readItem(const std::string &key,
                           const YAML::Node &value) const {
    std::vector<std::string> known;
    for (const CLI::Option *option : command.get_options())
      for (const std::string &name : option->get_lnames())
        if (name != "help" && name != "config")
          known.push_back(name);
    for (const CLI::Option *option : command.get_options())
      if (option->get_positional() && !option->get_name(true).empty())
        known.push_back(option->get_name(true));
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw CLI::ConfigError("the configuration has the unknown key '" + key +
                             "'" + suggestName(key, known));
    CLI::ConfigItem item;
    item.name = key;
    if (value.IsSequence()) {
      for (const auto &element : value)
        item.inputs.push_back(element.as<std::string>());
    } else if (value.IsMap()) {
      for (const auto &entry : value)
        item.inputs.push_back(entry.first.as<std::string>() + "=" +
                              entry.second.as<std::string>());
    } else {
      item.inputs.push_back(value.as<std::string>());
    }
    return item;
  }

  const CLI::App &command;
};

} // namespace

void addYamlConfig(CLI::App &command) {
  command.config_formatter(std::make_shared<YamlFormat>(command));
  command.set_config("--config", "", "Read options from a YAML file; an option "
                                     "on the line wins");
  command.allow_config_extras(CLI::config_extras_mode::error);
}

std::string writeYamlConfig(const CLI::App &command) {
  YAML::Emitter out;
  out << YAML::BeginMap;
  for (const CLI::Option *option : command.get_options()) {
    std::string name =
        option->get_lnames().empty() ? "" : option->get_lnames().front();
    if (name.empty() || name == "help" || name == "config" ||
        name == "write-config" || option->count() == 0)
      continue;
    std::vector<std::string> values = option->results();
    out << YAML::Key << name << YAML::Value;
    if (values.size() == 1)
      out << values.front();
    else
      out << YAML::Flow << values;
  }
  out << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

} // namespace qc
