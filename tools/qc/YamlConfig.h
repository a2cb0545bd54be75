// --config job.yaml: every option of a command in a file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TOOLS_QC_YAMLCONFIG_H
#define QC_TOOLS_QC_YAMLCONFIG_H

#include "qc/Pipelines/Options.h"
#include "qc/Support/Result.h"

#include <CLI/CLI.hpp>

#include <string>
#include <utility>
#include <vector>

namespace qc {

/// Keys of a configuration and their values, in the file's order. A key is the
/// long name of an option or the name of a positional.
using YamlConfig =
    std::vector<std::pair<std::string, std::vector<std::string>>>;

/// Adds --config to a command, for its help; what it says is put into the
/// arguments by applyYamlConfig before they are parsed.
void addYamlConfig(CLI::App &command);

/// The value of --config among `arguments`; empty if it is not there.
std::string findYamlConfig(const std::vector<std::string> &arguments);

/// Reads a flat YAML mapping whose values are scalars, lists or, for options
/// of the form name=value, mappings. Errors name the file.
Result<YamlConfig> readYamlConfig(const std::string &path);

/// Adds to the arguments of `command` what the configuration says and the line
/// does not. An unknown key is an error that suggests the nearest known one.
Status applyYamlConfig(const CLI::App &command, const YamlConfig &config,
                       std::vector<std::string> &arguments);

/// The options of a compile that are in force, defaults included, as such a
/// file.
std::string writeYamlConfig(const CompileOptions &options,
                            MLIRContext *context);

/// Those that are given, without defaults.
std::string writeYamlOptions(const CompileOptions &options);

} // namespace qc

#endif // QC_TOOLS_QC_YAMLCONFIG_H
