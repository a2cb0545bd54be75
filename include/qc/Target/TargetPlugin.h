// Targets from outside the tree: shared libraries loaded by name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A plugin defines one function:
//
//   extern "C" qc::TargetPluginInfo qcGetTargetPluginInfo() {
//     return {QC_TARGET_PLUGIN_API_VERSION, "acme", "1.0",
//             [](qc::TargetRegistry &registry) { ... registry.add(...); }};
//   }
#ifndef QC_TARGET_TARGETPLUGIN_H
#define QC_TARGET_TARGETPLUGIN_H

#include "qc/Support/Result.h"
#include "qc/Target/TargetRegistry.h"

#include <cstdint>
#include <string>

/// Changes when a plugin built before could not work any more.
#define QC_TARGET_PLUGIN_API_VERSION 2

namespace qc {

struct TargetPluginInfo {
  uint32_t apiVersion;
  const char *name;
  const char *version;
  void (*registerTargets)(TargetRegistry &registry);
};

/// Loads the library at `path` and lets it register its targets in the global
/// registry. Errors: it cannot be loaded, it is no plugin, it was built for
/// another version.
Status loadTargetPlugin(const std::string &path);

/// Registers `--load-target-plugin=PATH` (repeatable) among LLVM's command-line
/// flags: plugins are loaded while flags are parsed, and one that cannot be
/// ends the program with an error. To be called before parsing.
void registerTargetPluginOption();

} // namespace qc

#endif // QC_TARGET_TARGETPLUGIN_H
