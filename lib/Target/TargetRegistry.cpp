// Targets by name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/TargetRegistry.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Target/Registries.h"

namespace qc {

FailureOr<std::unique_ptr<TargetBackend>>
TargetRegistry::create(StringRef name,
                       function_ref<InFlightDiagnostic()> emitError) const {
  Result<const Factory *> factory = targets.get(name.str());
  if (!factory)
    return emitError() << factory.message();
  return (**factory)();
}

FailureOr<std::unique_ptr<TargetBackend>>
TargetRegistry::create(ModuleOp module) {
  const TargetRegistry &registry = Registries::of(module.getContext()).targets;
  auto emitError = [&] { return module.emitError(); };
  auto attribute = module->getAttrOfType<TargetAttr>(kTargetAttr);
  if (!attribute)
    return registry.create("generic", emitError);
  auto backend = registry.create(attribute.getName(), emitError);
  if (failed(backend) ||
      failed((*backend)->configure(attribute.getOptions(), emitError)))
    return failure();
  return backend;
}

} // namespace qc
