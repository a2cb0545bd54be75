// What can be added to qc from outside.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/Registries.h"
#include "qc/Dialect/QC/IR/Attached.h"

namespace qc {

const Registries &Registries::of(MLIRContext *context) {
  if (const auto *attached = getAttached<Registries>(context))
    return *attached;
  static const Registries builtin = [] {
    Registries registries;
    registerAllTargets(registries);
    registerAllThresholds(registries.thresholds);
    return registries;
  }();
  return builtin;
}

void attachRegistries(DialectRegistry &dialects,
                      const std::shared_ptr<Registries> &registries) {
  attach(dialects, registries);
  // Below the targets, planners are known by themselves.
  attach(dialects, std::shared_ptr<MemoryPlannerRegistry>(
                       registries, &registries->planners));
}

#define QC_TARGET(name) void register##name##Target(Registries &);
#include "qc/Target/BuiltinTargets.inc"
#undef QC_TARGET

void registerAllTargets(Registries &registries) {
#define QC_TARGET(name) register##name##Target(registries);
#include "qc/Target/BuiltinTargets.inc"
#undef QC_TARGET
}

} // namespace qc
