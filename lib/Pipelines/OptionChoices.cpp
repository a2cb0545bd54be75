// What shells and editors offer behind options.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OptionChoices.h"
#include "qc/Correction/Correction.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Support/Preprocess.h"
#include "qc/Target/Registries.h"

namespace qc {

using Offer = std::vector<OptionChoice>;

/// Calls `action` with every target.
static void forEachTarget(const Registries &registries,
                          function_ref<void(const TargetBackend &)> action) {
  for (const std::string &name : registries.targets.getNames())
    if (auto backend = registries.targets.create(
            name, [] { return InFlightDiagnostic(); });
        succeeded(backend))
      action(**backend);
}

Offer offerTargets(const Registries &registries) {
  Offer offer;
  forEachTarget(registries, [&](const TargetBackend &target) {
    offer.push_back({target.getName().str(), target.getSummary().str()});
  });
  return offer;
}

Offer offerMethods(const Registries &registries) {
  Offer offer;
  for (const auto &[name, method] : registries.thresholds.methods())
    offer.push_back({name, method.usage == name ? "" : method.usage});
  return offer;
}

Offer offerCorrections(const Registries &registries) {
  Offer offer;
  for (const Correction *correction : registries.corrections.getInOrder())
    offer.push_back({correction->name, correction->summary});
  offer.push_back({"none"});
  return offer;
}

Offer offerPrecisions(const Registries &registries) {
  Offer offer;
  forEachTarget(registries, [&](const TargetBackend &target) {
    for (const Precision &precision : target.getQuantSpec().precisions) {
      auto known = llvm::find_if(offer, [&](const OptionChoice &choice) {
        return choice.value == precision.name;
      });
      if (known == offer.end())
        known = offer.insert(offer.end(), {precision.name});
      known->words +=
          (known->words.empty() ? "" : ", ") + target.getName().str();
    }
  });
  offer.push_back({kFloatPrecision.str(), "every target, on the CPU"});
  offer.push_back({"fp16", "float, stored in 16 bits"});
  return offer;
}

Offer offerArtefacts(const Registries &registries) {
  Offer offer;
  auto add = [&](const Artefact &artefact, std::string words) {
    offer.push_back({artefact.name, std::move(words)});
  };
  for (const auto &[name, artefact] : registries.artefacts.getAll())
    add(artefact, artefact.summary);
  forEachTarget(registries, [&](const TargetBackend &target) {
    for (const Artefact &artefact : target.getArtefacts())
      add(artefact, target.getName().str() + ": " + artefact.summary);
  });
  return offer;
}

Offer offerPresets(const Registries & /*registries*/) {
  Offer offer;
  for (const auto &[name, spec] : preprocessPresets())
    offer.push_back({name, spec});
  return offer;
}

Offer getPhaseChoices() {
  Offer offer;
  for (StringRef phase : getPhaseNames())
    offer.push_back({phase.str()});
  return offer;
}

std::function<Offer(const Registries &)>
offerAll(std::vector<std::string> values) {
  return [values = std::move(values)](const Registries &) {
    Offer offer;
    for (const std::string &value : values)
      offer.push_back({value});
    return offer;
  };
}

} // namespace qc
