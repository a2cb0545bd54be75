// Targets by name: those built in and those of loaded plugins.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_TARGETREGISTRY_H
#define QC_TARGET_TARGETREGISTRY_H

#include "qc/Target/TargetBackend.h"

#include <functional>
#include <map>

namespace qc {

/// Name to factory. Filled before the first compile (InitAll, plugins), read
/// afterwards.
class TargetRegistry {
public:
  using Factory = std::function<std::unique_ptr<TargetBackend>()>;

  /// The registry of this process: what tools register and look up.
  static TargetRegistry &global();

  /// Fails when the name is taken.
  LogicalResult add(StringRef name, Factory factory);
  std::vector<std::string> getNames() const;

  /// The backend `name` with its defaults. Otherwise an error that lists the
  /// known names and suggests the nearest.
  FailureOr<std::unique_ptr<TargetBackend>>
  create(StringRef name, function_ref<InFlightDiagnostic()> emitError) const;

  /// The backend that `module`'s `qc.target` names (`generic` without one),
  /// configured with its options.
  FailureOr<std::unique_ptr<TargetBackend>> create(ModuleOp module) const;

private:
  std::map<std::string, Factory> factories;
};

/// All built-in targets: one line a folder of targets/.
void registerAllTargets(TargetRegistry &registry);

} // namespace qc

#endif // QC_TARGET_TARGETREGISTRY_H
