// Plugins: shared libraries that add targets, artefacts, methods and formats.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A plugin defines one function:
//
//   extern "C" qc::PluginInfo qcGetPluginInfo() {
//     return {QC_PLUGIN_API_VERSION, "acme", "1.0",
//             [](qc::Registries &registries) {
//               (void)registries.targets.add("acme", ...);
//             }};
//   }
#ifndef QC_PIPELINES_PLUGIN_H
#define QC_PIPELINES_PLUGIN_H

#include "qc/Support/Result.h"
#include "qc/Target/Registries.h"

#include <cstdint>
#include <string>

/// Changes when a plugin built before could not work any more.
#define QC_PLUGIN_API_VERSION 3

namespace qc {

struct PluginInfo {
  uint32_t apiVersion;
  const char *name;
  const char *version;
  void (*addTo)(Registries &registries);
};

/// Loads the library at `path` and lets it add to `registries`. Errors: it
/// cannot be loaded, it is no plugin, it was built for another version.
Status loadPlugin(const std::string &path, Registries &registries);

/// Registers `--load-target-plugin=PATH` (repeatable) among LLVM's command-line
/// flags: plugins are loaded into `registries` while flags are parsed, and one
/// that cannot be ends the program with an error. To be called before parsing,
/// once in a process.
void registerPluginOption(Registries &registries);

} // namespace qc

#endif // QC_PIPELINES_PLUGIN_H
