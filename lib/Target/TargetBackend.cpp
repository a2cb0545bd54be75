// Defaults of a target: options.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/TargetBackend.h"
#include "qc/Schedule/Passes.h"
#include "qc/Support/EditDistance.h"

namespace qc {

TargetBackend::~TargetBackend() = default;

static std::string joinNames(ArrayRef<std::string> names) {
  std::string text;
  for (const std::string &name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

LogicalResult
TargetBackend::configure(DictionaryAttr options,
                         function_ref<InFlightDiagnostic()> emitError) {
  std::vector<TargetOption> known = getOptions();
  for (NamedAttribute entry : options) {
    auto value = dyn_cast<StringAttr>(entry.getValue());
    auto option = llvm::find_if(known, [&](const TargetOption &candidate) {
      return candidate.name == entry.getName();
    });
    if (option == known.end()) {
      std::vector<std::string> names;
      for (const TargetOption &candidate : known)
        names.push_back(candidate.name);
      std::string near = nearestName(entry.getName().str(),
                                     getVendorKeyNames(getVendorFormats()));
      return emitError() << "target '" << getName() << "' has no option '"
                         << entry.getName().getValue()
                         << "'; its options are: " << joinNames(names)
                         << (near.empty() ? ""
                                          : ", and those of its vendor's "
                                            "tools; did you mean '" +
                                                near + "'?");
    }
    if (!value)
      return emitError() << "option '" << option->name << "' of target '"
                         << getName() << "' takes a string";
    if (!option->values.empty() &&
        !llvm::is_contained(option->values, value.str()))
      return emitError() << "option '" << option->name << "' of target '"
                         << getName() << "' is one of "
                         << joinNames(option->values) << "; found '"
                         << value.getValue() << "'";
    configured[option->name] = value.str();
  }
  return success();
}

std::string TargetBackend::getOption(StringRef name) const {
  if (auto found = configured.find(name); found != configured.end())
    return found->second;
  for (const TargetOption &option : getOptions())
    if (option.name == name)
      return option.defaultValue;
  return {};
}

void TargetBackend::buildSchedulePipeline(OpPassManager &manager) const {
  buildGenericSchedulePipeline(manager, getTargetSpec().alignment);
}

void buildGenericSchedulePipeline(OpPassManager &manager, unsigned alignment) {
  ScheduleMemoryOptions options;
  options.alignment = std::max(alignment, 64u);
  manager.addPass(createScheduleMemory(options));
  manager.addPass(createVerifyMemoryPlan());
}

} // namespace qc
