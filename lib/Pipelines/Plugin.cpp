// Plugins from outside the tree.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Plugin.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

qc::Status qc::loadPlugin(const std::string &path, Registries &registries) {
  // The loader would wait for ever for one that writes into a pipe. A bare name
  // is searched for in its folders.
  if (path.find('/') != std::string::npos)
    if (Status status = checkRegularFile(path); !status)
      return status.withContext("cannot load plugin");
  std::string reason;
  auto library =
      llvm::sys::DynamicLibrary::getPermanentLibrary(path.c_str(), &reason);
  if (!library.isValid())
    return error("cannot load plugin '", path, "': ", reason);
  void *symbol = library.getAddressOfSymbol("qcGetPluginInfo");
  if (!symbol)
    return error("'", path, "' is no plugin of qc: it lacks qcGetPluginInfo");
  PluginInfo info = reinterpret_cast<PluginInfo (*)()>(symbol)();
  if (info.apiVersion != QC_PLUGIN_API_VERSION)
    return error("plugin '", path, "' was built for plugin interface ",
                 info.apiVersion, ", this qc has ", QC_PLUGIN_API_VERSION,
                 "; rebuild it");
  info.addTo(registries);
  return ok();
}

void qc::registerPluginOption(Registries &registries) {
  static llvm::cl::list<std::string> plugins(
      "load-target-plugin", llvm::cl::value_desc("path"),
      llvm::cl::desc("Load targets, threshold methods, artefacts and formats "
                     "from a shared library (repeatable)"));
  plugins.setCallback([&registries](const std::string &path) {
    Status loaded = loadPlugin(path, registries);
    if (loaded)
      return;
    llvm::errs() << "error: " << printable(loaded.message()) << "\n";
    std::exit(EXIT_FAILURE);
  });
}
