// Targets by name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/TargetRegistry.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Support/EditDistance.h"

namespace qc {

TargetRegistry &TargetRegistry::global() {
  // Never destroyed: factories of plugins live in libraries that may be closed
  // before static objects of this one end.
  static auto *registry = new TargetRegistry;
  return *registry;
}

LogicalResult TargetRegistry::add(StringRef name, Factory factory) {
  return success(factories.emplace(name.str(), std::move(factory)).second);
}

std::vector<std::string> TargetRegistry::getNames() const {
  std::vector<std::string> names;
  for (const auto &entry : factories)
    names.push_back(entry.first);
  return names;
}

FailureOr<std::unique_ptr<TargetBackend>>
TargetRegistry::create(StringRef name,
                       function_ref<InFlightDiagnostic()> emitError) const {
  auto found = factories.find(name.str());
  if (found != factories.end())
    return found->second();
  std::vector<std::string> names = getNames();
  return emitError() << "unknown target '" << name << "'"
                     << suggestName(name.str(), names);
}

FailureOr<std::unique_ptr<TargetBackend>>
TargetRegistry::create(ModuleOp module) const {
  auto emitError = [&] { return module.emitError(); };
  auto attribute = module->getAttrOfType<TargetAttr>(kTargetAttr);
  if (!attribute)
    return create("generic", emitError);
  auto backend = create(attribute.getName(), emitError);
  if (failed(backend) ||
      failed((*backend)->configure(attribute.getOptions(), emitError)))
    return failure();
  return backend;
}

#define QC_TARGET(name) void register##name##Target(TargetRegistry &);
#include "qc/Target/BuiltinTargets.inc"
#undef QC_TARGET

void registerAllTargets(TargetRegistry &registry) {
#define QC_TARGET(name) register##name##Target(registry);
#include "qc/Target/BuiltinTargets.inc"
#undef QC_TARGET
}

} // namespace qc
