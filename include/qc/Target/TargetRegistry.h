// Targets by name: those built in and those of loaded plugins.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_TARGETREGISTRY_H
#define QC_TARGET_TARGETREGISTRY_H

#include "qc/Support/Registry.h"
#include "qc/Target/TargetBackend.h"

#include <functional>

namespace qc {

/// Name to factory.
class TargetRegistry {
public:
  using Factory = std::function<std::unique_ptr<TargetBackend>()>;

  TargetRegistry() : targets("target") {}

  /// An error when the name is taken.
  Status add(const std::string &name, Factory factory) {
    return targets.add(name, std::move(factory));
  }
  std::vector<std::string> getNames() const { return targets.getNames(); }

  /// The backend `name` with its defaults. Otherwise an error that lists the
  /// known names and suggests the nearest.
  FailureOr<std::unique_ptr<TargetBackend>>
  create(StringRef name, function_ref<InFlightDiagnostic()> emitError) const;

  /// The backend that `module`'s `qc.target` names (`generic` without one),
  /// configured with its options; of the targets that its context knows.
  static FailureOr<std::unique_ptr<TargetBackend>> create(ModuleOp module);

private:
  Registry<Factory> targets;
};

} // namespace qc

#endif // QC_TARGET_TARGETREGISTRY_H
