// --config job.yaml: every option of a command in a file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TOOLS_QC_YAMLCONFIG_H
#define QC_TOOLS_QC_YAMLCONFIG_H

#include <CLI/CLI.hpp>

namespace qc {

/// Lets `command` read its options from a YAML mapping (`--config FILE`); keys
/// are the long names of options, an option on the line wins. Unknown keys are
/// errors that suggest the nearest known one.
void addYamlConfig(CLI::App &command);

/// The options that are in force, as such a file.
std::string writeYamlConfig(const CLI::App &command);

} // namespace qc

#endif // QC_TOOLS_QC_YAMLCONFIG_H
