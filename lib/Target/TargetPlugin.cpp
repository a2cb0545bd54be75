// Targets from outside the tree.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/TargetPlugin.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

qc::Status qc::loadTargetPlugin(const std::string &path) {
  // The loader would wait for ever for one that writes into a pipe. A bare name
  // is searched for in its folders.
  if (path.find('/') != std::string::npos)
    if (Status status = checkRegularFile(path); !status)
      return status.withContext("cannot load target plugin");
  std::string reason;
  auto library =
      llvm::sys::DynamicLibrary::getPermanentLibrary(path.c_str(), &reason);
  if (!library.isValid())
    return error("cannot load target plugin '", path, "': ", reason);
  void *symbol = library.getAddressOfSymbol("qcGetTargetPluginInfo");
  if (!symbol)
    return error("'", path,
                 "' is no target plugin: it lacks qcGetTargetPluginInfo");
  TargetPluginInfo info = reinterpret_cast<TargetPluginInfo (*)()>(symbol)();
  if (info.apiVersion != QC_TARGET_PLUGIN_API_VERSION)
    return error("target plugin '", path, "' was built for plugin interface ",
                 info.apiVersion, ", this qc has ",
                 QC_TARGET_PLUGIN_API_VERSION, "; rebuild it");
  info.registerTargets(TargetRegistry::global());
  return ok();
}

void qc::registerTargetPluginOption() {
  static llvm::cl::list<std::string> plugins(
      "load-target-plugin", llvm::cl::value_desc("path"),
      llvm::cl::desc("Load targets from a shared library (repeatable)"),
      llvm::cl::callback([](const std::string &path) {
        Status loaded = loadTargetPlugin(path);
        if (loaded)
          return;
        llvm::errs() << "error: " << printable(loaded.message()) << "\n";
        std::exit(EXIT_FAILURE);
      }));
}
