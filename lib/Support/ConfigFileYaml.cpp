// The YAML form of options files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ConfigFileYaml.h"
#include "qc/Support/YamlDocument.h"

#include <yaml-cpp/yaml.h>

namespace qc {

namespace {
/// What a file may at most be: aliases let a short one mean a long one.
constexpr size_t kMostEntries = 100000, kMostLevels = 8;

/// Turns nested mappings into entries.
class Flattener {
public:
  Flattener(ConfigFile &file) : file(file) {}

  Status visit(const YAML::Node &node) {
    if (path.size() > kMostLevels)
      return refuse(node, "is nested too deeply");
    if (file.entries.size() >= kMostEntries)
      return refuse(node, "is one of too many values");
    if (node.IsMap() && (node.size() || path.empty()))
      return visitMap(node);
    ConfigEntry entry;
    entry.path = path;
    entry.line = static_cast<unsigned>(node.Mark().line) + 1;
    entry.isList = node.IsSequence();
    if (node.IsScalar())
      entry.values.push_back(node.Scalar());
    if (entry.isList)
      for (const auto &element : node) {
        if (!element.IsScalar())
          return refuse(element, "is a list of something else than plain "
                                 "values");
        if (entry.values.size() >= kMostEntries)
          return refuse(element, "is a list of too many values");
        entry.values.push_back(element.Scalar());
      }
    file.entries.push_back(std::move(entry));
    return ok();
  }

private:
  Status visitMap(const YAML::Node &node) {
    for (const auto &pair : node) {
      if (!pair.first.IsScalar())
        return refuse(pair.first, "has a key that is no plain text");
      path.push_back(pair.first.Scalar());
      if (Status visited = visit(pair.second); !visited)
        return visited;
      path.pop_back();
    }
    return ok();
  }

  Status refuse(const YAML::Node &node, const char *words) {
    ConfigEntry entry;
    entry.path = path;
    return error(file.origin, ":", node.Mark().line + 1, ": '", entry.getName(),
                 "' ", words);
  }

  ConfigFile &file;
  std::vector<std::string> path;
};
} // namespace

Result<ConfigFile> parseYaml(std::string_view text, const std::string &origin) {
  ConfigFile file{origin, {}};
  // yaml-cpp has no other way to say that a text is no YAML.
  try {
    if (countYamlDocuments(text) > 1)
      return error(origin, ": holds 2 YAML documents or more, or one that "
                           "is cut off; expected one");
    YAML::Node root = YAML::Load(std::string(text));
    if (root.IsNull())
      return file;
    if (!root.IsMap())
      return error(origin, ": is no mapping of keys to values");
    if (Status flat = Flattener(file).visit(root); !flat)
      return flat.takeError();
  } catch (const YAML::Exception &problem) {
    return error(origin, ":", problem.mark.line + 1,
                 ": cannot be read as YAML "
                 "or JSON: ",
                 problem.msg);
  }
  return file;
}

} // namespace qc
